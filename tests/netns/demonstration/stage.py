"""The hosts, the database, the daemons and the clients of the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.cluster import Cluster
from lab.configuration import MAIN, Configuration
from lab.kernel import CAP_NET_ADMIN, CAP_NET_RAW
from lab.laboratory import Laboratory
from lab.pgpool import PORT, Pgpool
from lab.postgres import Postgres, postgres_user
from lab.processes import User
from lab.programs import Programs
from lab.timeline import Timeline
from lab.waiting import wait_for

from .sqlwatch import SqlWatch


@dataclass(frozen=True)
class Measured:
    """How long the clients got no answer around one event, and who answered before and after it."""

    old: str
    new: str
    udp_silence_ms: float
    sql_silence_ms: float


class Stage:
    """Everything is started in the constructor; `lab.close` ends it."""

    def __init__(self, programs: Programs) -> None:
        self.lab = Laboratory([MAIN])
        self.configuration = Configuration(service=(
            "type = process", f"pid_file = {self.lab.directory}/pgpool-{{host}}/pgpool.pid"))
        self._start_databases()
        # As the user who may read pgpool-II's pid file, with the two capabilities of the systemd unit.
        postgres = postgres_user()
        user = User(postgres.uid, postgres.gid, [], [CAP_NET_ADMIN, CAP_NET_RAW])
        self.cluster = Cluster(self.lab, programs, self.configuration, user)
        self.cluster.start()
        self.first_holder = self.cluster.wait_for_one_active()
        self.sql = SqlWatch(self.lab.topology.client, MAIN.address, PORT, self.lab.hosts)
        self.lab.at_close(self.sql.stop)
        self._wait_for_sql_from(self.first_holder)

    def measure(self, event: Callable[[str], int]) -> Measured:
        """Lets `event` happen (it is told the holder, and tells when it happened), and waits until another host
        serves all clients.
        """
        old = next(iter(self.cluster.hosts_with_vip()))
        began_ns = event(old)
        reachable = self.cluster.others(old)
        new = wait_for("another host has the address", lambda: next(
            (name for name in reachable if MAIN.address in self._addresses_of(name)), None), 20)
        self._wait_for_sql_from(new)
        self.lab.probers[MAIN.address].wait_for_answer_of(new)
        return Measured(old, new, self._silence_ms(self.lab.probers[MAIN.address].timeline, began_ns),
                        self._silence_ms(self.sql.timeline, began_ns))

    def _addresses_of(self, name: str) -> list[str]:
        return [vip.address for vip in self.lab.vips if name in self.lab.addresses.hosts_with(vip.address)]

    @staticmethod
    def _silence_ms(timeline: Callable[[int], Timeline], began_ns: int) -> float:
        outage = timeline(began_ns - 2_000_000_000).longest_outage(began_ns)
        return outage.length_ms if outage else 0.0

    def _wait_for_sql_from(self, name: str) -> None:
        wait_for(f"SQL is answered by {name}", lambda: self.sql.answered_by() == name, 20)

    def _start_databases(self) -> None:
        postgres = Postgres(self.lab.topology.database, self.lab.directory / "postgres")
        self.lab.at_close(postgres.stop)
        postgres.wait_until_ready()
        self.pgpools = {host.name: Pgpool(host, postgres, self.lab.directory / f"pgpool-{host.name}")
                        for host in self.lab.hosts}
        for pgpool in self.pgpools.values():
            pgpool.start()
            self.lab.at_close(pgpool.stop)
        for pgpool in self.pgpools.values():
            pgpool.wait_until_ready()

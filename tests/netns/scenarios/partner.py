"""Database nodes behind three real pgpool-IIs: what one of them finds out is so in all, and one node runs the hook."""

from __future__ import annotations

import os
import unittest
from collections.abc import Callable

from lab import pcp
from lab.cluster import Cluster
from lab.configuration import Configuration
from lab.postgres import NotInstalled
from lab.replication import Replication
from lab.streaming import StreamingPgpool
from lab.topology import Machine
from lab.waiting import stays, wait_for

from .case import ScenarioCase
from .pgpool import user_who_may_read_the_pid_file

STARTED_S = 40.0
DONE_S = 15.0
FAILED_OVER_S = 40.0
PCP_PAUSE_S = 0.2
"""Between two questions to pgpool-II, which waits for the end of all PCP connections before it goes on failing over."""


class PartnerCase(ScenarioCase):
    """A primary, two standbys, three pgpool-IIs, three daemons; hooks go through `belay guard`."""

    pgpool_lines: tuple[str, ...] = ()
    service_lines: tuple[str, ...] = ("type = process",)
    more_pgpool_settings: dict[str, str] = {}  # noqa: RUF012 (never changed)
    hook_kinds: tuple[str, ...] = ("failover", "failback")
    guard_options = ""
    status_file = True
    witnesses: tuple[str, ...] = ()

    def setUp(self) -> None:
        super().setUp()
        try:
            self.replication = Replication(self.database_machines(), self.lab.directory / "replication")
        except NotInstalled as missing:
            raise unittest.SkipTest(str(missing)) from missing
        self.lab.at_close(self.replication.stop)
        self.user = user_who_may_read_the_pid_file()
        self.pgpools: dict[str, StreamingPgpool] = {}
        for host in self.pgpool_machines():
            directory = self.lab.directory / f"pgpool-{host.name}"
            self.pgpools[host.name] = StreamingPgpool(host, self.replication, directory, self.hooks(host.name))
            self.lab.at_close(self.pgpools[host.name].stop)
            self.pgpools[host.name].start()
        for pgpool in self.pgpools.values():
            pgpool.wait_until_ready()

    def database_machines(self) -> list[Machine]:
        """Of the primary, and of its standbys."""
        topology = self.lab.topology
        return [topology.database, topology.add_server("database1", 51), topology.add_server("database2", 52)]

    def pgpool_machines(self) -> list[Machine]:
        return self.lab.hosts

    def hooks(self, host: str) -> dict[str, str]:
        socket = self.lab.directory / f"belayd-{host}" / "run" / "control.sock"
        guard = f"{self.programs.belay} --socket {socket} guard"
        options = f"%d %m %P {self.guard_options}".rstrip()
        return {f"{kind}_command": f"{guard} {kind} {options} -- {self.replication.hook(kind)} %d %m %H %P"
                for kind in self.hook_kinds} | self.more_pgpool_settings

    def configuration(self, password: str = pcp.PASSWORD, password_file: str = "pcppass") -> Configuration:
        pcppass = self.lab.directory / password_file
        pcppass.write_text(f"127.0.0.1:{pcp.PORT}:{pcp.USER}:{password}\n", encoding="ascii")
        pcppass.chmod(0o600)
        os.chown(pcppass, self.user.uid, self.user.gid)
        lines = [f"pcp = 127.0.0.1:{pcp.PORT}", f"pcp_user = {pcp.USER}", f"pcp_password_file = {pcppass}",
                 *self.pgpool_lines]
        if self.status_file:
            lines.append(f"status_file = {self.lab.directory}/pgpool-{{host}}/pgpool_status")
        service = (*self.service_lines, f"pid_file = {self.lab.directory}/pgpool-{{host}}/pgpool.pid")
        return Configuration(service=service, pgpool=tuple(lines), vips=self.vips, witnesses=self.witnesses)

    def partners(self) -> tuple[Cluster, str]:
        """All daemons running, the table known to all and every pgpool-II in line with it."""
        cluster, holder = self.running_cluster(self.configuration(), self.user)
        wait_for("all nodes know the database nodes", lambda: self.in_line(cluster), STARTED_S)
        return cluster, holder

    def in_line(self, cluster: Cluster) -> bool:
        tables = {name: cluster[name].ask("db") for name in cluster.running()}
        for name, table in tables.items():
            assert len(table["databases"]) == len(self.replication.servers) and table["in_line"], f"{name}: {table}"
        versions = {str(table["version"]) for table in tables.values()}
        assert len(versions) == 1, f"versions differ: {versions}"
        return True

    def wait_for_statuses(self, expected: list[str], deadline_s: float = DONE_S,
                          hosts: list[str] | None = None) -> None:
        """As all pgpool-IIs say by H and by SHOW pool_nodes."""
        for name in hosts or self.pgpools:
            pgpool = self.pgpools[name]
            for source, ask in (("H", pgpool.pcp.statuses), ("SHOW pool_nodes", self.shown_by(pgpool))):
                wait_for(f"{source} of pgpool-II on {name} has {expected}", self.says(ask, expected), deadline_s,
                         PCP_PAUSE_S)

    @staticmethod
    def shown_by(pgpool: StreamingPgpool) -> Callable[[], list[str]]:
        """The statuses of SHOW pool_nodes, "waiting" counting as up."""
        return lambda: [row[0].replace("waiting", "up") for row in pgpool.pool_nodes()]

    @staticmethod
    def says(ask: Callable[[], object], expected: object) -> Callable[[], bool]:
        def look() -> bool:
            answer = ask()
            assert answer == expected, f"it has {answer}"
            return True
        return look

    def wait_for_primary(self, number: int, hosts: list[str] | None = None) -> None:
        for name in hosts or self.pgpools:
            wait_for(f"pgpool-II on {name} has primary {number}", self.says(self.pgpools[name].pcp.primary, number),
                     FAILED_OVER_S, PCP_PAUSE_S)

    def hooks_of(self, kind: str, number: int) -> list[str]:
        return [line for line in self.replication.hooks_run() if line.startswith(f"{kind} {number} ")]


class Events(PartnerCase):
    def test_a_standby_dies_and_returns(self) -> None:
        cluster, _ = self.partners()
        self.replication[1].kill()
        self.wait_for_statuses(["up", "down", "up"])
        self.assertEqual(len(self.hooks_of("failover", 1)), 1, self.replication.hooks_run())
        self.replication[1].start()
        self.replication[1].wait_until_ready()
        attached = cluster["beta"].command("db", "attach", "1")
        self.assertEqual(attached.exit_code, 0, attached.words())
        self.wait_for_statuses(["up", "up", "up"])
        stays("nothing is attached or detached again", lambda: self.in_line(cluster), 2)
        self.assertEqual(len(self.hooks_of("failover", 1)), 1)
        self.assertEqual(len(self.hooks_of("failback", 1)), 1)

    def test_the_primary_dies(self) -> None:
        cluster, holder = self.partners()
        self.replication[0].kill()
        self.wait_for_statuses(["down", "up", "up"], FAILED_OVER_S)
        self.wait_for_primary(1)
        wait_for("all nodes are in line", lambda: self.in_line(cluster), FAILED_OVER_S)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        self.assertTrue(self.replication[2].is_standby())
        for name in cluster.names:
            self.assertEqual(cluster[name].ask("db")["primary"], 1)
        cluster.wait_until_agreed_on(holder)

    def test_what_an_operator_does_on_one_is_done_on_all(self) -> None:
        cluster, _ = self.partners()
        self.pgpools["gamma"].pcp.detach(2)
        self.wait_for_statuses(["up", "up", "down"])
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S)
        self.pgpools["alpha"].pcp.attach(2)
        self.wait_for_statuses(["up", "up", "up"])
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S)
        for name in cluster.names:
            done = cluster[name].command("db", "detach", "1")
            self.assertEqual(done.exit_code, 0, done.words())
            self.wait_for_statuses(["up", "down", "up"])
            done = cluster[name].command("db", "attach", "1")
            self.assertEqual(done.exit_code, 0, done.words())
            self.wait_for_statuses(["up", "up", "up"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1)
        self.assertEqual(len(self.hooks_of("failback", 2)), 1)
        self.assertEqual(len(self.hooks_of("failover", 1)), 3)
        self.assertEqual(len(self.hooks_of("failback", 1)), 3)

    def test_an_operator_promotes_from_any_node(self) -> None:
        cluster, holder = self.partners()
        standby = cluster.others(holder)[0]
        done = cluster[standby].command("db", "promote", "1", "--wait", "30s")
        self.assertEqual(done.exit_code, 0, done.words())
        self.wait_for_primary(1)
        self.wait_for_statuses(["down", "up", "up"])
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S)

    def test_an_operator_promotes_by_pcp_promote_node(self) -> None:
        """Which promotes nothing itself, and detaches all other database nodes, the standbys too."""
        cluster, _ = self.partners()
        self.assertEqual(self.replication[1].ask("SELECT pg_promote(true, 20)"), "t")
        self.pgpools["gamma"].pcp.promote(1, False)
        self.wait_for_primary(1)
        self.wait_for_statuses(["down", "up", "down"], FAILED_OVER_S)
        wait_for("all are in line", lambda: self.in_line(cluster), FAILED_OVER_S, PCP_PAUSE_S)
        for name in cluster.names:
            self.assertEqual(cluster[name].ask("db")["primary"], 1)
        for number in (0, 2):
            self.assertLessEqual(len(self.hooks_of("failover", number)), 1, self.replication.hooks_run())

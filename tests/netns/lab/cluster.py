"""A cluster of daemons in a lab, and what must be true of it, seen from the kernel, the bridge and the client."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .configuration import Configuration, write_key
from .daemon import SERVICE_USER, Daemon
from .laboratory import Laboratory
from .processes import User
from .programs import Programs
from .waiting import wait_for

START_DEADLINE_S = 15.0


class Cluster:
    """One daemon per host of the lab, all with the same configuration unless a scenario gives one another.

    Owned by the lab: its daemons are killed when the lab closes.
    """

    def __init__(self, lab: Laboratory, programs: Programs, configuration: Configuration,
                 user: User = SERVICE_USER) -> None:
        self.lab = lab
        self.configuration = configuration
        self._user = user
        self.key_file = lab.directory / "cluster.key"
        write_key(self.key_file, user)
        self.daemons: dict[str, Daemon] = {}
        for host in lab.hosts:
            directory = lab.make_directory(f"belayd-{host.name}")
            self.daemons[host.name] = Daemon(host, programs, directory / "belay.ini", directory, user)
            self.configure(host.name, configuration)
        lab.at_close(self._kill_all)

    def __getitem__(self, name: str) -> Daemon:
        return self.daemons[name]

    @property
    def names(self) -> list[str]:
        return list(self.daemons)

    def others(self, *names: str) -> list[str]:
        """All but these, in the order of the lab."""
        return [name for name in self.daemons if name not in names]

    def configure(self, name: str, configuration: Configuration, key_file: Path | None = None) -> None:
        """Writes the ini file of one node, at once: a daemon that starts meanwhile reads the old one or the new one."""
        ini = self.daemons[name].ini
        fresh = ini.with_suffix(".new")
        fresh.write_text(configuration.text(self.lab.hosts, name, key_file or self.key_file), encoding="utf-8")
        os.chown(fresh, self._user.uid, self._user.gid)
        fresh.rename(ini)

    def configure_all(self, configuration: Configuration) -> None:
        for name in self.daemons:
            self.configure(name, configuration)

    def start(self, *names: str) -> None:
        """Starts these in this order, all at once; without names all."""
        for name in names or self.names:
            self.daemons[name].start()

    def start_one_after_another(self, *names: str) -> None:
        """As `start`, but each answers on its control socket before the next one starts: the order of the start
        timestamps is certain.
        """
        for name in names or self.names:
            self.daemons[name].start()
            wait_for(f"belayd on {name} answers", self.daemons[name].status, START_DEADLINE_S)

    def running(self) -> list[str]:
        return [name for name, daemon in self.daemons.items() if daemon.running()]

    # What the kernels, the bridge and the client say.

    def hosts_with_vip(self) -> set[str]:
        """The hosts that have at least one VIP, from their kernels."""
        return {name for vip in self.lab.vips for name in self.lab.addresses.hosts_with(vip.address)}

    def served_by(self, name: str) -> bool:
        """True, or an AssertionError that says why not: `name` alone has every VIP and answers ARP and the client."""
        for vip in self.lab.vips:
            hosts = self.lab.addresses.hosts_with(vip.address)
            assert hosts == [name], f"{vip.address} is on {hosts or 'no host'}, not on {name} alone"
            answering = self.lab.arp.answering(vip.address)
            assert answering == name, f"{answering or 'nobody'} answers ARP or NS for {vip.address}, not {name}"
            recent = self.lab.probers[vip.address].timeline(time.monotonic_ns() - 50_000_000).answered_by()
            assert recent == [name], f"the client of {vip.address} was answered by {recent or 'nobody'}, not {name}"
        return True

    def served_by_nobody(self) -> bool:
        """True, or an AssertionError: no host has a VIP, and nobody answers for one."""
        for vip in self.lab.vips:
            hosts = self.lab.addresses.hosts_with(vip.address)
            assert not hosts, f"{vip.address} is on {hosts}"
            answering = self.lab.arp.answering(vip.address)
            assert answering is None, f"{answering} answers ARP or NS for {vip.address}"
        return True

    # What the daemons say, and whether it is the same.

    def statuses(self, names: Iterable[str] | None = None) -> dict[str, dict[str, Any]]:
        return {name: self.daemons[name].status() for name in names or self.running()}

    def agreed_on(self, holder: str, names: Iterable[str] | None = None) -> bool:
        """True, or an AssertionError: `holder` is active, all others of `names` (default: all that run) are standbys,
        all name the same holder and the same term, and the holder serves.
        """
        statuses = self.statuses(names)
        for name, status in statuses.items():
            expected = "active" if name == holder else "standby"
            assert status["role"] == expected, f"{name} is {status['role']} ({status.get('reason')}), not {expected}"
            assert status["holder"] == holder, f"{name} takes {status['holder']!r} for the holder, not {holder}"
        terms = {name: status["term"] for name, status in statuses.items()}
        assert len(set(terms.values())) == 1, f"terms differ: {terms}"
        return self.served_by(holder)

    def wait_for_one_active(self, deadline_s: float = START_DEADLINE_S, among: Iterable[str] | None = None) -> str:
        """Until exactly one host serves and all that run agree on it; returns its name."""
        names = list(among) if among is not None else None

        def one() -> str:
            hosts = self.hosts_with_vip()
            assert len(hosts) == 1, f"hosts with a VIP: {sorted(hosts) or 'none'}"
            holder = hosts.pop()
            self.agreed_on(holder, names)
            return holder

        return wait_for("one node is active and all agree on it", one, deadline_s)

    def wait_until_agreed_on(self, holder: str, deadline_s: float = START_DEADLINE_S,
                             among: Iterable[str] | None = None) -> None:
        names = list(among) if among is not None else None
        wait_for(f"{holder} is active and all agree on it", lambda: self.agreed_on(holder, names), deadline_s)

    def _kill_all(self) -> None:
        for daemon in self.daemons.values():
            if daemon.running():
                daemon.kill()

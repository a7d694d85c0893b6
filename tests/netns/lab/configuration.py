"""belay.ini for a lab, as values: a scenario changes one value and says nothing about the rest."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .observers import WatchedVip
from .processes import User
from .topology import Machine

HEARTBEAT_PORT = 7940
INFO_PORT = 7941

MAIN_VIP = "10.77.0.100"
SECOND_VIP = "10.78.0.100"
IPV6_VIP = "fd77::100"


@dataclass(frozen=True)
class Vip:
    """`[vip NAME]`; `interface` is eth0 or eth1, which also tells the bridge."""

    name: str
    address: str
    prefix_length: int
    interface: str

    def watched(self) -> WatchedVip:
        return WatchedVip(self.address, int(self.interface.removeprefix("eth")))


MAIN = Vip("main", MAIN_VIP, 16, "eth0")
SECOND = Vip("second", SECOND_VIP, 16, "eth1")
IPV6 = Vip("six", IPV6_VIP, 128, "eth0")


@dataclass(frozen=True)
class Configuration:
    """What every node of one cluster is told. Durations are in milliseconds."""

    cluster_name: str = "lab"
    lease_ms: int = 500
    heartbeat_interval_ms: int = 100
    vips: tuple[Vip, ...] = (MAIN,)
    channel_count: int = 2
    ipv6_channels: bool = False
    service: tuple[str, ...] = ()
    """Lines of `[service]`, in which {host} stands for the host's name; empty: nothing is guarded."""
    announce: tuple[str, ...] = ()
    """Lines of `[announce]`."""
    priorities: dict[str, int] = field(default_factory=dict)
    cluster_lines: tuple[str, ...] = ()
    """More lines of `[cluster]`."""
    pgpool: tuple[str, ...] = ()
    """Lines of `[pgpool]`, in which {host} stands for the host's name; empty: no such section."""
    hooks: tuple[str, ...] = ()
    """Lines of `[hooks]`."""
    witnesses: tuple[str, ...] = ()
    """The nodes with `role = witness`."""

    @property
    def lease_s(self) -> float:
        return self.lease_ms / 1000

    def text(self, machines: Sequence[Machine], host: str, key_file: Path) -> str:
        """belay.ini for these machines, as it stands on `host`. Real hosts all have the same text; here they share
        one file system, so the paths differ.
        """
        lines = ["[cluster]", f"name = {self.cluster_name}", f"key_file = {key_file}",
                 f"heartbeat_interval = {self.heartbeat_interval_ms}ms", f"lease = {self.lease_ms}ms",
                 *self.cluster_lines, ""]
        for machine in machines:
            channels = ", ".join(self._endpoint(machine, channel) for channel in range(self.channel_count))
            lines += [f"[node {machine.name}]", f"heartbeat = {channels}", f"info = {machine.ipv4()}:{INFO_PORT}",
                      "role = witness" if machine.name in self.witnesses
                      else f"priority = {self.priorities.get(machine.name, 100)}", ""]
        for vip in self.vips:
            lines += [f"[vip {vip.name}]", f"address = {vip.address}/{vip.prefix_length}",
                      f"interface = {vip.interface}", ""]
        if self.service:
            lines += ["[service]", *(line.format(host=host) for line in self.service), ""]
        if self.pgpool:
            lines += ["[pgpool]", *(line.format(host=host) for line in self.pgpool), ""]
        if self.hooks:
            lines += ["[hooks]", *self.hooks, ""]
        if self.announce:
            lines += ["[announce]", *self.announce, ""]
        return "\n".join(lines)

    def _endpoint(self, host: Machine, channel: int) -> str:
        if self.ipv6_channels:
            return f"[{host.ipv6(channel)}]:{HEARTBEAT_PORT}"
        return f"{host.ipv4(channel)}:{HEARTBEAT_PORT}"


def write_key(path: Path, owner: User) -> None:
    """A new random cluster key that only `owner` can read."""
    path.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
    path.chmod(0o600)
    os.chown(path, owner.uid, owner.gid)

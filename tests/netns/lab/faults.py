"""Faults of the network, made in the switch: the machine that suffers is not touched and is told nothing; but for
refusals, which its own kernel sends.

Three kinds. A *port down* takes the carrier from the machine, as a pulled cable does. A *rule* drops frames silently
and leaves the carrier: everything or a part, in one direction or both, always or with a probability. A *refusal*
answers TCP to one address with a reset.
"""

from __future__ import annotations

import enum
import itertools
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass

from . import kernel, rtnetlink
from .namespaces import run
from .topology import CHANNEL_COUNT, Machine, Topology

ALL_CHANNELS = tuple(range(CHANNEL_COUNT))


class Direction(enum.Enum):
    """As the machine sees it."""

    SENDS = "iifname"
    HEARS = "oifname"


BOTH = (Direction.SENDS, Direction.HEARS)


@dataclass(frozen=True)
class _Rule:
    port: str
    direction: Direction
    match: str
    loss_percent: int

    def text(self) -> str:
        chance = f"numgen random mod 100 < {self.loss_percent} " if self.loss_percent < 100 else ""
        return f'    {self.direction.value} "{self.port}" {self.match} {chance}counter drop'


class Faults:
    """Each method returns the monotonic time in ns just before its fault began."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._rules: list[_Rule] = []
        self._ports_down: set[tuple[str, int]] = set()
        self._refusals: dict[str, list[str]] = {}
        self._netlink = rtnetlink.open_socket(topology.switch.path)

    def port_down(self, machine: Machine, channels: Iterable[int] = ALL_CHANNELS) -> int:
        """Pulls the cables: the machine loses its carrier."""
        began = time.monotonic_ns()
        for channel in channels:
            self._set_port(machine, channel, up=False)
            self._ports_down.add((machine.name, channel))
        return began

    def silent_cut(self, machines: Machine | Iterable[Machine], channels: Iterable[int] = ALL_CHANNELS,
                   directions: Iterable[Direction] = BOTH, match: str = "", loss_percent: int = 100) -> int:
        """Drops frames, carrier stays; several machines at the same instant. `match` is an nftables expression of the
        bridge family that narrows it, such as "udp dport 7940"; `loss_percent` below 100 drops at random.
        """
        machines = [machines] if isinstance(machines, Machine) else list(machines)
        self._rules += [_Rule(machine.port(channel), direction, match, loss_percent)
                        for machine, channel, direction in itertools.product(machines, channels, directions)]
        return self._apply()

    def refuse(self, machine: Machine, address: str) -> int:
        """TCP from the machine to that address is answered by a reset, as by a firewall that says what it does; who
        waits for an answer on an open connection knows at once.
        """
        began = time.monotonic_ns()
        self._refusals.setdefault(machine.name, []).append(address)
        self._apply_refusals(machine.name)
        return began

    def heal(self) -> int:
        """Takes all faults away."""
        self._rules.clear()
        for name, addresses in self._refusals.items():
            addresses.clear()
            self._apply_refusals(name)
        began = self._apply()
        for name, channel in sorted(self._ports_down):
            self._set_port(self._topology.machines[name], channel, up=True)
        self._ports_down.clear()
        return began

    def close(self) -> None:
        self._netlink.close()

    def _set_port(self, machine: Machine, channel: int, up: bool) -> None:
        with kernel.inside(self._topology.switch.path):
            index = socket.if_nametoindex(machine.port(channel))
        rtnetlink.set_link(self._netlink, index, up)

    def _apply(self) -> int:
        # One transaction: the whole table is replaced, so that several rules begin at the same instant.
        text = "\n".join(["add table bridge faults", "delete table bridge faults", "table bridge faults {",
                          "  chain forward {", "    type filter hook forward priority 0; policy accept;",
                          *(rule.text() for rule in self._rules), "  }", "}", ""])
        began = time.monotonic_ns()
        with kernel.inside(self._topology.switch.path):
            run(["nft", "-f", "-"], text=text)
        return began

    def _apply_refusals(self, name: str) -> None:
        # In the machine itself: a bridge of this kernel cannot send resets.
        rules = [f"    ip daddr {address} meta l4proto tcp counter reject with tcp reset"
                 for address in self._refusals[name]]
        text = "\n".join(["add table inet faults", "delete table inet faults", "table inet faults {",
                          "  chain output {", "    type filter hook output priority 0; policy accept;", *rules,
                          "  }", "}", ""])
        with kernel.inside(self._topology.machines[name].namespace.path):
            run(["nft", "-f", "-"], text=text)

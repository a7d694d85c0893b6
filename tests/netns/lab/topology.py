"""Machines and the two networks between them.

    alpha    beta    gamma  ...  database   client   observer
    eth0|eth1        ...                     eth0|eth1
        |   |                                 |   |
     -- lan0 (10.77.0.0/16, fd77::/64) ---------  |     two bridges in one namespace ("switch")
     ------ lan1 (10.78.0.0/16, fd78::/64) --------

A scenario may add a gateway, a machine like the others on which no daemon runs.

A machine's port on bridge N is called <machine>-N in the namespace of the switch, so faults.py can cut it there,
outside of the machine that suffers.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from functools import cached_property

from . import kernel
from .namespaces import Namespace, new_prefix, run

CHANNEL_COUNT = 2
HOST_NAMES = ("alpha", "beta", "gamma", "delta", "epsilon")
SERVER_NUMBERS = {"database": 50, "client": 200, "observer": 201}
GATEWAY_NUMBER = 254

# Machines: no waiting for duplicate address detection, addresses survive `link set down`, and several addresses and
# interfaces of one machine do not filter each other.
_MACHINE_SYSCTLS = {
    "ipv6/conf/all/accept_dad": "0", "ipv6/conf/default/accept_dad": "0", "ipv6/conf/default/dad_transmits": "0",
    "ipv6/conf/all/keep_addr_on_down": "1", "ipv6/conf/default/keep_addr_on_down": "1",
    "ipv6/conf/default/accept_ra": "0", "ipv6/conf/default/router_solicitations": "0",
    "ipv4/conf/all/rp_filter": "0", "ipv4/conf/default/rp_filter": "0",
}
_SWITCH_SYSCTLS = {"ipv6/conf/all/disable_ipv6": "1", "ipv6/conf/default/disable_ipv6": "1"}


@dataclass(frozen=True)
class Machine:
    """A host, the client, the observer, or the database server: one namespace with two interfaces, eth0 and eth1."""

    name: str
    number: int
    namespace: Namespace

    def ipv4(self, channel: int = 0) -> str:
        return f"10.{77 + channel}.0.{self.number}"

    def ipv6(self, channel: int = 0) -> str:
        return f"fd{77 + channel}::{self.number}"

    def mac(self, channel: int = 0) -> bytes:
        """Locally administered, and tells machine and channel."""
        return bytes((0x02, 0xBE, 0x1A, 0, channel, self.number))

    def port(self, channel: int) -> str:
        """The name of the switch's end of its cable."""
        return f"{self.name}-{channel}"

    def interface_index(self, interface: str) -> int:
        with kernel.inside(self.namespace.path):
            return socket.if_nametoindex(interface)

    def socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        """A socket that lives in this machine."""
        with kernel.inside(self.namespace.path):
            return socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol)


class Topology:
    """The namespaces, bridges and cables of one lab. `remove` takes all of it away again."""

    def __init__(self, host_count: int = 3) -> None:
        self._prefix = new_prefix()
        self._namespaces: list[Namespace] = []
        self.machines: dict[str, Machine] = {}
        try:
            self.switch = self._add_namespace("switch")
            self.switch.set_sysctls(_SWITCH_SYSCTLS)
            lines = []
            for channel in range(CHANNEL_COUNT):
                lines.append(f"link add lan{channel} type bridge stp_state 0 forward_delay 0 mcast_snooping 0")
                lines.append(f"link set lan{channel} up")
            self.switch.ip_batch(lines)
            for number, name in enumerate(HOST_NAMES[:host_count], start=1):
                self._plug_in(name, number)
            for name, number in SERVER_NUMBERS.items():
                self._plug_in(name, number)
        except BaseException:
            self.remove()
            raise

    @cached_property
    def hosts(self) -> list[Machine]:
        return [machine for name, machine in self.machines.items() if name in HOST_NAMES]

    @property
    def client(self) -> Machine:
        return self.machines["client"]

    @property
    def observer(self) -> Machine:
        return self.machines["observer"]

    @property
    def database(self) -> Machine:
        return self.machines["database"]

    def add_gateway(self) -> Machine:
        """One more machine, on which no daemon runs: what two hosts ask in place of a third one."""
        self._plug_in("gateway", GATEWAY_NUMBER)
        return self.machines["gateway"]

    def add_server(self, name: str, number: int) -> Machine:
        """One more server, beside the database."""
        self._plug_in(name, number)
        return self.machines[name]

    def machine_with_mac(self, mac: bytes) -> str:
        """The name of the machine whose interface has that address, or the address itself in words."""
        for machine in self.machines.values():
            if mac in (machine.mac(channel) for channel in range(CHANNEL_COUNT)):
                return machine.name
        return mac.hex(":")

    def receive_on(self, processor: int) -> None:
        """Has that processor do what the switch and the receiving kernels do with each packet (receive packet
        steering). There is no network card here, so otherwise it is done within the send, in the sender's time.
        """
        steer = f'for mask in /sys/class/net/*/queues/rx-*/rps_cpus; do echo {1 << processor:x} > "$mask"; done'
        for namespace in self._namespaces:
            run(["ip", "netns", "exec", namespace.name, "sh", "-c", steer])

    def remove(self) -> None:
        for namespace in self._namespaces:
            namespace.remove()
        self._namespaces.clear()

    def _add_namespace(self, name: str) -> Namespace:
        namespace = Namespace(self._prefix + name)
        self._namespaces.append(namespace)
        return namespace

    def _plug_in(self, name: str, number: int) -> None:
        namespace = self._add_namespace(name)
        machine = Machine(name, number, namespace)
        namespace.set_sysctls(_MACHINE_SYSCTLS)
        outside, inside = [], []
        for channel in range(CHANNEL_COUNT):
            port, interface = machine.port(channel), f"eth{channel}"
            outside.append(f"link add {port} type veth peer name {interface} "
                           f"address {machine.mac(channel).hex(':')} netns {namespace.name}")
            outside.append(f"link set {port} master lan{channel} up")
            inside.append(f"link set {interface} up")
            inside.append(f"addr add {machine.ipv4(channel)}/16 dev {interface}")
            inside.append(f"addr add {machine.ipv6(channel)}/64 dev {interface} nodad")
        self.switch.ip_batch(outside)
        namespace.ip_batch(inside)
        self.machines[name] = machine

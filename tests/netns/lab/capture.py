"""Recording what a machine sends, at its port of the switch, and putting frames onto a bridge by a stranger's hand."""

from __future__ import annotations

import socket
import time

from . import kernel
from .frames import Datagram, datagram_in
from .topology import Machine, Topology

_ETH_P_ALL = 0x0003
_ETH_P_ARP = 0x0806


def record_datagrams(topology: Topology, sender: Machine, destination_port: int, count: int, channel: int = 0,
                     deadline_s: float = 5.0) -> list[Datagram]:
    """The next `count` UDP datagrams to `destination_port` that `sender` puts on the wire."""
    with kernel.inside(topology.switch.path):
        handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.htons(_ETH_P_ALL))
    with handle:
        handle.bind((sender.port(channel), _ETH_P_ALL))
        recorded: list[Datagram] = []
        end = time.monotonic() + deadline_s
        while len(recorded) < count:
            handle.settimeout(max(end - time.monotonic(), 0.001))
            try:
                frame, origin = handle.recvfrom(1 << 16)
            except TimeoutError:
                raise AssertionError(f"{sender.name} sent {len(recorded)} of {count} datagrams to port "
                                     f"{destination_port} in {deadline_s} s") from None
            if origin[2] == socket.PACKET_OUTGOING:
                continue  # on its way to the machine
            datagram = datagram_in(frame)
            if datagram is not None and datagram.destination_port == destination_port:
                recorded.append(datagram)
        return recorded


class AnnouncementEar:
    """Hears the ARP announcements (sender IP = target IP) that `sender` puts on the wire, from now on."""

    def __init__(self, topology: Topology, sender: Machine, channel: int = 0) -> None:
        with kernel.inside(topology.switch.path):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK,
                                         socket.htons(_ETH_P_ALL))  # a bridge keeps single protocols for itself
        self._socket.bind((sender.port(channel), _ETH_P_ALL))
        self._addresses: list[str] = []

    def announced(self) -> list[str]:
        """The addresses announced so far, once for each frame."""
        while True:
            try:
                frame, origin = self._socket.recvfrom(1 << 16)
            except BlockingIOError:
                return list(self._addresses)
            is_arp = frame[12:14] == _ETH_P_ARP.to_bytes(2, "big")
            if is_arp and origin[2] != socket.PACKET_OUTGOING and frame[28:32] == frame[38:42]:
                self._addresses.append(socket.inet_ntoa(frame[28:32]))

    def close(self) -> None:
        self._socket.close()


class Intruder:
    """Puts frames onto a bridge from the observer's cable, with the observer's own source MAC address: the switch
    goes on knowing where everybody else is.
    """

    def __init__(self, topology: Topology, channel: int = 0) -> None:
        self._mac = topology.observer.mac(channel)
        self._socket = topology.observer.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind((f"eth{channel}", 0))

    def send(self, datagram: Datagram, to: Machine, channel: int = 0) -> None:
        self._socket.send(datagram.frame(to.mac(channel), self._mac))

    def close(self) -> None:
        self._socket.close()

"""Every fault does what it says, and nothing else, and is gone after healing."""

from __future__ import annotations

import fcntl
import socket
import struct

from lab.configuration import MAIN
from lab.faults import Direction
from lab.topology import Machine
from lab.waiting import wait_for

from .case import LabCase

_PORT = 7940
_SIOCGIFFLAGS, _IFF_RUNNING = 0x8913, 0x40


class Link:
    """Datagrams from one machine to another, to see which of them come through."""

    def __init__(self, sender: Machine, receiver: Machine, channel: int = 0, port: int = _PORT) -> None:
        self._receiver = receiver.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._receiver.bind((receiver.ipv4(channel), port))
        self._receiver.settimeout(0.2)
        self._sender = sender.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sender.connect((receiver.ipv4(channel), port))

    def delivers(self, count: int = 1) -> int:
        """How many of `count` datagrams came."""
        for _ in range(count):
            self._sender.send(b"?")
        came = 0
        try:
            while came < count:
                self._receiver.recv(16)
                came += 1
        except TimeoutError:
            pass  # the rest was lost
        return came

    def close(self) -> None:
        self._sender.close()
        self._receiver.close()


class Faulting(LabCase):
    def link(self, sender: Machine, receiver: Machine, channel: int = 0, port: int = _PORT) -> Link:
        link = Link(sender, receiver, channel, port)
        self.addCleanup(link.close)
        # The first datagram waits for ARP.
        wait_for("the way is open", link.delivers, 3)
        return link

    def test_port_down_takes_the_carrier(self) -> None:
        other_way = self.link(self.beta, self.gamma)
        self.lab.faults.port_down(self.alpha, [0])
        wait_for("the carrier is gone", lambda: not has_carrier(self.alpha, "eth0"), 2)
        self.assertTrue(has_carrier(self.alpha, "eth1"), "the other cable was pulled too")
        self.assertEqual(other_way.delivers(), 1)
        self.lab.faults.heal()
        wait_for("the carrier is back", lambda: has_carrier(self.alpha, "eth0"), 2)

    def test_silent_cut_keeps_the_carrier(self) -> None:
        to, back = self.link(self.alpha, self.beta), self.link(self.beta, self.alpha)
        unhurt = self.link(self.beta, self.gamma)
        self.lab.faults.silent_cut(self.alpha)
        self.assertEqual((to.delivers(), back.delivers(), unhurt.delivers()), (0, 0, 1))
        self.assertTrue(has_carrier(self.alpha, "eth0"))
        self.lab.faults.heal()
        self.assertEqual((to.delivers(), back.delivers()), (1, 1))

    def test_one_direction(self) -> None:
        to, back = self.link(self.alpha, self.beta), self.link(self.beta, self.alpha)
        self.lab.faults.silent_cut(self.alpha, directions=[Direction.SENDS])
        self.assertEqual((to.delivers(), back.delivers()), (0, 1))
        self.lab.faults.heal()
        self.lab.faults.silent_cut(self.alpha, directions=[Direction.HEARS])
        self.assertEqual((to.delivers(), back.delivers()), (1, 0))

    def test_one_channel(self) -> None:
        first, second = self.link(self.alpha, self.beta, 0), self.link(self.alpha, self.beta, 1)
        self.lab.faults.silent_cut(self.alpha, [1])
        self.assertEqual((first.delivers(), second.delivers()), (1, 0))

    def test_one_port_number(self) -> None:
        heartbeats, others = self.link(self.alpha, self.beta), self.link(self.alpha, self.beta, port=5555)
        self.lab.faults.silent_cut(self.beta, match=f"udp dport {_PORT}")
        self.assertEqual((heartbeats.delivers(), others.delivers()), (0, 1))

    def test_loss(self) -> None:
        link = self.link(self.alpha, self.beta)
        self.lab.faults.silent_cut(self.alpha, directions=[Direction.SENDS], loss_percent=50)
        # In parts that the receiver's buffer can hold.
        came = sum(link.delivers(100) for _ in range(10))
        self.assertTrue(350 < came < 650, f"{came} of 1000 came at 50 % loss")

    def test_the_client_notices_a_silent_cut_and_its_length(self) -> None:
        self.give(self.alpha)
        prober = self.lab.probers[MAIN.address]
        prober.wait_for_answer_of("alpha")
        cut = self.lab.faults.silent_cut(self.alpha)
        wait_for("the observer notices", lambda: self.lab.arp.answering(MAIN.address) is None, 2)
        healed = self.lab.faults.heal()
        wait_for("the client is answered again", lambda: (prober.timeline().last_answer_of("alpha") or 0) > healed, 5)
        outage = prober.timeline().longest_outage(cut)
        assert outage is not None
        self.assertAlmostEqual(outage.length_ms, (healed - cut) / 1e6, delta=100)


def has_carrier(machine: Machine, interface: str) -> bool:
    """Asks the kernel of that machine: SIOCGIFFLAGS, IFF_RUNNING."""
    with machine.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        answer = fcntl.ioctl(handle, _SIOCGIFFLAGS, struct.pack("16sh14x", interface.encode("ascii"), 0))
    return bool(struct.unpack_from("16xh", answer)[0] & _IFF_RUNNING)

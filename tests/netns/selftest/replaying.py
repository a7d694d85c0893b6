"""What is recorded on the bridge comes back as it was, or changed as asked."""

from __future__ import annotations

import socket
import threading

from lab.capture import Intruder, record_datagrams
from lab.frames import Datagram

from .case import LabCase

_PORT = 7940


class Replaying(LabCase):
    def setUp(self) -> None:
        super().setUp()
        self.receiver = self.beta.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.receiver.bind((self.beta.ipv4(), _PORT))
        self.receiver.settimeout(2)
        self.sender = self.alpha.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sender.bind((self.alpha.ipv4(), _PORT))
        self.intruder = Intruder(self.lab.topology)
        for handle in (self.receiver, self.sender, self.intruder):
            self.addCleanup(handle.close)

    def record_one(self, payload: bytes) -> Datagram:
        recorded: list[Datagram] = []
        recorder = threading.Thread(target=lambda: recorded.extend(
            record_datagrams(self.lab.topology, self.alpha, _PORT, 1)))
        recorder.start()
        while recorder.is_alive():
            self.sender.sendto(payload, (self.beta.ipv4(), _PORT))
            recorder.join(0.01)
        self.receiver.settimeout(0.1)
        try:
            while self.receiver.recv(2048):
                pass
        except TimeoutError:
            self.receiver.settimeout(2)
        return recorded[0]

    def test_a_recorded_datagram_arrives_again_as_it_was(self) -> None:
        datagram = self.record_one(b"heartbeat")
        self.assertEqual((datagram.source_ip, datagram.payload), (self.alpha.ipv4(), b"heartbeat"))
        self.intruder.send(datagram, self.beta)
        self.assertEqual(self.receiver.recvfrom(2048), (b"heartbeat", (self.alpha.ipv4(), _PORT)))

    def test_changed_payload_and_sender(self) -> None:
        datagram = self.record_one(b"heartbeat")
        self.intruder.send(datagram.with_payload(b"odd").from_ip("10.77.0.66"), self.beta)
        self.assertEqual(self.receiver.recvfrom(2048), (b"odd", ("10.77.0.66", _PORT)))

    def test_the_switch_still_finds_the_real_sender(self) -> None:
        datagram = self.record_one(b"heartbeat")
        self.intruder.send(datagram, self.beta)
        self.receiver.recv(2048)
        self.receiver.sendto(b"answer", (self.alpha.ipv4(), _PORT))
        self.sender.settimeout(2)
        self.assertEqual(self.sender.recv(2048), b"answer")

    def test_nothing_to_record_is_said(self) -> None:
        with self.assertRaisesRegex(AssertionError, "gamma sent 0 of 1"):
            record_datagrams(self.lab.topology, self.gamma, _PORT, 1, deadline_s=0.1)

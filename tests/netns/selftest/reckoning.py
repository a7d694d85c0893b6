"""The pure parts: what a timeline says, frames there and back, the ini text, waiting."""

from __future__ import annotations

import unittest
from pathlib import Path

from lab import frames
from lab.configuration import IPV6, MAIN, Configuration
from lab.timeline import Probe, Timeline
from lab.topology import Machine
from lab.waiting import WaitTimeout, stays, wait_for

_MS = 1_000_000


def timeline(*probes: tuple[int, int, str]) -> Timeline:
    """Probes in milliseconds."""
    return Timeline([Probe(sent * _MS, answered * _MS, by) for sent, answered, by in probes])


class Timelines(unittest.TestCase):
    def setUp(self) -> None:
        # A question of the old holder's time (4) is answered late by the new one, as after an ARP resolution.
        self.moved = timeline((1, 1, "alpha"), (2, 2, "alpha"), (3, 0, ""), (4, 11, "beta"), (10, 10, "beta"))

    def test_outage_is_from_answer_to_answer(self) -> None:
        outage = self.moved.longest_outage(2 * _MS)
        assert outage is not None
        self.assertEqual((outage.began_ns, outage.ended_ns, outage.length_ms), (2 * _MS, 10 * _MS, 8))

    def test_silence_without_an_end_is_no_outage_yet(self) -> None:
        self.assertIsNone(timeline((1, 1, "alpha"), (2, 0, "")).longest_outage(0))

    def test_an_outage_before_the_fault_does_not_count(self) -> None:
        outage = timeline((1, 1, "a"), (50, 50, "a"), (51, 51, "a"), (53, 53, "b")).longest_outage(51 * _MS)
        assert outage is not None
        self.assertEqual(outage.length_ms, 2)

    def test_first_answer_is_that_of_another_host(self) -> None:
        self.assertEqual(self.moved.first_answer_ms(_MS, "alpha"), 9)
        self.assertIsNone(self.moved.first_answer_ms(11 * _MS, "alpha"))

    def test_each_change_of_the_answering_host_once(self) -> None:
        self.assertEqual(self.moved.answered_by(), ["alpha", "beta"])


class Frames(unittest.TestCase):
    ASKER, HOLDER = bytes.fromhex("02be1aff0001"), bytes.fromhex("02be1a000002")

    def test_an_arp_request_is_no_claim_and_a_reply_is(self) -> None:
        request = frames.arp_request(self.ASKER, "10.77.0.201", "10.77.0.100")
        self.assertIsNone(frames.claim_in(request))
        addresses = self.HOLDER + request[38:42] + self.ASKER + request[28:32]
        reply = self.ASKER + self.HOLDER + request[12:20] + b"\0\2" + addresses
        self.assertEqual(frames.claim_in(reply), frames.Claim("10.77.0.100", self.HOLDER, self.ASKER))

    def test_short_frames_are_nothing(self) -> None:
        request = frames.arp_request(self.ASKER, "10.77.0.201", "10.77.0.100")
        solicitation = frames.neighbour_solicitation(self.ASKER, "fd77::201", "fd77::100")
        for frame in (request, solicitation):
            for size in range(len(frame)):
                self.assertIsNone(frames.claim_in(frame[:size]))
                self.assertIsNone(frames.datagram_in(frame[:size]))

    def test_a_datagram_survives_the_frame(self) -> None:
        datagram = frames.Datagram("10.77.0.1", 7940, "10.77.0.2", 7940, b"odd length.")
        frame = datagram.frame(self.HOLDER, self.ASKER)
        self.assertEqual(frames.datagram_in(frame), datagram)
        self.assertEqual(frames.internet_checksum(frame[14:34]), 0)


class IniText(unittest.TestCase):
    def test_only_what_is_asked_for(self) -> None:
        text = Configuration(vips=(MAIN, IPV6)).text([], "alpha", Path("/tmp/key"))
        self.assertIn("address = fd77::100/128", text)
        self.assertNotIn("[service]", text)

    def test_the_service_knows_its_host(self) -> None:
        machines = [Machine(name, 1, None) for name in ("alpha", "beta")]  # type: ignore[arg-type]
        text = Configuration(service=("pid_file = /tmp/{host}.pid",)).text(machines, "beta", Path("/tmp/key"))
        self.assertIn("pid_file = /tmp/beta.pid", text)


class Waiting(unittest.TestCase):
    def test_the_last_reason_is_told(self) -> None:
        def never() -> bool:
            raise AssertionError("the VIP is on alpha")

        with self.assertRaisesRegex(WaitTimeout, "until it moves; last reason: the VIP is on alpha"):
            wait_for("it moves", never, 0.02)

    def test_staying_ends_with_the_first_failure(self) -> None:
        answers = iter([True, True, False])
        with self.assertRaisesRegex(WaitTimeout, "stopped being so"):
            stays("it", lambda: next(answers), 5)

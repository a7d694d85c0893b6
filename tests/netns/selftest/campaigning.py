"""A campaign that could not see two holders would praise every cluster: what its watch must catch, made on purpose."""

from __future__ import annotations

import random
import time
import unittest

import campaign_faults
from campaign_watch import Watch, client_returns
from lab.configuration import IPV6, MAIN, Vip
from lab.timeline import Probe
from lab.waiting import stays, wait_for

from .case import LabCase

_LEASE_MS = 500


class OneAddressTwoHosts(LabCase):
    vips = (MAIN, IPV6)

    def test_two_hosts_that_answer_arp_are_a_violation(self) -> None:
        self.two_hosts(MAIN)

    def test_two_hosts_that_answer_solicitations_are_a_violation(self) -> None:
        self.two_hosts(IPV6)

    def two_hosts(self, vip: Vip) -> None:
        watch = Watch(self.lab, _LEASE_MS)
        self.give(self.alpha, vip)
        self.wait_for_arp_answer_of("alpha", vip)
        self.assertEqual(watch.violations(time.monotonic_ns()), [])
        self.give(self.beta, vip)
        found = wait_for("the watch sees it", lambda: watch.violations(time.monotonic_ns()), 3)
        self.assertTrue(any("alpha" in text and "beta" in text for text in found), found)

    def test_one_host_is_none(self) -> None:
        watch = Watch(self.lab, _LEASE_MS)
        self.give(self.alpha)
        self.wait_for_arp_answer_of("alpha")
        self.lab.probers[MAIN.address].wait_for_answer_of("alpha")
        stays("nothing is found", lambda: not watch.violations(time.monotonic_ns()), 0.5)


class ClientAnswers(unittest.TestCase):
    """Pure: rows of a prober, 1 ms apart."""

    def returns(self, answered_by: str, step_ms: int = 1) -> list[str]:
        probes = [Probe(at * step_ms * 1_000_000 + 1, at * step_ms * 1_000_000 + 200_001, name)
                  for at, name in enumerate(answered_by)]
        return client_returns(probes, _LEASE_MS * 1_000_000 // 2)

    def test_a_move_is_none(self) -> None:
        self.assertEqual(self.returns("aaabbb"), [])

    def test_there_and_back_at_once_is_a_violation(self) -> None:
        self.assertEqual(len(self.returns("aaabaa")), 1)

    def test_there_and_back_after_a_lease_is_none(self) -> None:
        self.assertEqual(self.returns("aba", step_ms=_LEASE_MS), [])

    def test_three_in_turn_are_moves(self) -> None:
        self.assertEqual(self.returns("abc"), [])

    def test_a_question_without_an_answer_is_nobody(self) -> None:
        probes = [Probe(1, 2, "a"), Probe(3, 0, ""), Probe(5, 6, "a")]
        self.assertEqual(client_returns(probes, 1_000), [])


class Choices(unittest.TestCase):
    def test_a_seed_tells_the_faults(self) -> None:
        first, again = (random.Random(7).sample(campaign_faults.ALWAYS, 2) for _ in range(2))
        self.assertEqual(first, again)

    def test_the_fence_is_known_by_the_status(self) -> None:
        self.assertFalse(campaign_faults.fence_in({"role": "active"}))
        self.assertFalse(campaign_faults.fence_in({"fence": None}))
        self.assertFalse(campaign_faults.fence_in({"fence": {"kind": "address"}}))
        self.assertTrue(campaign_faults.fence_in({"fence": {"kind": "nftables"}}))
        self.assertTrue(campaign_faults.fence_in({"fence": "nftables"}))

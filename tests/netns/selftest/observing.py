"""The observers see what is so."""

from __future__ import annotations

from lab.configuration import IPV6, MAIN, SECOND, Vip
from lab.waiting import wait_for

from .case import LabCase


class OneHolder(LabCase):
    vips = (MAIN, SECOND, IPV6)

    def test_all_observers_name_the_holder(self) -> None:
        for vip in self.vips:
            self.assertIsNone(self.lab.arp.answering(vip.address))
            self.give(self.beta, vip)
        for vip in self.vips:
            self.wait_for_arp_answer_of("beta", vip)
            self.lab.probers[vip.address].wait_for_answer_of("beta")
            self.assertEqual(self.lab.addresses.hosts_with(vip.address), ["beta"])
        self.assertEqual(self.lab.arp.violations(), [])
        self.assertEqual(self.lab.addresses.overlaps(), [])

    def test_a_move_is_seen_and_measured(self) -> None:
        self.give(self.alpha)
        prober = self.lab.probers[MAIN.address]
        prober.wait_for_answer_of("alpha")
        self.take(self.alpha)
        lost = wait_for("the loss", lambda: self.lab.addresses.lost_at_ns("alpha", MAIN.address, 0), 2)
        self.give(self.gamma)
        prober.wait_for_answer_of("gamma")
        timeline = prober.timeline()
        self.assertEqual(timeline.answered_by(), ["alpha", "gamma"])
        outage = timeline.longest_outage(lost)
        self.assertIsNotNone(outage)
        after_ms = timeline.first_answer_ms(lost, "alpha")
        # The client cannot have been answered before the address came, nor much later.
        gained = self.lab.addresses.gained_at_ns("gamma", MAIN.address, lost) or 0
        self.assertGreater(after_ms, (gained - lost) / 1e6 - 5)
        self.assertLess(after_ms, (gained - lost) / 1e6 + 500)
        self.assertEqual(self.lab.arp.violations(), [])

    def test_the_client_asks_every_millisecond(self) -> None:
        self.give(self.alpha)
        prober = self.lab.probers[MAIN.address]
        prober.wait_for_answer_of("alpha")
        wait_for("a thousand questions", lambda: len(prober.timeline().probes) > 1000, 10)
        sent = [probe.sent_ns for probe in prober.timeline().probes]
        gaps = sorted(later - earlier for earlier, later in zip(sent, sent[1:], strict=False))
        self.assertAlmostEqual(gaps[len(gaps) // 2] / 1e6, 1.0, delta=0.1)


class TwoHolders(LabCase):
    vips = (MAIN, IPV6)

    def test_two_answers_to_one_arp_request_are_a_violation(self) -> None:
        self.two_holders(MAIN)

    def test_two_answers_to_one_solicitation_are_a_violation(self) -> None:
        self.two_holders(IPV6)

    def two_holders(self, vip: Vip) -> None:
        self.give(self.alpha, vip)
        self.wait_for_arp_answer_of("alpha", vip)
        self.assertEqual(self.lab.arp.violations(), [])
        self.give(self.beta, vip)
        violations = wait_for("the violation is seen", self.lab.arp.violations, 3)
        self.assertIn("alpha", violations[0])
        self.assertIn("beta", violations[0])
        wait_for("both kernels have it", lambda: self.lab.addresses.hosts_with(vip.address) == ["alpha", "beta"], 2)
        overlaps = wait_for("the overlap is known", self.lab.addresses.overlaps, 2)
        self.assertEqual(overlaps[0].hosts, ("alpha", "beta"))
        self.take(self.alpha, vip)
        wait_for("alpha has lost it", lambda: self.lab.addresses.lost_at_ns("alpha", vip.address, 0), 2)
        self.assertEqual([overlap.hosts for overlap in self.lab.addresses.overlaps()], [("alpha", "beta")],
                         "an overlap that is over is forgotten")

    def test_a_holder_that_is_silent_on_the_bridge_is_seen_by_rtnetlink_only(self) -> None:
        self.give(self.alpha)
        self.give(self.beta)
        self.lab.faults.silent_cut(self.alpha)
        self.wait_for_arp_answer_of("beta")
        self.assertEqual(self.lab.addresses.hosts_with(MAIN.address), ["alpha", "beta"])

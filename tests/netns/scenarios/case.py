"""What every scenario shares: a lab of its own, observers that watch all the time, and a full report when it fails."""

from __future__ import annotations

import time
import unittest
from collections.abc import Callable
from typing import ClassVar

from lab import bounds, report
from lab.cluster import Cluster
from lab.configuration import MAIN, Configuration, Vip
from lab.daemon import SERVICE_USER
from lab.laboratory import Laboratory
from lab.processes import User
from lab.programs import Programs
from lab.waiting import stays, wait_for


class ScenarioCase(unittest.TestCase):
    """One test is one story in a fresh lab. `programs` is set by run_suite.py."""

    programs: ClassVar[Programs]
    vips: ClassVar[tuple[Vip, ...]] = (MAIN,)
    host_count: ClassVar[int] = 3
    addresses_may_overlap: ClassVar[bool] = False
    """A daemon that hangs cannot remove its VIP; its host is silent all the same, which the ARP observer sees."""

    def setUp(self) -> None:
        self.cluster: Cluster | None = None
        self.lab = Laboratory(self.vips, self.host_count)
        self.addCleanup(self.lab.close)

    def tearDown(self) -> None:
        """G1, in every scenario: no question for a VIP was ever answered by two machines."""
        self.assertEqual(self.lab.arp.violations(), [], "two machines answered one question for a VIP")
        if self.addresses_may_overlap:
            return
        overlaps = [overlap for overlap in self.lab.addresses.overlaps() if overlap.length_ms > bounds.overlap_ms()]
        self.assertEqual(overlaps, [], "two hosts had one VIP at once")

    def describe_failure(self) -> str:
        """Called by the runner while the lab still stands. Its directory with all logs is kept."""
        if not hasattr(self, "lab"):
            return "the lab itself could not be made"
        self.lab.keep_directory = True
        return f"{report.describe(self.lab, self.cluster)}\nlogs kept in {self.lab.directory}"

    # Beginnings.

    def make_cluster(self, configuration: Configuration | None = None, user: User = SERVICE_USER) -> Cluster:
        """The daemons of this scenario, not started yet."""
        self.cluster = Cluster(self.lab, self.programs, configuration or Configuration(vips=self.vips), user)
        return self.cluster

    def running_cluster(self, configuration: Configuration | None = None,
                        user: User = SERVICE_USER) -> tuple[Cluster, str]:
        """All daemons started, one active, all agree. Returns the holder too."""
        cluster = self.make_cluster(configuration, user)
        cluster.start()
        return cluster, cluster.wait_for_one_active()

    # Measured from outside.

    def assert_taken_over(self, cluster: Cluster, old: str, fault_ns: int, bound_ms: float) -> None:
        """The client of each VIP was answered by another host than `old` within the bound after the fault."""
        for vip in self.lab.vips:
            prober = self.lab.probers[vip.address]

            def first_answer(prober=prober) -> float | None:  # type: ignore[no-untyped-def]
                return prober.timeline(fault_ns).first_answer_ms(fault_ns, old)

            measured = wait_for(f"the client of {vip.address} is answered by another host than {old}", first_answer,
                                bound_ms / 1000 + 5)
            self.note(f"{vip.address}: first answer of the new holder after {measured:.1f} ms (bound {bound_ms:.0f})")
            self.assertLessEqual(measured, bound_ms, f"{vip.address}: the new holder answered too late")

    def assert_lost_vips(self, name: str, since_ns: int, bound_ms: float) -> None:
        """The kernel of `name` had none of the VIPs within the bound after `since_ns`."""
        for vip in self.lab.vips:
            lost = wait_for(f"{name} loses {vip.address}", lambda vip=vip: self.lab.addresses.lost_at_ns(
                name, vip.address, since_ns), bound_ms / 1000 + 5)
            took_ms = (lost - since_ns) / 1e6
            self.note(f"{vip.address}: gone from {name} after {took_ms:.1f} ms (bound {bound_ms:.0f})")
            self.assertLessEqual(took_ms, bound_ms, f"{vip.address} stayed on {name} for too long")

    def assert_undisturbed(self, holder: str, since_ns: int) -> None:
        """Since then the VIPs have not left `holder`, and nobody else answered the client."""
        for vip in self.lab.vips:
            moved = [change for change in self.lab.addresses.changes(vip.address) if change.at_ns > since_ns]
            self.assertEqual(moved, [], f"{vip.address} moved")
            self.assertEqual(self.lab.probers[vip.address].timeline(since_ns).answered_by(), [holder])

    def assert_nobody_serves(self, cluster: Cluster) -> None:
        """No host has a VIP or answers for one, soon, and then for three leases."""
        wait_for("nobody serves", cluster.served_by_nobody, 5)
        stays("nobody serves", cluster.served_by_nobody, 3 * cluster.configuration.lease_s)

    def assert_stays(self, what: str, condition: Callable[[], object], duration_s: float) -> None:
        stays(what, condition, duration_s)

    @staticmethod
    def now_ns() -> int:
        return time.monotonic_ns()

    def note(self, text: str) -> None:
        """A measured value; the runner prints the notes of each test under its line."""
        notes: list[str] = self.__dict__.setdefault("notes", [])
        notes.append(text)

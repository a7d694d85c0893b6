"""Without a majority nobody serves; with it again, one does."""

from __future__ import annotations

from typing import ClassVar

from lab import bounds
from lab.configuration import Configuration
from lab.waiting import wait_for

from .case import ScenarioCase


class ThreeNodes(ScenarioCase):
    def test_both_standbys_killed_and_restarted(self) -> None:
        cluster, old = self.running_cluster()
        killed = self.now_ns()
        for name in cluster.others(old):
            cluster[name].kill()
        self.assert_lost_vips(old, killed, bounds.lease_end_ms(cluster.configuration))
        self.assert_nobody_serves(cluster)
        self.assertEqual(cluster[old].role(), "standby")
        cluster.start(cluster.others(old)[0])
        cluster.wait_for_one_active()
        cluster.start(cluster.others(old)[1])
        cluster.wait_for_one_active(among=cluster.names)

    def test_everyone_alone_and_together_again(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.silent_cut(self.lab.hosts)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_stays("no host has a VIP", lambda: not cluster.hosts_with_vip(), 3 * cluster.configuration.lease_s)
        self.lab.faults.heal()
        cluster.wait_for_one_active()


class FiveNodes(ScenarioCase):
    host_count: ClassVar[int] = 5

    def test_the_side_with_three_serves(self) -> None:
        cluster, old = self.running_cluster(Configuration())
        minority = [old, cluster.others(old)[0]]
        majority = cluster.others(*minority)
        cut = self.lab.faults.silent_cut(cluster[name].host for name in minority)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_taken_over(cluster, old, cut, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active(among=majority)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(new, among=cluster.names)

    def test_two_dead_of_five_change_nothing(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        for name in cluster.others(holder)[:2]:
            cluster[name].kill()
        wait_for("the others agree", lambda: cluster.agreed_on(holder), 5)
        self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder},
                          3 * cluster.configuration.lease_s)
        self.assert_undisturbed(holder, began)

"""belayd itself is killed and started again, as systemd does it at once."""

from __future__ import annotations

from lab.configuration import Configuration
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import role_seen

# Long enough that a restart on a slow machine is within the lease: what takes the VIP away is the restarted daemon, and
# neither the end of the lease nor the fence.
_LEASE_MS = 2000


class ActiveRestarted(ScenarioCase):
    # A restart that takes longer than the lease finds the VIP served elsewhere: until then only the fence keeps this
    # host, which still has it, silent.
    addresses_may_overlap = True

    def test_killed_and_restarted(self) -> None:
        cluster, old = self.running_cluster(Configuration(lease_ms=_LEASE_MS))
        term = cluster[old].status()["term"]
        killed = self.now_ns()
        cluster[old].kill()
        cluster[old].start()
        # The new run removes what the old one left before it joins.
        self.assert_lost_vips(old, killed, _LEASE_MS)
        holder = cluster.wait_for_one_active()
        self.assertGreater(cluster[holder].status()["term"], term, "a new holder without a new term")

    def test_restarted_active_releases_for_the_others_at_once(self) -> None:
        """The new run proves that it is newer on the same boot, and releases what the older one held: nobody waits
        for the rest of a long lease.
        """
        lease_ms = 6000
        cluster, old = self.running_cluster(Configuration(lease_ms=lease_ms))
        killed = self.now_ns()
        cluster[old].kill()
        cluster[old].start()
        self.assert_taken_over(cluster, old, killed, lease_ms / 2)
        cluster.wait_for_one_active(3 * lease_ms / 1000)

    def test_left_over_vip_of_a_former_run_is_removed_at_start(self) -> None:
        """All are killed; the old holder alone comes back: it has no majority, and must not keep the VIP."""
        cluster, old = self.running_cluster()
        for name in cluster.names:
            cluster[name].kill()
        self.assertEqual(cluster.hosts_with_vip(), {old}, "a killed daemon cannot take its VIP along")
        cluster[old].start()
        self.assert_nobody_serves(cluster)

    def test_full_restart_raises_the_term(self) -> None:
        cluster, holder = self.running_cluster()
        before = cluster[holder].status()["term"]
        for name in cluster.names:
            cluster[name].kill()
        # They come back on hosts where the VIP was left behind: that is removed before anybody serves again.
        cluster.start()
        after = cluster[cluster.wait_for_one_active()].status()["term"]
        self.assertGreater(after, before)


class StandbyRestarted(ScenarioCase):
    def test_killed_and_restarted(self) -> None:
        cluster, holder = self.running_cluster()
        standby = cluster.others(holder)[0]
        killed = self.now_ns()
        cluster[standby].kill()
        wait_for(f"{holder} takes {standby} for down", lambda: role_seen(cluster, holder, standby) == "down", 5)
        cluster[standby].start()
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.assert_undisturbed(holder, killed)

    def test_killed_again_and_again(self) -> None:
        cluster, holder = self.running_cluster()
        standby = cluster.others(holder)[0]
        began = self.now_ns()
        for _ in range(5):
            cluster[standby].kill()
            cluster[standby].start()
            wait_for(f"belayd on {standby} answers", cluster[standby].status, 5)
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.assert_undisturbed(holder, began)

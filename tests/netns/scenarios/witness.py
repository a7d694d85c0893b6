"""Two members and a witness (`role = witness`), which votes and has no interface of a VIP; and one member with one."""

from __future__ import annotations

from typing import ClassVar

from lab import bounds
from lab.cluster import Cluster
from lab.configuration import SECOND, Configuration, Vip
from lab.waiting import wait_for

from .two_hosts import TwoHosts
from .views import eligible, role_seen


class Witness(TwoHosts):
    vips: ClassVar[tuple[Vip, ...]] = (SECOND,)
    host_count: ClassVar[int] = 3
    witness: ClassVar[str] = "gamma"

    def voting(self) -> tuple[Cluster, str]:
        """A cluster whose witness has only the network of the heartbeats, and who serves."""
        self.lab.topology.machines[self.witness].namespace.ip_batch(["link delete eth1"])
        cluster, holder = self.running_cluster(
            Configuration(vips=self.vips, channel_count=1, witnesses=(self.witness,)))
        self.assertNotEqual(holder, self.witness)
        return cluster, holder


class WitnessAndTwo(Witness):
    def members(self) -> tuple[Cluster, str, str]:
        cluster, holder = self.voting()
        return cluster, holder, cluster.others(holder, self.witness)[0]

    def test_host_of_the_active_lost_the_other_member_serves(self) -> None:
        cluster, old, other = self.members()
        lost = self.lose_host(cluster, old)
        self.assert_taken_over(cluster, old, lost, bounds.takeover_ms(cluster.configuration))
        wait_for(f"{other} serves", lambda: self.serves_alone(cluster, other), 5)
        self.assert_keeps(cluster, other, self.now_ns())
        status = cluster[self.witness].status()
        self.assertEqual((status["role"], status["holder"]), ("standby", other))
        self.regain_host(cluster, old)
        cluster.wait_until_agreed_on(other)

    def test_witness_lost_changes_nothing(self) -> None:
        cluster, holder, other = self.members()
        self.assertFalse(eligible(cluster, holder, self.witness), "a witness is eligible")
        lost = self.lose_host(cluster, self.witness)
        wait_for("it is noticed", lambda: role_seen(cluster, holder, self.witness) == "down", 5)
        self.assert_keeps(cluster, holder, lost)
        self.regain_host(cluster, self.witness)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, lost)

    def test_witness_and_a_member_lost_nobody_serves_until_one_is_back(self) -> None:
        cluster, holder, other = self.members()
        for lost in (holder, other):
            with self.subTest(lost="active" if lost == holder else "standby"):
                left = cluster.others(lost, self.witness)[0]
                self.lose_host(cluster, self.witness)
                self.lose_host(cluster, lost)
                self.assert_nobody_answers(cluster)
                self.regain_host(cluster, self.witness)
                wait_for(f"{left} serves", lambda left=left: self.serves_alone(cluster, left), 15)
                cluster[lost].start()
                cluster.wait_until_agreed_on(left)

    def test_members_cut_from_each_other_the_witness_decides(self) -> None:
        cluster, holder, other = self.members()
        cut = self.lab.faults.silent_cut(cluster[other].host, match=f"ip saddr {cluster[holder].host.ipv4()}")
        self.lab.faults.silent_cut(cluster[holder].host, match=f"ip saddr {cluster[other].host.ipv4()}")
        wait_for("it is noticed", lambda: role_seen(cluster, holder, other) == "down", 5)
        self.assert_keeps(cluster, holder, cut)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, cut)


class WitnessAndOne(Witness):
    """Nobody else can take, so the member needs nobody to go on; to begin, it needs the witness."""

    host_count: ClassVar[int] = 2
    witness: ClassVar[str] = "beta"

    def test_witness_lost_the_member_stays(self) -> None:
        cluster, holder = self.voting()
        lost = self.lose_host(cluster, self.witness)
        wait_for("it is noticed", lambda: role_seen(cluster, holder, self.witness) == "down", 5)
        self.assert_keeps(cluster, holder, lost)
        self.regain_host(cluster, self.witness)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, lost)

"""VIPs: removed by hand, on interfaces that fail, of both families, on two interfaces."""

from __future__ import annotations

from typing import ClassVar

from lab import bounds
from lab.configuration import IPV6, MAIN, SECOND, Vip
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import eligible


def delete_by_hand(case: ScenarioCase, holder: str, vip: Vip) -> int:
    """`ip address delete` behind the daemon's back; returns when."""
    began = case.now_ns()
    host = case.lab.topology.machines[holder]
    host.namespace.ip_batch([f"address delete {vip.address}/{vip.prefix_length} dev {vip.interface}"])
    return began


class OneVip(ScenarioCase):
    def test_deleted_by_hand_is_back(self) -> None:
        cluster, holder = self.running_cluster()
        term = cluster[holder].status()["term"]
        for _ in range(3):
            began = delete_by_hand(self, holder, MAIN)
            wait_for("the deletion is seen", lambda began=began: self.lab.addresses.lost_at_ns(
                holder, MAIN.address, began), 2)
            lost = self.lab.addresses.lost_at_ns(holder, MAIN.address, began) or 0
            back = wait_for(f"{holder} has its VIP again", lambda began=began: self.lab.addresses.gained_at_ns(
                holder, MAIN.address, began), 5)
            self.note(f"back after {(back - lost) / 1e6:.2f} ms")
            self.assertLessEqual((back - lost) / 1e6, bounds.restored_ms())
            cluster.wait_until_agreed_on(holder)
        self.assertEqual(cluster[holder].status()["term"], term, "the VIP changed its holder")

    def test_interface_down_and_up(self) -> None:
        cluster, old = self.running_cluster()
        host = cluster[old].host
        began = self.now_ns()
        host.namespace.ip_batch([f"link set {MAIN.interface} down"])
        # The second channel still works: the release is heard, nobody waits for the lease.
        self.assert_taken_over(cluster, old, began, bounds.handover_ms())
        new = cluster.wait_for_one_active()
        self.assertNotEqual(new, old)
        self.assertIn(MAIN.interface, str(cluster[old].status()["reason"]), "the reason does not name the interface")
        up = self.now_ns()
        host.namespace.ip_batch([f"link set {MAIN.interface} up"])
        wait_for(f"{old} is eligible again", lambda: eligible(cluster, old, old), 10)
        cluster.wait_until_agreed_on(new)
        self.assert_undisturbed(new, up)

    def test_carrier_lost_on_the_vip_interface_only(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.port_down(cluster[old].host, [0])
        self.assert_lost_vips(old, cut, bounds.handover_ms())
        self.assert_taken_over(cluster, old, cut, bounds.handover_ms())
        new = cluster.wait_for_one_active()
        healed = self.lab.faults.heal()
        cluster.wait_until_agreed_on(new)
        self.assert_undisturbed(new, healed)

    def test_standby_without_carrier_is_not_chosen(self) -> None:
        cluster, holder = self.running_cluster()
        unplugged, last = cluster.others(holder)
        self.lab.faults.port_down(cluster[unplugged].host, [0])
        wait_for(f"{holder} takes {unplugged} for not eligible", lambda: not eligible(cluster, holder, unplugged), 5)
        cluster[holder].terminate()
        cluster[holder].wait_for_exit()
        cluster.wait_until_agreed_on(last)


class RefusedByTheKernel(ScenarioCase):
    vips: ClassVar[tuple[Vip, ...]] = (MAIN, IPV6)

    def test_the_holder_releases_and_says_which_address(self) -> None:
        """IPv6 is switched off on the interface of one node: its kernel takes one VIP and refuses the other."""
        cluster, old = self.running_cluster()
        unable, able = cluster.others(old)
        cluster[unable].host.namespace.set_sysctls({"ipv6/conf/eth0/disable_ipv6": "1"})
        cluster[old].command("switchover", "--to", unable)
        wait_for(f"{unable} tells which address was refused", lambda: any(
            IPV6.address in event["reason"] for event in cluster[unable].events()), 10)
        # The old holder stands back for a while, so it is the third one that takes over.
        wait_for(f"{able} serves", lambda: cluster.served_by(able), 10)


class Ipv6Vip(ScenarioCase):
    vips: ClassVar[tuple[Vip, ...]] = (IPV6,)

    def test_served_and_moved(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_taken_over(cluster, old, cut, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active(among=cluster.others(old))
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(new, among=cluster.names)

    def test_switchover_and_deleted_by_hand(self) -> None:
        cluster, old = self.running_cluster()
        ordered = self.now_ns()
        cluster[old].command("switchover", "--wait")
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())
        new = cluster.wait_for_one_active()
        delete_by_hand(self, new, IPV6)
        cluster.wait_until_agreed_on(new)


class TwoInterfaces(ScenarioCase):
    vips: ClassVar[tuple[Vip, ...]] = (MAIN, SECOND, IPV6)

    def test_three_vips_on_two_interfaces_move_together(self) -> None:
        cluster, old = self.running_cluster()
        ordered = self.now_ns()
        result = cluster[old].command("switchover", "--wait")
        self.assertEqual(result.exit_code, 0, result.words())
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())
        cluster.wait_for_one_active()

    def test_one_interface_lost_takes_all_vips_along(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.port_down(cluster[old].host, [1])
        self.assert_lost_vips(old, cut, bounds.handover_ms())
        self.assert_taken_over(cluster, old, cut, bounds.handover_ms())
        self.assertNotEqual(cluster.wait_for_one_active(), old)

    def test_each_deleted_by_hand_is_back(self) -> None:
        cluster, holder = self.running_cluster()
        for vip in self.vips:
            delete_by_hand(self, holder, vip)
            cluster.wait_until_agreed_on(holder)

"""VIPs that a foreign host uses or claims: asked for before they are put up, defended afterwards; and addresses that go
by themselves when their daemon is gone.
"""

from __future__ import annotations

import socket
from typing import Any, ClassVar

from lab import bounds, frames
from lab.configuration import IPV6, MAIN, Configuration, Vip
from lab.topology import Machine
from lab.waiting import wait_for

from .case import ScenarioCase


def vip_status(status: dict[str, Any], vip: Vip) -> dict[str, Any]:
    return next(entry for entry in status["vips"] if entry["name"] == vip.name)


def mac_text(machine: Machine) -> str:
    return machine.mac(0).hex(":")


class InUse(ScenarioCase):
    vips: ClassVar[tuple[Vip, ...]] = (MAIN, IPV6)

    def test_left_to_its_owner_named_and_served_when_free(self) -> None:
        for vip in self.vips:
            with self.subTest(vip.name):
                self.left_named_and_served_when_free(vip, next(other for other in self.vips if other != vip))
                if self.cluster is not None:
                    for name in self.cluster.names:
                        self.cluster[name].terminate()
                        self.cluster[name].wait_for_exit()

    def left_named_and_served_when_free(self, used: Vip, other: Vip) -> None:
        foreign = self.lab.topology.machines["database"]
        length = 32 if used is MAIN else 128
        foreign.namespace.ip_batch([f"address add {used.address}/{length} dev eth0"])
        cluster = self.cluster or self.make_cluster()
        cluster.start()

        def named() -> str:
            for name in cluster.names:
                status = cluster[name].status()
                if status["role"] == "active" and (conflict := vip_status(status, used)["conflict"]):
                    assert conflict["mac"] == mac_text(foreign), conflict
                    assert conflict["kind"] == "taken", conflict
                    return name
            raise AssertionError("no active node names the foreign host")

        holder = wait_for("the holder names the foreign host", named, 15)
        wait_for("the other VIP is served", lambda: self.lab.addresses.hosts_with(other.address) == [holder], 5)
        term = cluster[holder].status()["term"]
        self.assert_stays("the VIP is left to its owner", lambda: not self.lab.addresses.hosts_with(used.address), 2.5)
        self.assertIn(mac_text(foreign), cluster[holder].command("status").output)
        told = [event for event in cluster[holder].events() if event.get("event") == "vip_taken"]
        self.assertEqual([event["mac"] for event in told], [mac_text(foreign)], "not told exactly once")
        self.assertIn(mac_text(foreign), cluster[holder].command("events").output)

        foreign.namespace.ip_batch([f"address delete {used.address}/{length} dev eth0"])
        freed = self.now_ns()
        gained = wait_for("the VIP is served", lambda: self.lab.addresses.gained_at_ns(holder, used.address, freed), 5)
        self.note(f"{used.address}: served {(gained - freed) / 1e6:.0f} ms after it became free")
        cluster.wait_until_agreed_on(holder)
        self.assertEqual(cluster[holder].status()["term"], term, "the holder changed")
        self.assertIsNone(vip_status(cluster[holder].status(), used)["conflict"])


class Claimed(ScenarioCase):
    def foreign_claims(self, configuration: Configuration) -> None:
        cluster, holder = self.running_cluster(configuration)
        foreign = self.lab.topology.machines["database"]
        began = self.now_ns()
        with foreign.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
            wire.bind(("eth0", 0))
            wire.send(frames.arp_request(foreign.mac(0), MAIN.address, MAIN.address))

        def named() -> bool:
            vip = vip_status(cluster[holder].status(), MAIN)
            assert vip["conflict"], "no conflict is told"
            return vip["conflict"]["mac"] == mac_text(foreign) and vip["conflict"]["kind"] == "claimed"

        wait_for("the holder names the foreign host", named, 5)
        self.assertIn("vip_claimed", [event.get("event") for event in cluster[holder].events()])
        cluster.wait_until_agreed_on(holder)  # the client was told again whose it is
        self.assert_undisturbed(holder, began)

    def test_named_and_answered(self) -> None:
        self.foreign_claims(Configuration(announce=("refresh_interval = 0ms",)))

    def test_named_and_fought(self) -> None:
        self.foreign_claims(Configuration(announce=("refresh_interval = 0ms", "conflict = defend")))


class Asking(ScenarioCase):
    def test_a_silent_failure_is_followed_by_questions_within_the_bound(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_taken_over(cluster, old, cut, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active(among=cluster.others(old))
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(new, among=cluster.names)

    def test_after_a_release_nobody_is_asked(self) -> None:
        """Asking takes three seconds here; a switchover does not wait for it."""
        cluster = self.make_cluster(Configuration(announce=("probe_count = 3", "probe_interval = 1s")))
        began = self.now_ns()
        cluster.start()
        old = cluster.wait_for_one_active(30)
        gained = self.lab.addresses.gained_at_ns(old, MAIN.address, began) or 0
        self.assertGreater((gained - began) / 1e6, 3000, "nobody was asked at the start")
        ordered = self.now_ns()
        self.assertEqual(cluster[old].command("switchover", "--wait").exit_code, 0)
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())


class Orphaned(ScenarioCase):
    vips: ClassVar[tuple[Vip, ...]] = (MAIN, IPV6)
    addresses_may_overlap = True  # the fence silences the host that still has them

    def test_killed_for_good_its_addresses_go_by_themselves(self) -> None:
        cluster, old = self.running_cluster()
        self.assert_stays("the VIPs outlive their lifetime while their daemon lives",
                          lambda: cluster.served_by(old), 4)
        killed = self.now_ns()
        cluster[old].kill()
        self.assert_lost_vips(old, killed, cluster.configuration.lease_ms + 3000)
        new = cluster.wait_for_one_active(among=cluster.others(old))
        self.assertNotEqual(new, old)

"""A host is cut off: with and without its carrier, on all channels or one, in both directions or one; and healed."""

from __future__ import annotations

from lab import bounds
from lab.cluster import Cluster
from lab.configuration import HEARTBEAT_PORT, Configuration
from lab.faults import Direction
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import channel_state, node_seen, role_seen

_HEARTBEATS = f"udp dport {HEARTBEAT_PORT}"


class HolderCut(ScenarioCase):
    """The holder is cut off from everything."""

    def test_port_down_and_healed(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.port_down(cluster[old].host)
        # It sees its carrier go, so it need not wait for the end of its lease.
        self.assert_lost_vips(old, cut, bounds.handover_ms())
        self.assert_replaced_and_healed(cluster, old, cut)

    def test_silent_cut_and_healed(self) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_replaced_and_healed(cluster, old, cut)

    def test_silent_cut_with_a_short_lease(self) -> None:
        cluster, old = self.running_cluster(Configuration(lease_ms=200, heartbeat_interval_ms=40))
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_replaced_and_healed(cluster, old, cut)

    def assert_replaced_and_healed(self, cluster: Cluster, old: str, cut_ns: int) -> None:
        self.assert_taken_over(cluster, old, cut_ns, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active(among=cluster.others(old))
        self.assertNotEqual(new, old)
        healed = self.lab.faults.heal()
        cluster.wait_until_agreed_on(new, among=cluster.names)
        self.assert_undisturbed(new, healed)

    def test_cut_and_healed_within_the_lease_moves_nothing(self) -> None:
        cluster, holder = self.running_cluster(Configuration(lease_ms=3000))
        cut = self.lab.faults.silent_cut(cluster[holder].host)
        heard = cluster.others(holder)[0]
        wait_for(f"{heard} misses heartbeats", lambda: node_seen(cluster, heard, holder)["last_heard_ms"] > 300, 3)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assertEqual([change for change in self.lab.addresses.changes() if change.at_ns > cut], [])


class StandbyCut(ScenarioCase):
    def test_silent_cut_of_a_standby_and_healing_disturb_nobody(self) -> None:
        cluster, holder = self.running_cluster()
        standby = cluster.others(holder)[0]
        cut = self.lab.faults.silent_cut(cluster[standby].host)
        wait_for(f"{holder} takes {standby} for down", lambda: role_seen(cluster, holder, standby) == "down", 5)
        self.assert_stays(f"{standby} alone serves nothing", lambda: cluster.hosts_with_vip() == {holder},
                          3 * cluster.configuration.lease_s)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, cut)

    def test_deaf_standby_disturbs_nobody(self) -> None:
        """It hears nothing and takes all others for dead, but without answers to its pre-votes it does not stand."""
        cluster, holder = self.running_cluster()
        standby = cluster.others(holder)[0]
        term = cluster[holder].status()["term"]
        deaf = self.lab.faults.silent_cut(cluster[standby].host, directions=[Direction.HEARS], match=_HEARTBEATS)
        self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder},
                          4 * cluster.configuration.lease_s)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, deaf)
        self.assertEqual(cluster[holder].status()["term"], term, "a deaf standby raised the term")


class OneWay(ScenarioCase):
    """Only heartbeats are cut, in one direction: the holder answers ARP and the client while it has the VIP."""

    def test_deaf_holder_is_replaced(self) -> None:
        self.replaced(Direction.HEARS)

    def test_mute_holder_is_replaced(self) -> None:
        self.replaced(Direction.SENDS)

    def replaced(self, direction: Direction) -> None:
        cluster, old = self.running_cluster()
        cut = self.lab.faults.silent_cut(cluster[old].host, directions=[direction], match=_HEARTBEATS)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_taken_over(cluster, old, cut, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active(among=cluster.others(old))
        healed = self.lab.faults.heal()
        cluster.wait_until_agreed_on(new, among=cluster.names)
        self.assert_undisturbed(new, healed)


class Channels(ScenarioCase):
    """A channel may die without any effect but a log line and a mark in `belay nodes`."""

    def test_second_channel_silently_cut(self) -> None:
        self.harmless([1])

    def test_heartbeats_of_the_first_channel_cut(self) -> None:
        self.harmless([0])

    def harmless(self, channels: list[int]) -> None:
        cluster, holder = self.running_cluster()
        began = self.lab.faults.silent_cut(cluster[holder].host, channels, match=_HEARTBEATS)
        other = cluster.others(holder)[0]
        wait_for(f"{other} marks channel {channels[0]} of {holder}",
                 lambda: channel_state(cluster, other, holder, channels[0]) == "down", 5)
        self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder},
                          2 * cluster.configuration.lease_s)
        self.lab.faults.heal()
        wait_for(f"{other} takes channel {channels[0]} of {holder} for good again",
                 lambda: channel_state(cluster, other, holder, channels[0]) == "up", 5)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_second_channel_unplugged(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.lab.faults.port_down(cluster[holder].host, [1])
        self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder},
                          2 * cluster.configuration.lease_s)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_every_fourth_frame_lost_on_both_channels(self) -> None:
        """Both copies of a heartbeat are lost one time in sixteen; a lease is five heartbeats long."""
        cluster, holder = self.running_cluster(Configuration(lease_ms=1000))
        self.lab.faults.silent_cut(self.lab.hosts, directions=[Direction.HEARS], match=_HEARTBEATS, loss_percent=25)
        self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder}, 5)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)

"""The kernel's fence: a daemon that hangs or is gone silences its host by itself, though the address is still there."""

from __future__ import annotations

import signal

from lab import bounds, kernel, namespaces
from lab.cluster import Cluster
from lab.configuration import IPV6, MAIN, Configuration
from lab.waiting import wait_for

from .case import ScenarioCase


def _nft(cluster: Cluster, name: str, command: str) -> str:
    return namespaces.run(["ip", "netns", "exec", cluster[name].host.namespace.name, "nft", *command.split()])


def _tables(cluster: Cluster, name: str) -> list[str]:
    """The tables of the fence on that host."""
    return [line for line in _nft(cluster, name, "list tables").splitlines() if line.endswith(" belay")]


def silent(case: ScenarioCase, cluster: Cluster, old: str, since_ns: int) -> None:
    """For three leases after `since_ns` the host `old` answers nobody, whatever addresses it has."""

    def silent_now() -> bool:
        for vip in case.vips:
            answering = case.lab.arp.answering(vip.address)
            assert answering != old, f"{old} answers ARP or NS for {vip.address}"
            clients = case.lab.probers[vip.address].timeline(since_ns).answered_by()
            assert old not in clients, f"{old} answers the client of {vip.address}"
        return True

    case.assert_stays(f"{old} is silent", silent_now, 3 * cluster.configuration.lease_s)


class Fence(ScenarioCase):
    vips = (MAIN, IPV6)
    addresses_may_overlap = True

    def test_stopped_active_is_silent_and_comes_back_as_standby(self) -> None:
        cluster, old = self.running_cluster()
        stopped = self.now_ns()
        cluster[old].signal(signal.SIGSTOP)
        self.assert_taken_over(cluster, old, stopped, bounds.takeover_ms(cluster.configuration))
        self._assert_silent(cluster, old, stopped)
        cluster[old].signal(signal.SIGCONT)
        holder = cluster.wait_for_one_active()
        self.assertNotEqual(holder, old)
        self.assertIsNone(cluster[old].status()["fence"]["armed_ms"])

    def test_killed_and_not_restarted(self) -> None:
        cluster, old = self.running_cluster()
        killed = self.now_ns()
        cluster[old].kill()
        self.assert_taken_over(cluster, old, killed, bounds.takeover_ms(cluster.configuration))
        self.assert_lost_vips(old, killed, bounds.addresses_gone_ms(cluster.configuration))
        self._assert_silent(cluster, old, killed)
        self.assertEqual(len(_tables(cluster, old)), 3, "the tables went with the daemon")
        cluster[old].start()
        self.assertNotEqual(cluster.wait_for_one_active(), old)

    def test_ruleset_flushed_on_the_active(self) -> None:
        cluster, holder = self.running_cluster()
        for command in ("flush ruleset", "delete table arp belay", "flush chain inet belay input"):
            count = cluster[holder].status()["fence"]["lost"]
            _nft(cluster, holder, command)
            wait_for("it is noticed", lambda count=count: cluster[holder].status()["fence"]["lost"] > count, 5)
            wait_for("the tables are there again", lambda: len(_tables(cluster, holder)) == 3, 5)
            cluster.wait_until_agreed_on(holder)
        told = [event.get("event") for event in cluster[holder].events()]
        self.assertEqual((told.count("fence_lost"), told[-1]), (3, "fence_built"), told)
        # What was built again is as good as the first.
        stopped = self.now_ns()
        cluster[holder].signal(signal.SIGSTOP)
        self.assert_taken_over(cluster, holder, stopped, bounds.takeover_ms(cluster.configuration))
        self._assert_silent(cluster, holder, stopped)

    def test_rules_of_others_stay(self) -> None:
        cluster = self.make_cluster()
        first = cluster.names[0]
        _nft(cluster, first, "add table inet other")
        cluster.start()
        cluster.wait_for_one_active()
        cluster[first].terminate()
        self.assertEqual(cluster[first].wait_for_exit(), 0)
        self.assertEqual(_nft(cluster, first, "list tables").split("\n"), ["table inet other", ""])

    def test_without_nf_tables_it_falls_back_and_says_so(self) -> None:
        cluster = self.make_cluster()
        for name in cluster.names:
            cluster[name].before_start = kernel.forbid_netfilter_sockets
        cluster.start()
        holder = cluster.wait_for_one_active()
        for name in cluster.names:
            self.assertIn("fence_unavailable", cluster[name].log_text())
            self.assertEqual(cluster[name].status()["fence"]["kind"], "address")
            self.assertEqual(_tables(cluster, name), [])
        self.assertIn("fence=address", cluster[holder].log_text())

    def test_required_but_unavailable_it_does_not_start(self) -> None:
        cluster = self.make_cluster(Configuration(vips=self.vips, cluster_lines=("fence = nftables",)))
        first = cluster[cluster.names[0]]
        first.before_start = kernel.forbid_netfilter_sockets
        first.start()
        self.assertEqual(first.wait_for_exit(), 1)
        self.assertIn("nf_tables", first.log_text())
        self.assertIn("fence = auto", first.log_text())

    def test_switched_off_there_are_no_tables(self) -> None:
        cluster, holder = self.running_cluster(Configuration(vips=self.vips, cluster_lines=("fence = off",)))
        self.assertEqual(_tables(cluster, holder), [])
        self.assertEqual(cluster[holder].status()["fence"]["kind"], "off")

    def _assert_silent(self, cluster: Cluster, old: str, since_ns: int) -> None:
        """For three leases after its own `old` answers nobody, whatever addresses it has."""
        lease_over_ns = since_ns + int(bounds.lease_end_ms(cluster.configuration) * 1e6)
        wait_for("the lease is over", lambda: self.now_ns() > lease_over_ns, 10)

        silent(self, cluster, old, lease_over_ns)


class ByLifetime(ScenarioCase):
    """`fence = address`: the kernel takes the addresses away, and nobody is helped before it has. So there is no moment
    with two hosts that have one VIP, and none with two that answer.
    """

    vips = (MAIN, IPV6)

    def test_active_killed_and_not_restarted(self) -> None:
        cluster, old = self._running()
        killed = self.now_ns()
        cluster[old].kill()
        self._gone_then_taken_over(cluster, old, killed)
        new = cluster.wait_for_one_active(among=cluster.others(old))
        cluster[old].start()
        cluster.wait_until_agreed_on(new, among=cluster.names)

    def test_active_stopped_and_continued(self) -> None:
        cluster, old = self._running()
        stopped = self.now_ns()
        cluster[old].signal(signal.SIGSTOP)
        self._gone_then_taken_over(cluster, old, stopped)
        new = cluster.wait_for_one_active(among=cluster.others(old))
        continued = self.now_ns()
        cluster[old].signal(signal.SIGCONT)
        cluster.wait_until_agreed_on(new, among=cluster.names)
        self.assert_undisturbed(new, continued)

    def _running(self) -> tuple[Cluster, str]:
        cluster, holder = self.running_cluster(Configuration(vips=self.vips, cluster_lines=("fence = address",)))
        self.assertEqual(cluster[holder].status()["fence"]["kind"], "address")
        self.assertEqual(_tables(cluster, holder), [])
        return cluster, holder

    def _gone_then_taken_over(self, cluster: Cluster, old: str, fault_ns: int) -> None:
        self.assert_lost_vips(old, fault_ns, bounds.addresses_gone_ms(cluster.configuration))
        lost_ns = max(self.lab.addresses.lost_at_ns(old, vip.address, fault_ns) or 0 for vip in self.vips)
        self.assert_taken_over(cluster, old, fault_ns, bounds.takeover_behind_lifetimes_ms(cluster.configuration))
        for vip in self.vips:
            gained = [self.lab.addresses.gained_at_ns(name, vip.address, fault_ns) for name in cluster.others(old)]
            self.assertGreater(min(at for at in gained if at), lost_ns, f"{vip.address} was taken while {old} had it")
        self.assertEqual(self.lab.addresses.overlaps(), [], "two hosts had one VIP at once")
        silent(self, cluster, old, lost_ns)

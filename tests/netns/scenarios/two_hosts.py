"""Two hosts and nobody else (DESIGN section 3.7): with a gateway that breaks ties, and with nothing but an operator.

Only heartbeats are cut where the hosts are cut from each other: that hosts which reach the gateway reach each other by
ARP too is what the tiebreaker assumes, and what the manual says.
"""

from __future__ import annotations

import signal
from typing import ClassVar

from lab import bounds
from lab.cluster import Cluster
from lab.configuration import HEARTBEAT_PORT, MAIN, Configuration, Vip
from lab.daemon import EXIT_DONE, EXIT_REFUSED, SERVICE_USER
from lab.topology import Machine
from lab.waiting import stays, wait_for

from .case import ScenarioCase
from .views import role_seen

_HEARTBEATS = f"udp dport {HEARTBEAT_PORT}"
_FAR_GATEWAY = "10.78.1.254"
_FAR_AWAY_S = 20.0


class TwoHosts(ScenarioCase):
    """A host that is lost keeps its address while nobody can take it away; what counts is who answers."""

    vips: ClassVar[tuple[Vip, ...]] = (MAIN,)
    host_count: ClassVar[int] = 2
    addresses_may_overlap: ClassVar[bool] = True

    def cut_heartbeats(self) -> int:
        """The nodes do not hear each other; ARP and everything else goes on."""
        return self.lab.faults.silent_cut(self.lab.hosts, match=_HEARTBEATS)

    def lose_host(self, cluster: Cluster, name: str) -> int:
        """As if its power failed: nothing comes from it any more, and nothing runs there."""
        began = self.lab.faults.silent_cut(cluster[name].host)
        cluster[name].kill()
        return began

    def regain_host(self, cluster: Cluster, name: str) -> None:
        self.lab.faults.heal()
        cluster[name].start()

    def serves_alone(self, cluster: Cluster, name: str, since_ns: int = 0) -> bool:
        """True, or an AssertionError: `name` answers ARP and the client. Where other kernels have the VIP too, they are
        silent.
        """
        since_ns = max(since_ns, self.now_ns() - 50_000_000)
        for vip in self.vips:
            answering = self.lab.arp.answering(vip.address)
            assert answering == name, f"{answering or 'nobody'} answers ARP for {vip.address}, not {name}"
            clients = self.lab.probers[vip.address].timeline(since_ns).answered_by()
            assert clients == [name], f"the client of {vip.address} is answered by {clients or 'nobody'}, not {name}"
        return True

    def assert_keeps(self, cluster: Cluster, name: str, since_ns: int, leases: float = 8) -> None:
        """Nothing at all happens for so many leases."""
        self.assert_stays(f"{name} serves", lambda: self.serves_alone(cluster, name),
                          leases * cluster.configuration.lease_s)
        for vip in self.vips:
            self.assertEqual(self.lab.probers[vip.address].timeline(since_ns).answered_by(), [name])

    def assert_standby_may_die(self, cluster: Cluster, holder: str) -> None:
        """The other host is lost and comes back, and the holder never stops answering."""
        other = cluster.others(holder)[0]
        dead = self.lose_host(cluster, other)
        wait_for("it is noticed", lambda: role_seen(cluster, holder, other) == "down", 5)
        self.assert_keeps(cluster, holder, dead)
        self.regain_host(cluster, other)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, dead)

    def assert_nobody_answers(self, cluster: Cluster, leases: float = 8) -> None:
        """Soon, and then for so many leases."""
        wait_for("nobody answers", self.nobody_answers, 5)
        stays("nobody answers", self.nobody_answers, leases * cluster.configuration.lease_s)

    def nobody_answers(self) -> bool:
        for vip in self.vips:
            answering = self.lab.arp.answering(vip.address)
            assert answering is None, f"{answering} answers ARP for {vip.address}"
        return True


class Asking(TwoHosts):
    gateway: Machine

    def setUp(self) -> None:
        super().setUp()
        self.gateway = self.lab.topology.add_gateway()

    def gateway_address(self) -> str:
        return self.gateway.ipv4()

    def asking(self) -> Configuration:
        return Configuration(vips=self.vips, cluster_lines=(
            "tiebreaker = upstream", f"upstream = {self.gateway_address()}"))

    def pair(self) -> tuple[Cluster, str, str]:
        """The cluster, who serves, and the other one; all three voters are there."""
        cluster, holder = self.running_cluster(self.asking())
        self.wait_until_both_reach(cluster, True)
        return cluster, holder, cluster.others(holder)[0]

    def gateway_off(self) -> int:
        return self.lab.faults.port_down(self.gateway)

    def wait_until_both_reach(self, cluster: Cluster, reachable: bool) -> None:
        wait_for(f"both say of the gateway: reachable={reachable}", lambda: all(
            cluster[name].status()["tiebreaker"]["reachable"] == reachable for name in cluster.names), 5)


class WithGateway(Asking):
    # Cut from each other.

    def test_cut_from_each_other_the_holder_keeps(self) -> None:
        cluster, holder, other = self.pair()
        term = cluster[holder].status()["term"]
        cut = self.cut_heartbeats()
        wait_for("each takes the other for down", lambda: role_seen(cluster, holder, other) == "down"
                 and role_seen(cluster, other, holder) == "down", 5)
        self.assert_keeps(cluster, holder, cut, leases=12)
        self.assertEqual(cluster.hosts_with_vip(), {holder})
        self.assertEqual(cluster[other].role(), "standby")
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, cut)
        self.assertEqual(cluster[holder].status()["term"], term, "the other one raised the term")

    def test_started_cut_from_each_other_one_takes(self) -> None:
        cluster = self.make_cluster(self.asking())
        self.cut_heartbeats()
        cluster.start()
        holder = wait_for("one answers", lambda: self.lab.arp.answering(MAIN.address), _FAR_AWAY_S)
        other = cluster.others(holder)[0]
        wait_for("it serves", lambda: self.serves_alone(cluster, holder), 5)
        self.assert_keeps(cluster, holder, self.now_ns(), leases=12)
        self.assertEqual(cluster.hosts_with_vip(), {holder})
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assertEqual(cluster[other].role(), "standby")

    def test_cut_from_gateway_and_other_host_the_other_takes(self) -> None:
        cluster, old, other = self.pair()
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        self.assert_taken_over(cluster, old, cut, bounds.takeover_by_gateway_ms(cluster.configuration))
        healed = self.lab.faults.heal()
        cluster.wait_until_agreed_on(other)
        self.assert_undisturbed(other, healed)

    # The gateway.

    def test_gateway_dead_the_holder_stays(self) -> None:
        cluster, holder, other = self.pair()
        dead = self.gateway_off()
        self.wait_until_both_reach(cluster, False)
        self.assert_keeps(cluster, holder, dead)
        cluster.wait_until_agreed_on(holder)
        self.assertIsNone(cluster[other].status()["waits_for"])
        self.assertEqual(cluster[holder].command("switchover", "--wait").exit_code, EXIT_DONE)
        cluster.wait_until_agreed_on(other)
        self.lab.faults.heal()
        self.wait_until_both_reach(cluster, True)
        cluster.wait_until_agreed_on(other)

    def test_gateway_and_standby_dead_nobody_serves(self) -> None:
        cluster, holder, other = self.pair()
        self.gateway_off()
        self.lose_host(cluster, other)
        self.assert_nobody_answers(cluster)
        self.assertFalse(self.lab.addresses.hosts_with(MAIN.address) == [holder], "the address stayed")
        waits_for = cluster[holder].status()["waits_for"]
        self.assertIn(other, waits_for)
        self.assertIn("gateway", waits_for)
        self.lab.faults.heal()  # only the gateway comes back: no daemon runs on the other host
        wait_for(f"{holder} serves again", lambda: self.serves_alone(cluster, holder), _FAR_AWAY_S)

    def test_gateway_and_active_dead_nobody_serves_until_one_is_back(self) -> None:
        cluster, old, other = self.pair()
        self.gateway_off()
        self.lose_host(cluster, old)
        self.assert_nobody_answers(cluster)
        self.lab.faults.heal()
        wait_for(f"{other} serves", lambda: self.serves_alone(cluster, other), _FAR_AWAY_S)

    # One host.

    def test_host_of_the_active_dead_the_other_takes_over(self) -> None:
        cluster, old, other = self.pair()
        dead = self.lose_host(cluster, old)
        self.assert_taken_over(cluster, old, dead, bounds.takeover_by_gateway_ms(cluster.configuration))
        wait_for(f"{other} serves", lambda: self.serves_alone(cluster, other), 5)
        self.regain_host(cluster, old)
        cluster.wait_until_agreed_on(other)
        self.assertIsNone(cluster[other].status()["waits_for"])

    def test_host_of_the_standby_dead_the_holder_stays(self) -> None:
        cluster, holder, _ = self.pair()
        self.assert_standby_may_die(cluster, holder)

    # Both.

    def test_both_restarted_at_once(self) -> None:
        cluster, _, _ = self.pair()
        for ending in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(ending=ending.name):
                for name in cluster.names:
                    cluster[name].signal(ending)
                for name in cluster.names:
                    cluster[name].wait_for_exit()
                cluster.start()
                cluster.wait_for_one_active()

    # The daemon of the active hangs.

    def test_stopped_active_is_silent_and_comes_back_as_standby(self) -> None:
        cluster, old, new = self.pair()
        lease_over_ns = int(bounds.lease_end_ms(cluster.configuration) * 1e6)
        stopped = self.now_ns()
        cluster[old].signal(signal.SIGSTOP)
        self.assert_taken_over(cluster, old, stopped, bounds.takeover_by_gateway_ms(cluster.configuration))
        wait_for(f"{new} serves", lambda: self.serves_alone(cluster, new), 5)
        self.assert_keeps(cluster, new, stopped + lease_over_ns)
        gap = self.lab.probers[MAIN.address].timeline(stopped).longest_outage(stopped)
        self.note(f"no answers for {gap.length_ms:.0f} ms")
        # Nobody took before two leases of silence.
        self.assertGreaterEqual(gap.length_ms, 2 * cluster.configuration.lease_ms)
        resumed = self.now_ns()
        cluster[old].signal(signal.SIGCONT)
        cluster.wait_until_agreed_on(new)
        self.assertEqual(cluster.hosts_with_vip(), {new})
        self.assertEqual(self.lab.probers[MAIN.address].timeline(resumed).answered_by(), [new])
        self.assertIsNone(cluster[old].status()["fence"]["armed_ms"])

    def test_killed_and_not_restarted(self) -> None:
        cluster, old, new = self.pair()
        killed = self.now_ns()
        cluster[old].kill()
        self.assert_taken_over(cluster, old, killed, bounds.takeover_by_gateway_ms(cluster.configuration))
        wait_for("the address is gone from its host", lambda: old not in cluster.hosts_with_vip(), 5)
        wait_for(f"{new} serves", lambda: self.serves_alone(cluster, new), 5)
        cluster[old].start()
        cluster.wait_until_agreed_on(new)


class FarGateway(Asking):
    """The gateway is behind a router: it is asked by ICMP echo, through a socket that any user may have."""

    def setUp(self) -> None:
        super().setUp()
        self.gateway.namespace.ip_batch([f"address add {_FAR_GATEWAY}/32 dev lo"])
        for host in self.lab.hosts:
            host.namespace.ip_batch([f"route add {_FAR_GATEWAY}/32 via {self.gateway.ipv4()} dev eth0"])
            self.allow_ping(host)

    @staticmethod
    def allow_ping(host: Machine) -> None:
        host.namespace.set_sysctls({"ipv4/ping_group_range": f"{SERVICE_USER.gid} {SERVICE_USER.gid}"})

    def gateway_address(self) -> str:
        return _FAR_GATEWAY

    def test_host_of_the_active_dead_the_other_takes_over(self) -> None:
        cluster, old, _ = self.pair()
        dead = self.lose_host(cluster, old)
        self.assert_taken_over(cluster, old, dead, bounds.takeover_by_gateway_ms(cluster.configuration))

    def test_gateway_dead_then_back_then_the_standby_dead(self) -> None:
        cluster, holder, other = self.pair()
        dead = self.gateway_off()
        self.wait_until_both_reach(cluster, False)
        self.lab.faults.heal()
        self.wait_until_both_reach(cluster, True)
        self.lose_host(cluster, other)
        self.assert_keeps(cluster, holder, dead)

    def test_no_right_to_ping_is_said_and_may_come_later(self) -> None:
        for host in self.lab.hosts:
            host.namespace.set_sysctls({"ipv4/ping_group_range": "1 0"})
        cluster, _ = self.running_cluster(self.asking())  # the two of them are a majority
        for host in self.lab.hosts:
            self.assertIn("net.ipv4.ping_group_range", cluster[host.name].log_text())
        self.wait_until_both_reach(cluster, False)
        for host in self.lab.hosts:
            self.allow_ping(host)
        self.wait_until_both_reach(cluster, True)


class Alone(TwoHosts):
    """Without a tiebreaker: the holder goes on alone, and to take needs the other one or an operator."""

    def test_active_dead_until_an_operator_says_so(self) -> None:
        cluster, old = self.running_cluster()
        other = cluster.others(old)[0]
        refused = cluster[other].command("takeover", "--i-have-fenced", old)
        self.assertEqual(refused.exit_code, EXIT_REFUSED)
        self.assertIn("lives", refused.words())
        self.lose_host(cluster, old)
        self.assert_nobody_answers(cluster)
        self.assertIn(f"belay takeover --i-have-fenced {old}", cluster[other].status()["waits_for"])
        self.assertIn("takeover", cluster[other].command("status").output)
        self.assertEqual(cluster[other].command("takeover", "--i-have-fenced", other).exit_code, EXIT_REFUSED)
        ordered = self.now_ns()
        taken = cluster[other].command("takeover", "--i-have-fenced", old)
        self.assertEqual(taken.exit_code, EXIT_DONE, taken.words())
        self.assert_taken_over(cluster, old, ordered, bounds.takeover_ms(cluster.configuration))
        wait_for(f"{other} serves", lambda: self.serves_alone(cluster, other), 5)
        self.assert_keeps(cluster, other, self.now_ns())
        self.assertIsNone(cluster[other].status()["waits_for"])
        self.regain_host(cluster, old)
        cluster.wait_until_agreed_on(other)

    def test_standby_dead_the_active_stays(self) -> None:
        cluster, holder = self.running_cluster()
        self.assert_standby_may_die(cluster, holder)

    def test_cut_from_each_other_the_holder_keeps(self) -> None:
        cluster, holder = self.running_cluster()
        cut = self.cut_heartbeats()
        self.assert_keeps(cluster, holder, cut)
        self.lab.faults.heal()
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, cut)

    def test_stopped_active_is_silent_until_it_goes_on(self) -> None:
        cluster, holder = self.running_cluster()
        other = cluster.others(holder)[0]
        cluster[holder].signal(signal.SIGSTOP)
        self.assert_nobody_answers(cluster)
        self.assertNotIn(other, cluster.hosts_with_vip())
        cluster[holder].signal(signal.SIGCONT)
        cluster.wait_for_one_active()

    def test_both_restarted_at_once(self) -> None:
        cluster, _ = self.running_cluster()
        for name in cluster.names:
            cluster[name].kill()
        cluster.start()
        cluster.wait_for_one_active()

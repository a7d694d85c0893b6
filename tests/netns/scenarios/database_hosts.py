"""PostgreSQL on the hosts of pgpool-II themselves: the VIPs follow the primary, and a host is lost with it."""

from __future__ import annotations

from lab.cluster import START_DEADLINE_S, Cluster
from lab.topology import Machine
from lab.waiting import wait_for

from .database_faults import FaultCase
from .partner import DONE_S, FAILED_OVER_S


class HostsCase(FaultCase):
    pgpool_lines = ("prefer_primary = yes",)
    addresses_may_overlap = True  # a daemon that is killed cannot remove its VIP

    def database_machines(self) -> list[Machine]:
        return self.pgpool_machines()

    def at_the_primary(self) -> Cluster:
        """The VIPs are on alpha, as is database 0."""
        cluster, _ = self.partners()
        cluster.wait_until_agreed_on("alpha", START_DEADLINE_S)
        return cluster

    def follow_the_primary(self, statuses: list[str]) -> None:
        cluster = self.at_the_primary()
        done = cluster["gamma"].command("db", "promote", "1", "--wait", "30s")
        self.assertEqual(done.exit_code, 0, done.words())
        cluster.wait_until_agreed_on("beta", START_DEADLINE_S)
        self.settled(cluster, statuses, 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())

    def lose_active_and_primary(self, statuses: list[str]) -> None:
        """One host with the VIPs and the primary loses its power; the others have both soon, on one host again."""
        cluster = self.at_the_primary()
        self.replication[0].kill()
        self.lose_host(cluster, "alpha")
        others = [name for name in self.pgpools if name != "alpha"]
        cluster.wait_for_one_active(START_DEADLINE_S, cluster.others("alpha"))
        self.wait_for_primary(1, others)
        self.wait_for_statuses(statuses, FAILED_OVER_S, others)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        wait_for("beta serves", lambda: cluster["beta"].role() == "active", DONE_S)
        self.bring_back(cluster, "alpha")
        self.settled(cluster, statuses, 1)
        cluster.wait_until_agreed_on("beta")
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())


class ThreeHosts(HostsCase):
    def test_vips_follow_the_primary(self) -> None:
        self.follow_the_primary(["down", "up", "up"])

    def test_the_host_of_active_and_primary_is_lost(self) -> None:
        self.lose_active_and_primary(["down", "up", "up"])


class TwoHostsAndAWitness(HostsCase):
    """The smallest cluster that the manual recommends: the witness has neither pgpool-II nor PostgreSQL."""

    witnesses = ("gamma",)

    def pgpool_machines(self) -> list[Machine]:
        return [host for host in self.lab.hosts if host.name not in self.witnesses]

    def test_vips_follow_the_primary(self) -> None:
        self.follow_the_primary(["down", "up"])

    def test_the_host_of_active_and_primary_is_lost(self) -> None:
        self.lose_active_and_primary(["down", "up"])

    def test_a_witness_shows_the_table_and_has_no_pgpool_of_its_own(self) -> None:
        cluster = self.at_the_primary()
        table = cluster["gamma"].ask("db")
        self.assertEqual([entry["status"] for entry in table["databases"]], ["up", "up"])
        self.assertIsNone(table["pgpool"])
        self.assertTrue(table["in_line"])
        done = cluster["gamma"].command("db", "detach", "1")
        self.assertEqual(done.exit_code, 0, done.words())
        self.wait_for_statuses(["up", "down"])

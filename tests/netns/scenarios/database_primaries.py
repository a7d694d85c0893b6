"""Two database servers that both take themselves for the primary, with pgpool-II's detach_false_primary."""

from __future__ import annotations

from lab.waiting import stays, wait_for

from .database_faults import FaultCase
from .partner import DONE_S, PCP_PAUSE_S


class FalsePrimary(FaultCase):
    more_pgpool_settings = {"detach_false_primary": "on"}  # noqa: RUF012 (never changed)

    def test_a_standby_that_was_promoted_by_mistake_is_detached_everywhere(self) -> None:
        cluster, holder = self.partners()
        began = self.now_ns()
        self.assertEqual(self.replication[2].ask("SELECT pg_promote(true, 20)"), "t")
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())
        self.assert_undisturbed(holder, began)


class FalsePrimaryWithoutActive(FaultCase):
    more_pgpool_settings = {"detach_false_primary": "on"}  # noqa: RUF012 (never changed)
    addresses_may_overlap = True

    def test_its_command_waits_for_an_active(self) -> None:
        cluster, last = self.alone()
        self.assertEqual(self.replication[2].ask("SELECT pg_promote(true, 20)"), "t")
        wait_for(f"{last} says what waits", lambda: cluster[last].ask("db")["waiting"], DONE_S, PCP_PAUSE_S)
        self.assert_no_hook_ran()
        cluster.start(*cluster.others(last))
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())


class OneStillSeesTheOldPrimary(FaultCase):
    """Two of three hosts lose their way to the primary, so another one is promoted; the third pgpool-II sees two.

    They are refused rather than met with silence: with detach_false_primary, pgpool-II 4.3 holds its lock against
    failovers while it waits for a server's answer, without a deadline, and then finds no new primary for minutes.
    """

    more_pgpool_settings = {"detach_false_primary": "on"}  # noqa: RUF012 (never changed)
    pgpool_lines = ("failover_consensus = majority", "consensus_timeout = 2s")

    def test_the_new_primary_stays(self) -> None:
        cluster, holder = self.partners()
        for name in cluster.names[:2]:
            self.lab.faults.refuse(self.host(name), self.replication[0].machine.ipv4())
        for name in cluster.names[:2]:
            wait_for(f"database 0 is down on {name}",
                     lambda name=name: self.pgpools[name].pcp.statuses()[0] == "down", DONE_S, PCP_PAUSE_S)
        self.wait_for_primary(1, cluster.names[:2])
        self.settled(cluster, ["down", "up", "up"], 1)
        stays("the new primary is attached everywhere", lambda: all(
            cluster[name].ask("db")["databases"][1]["status"] == "up" for name in cluster.names), 3)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertEqual(self.hooks_of("failover", 1), [])
        cluster.wait_until_agreed_on(holder)

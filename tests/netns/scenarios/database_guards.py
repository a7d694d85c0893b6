"""What decides whether a failover command runs when few nodes can be asked: `belay guard` without its daemon, and half
of the votes.
"""

from __future__ import annotations

import signal

from lab.cluster import Cluster
from lab.waiting import wait_for

from .database_faults import UP, FaultCase
from .partner import DONE_S, FAILED_OVER_S, PCP_PAUSE_S

_GUARD_DEADLINE_S = 10.0
"""The default of --deadline."""


class GuardCase(FaultCase):
    addresses_may_overlap = True  # a daemon that is killed cannot remove its VIP

    def without_daemon(self, number: int) -> tuple[Cluster, str]:
        """That server dies when the daemon of a standby is gone; its pgpool-II runs its hooks all the same."""
        cluster, holder = self.partners()
        lost = cluster.others(holder)[0]
        cluster[lost].kill()
        self.replication[number].kill()
        return cluster, lost

    def wait_for_guard(self, name: str, words: str, deadline_s: float = FAILED_OVER_S) -> None:
        """pgpool-II logs what `belay guard` says."""
        log = self.pgpools[name].directory / "pgpool.log"
        wait_for(f"the guard on {name} says '{words}'",
                 lambda: words in log.read_text(encoding="utf-8", errors="replace"), deadline_s)


class WithoutDaemon(GuardCase):
    def test_the_command_is_skipped_and_runs_elsewhere(self) -> None:
        cluster, lost = self.without_daemon(0)
        others = cluster.others(lost)
        self.wait_for_guard(lost, "not running the command (--on-no-daemon skip)")
        self.wait_for_primary(1, others)
        self.wait_for_statuses(["down", "up", "up"], FAILED_OVER_S, others)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        cluster.start(lost)
        self.settled(cluster, ["down", "up", "up"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())

    def test_a_daemon_that_hangs_holds_pgpool_up_no_longer_than_the_deadline(self) -> None:
        cluster, holder = self.partners()
        hung = cluster.others(holder)[0]
        cluster[hung].signal(signal.SIGSTOP)
        try:
            self.replication[2].kill()
            self.wait_for_statuses(["up", "up", "down"], DONE_S, cluster.others(hung))
            self.wait_for_guard(hung, "not running the command (--on-no-daemon skip)", _GUARD_DEADLINE_S + DONE_S)
            self.wait_for_statuses(["up", "up", "down"], DONE_S, [hung])
        finally:
            cluster[hung].signal(signal.SIGCONT)
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())


class RunWithoutDaemon(GuardCase):
    """For those who would rather have a command run twice than not at all."""

    guard_options = "--on-no-daemon run"

    def test_the_command_runs(self) -> None:
        _, lost = self.without_daemon(2)
        self.wait_for_guard(lost, "running the command (--on-no-daemon run)")
        wait_for("it ran there, and once in the cluster",
                 lambda: len(self.hooks_of("failover", 2)) == 2, DONE_S)  # noqa: PLR2004


class HalfOfTheVotes(FaultCase):
    """Two of four hosts lose their way to a standby."""

    host_count = 4

    def two_see_it(self, consensus: str) -> Cluster:
        self.pgpool_lines = (f"failover_consensus = {consensus}", "consensus_timeout = 3s")
        cluster, _ = self.partners()
        for name in cluster.names[:2]:
            self.cut_from_database(name, 2)
        for name in cluster.names[:2]:
            wait_for(f"database 2 is down on {name}",
                     lambda name=name: self.pgpools[name].pcp.statuses()[2] == "down", DONE_S, PCP_PAUSE_S)
        return cluster

    def test_half_is_enough_where_it_is_configured(self) -> None:
        cluster = self.two_see_it("half")
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())

    def test_half_is_no_majority(self) -> None:
        cluster = self.two_see_it("majority")
        for name in cluster.names[:2]:
            wait_for(f"it is attached again on {name}",
                     self.says(self.pgpools[name].pcp.statuses, UP), FAILED_OVER_S, PCP_PAUSE_S)
        self.lab.faults.heal()
        self.settled(cluster, UP)
        self.assert_no_hook_ran()

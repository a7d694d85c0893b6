"""Database nodes behind three real pgpool-IIs, and the cluster itself in trouble: nodes that are away, cut off, alone,
or without a word from their pgpool-II.
"""

from __future__ import annotations

import signal
from dataclasses import replace

from lab import bounds, pcp
from lab.cluster import START_DEADLINE_S, Cluster
from lab.faults import Direction
from lab.pgpool import PORT
from lab.sqlclient import SqlClient
from lab.waiting import stays, wait_for

from .partner import DONE_S, FAILED_OVER_S, PCP_PAUSE_S, PartnerCase

UP = ["up", "up", "up"]
TABLE_AGAIN_S = 30.0
PGPOOL_CHECK = ("type = pgpool", f"address = 127.0.0.1:{PORT}", "user = postgres", "database = postgres",
                "require = any", "interval = 200ms", "timeout = 1s", "fall = 3", "rise = 2")


class FaultCase(PartnerCase):
    def settled(self, cluster: Cluster, statuses: list[str], primary: int = 0) -> None:
        """All pgpool-IIs and all tables say so, and nothing waits."""
        self.wait_for_statuses(statuses, FAILED_OVER_S)
        self.wait_for_primary(primary)
        wait_for("all are in line", lambda: self.in_line(cluster), FAILED_OVER_S, PCP_PAUSE_S)
        for name in cluster.running():
            table = cluster[name].ask("db")
            self.assertEqual([entry["status"] for entry in table["databases"]], statuses, f"{name}: {table}")
            self.assertEqual(table["primary"], primary, f"{name}: {table}")

    def lose_host(self, cluster: Cluster, name: str) -> None:
        """As a power cut does: daemon and pgpool-II at once, and the cables say nothing."""
        cluster[name].kill()
        self.pgpools[name].kill()
        self.lab.faults.silent_cut(self.host(name))

    def bring_back(self, cluster: Cluster, *names: str) -> None:
        self.lab.faults.heal()
        for name in names:
            self.pgpools[name].start()
            cluster[name].start()

    def host(self, name: str):  # type: ignore[no-untyped-def]
        return self.lab.topology.machines[name]

    def cut_from_database(self, host: str, number: int) -> None:
        """What the host sends to that database is lost; everything else arrives."""
        address = self.replication[number].machine.ipv4()
        self.lab.faults.silent_cut(self.host(host), [0], [Direction.SENDS], match=f"ip daddr {address}")

    def assert_no_hook_ran(self) -> None:
        self.assertEqual(self.replication.hooks_run(), [])

    def alone(self) -> tuple[Cluster, str]:
        """All daemons but one are gone, so nobody holds. A case that calls it lets addresses overlap."""
        cluster, holder = self.partners()
        for name in cluster.others(holder):
            cluster[name].kill()
        self.assert_nobody_serves(cluster)
        return cluster, holder

    def hears_of(self, cluster: Cluster, name: str, words: str, deadline_s: float = DONE_S) -> None:
        def told() -> bool:
            problem = cluster[name].ask("db")["pgpool"]["problem"]
            assert problem is not None and words in problem, f"it says {problem!r}"
            return True
        wait_for(f"belay db on {name} says '{words}'", told, deadline_s, PCP_PAUSE_S)


class Consensus(FaultCase):
    """One pgpool-II of three that alone sees a failure is wrong."""

    pgpool_lines = ("failover_consensus = majority", "consensus_timeout = 2s")

    def one_sees(self, number: int) -> None:
        cluster, holder = self.partners()
        alone = cluster.others(holder)[0]
        began = self.now_ns()
        self.cut_from_database(alone, number)
        wait_for(f"{alone} sees database {number} fail",
                 lambda: self.pgpools[alone].pcp.statuses()[number] == "down", DONE_S, PCP_PAUSE_S)
        wait_for(f"it is attached again on {alone}",
                 lambda: self.pgpools[alone].pcp.statuses() == UP, FAILED_OVER_S, PCP_PAUSE_S)
        for name in cluster.others(alone):
            stays(f"all is well on {name}", lambda name=name: self.pgpools[name].pcp.statuses() == UP, 1)
        self.lab.faults.heal()
        self.settled(cluster, UP)
        self.assert_no_hook_ran()
        self.assertFalse(self.replication[0].is_standby())
        self.assertTrue(self.replication[1].is_standby())
        self.assert_undisturbed(holder, began)

    def test_one_sees_a_standby_fail(self) -> None:
        self.one_sees(2)

    def test_one_sees_the_primary_fail(self) -> None:
        self.one_sees(0)

    def test_an_operators_detach_needs_no_consensus(self) -> None:
        cluster, holder = self.partners()
        done = cluster[cluster.others(holder)[0]].command("db", "detach", "2")
        self.assertEqual(done.exit_code, 0, done.words())
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())

    def test_all_see_the_primary_die(self) -> None:
        cluster, _ = self.partners()
        self.replication[0].kill()
        self.settled(cluster, ["down", "up", "up"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())


class Hosts(FaultCase):
    """A database node fails and a host as well."""

    addresses_may_overlap = True  # a daemon that is killed cannot remove its VIP

    def test_active_host_and_primary_die_together(self) -> None:
        cluster, old = self.partners()
        self.replication[0].kill()
        self.lose_host(cluster, old)
        others = cluster.others(old)
        cluster.wait_for_one_active(START_DEADLINE_S, others)
        self.wait_for_primary(1, others)
        self.wait_for_statuses(["down", "up", "up"], FAILED_OVER_S, others)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        self.bring_back(cluster, old)
        self.settled(cluster, ["down", "up", "up"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())

    def test_a_host_that_was_down_during_two_events(self) -> None:
        cluster, holder = self.partners()
        away = cluster.others(holder)[0]
        self.lose_host(cluster, away)
        others = cluster.others(away)
        self.assertEqual(cluster[holder].command("db", "detach", "2").exit_code, 0)
        self.wait_for_statuses(["up", "up", "down"], DONE_S, others)
        self.replication[0].kill()
        self.wait_for_primary(1, others)
        self.wait_for_statuses(["down", "up", "down"], FAILED_OVER_S, others)
        self.bring_back(cluster, away)
        self.settled(cluster, ["down", "up", "down"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())
        cluster.wait_until_agreed_on(holder)

    def test_a_host_that_was_cut_off_during_two_events(self) -> None:
        """Alone, its pgpool-II takes every database node for dead; nobody believes it afterwards."""
        cluster, holder = self.partners()
        away = cluster.others(holder)[0]
        self.lab.faults.silent_cut(self.host(away))
        others = cluster.others(away)
        self.assertEqual(cluster[holder].command("db", "detach", "2").exit_code, 0)
        self.wait_for_statuses(["up", "up", "down"], DONE_S, others)
        self.assertEqual(cluster[holder].command("db", "promote", "1", "--wait", "30s").exit_code, 0)
        self.wait_for_primary(1, others)
        self.lab.faults.heal()
        self.settled(cluster, ["down", "up", "down"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        cluster.wait_until_agreed_on(holder)

    def test_all_are_restarted_at_once(self) -> None:
        cluster, _ = self.partners()
        self.assertEqual(cluster["alpha"].command("db", "detach", "2").exit_code, 0)
        self.wait_for_statuses(["up", "up", "down"])
        hooks = self.replication.hooks_run()
        for name in cluster.names:
            cluster[name].kill()
            self.pgpools[name].stop()
        self.bring_back(cluster, *cluster.names)
        cluster.wait_for_one_active(TABLE_AGAIN_S)
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(self.replication.hooks_run(), hooks)


class NoActive(FaultCase):
    """Two of three daemons are gone, so nobody holds."""

    addresses_may_overlap = True

    def test_a_standby_dies_and_the_event_waits(self) -> None:
        cluster, last = self.alone()
        self.replication[2].kill()
        wait_for(f"{last} says what waits", lambda: cluster[last].ask("db")["waiting"], DONE_S, PCP_PAUSE_S)
        self.assert_no_hook_ran()
        cluster.start(*cluster.others(last))
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())

    def test_the_primary_dies_and_a_cluster_comes_late(self) -> None:
        """After the deadline of `belay guard`: what it refused is found out again, and then decided."""
        cluster, last = self.alone()
        self.replication[0].kill()
        wait_for(f"{last} says what waits", lambda: cluster[last].ask("db")["waiting"], DONE_S, PCP_PAUSE_S)
        stays("nobody promotes", lambda: self.replication[1].is_standby(), 12)
        self.assert_no_hook_ran()
        cluster.start(*cluster.others(last))
        self.settled(cluster, ["down", "up", "up"], 1)
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())


class Backends(FaultCase):
    service_lines = PGPOOL_CHECK

    def test_a_blackholed_standby_moves_no_vip(self) -> None:
        cluster, holder = self.partners()
        began = self.now_ns()
        self.lab.faults.silent_cut(self.replication[1].machine)
        self.wait_for_statuses(["up", "down", "up"], FAILED_OVER_S)
        self.assertEqual(len(self.hooks_of("failover", 1)), 1, self.replication.hooks_run())
        self.assert_undisturbed(holder, began)
        self.lab.faults.heal()
        self.assertEqual(cluster["gamma"].command("db", "attach", "1").exit_code, 0)
        self.settled(cluster, UP)
        self.assert_undisturbed(holder, began)

    def test_busy_children_are_no_dead_pgpool(self) -> None:
        cluster, holder = self.partners()
        began = self.now_ns()
        host = self.host(holder)
        clients = [SqlClient(host, host.ipv4(), PORT, 5.0) for _ in range(4)]
        stays(f"{holder} is healthy", lambda: cluster[holder].status()["service"]["healthy"], 4)
        self.note(f"its word: {cluster[holder].status()['service']}")
        self.assert_undisturbed(holder, began)
        for client in clients:
            client.close()
        self.settled(cluster, UP)


class Stopped(FaultCase):
    """pgpool-II tries again before it believes its own health check: one that it was stopped in is overdue when it goes
    on, and says nothing of the database node.
    """

    service_lines = PGPOOL_CHECK
    more_pgpool_settings = {"health_check_max_retries": "3"}  # noqa: RUF012 (never changed)

    def test_a_stopped_pgpool_is_seen_and_comes_back(self) -> None:
        cluster, old = self.partners()
        stopped = self.now_ns()
        self.pgpools[old].signal(signal.SIGSTOP)
        try:
            self.assert_taken_over(cluster, old, stopped, 3 * (1000 + 200) + 1000 + bounds.handover_ms())
            new = cluster.wait_for_one_active()
            done = cluster[new].command("db", "detach", "2")
            self.assertEqual(done.exit_code, 0, done.words())
            self.wait_for_statuses(["up", "up", "down"], DONE_S, cluster.others(old))
        finally:
            self.pgpools[old].signal(signal.SIGCONT)
        self.settled(cluster, ["up", "up", "down"])
        self.assertEqual(len(self.hooks_of("failover", 2)), 1, self.replication.hooks_run())


class NoWord(FaultCase):
    """One daemon that cannot speak with its pgpool-II, whose words say why."""

    def one_without(self, words: str, password: str = pcp.PASSWORD, port: int = pcp.PORT) -> None:
        cluster = self.make_cluster(self.configuration(), self.user)
        bad = self.configuration(password, "bad-pcppass")
        passwords = self.lab.directory / "bad-pcppass"  # fits the port: what is asked for is looked up first
        passwords.write_text(passwords.read_text(encoding="ascii").replace(f":{pcp.PORT}:", f":{port}:"),
                             encoding="ascii")
        lines = tuple(line.replace(f":{pcp.PORT}", f":{port}") for line in bad.pgpool)
        cluster.configure("gamma", replace(bad, pgpool=lines))
        cluster.start()
        cluster.wait_for_one_active()
        self.hears_of(cluster, "gamma", words)
        wait_for("the table reaches gamma all the same", lambda: len(cluster["gamma"].ask("db")["databases"]) == 3,
                 DONE_S, PCP_PAUSE_S)
        done = cluster["gamma"].command("db", "detach", "2")
        self.assertEqual(done.exit_code, 0, done.words())
        self.wait_for_statuses(["up", "up", "down"], DONE_S, ["alpha", "beta"])
        wait_for("one hook ran", lambda: len(self.hooks_of("failover", 2)) == 1, DONE_S)
        stays("gamma stays down there", lambda: self.pgpools["gamma"].pcp.statuses() == UP, 2)

    def test_a_wrong_password(self) -> None:
        self.one_without("auth", password="wrong")

    def test_a_closed_port(self) -> None:
        self.one_without("refused", port=pcp.PORT - 1)

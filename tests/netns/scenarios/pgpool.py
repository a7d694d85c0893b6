"""The same with what it is made for: PostgreSQL behind a real pgpool-II on every host, and an SQL client on the VIP."""

from __future__ import annotations

import unittest

from lab import bounds
from lab.configuration import MAIN_VIP, Configuration
from lab.kernel import CAP_NET_ADMIN, CAP_NET_RAW
from lab.pgpool import PORT, Pgpool
from lab.postgres import NotInstalled, Postgres, postgres_user
from lab.processes import User
from lab.sqlclient import SqlError, ask_who_serves
from lab.waiting import wait_for

from .case import ScenarioCase


def user_who_may_read_the_pid_file() -> User:
    """pgpool-II makes its pid file readable for its own user only, so belayd runs as that user (`User=postgres`)."""
    postgres = postgres_user()
    return User(postgres.uid, postgres.gid, [], [CAP_NET_ADMIN, CAP_NET_RAW])


class RealPgpool(ScenarioCase):
    def setUp(self) -> None:
        super().setUp()
        try:
            self.postgres = Postgres(self.lab.topology.database, self.lab.directory / "postgres")
        except NotInstalled as missing:
            raise unittest.SkipTest(str(missing)) from missing
        self.lab.at_close(self.postgres.stop)
        self.postgres.wait_until_ready()
        self.pgpools = {host.name: Pgpool(host, self.postgres, self.lab.directory / f"pgpool-{host.name}")
                        for host in self.lab.hosts}
        for pgpool in self.pgpools.values():
            pgpool.start()
            self.lab.at_close(pgpool.stop)
        for pgpool in self.pgpools.values():
            pgpool.wait_until_ready()

    def sql_answer(self) -> str:
        """The host whose pgpool-II answers an SQL client on the VIP now."""
        try:
            return ask_who_serves(self.lab.topology.client, MAIN_VIP, PORT, self.lab.hosts, 2.0).host
        except SqlError as error:
            raise AssertionError(f"no SQL answer through the VIP: {error}") from error

    def wait_for_sql_from(self, name: str) -> None:
        wait_for(f"SQL through the VIP is answered by {name}", lambda: self.sql_answer() == name, 10)

    def test_parent_killed_on_the_active_and_back(self) -> None:
        service = ("type = process", f"pid_file = {self.lab.directory}/pgpool-{{host}}/pgpool.pid")
        cluster, old = self.running_cluster(Configuration(service=service), user_who_may_read_the_pid_file())
        self.wait_for_sql_from(old)
        killed = self.now_ns()
        self.pgpools[old].kill_parent()
        self.assert_taken_over(cluster, old, killed, bounds.handover_ms())
        new = cluster.wait_for_one_active()
        self.wait_for_sql_from(new)
        back = self.now_ns()
        self.pgpools[old].start()
        wait_for(f"{old} finds its service healthy again", lambda: cluster[old].status()["service"]["healthy"], 20)
        cluster.wait_until_agreed_on(new)
        self.assert_undisturbed(new, back)
        self.assertEqual(self.sql_answer(), new)

    def test_tcp_check_sees_that_nobody_listens(self) -> None:
        service = ("type = tcp", f"address = 127.0.0.1:{PORT}", "interval = 100ms", "timeout = 2s", "fall = 2")
        cluster, old = self.running_cluster(Configuration(service=service))
        self.wait_for_sql_from(old)
        killed = self.now_ns()
        self.pgpools[old].kill_parent()
        two_checks_ms = 2 * 100
        self.assert_taken_over(cluster, old, killed, two_checks_ms + bounds.handover_ms())
        self.wait_for_sql_from(cluster.wait_for_one_active())
        holder = cluster.wait_for_one_active()
        self.pgpools[old].start()
        wait_for(f"{old} finds its service healthy again", lambda: cluster[old].status()["service"]["healthy"], 20)
        cluster.wait_until_agreed_on(holder)

    def test_query_sees_what_runs_listens_and_answers_nobody(self) -> None:
        service = ("type = postgres", f"address = 127.0.0.1:{PORT}", "user = postgres", "interval = 100ms",
                   "timeout = 300ms", "fall = 2")
        cluster, old = self.running_cluster(Configuration(service=service))
        self.wait_for_sql_from(old)
        frozen = self.now_ns()
        self.pgpools[old].freeze()
        try:
            two_deadlines_ms = 100 + 2 * 300
            self.assert_taken_over(cluster, old, frozen, two_deadlines_ms + bounds.handover_ms())
            self.assertIn("no answer within 300ms", cluster[old].status()["service"]["detail"])
            holder = cluster.wait_for_one_active()
            self.wait_for_sql_from(holder)
        finally:
            self.pgpools[old].thaw()
        wait_for(f"{old} finds its service healthy again", lambda: cluster[old].status()["service"]["healthy"], 20)
        cluster.wait_until_agreed_on(holder)

"""Database nodes that come back: copied anew by pgpool-II's online recovery, or told to follow another primary."""

from __future__ import annotations

import concurrent.futures
import subprocess
from pathlib import Path

from lab import pcp
from lab.cluster import Cluster
from lab.postgres import PORT
from lab.waiting import stays, wait_for

from .partner import DONE_S, FAILED_OVER_S, PCP_PAUSE_S, PartnerCase

_RECOVERY_DEADLINE_S = 60.0


class Recovery(PartnerCase):
    """The scripts are as in pgpool-II's manual, but for the start: in place of ssh a request that the test fulfils."""

    more_pgpool_settings = {"recovery_1st_stage_command": "recovery_1st_stage"}  # noqa: RUF012 (never changed)

    def setUp(self) -> None:
        super().setUp()
        self.start_wanted = self.replication.directory / "start-wanted"
        self.write_script("recovery_1st_stage", f'rm -rf "$3" && pg_basebackup -h "$7" -p {PORT} -U postgres -D "$3" '
                          "-R -X stream -c fast --no-sync\n")
        self.write_script("pgpool_remote_start", f'echo "$1" >{self.start_wanted}\n')
        for database in ("template1", "postgres"):
            self.replication[0].execute("CREATE EXTENSION pgpool_recovery", database)

    def write_script(self, name: str, text: str) -> None:
        for server in self.replication.servers:
            script = server.data / name
            script.write_text(f"#!/bin/sh\n{text}", encoding="ascii")
            script.chmod(0o755)

    def recover(self, cluster: Cluster, name: str, number: int) -> None:
        """`belay db recover` on that node, while the test starts the server as ssh would."""
        server = self.replication[number]
        asked = subprocess.Popen([str(self.programs.belay), "--socket",
                                  str(cluster[name].runtime_directory / "control.sock"), "db", "recover", str(number)],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.addCleanup(asked.kill)

        def wanted() -> bool:
            assert asked.poll() is None, f"belay db recover ended: {asked.communicate()[0]}"
            return self.start_wanted.exists()
        wait_for("the start of the copy is asked for", wanted, _RECOVERY_DEADLINE_S)
        server.start()
        words = asked.communicate(timeout=_RECOVERY_DEADLINE_S)[0]
        self.assertEqual(asked.returncode, 0, words)

    def test_online_recovery_from_any_node(self) -> None:
        cluster, holder = self.partners()
        self.replication[2].kill()
        self.wait_for_statuses(["up", "up", "down"])
        self.recover(cluster, cluster.others(holder)[0], 2)
        self.wait_for_statuses(["up", "up", "up"])
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S, PCP_PAUSE_S)
        self.assertTrue(self.replication[2].is_standby())
        self.assertEqual(len(self.hooks_of("failback", 2)), 1, self.replication.hooks_run())

    def test_online_recovery_by_pcp_recovery_node(self) -> None:
        """One pgpool-II attaches the copy by itself; all others follow."""
        cluster, holder = self.partners()
        self.replication[2].kill()
        self.wait_for_statuses(["up", "up", "down"])
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S, PCP_PAUSE_S)
        one = self.pgpools[cluster.others(holder)[0]].pcp
        with concurrent.futures.ThreadPoolExecutor(1) as operator:
            asked = operator.submit(one.recover, 2)

            def wanted() -> bool:
                assert not asked.done(), f"pcp_recovery_node ended: {asked.exception()}"
                return self.start_wanted.exists()
            wait_for("the start of the copy is asked for", wanted, _RECOVERY_DEADLINE_S)
            self.replication[2].start()
            asked.result(_RECOVERY_DEADLINE_S)
        self.wait_for_statuses(["up", "up", "up"])
        # Not at once: while it recovered, pgpool-II answered no PCP, and a look may stand in its full queue still.
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S, PCP_PAUSE_S)
        stays("all stay in line", lambda: self.in_line(cluster), 3)
        self.assertTrue(self.replication[2].is_standby())
        self.assertLessEqual(len(self.hooks_of("failback", 2)), 1, self.replication.hooks_run())

    def test_recovery_of_an_attached_one_is_refused(self) -> None:
        cluster, _ = self.partners()
        done = cluster["alpha"].command("db", "recover", "1")
        self.assertNotEqual(done.exit_code, 0)
        self.assertIn("attached", done.words())


class Followers(PartnerCase):
    """With follow_primary_command each pgpool-II takes all standbys off when the primary changes; one node's command
    makes them follow the new one, and attaches them.
    """

    hook_kinds = ("failover", "failback", "follow_primary")

    def setUp(self) -> None:
        super().setUp()
        pcppass = self.lab.directory / "pcppass"
        script = self.replication.hook("follow_primary")
        with script.open("a", encoding="ascii") as text:
            text.write(self.follow(pcppass))

    def follow(self, pcppass: Path) -> str:
        """Arguments: node id, new primary's id and host, old primary's id."""
        return (f'[ "$1" != "$4" ] || exit 0\nhost=10.77.0.5$1\n'
                f'psql -h $host -p {PORT} -U postgres -d postgres -Atq \\\n'
                f"  -c \"ALTER SYSTEM SET primary_conninfo = 'host=$3 port={PORT} user=postgres'\" "
                '-c "SELECT pg_reload_conf()" >/dev/null\n'
                f'PCPPASSFILE={pcppass} pcp_attach_node -w -h 127.0.0.1 -p {pcp.PORT} -U {pcp.USER} -n "$1"\n')

    def assert_followed(self, cluster: Cluster) -> None:
        self.wait_for_primary(1)
        self.wait_for_statuses(["down", "up", "up"], FAILED_OVER_S)
        wait_for("all are in line", lambda: self.in_line(cluster), FAILED_OVER_S, PCP_PAUSE_S)
        stays("all stay in line", lambda: self.in_line(cluster), 2)
        self.wait_for_statuses(["down", "up", "up"])
        self.assertEqual(len(self.hooks_of("failover", 0)), 1, self.replication.hooks_run())
        self.assertEqual(len(self.hooks_of("follow_primary", 2)), 1, self.replication.hooks_run())
        self.assertFalse(self.replication[1].is_standby())
        self.assertTrue(self.replication[2].is_standby())
        wait_for("server 2 streams from server 1", lambda: self.replication[1].ask(
            "SELECT count(*) FROM pg_stat_replication") == "1", DONE_S)

    def test_the_primary_dies(self) -> None:
        cluster, _ = self.partners()
        self.replication[0].kill()
        self.assert_followed(cluster)

    def test_an_operator_promotes(self) -> None:
        cluster, holder = self.partners()
        done = cluster[cluster.others(holder)[0]].command("db", "promote", "1", "--wait", "15s")
        self.assertEqual(done.exit_code, 0, done.words())
        self.assert_followed(cluster)

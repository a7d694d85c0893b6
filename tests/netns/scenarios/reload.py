"""`belay reload`: what may change live does so without moving a VIP; what may not is refused by its name."""

from __future__ import annotations

import os
import secrets
import signal
from dataclasses import replace
from pathlib import Path

from lab.cluster import Cluster
from lab.daemon import EXIT_DONE, EXIT_REFUSED
from lab.waiting import wait_for

from .case import ScenarioCase


class Reload(ScenarioCase):
    def test_live_keys_keep_the_vip(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        cluster.configure_all(replace(
            cluster.configuration, priorities={name: 50 for name in cluster.names},
            announce=("burst = 3", "refresh_interval = 30s")))
        self.reload_all(cluster)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_unchanged_file_changes_nothing(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        for _ in range(5):
            self.reload_all(cluster)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_lease_is_refused_by_name(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        cluster.configure_all(replace(cluster.configuration, lease_ms=900))
        for name in cluster.names:
            result = cluster[name].command("reload")
            self.assertEqual(result.exit_code, EXIT_REFUSED, result.words())
            self.assertIn("lease", result.words())
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)
        self.assertLessEqual(cluster[holder].status()["lease_remaining_ms"], cluster.configuration.lease_ms)

    def test_file_with_errors_is_refused_with_their_place(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        ini = cluster[holder].ini
        ini.write_text(ini.read_text(encoding="utf-8") + "\n[vip main\nadress = 1\n", encoding="utf-8")
        result = cluster[holder].command("reload")
        self.assertEqual(result.exit_code, EXIT_REFUSED, result.words())
        self.assertRegex(result.words(), rf"{ini.name}:\d+:\d+: error:")
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_sighup_reloads_too(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        cluster.configure(holder, replace(cluster.configuration, lease_ms=900))
        os.kill(cluster[holder].pid, signal.SIGHUP)
        wait_for("the log tells that `lease` cannot change", lambda: any(
            "lease" in line and "reload" in line.lower() for line in cluster[holder].log_text().splitlines()), 5)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_cluster_key_rotates_without_a_pause(self) -> None:
        """First everybody accepts the new key too, then everybody signs with it, then the old one goes."""
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        old, new = cluster.key_file.read_text(encoding="ascii"), secrets.token_hex(32) + "\n"
        for content in (old + new, new + old, new):
            rewrite(cluster.key_file, content)
            self.reload_all(cluster)
            cluster.wait_until_agreed_on(holder)
            self.assert_stays(f"{holder} holds", lambda: cluster.hosts_with_vip() == {holder},
                              2 * cluster.configuration.lease_s)
        self.assert_undisturbed(holder, began)
        # A node that starts now knows the new key only.
        standby = cluster.others(holder)[0]
        cluster[standby].terminate()
        cluster[standby].wait_for_exit()
        cluster[standby].start()
        cluster.wait_until_agreed_on(holder, among=cluster.names)

    def reload_all(self, cluster: Cluster) -> None:
        for name in cluster.names:
            result = cluster[name].command("reload")
            self.assertEqual(result.exit_code, EXIT_DONE, f"{name}: {result.words()}")


def rewrite(path: Path, content: str) -> None:
    """New content at once, with owner and mode as they were."""
    path.write_text(content, encoding="ascii")

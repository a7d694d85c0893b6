"""The active steps down on purpose: by order, by the end of its service, for maintenance. All take milliseconds."""

from __future__ import annotations

from lab import bounds
from lab.daemon import EXIT_DONE, EXIT_REFUSED
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import eligible, role_seen


class Switchover(ScenarioCase):
    def test_to_a_named_node(self) -> None:
        cluster, old = self.running_cluster()
        # Not the one that would come next anyhow.
        chosen = cluster.others(old)[-1]
        ordered = self.now_ns()
        result = cluster[old].command("switchover", "--to", chosen, "--wait")
        self.assertEqual(result.exit_code, EXIT_DONE, result.words())
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())
        cluster.wait_until_agreed_on(chosen)

    def test_ordered_at_a_standby_and_back(self) -> None:
        cluster, old = self.running_cluster()
        chosen = cluster.others(old)[0]
        self.assertEqual(cluster[old].command("switchover", "--to", chosen, "--wait").exit_code, EXIT_DONE)
        cluster.wait_until_agreed_on(chosen)
        # The old holder is no candidate for L + 2h, so going back may be refused until then.
        wait_for(f"the switchover back to {old} is accepted",
                 lambda: cluster[chosen].command("switchover", "--to", old, "--wait").exit_code == EXIT_DONE, 10)
        cluster.wait_until_agreed_on(old)

    def test_without_a_name_the_best_takes_over(self) -> None:
        cluster, old = self.running_cluster()
        ordered = self.now_ns()
        result = cluster[old].command("switchover", "--wait")
        self.assertEqual(result.exit_code, EXIT_DONE, result.words())
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())
        self.assertNotEqual(cluster.wait_for_one_active(), old)

    def test_to_an_unknown_or_dead_node_is_refused_with_its_name(self) -> None:
        cluster, holder = self.running_cluster()
        dead = cluster.others(holder)[0]
        cluster[dead].kill()
        wait_for(f"{holder} takes {dead} for down", lambda: role_seen(cluster, holder, dead) == "down", 5)
        began = self.now_ns()
        for target in ("nobody", dead):
            result = cluster[holder].command("switchover", "--to", target)
            self.assertEqual(result.exit_code, EXIT_REFUSED, result.words())
            self.assertIn(target, result.words())
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)


class Stop(ScenarioCase):
    def test_sigterm_on_the_active(self) -> None:
        cluster, old = self.running_cluster()
        stopped = self.now_ns()
        cluster[old].terminate()
        self.assert_taken_over(cluster, old, stopped, bounds.handover_ms())
        self.assertEqual(cluster[old].wait_for_exit(), 0, cluster[old].log_text())
        self.assertNotIn(old, cluster.hosts_with_vip(), "a stopped daemon left its VIP behind")
        cluster.wait_for_one_active()

    def test_sigterm_on_a_standby_disturbs_nobody(self) -> None:
        cluster, holder = self.running_cluster()
        standby = cluster.others(holder)[0]
        began = self.now_ns()
        cluster[standby].terminate()
        self.assertEqual(cluster[standby].wait_for_exit(), 0, cluster[standby].log_text())
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)

    def test_sigterm_on_all_leaves_nothing(self) -> None:
        cluster, _ = self.running_cluster()
        for name in cluster.names:
            cluster[name].terminate()
        for name in cluster.names:
            self.assertEqual(cluster[name].wait_for_exit(), 0, cluster[name].log_text())
        wait_for("nobody serves", cluster.served_by_nobody, 2)


class Maintenance(ScenarioCase):
    def test_on_the_active_it_hands_over(self) -> None:
        cluster, old = self.running_cluster()
        ordered = self.now_ns()
        result = cluster[old].command("maintenance", "on")
        self.assertEqual(result.exit_code, EXIT_DONE, result.words())
        self.assert_taken_over(cluster, old, ordered, bounds.handover_ms())
        self.assertNotEqual(cluster.wait_for_one_active(), old)

    def test_a_node_in_maintenance_is_not_chosen(self) -> None:
        cluster, holder = self.running_cluster()
        resting, last = cluster.others(holder)
        self.assertEqual(cluster[resting].command("maintenance", "on").exit_code, EXIT_DONE)
        wait_for(f"{holder} knows that {resting} is not eligible", lambda: not eligible(cluster, holder, resting), 5)
        refused = cluster[holder].command("switchover", "--to", resting)
        self.assertEqual(refused.exit_code, EXIT_REFUSED, refused.words())
        cluster[holder].terminate()
        cluster[holder].wait_for_exit()
        cluster.wait_until_agreed_on(last)

    def test_off_makes_it_eligible_again(self) -> None:
        cluster, holder = self.running_cluster()
        node = cluster.others(holder)[0]
        cluster[node].command("maintenance", "on")
        wait_for(f"{holder} knows", lambda: not eligible(cluster, holder, node), 5)
        self.assertEqual(cluster[node].command("maintenance", "off").exit_code, EXIT_DONE)
        wait_for(f"{holder} knows again", lambda: eligible(cluster, holder, node), 5)
        result = cluster[holder].command("switchover", "--to", node, "--wait")
        self.assertEqual(result.exit_code, EXIT_DONE, result.words())
        cluster.wait_until_agreed_on(node)

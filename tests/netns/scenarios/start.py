"""Three daemons start: one holder, two standbys, and all say so."""

from __future__ import annotations

from dataclasses import replace

from lab.configuration import Configuration
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import eligible


class Start(ScenarioCase):
    def test_exactly_one_active_the_earliest_started(self) -> None:
        cluster = self.make_cluster()
        # The earliest is neither the first nor the last by name or by address.
        cluster.start_one_after_another("beta", "gamma", "alpha")
        self.assertEqual(cluster.wait_for_one_active(), "beta")

    def test_higher_priority_goes_before_earlier_start(self) -> None:
        cluster = self.make_cluster(Configuration(priorities={"gamma": 200}))
        cluster.start_one_after_another("alpha", "beta")
        holder = cluster.wait_for_one_active()
        cluster.start("gamma")
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        wait_for("gamma is eligible", lambda: eligible(cluster, holder, "gamma"), 5)
        self.assertEqual(cluster[holder].command("switchover", "--wait").exit_code, 0)
        self.assertEqual(cluster.wait_for_one_active(), "gamma")

    def test_three_statuses_agree(self) -> None:
        cluster, holder = self.running_cluster()
        statuses = cluster.statuses()
        self.assertEqual({status["holder"] for status in statuses.values()}, {holder})
        self.assertEqual(len({status["term"] for status in statuses.values()}), 1)
        for name, status in statuses.items():
            self.assertEqual(status["node"], name)
            self.assertEqual({node["name"] for node in status["nodes"]}, set(cluster.names))
            roles = {node["name"]: node["role"] for node in status["nodes"]}
            self.assertEqual(roles, {other: "active" if other == holder else "standby" for other in cluster.names},
                             f"as {name} sees it")
            self.assertTrue(all(node["eligible"] for node in status["nodes"]), f"as {name} sees it")
            self.assertEqual([vip["present"] for vip in status["vips"]], [name == holder])
            self.assertTrue(status["reason"], f"{name} gives no reason for its role")
        self.assertGreater(statuses[holder]["lease_remaining_ms"], 0)

    def test_the_events_tell_why(self) -> None:
        cluster, holder = self.running_cluster()
        became = [event for event in cluster[holder].events() if event["to"] == "active"]
        self.assertEqual(len(became), 1, "exactly one way to active")
        self.assertTrue(became[0]["reason"])
        self.assertEqual(became[0]["term"], cluster[holder].status()["term"])

    def test_two_of_three_are_enough_and_one_is_not(self) -> None:
        cluster = self.make_cluster()
        cluster.start("alpha")
        wait_for("alpha answers", cluster["alpha"].status, 5)
        self.assert_nobody_serves(cluster)
        self.assertNotEqual(cluster["alpha"].role(), "active")
        cluster.start("gamma")
        cluster.wait_for_one_active()

    def test_late_third_node_joins_as_standby(self) -> None:
        cluster = self.make_cluster()
        cluster.start("alpha", "beta")
        holder = cluster.wait_for_one_active()
        began = self.now_ns()
        cluster.start("gamma")
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.assert_undisturbed(holder, began)

    def test_ipv6_channels_only(self) -> None:
        self.running_cluster(replace(Configuration(), ipv6_channels=True))

    def test_one_channel_is_enough(self) -> None:
        self.running_cluster(replace(Configuration(), channel_count=1))

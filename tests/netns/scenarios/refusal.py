"""A node that does not belong: refused, told why, and harmless."""

from __future__ import annotations

import re
from dataclasses import replace

from lab.cluster import Cluster
from lab.configuration import MAIN, SECOND, Configuration, write_key
from lab.daemon import SERVICE_USER
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import node_seen

_STRANGER = "gamma"


class Refusal(ScenarioCase):
    def test_other_vip_list(self) -> None:
        cluster, holder = self.two_of_three()
        cluster.configure(_STRANGER, Configuration(vips=(MAIN, SECOND)))
        self.refused(cluster, holder, r"\bvip", must_say="refused", seen_by_holder=True)

    def test_other_vip_list_of_the_best_candidate(self) -> None:
        """The node that would come first by start and priority is the wrong one."""
        cluster = self.make_cluster(Configuration(priorities={_STRANGER: 200}))
        cluster.configure(_STRANGER, Configuration(vips=(SECOND,), priorities={_STRANGER: 200}))
        cluster.start_one_after_another(_STRANGER, "alpha", "beta")
        self.assertIn(cluster.wait_for_one_active(among=["alpha", "beta"]), ("alpha", "beta"))
        wait_for(f"{_STRANGER} is refused", lambda: cluster[_STRANGER].role() == "refused", 10)

    def test_other_lease(self) -> None:
        cluster, holder = self.two_of_three()
        cluster.configure(_STRANGER, Configuration(lease_ms=800))
        self.refused(cluster, holder, r"\blease")

    def test_other_cluster_name(self) -> None:
        cluster, holder = self.two_of_three()
        cluster.configure(_STRANGER, Configuration(cluster_name="elsewhere"))
        self.refused(cluster, holder, r"(other|another|foreign|different) cluster|cluster.{0,20}name|elsewhere")

    def test_wrong_key(self) -> None:
        cluster, holder = self.two_of_three()
        other_key = self.lab.directory / "other.key"
        write_key(other_key, SERVICE_USER)
        cluster.configure(_STRANGER, cluster.configuration, other_key)
        self.refused(cluster, holder, r"\bkey|authenticat|\bmac\b")

    def test_two_of_three_with_a_new_key_leave_the_third_alone(self) -> None:
        """Two of three with another key could elect each other: by the majority rule that is their right, once. So the
        third one, alone with the old key, must serve nothing.
        """
        cluster = self.make_cluster()
        other_key = self.lab.directory / "other.key"
        write_key(other_key, SERVICE_USER)
        for name in ("beta", "gamma"):
            cluster.configure(name, cluster.configuration, other_key)
        cluster.start()
        self.assertIn(cluster.wait_for_one_active(among=["beta", "gamma"]), ("beta", "gamma"))
        self.assert_stays("alpha serves nothing", lambda: "alpha" not in cluster.hosts_with_vip(),
                          3 * cluster.configuration.lease_s)

    def test_corrected_and_restarted_it_is_accepted(self) -> None:
        cluster, holder = self.two_of_three()
        cluster.configure(_STRANGER, replace(cluster.configuration, vips=(MAIN, SECOND)))
        cluster.start(_STRANGER)
        wait_for(f"{_STRANGER} is refused", lambda: cluster[_STRANGER].role() == "refused", 10)
        cluster[_STRANGER].terminate()
        cluster[_STRANGER].wait_for_exit()
        cluster.configure(_STRANGER, cluster.configuration)
        cluster.start(_STRANGER)
        cluster.wait_until_agreed_on(holder, among=cluster.names)

    def two_of_three(self) -> tuple[Cluster, str]:
        cluster = self.make_cluster()
        cluster.start("alpha", "beta")
        return cluster, cluster.wait_for_one_active()

    def refused(self, cluster: Cluster, holder: str, why: str, must_say: str = "",
                seen_by_holder: bool = False) -> None:
        """Starts the stranger: it says why in its status and in its log, takes no part, and harms nobody. It stays so
        even when a vote of its own would decide.
        """
        began = self.now_ns()
        cluster.start(_STRANGER)
        wait_for(f"the status of {_STRANGER} says why (/{why}/)", lambda: re.search(
            why, self.own_words(cluster), re.IGNORECASE), 10)
        self.assertRegex(cluster[_STRANGER].log_text().lower(), why, "the log does not say why")
        self.assertIn(cluster[_STRANGER].role(), ("refused", "joining") if not must_say else (must_say,))
        if seen_by_holder:
            wait_for(f"{holder} says why {_STRANGER} is refused", lambda: re.search(
                why, str(node_seen(cluster, holder, _STRANGER)["problem"]), re.IGNORECASE), 5)
        self.assert_stays("the cluster is unharmed", lambda: cluster.agreed_on(holder, ["alpha", "beta"]), 1.5)
        self.assert_undisturbed(holder, began)
        for name in ("alpha", "beta"):
            cluster[name].terminate()
            cluster[name].wait_for_exit()
        self.assert_nobody_serves(cluster)

    @staticmethod
    def own_words(cluster: Cluster) -> str:
        status = cluster[_STRANGER].status()
        problems = [str(node["problem"]) for node in status["nodes"]]
        return " ".join([str(status["reason"]), *problems])

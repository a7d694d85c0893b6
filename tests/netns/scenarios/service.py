"""The guarded service dies and comes back."""

from __future__ import annotations

from lab import bounds, services
from lab.cluster import Cluster
from lab.configuration import Configuration
from lab.services import PlainService
from lab.waiting import wait_for

from .case import ScenarioCase
from .views import eligible


class ServiceProcess(ScenarioCase):
    """`type = process` with a plain process."""

    def setUp(self) -> None:
        super().setUp()
        directory = self.lab.make_directory("services")
        self.services = {host.name: PlainService(self.lab, host, directory) for host in self.lab.hosts}
        self.configuration = Configuration(service=services.configuration_lines(directory))

    def start_all(self) -> tuple[Cluster, str]:
        for service in self.services.values():
            service.start()
        return self.running_cluster(self.configuration)

    def test_killed_on_the_active(self) -> None:
        cluster, old = self.start_all()
        killed = self.now_ns()
        self.services[old].kill()
        self.assert_taken_over(cluster, old, killed, bounds.handover_ms())
        new = cluster.wait_for_one_active()
        self.assertNotEqual(new, old)
        status = cluster[old].status()
        self.assertFalse(status["service"]["healthy"])
        self.assertTrue(status["service"]["detail"], "an unhealthy service without a word why")

    def test_back_on_the_old_host_it_rejoins_as_standby(self) -> None:
        cluster, old = self.start_all()
        self.services[old].kill()
        wait_for("another node serves", lambda: cluster.hosts_with_vip() not in ({old}, set()), 5)
        new = cluster.wait_for_one_active()
        back = self.now_ns()
        self.services[old].start()
        wait_for(f"{old} is eligible again", lambda: eligible(cluster, old, old), 10)
        cluster.wait_until_agreed_on(new)
        self.assert_undisturbed(new, back)
        self.services[new].kill()
        wait_for(f"{new} gives up", lambda: new not in cluster.hosts_with_vip(), 5)
        cluster.wait_for_one_active()

    def test_killed_on_a_standby_changes_nothing_but_its_eligibility(self) -> None:
        cluster, holder = self.start_all()
        standby = cluster.others(holder)[0]
        killed = self.now_ns()
        self.services[standby].kill()
        wait_for(f"{standby} is not eligible", lambda: not eligible(cluster, standby, standby), 5)
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, killed)

    def test_dead_everywhere_then_back_on_one(self) -> None:
        cluster, _ = self.start_all()
        for service in self.services.values():
            service.kill()
        wait_for("nobody serves", cluster.served_by_nobody, 5)
        self.services["gamma"].start()
        self.assertEqual(cluster.wait_for_one_active(), "gamma")

    def test_restarted_between_two_looks_is_picked_up(self) -> None:
        """A new process with a new pid file while the old one ends: the new pid is guarded at the end."""
        cluster, holder = self.start_all()
        standby = cluster.others(holder)[0]
        self.services[standby].kill()
        self.services[standby].start()
        pid = str(self.services[standby].pid)
        wait_for(f"{standby} guards pid {pid}", lambda: pid in cluster[standby].status()["service"]["detail"], 10)
        wait_for(f"{standby} is eligible", lambda: eligible(cluster, standby, standby), 10)

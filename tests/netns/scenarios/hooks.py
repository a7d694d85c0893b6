"""What follows the role: `belay run-on` beside each daemon, and `[hooks] confirm`."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import ClassVar

from lab import bounds
from lab.capture import AnnouncementEar
from lab.cluster import Cluster
from lab.configuration import MAIN_VIP, Configuration
from lab.daemon import SERVICE_USER
from lab.processes import Process, User
from lab.waiting import stays, wait_for

from .case import ScenarioCase

_PATIENT = ("confirm = yes", "confirm_timeout = 60s")
_HELD_UP_S = 60
"""A command that is held up ends by then, also when nobody is left to let it go."""
_FOLLOWER = User(SERVICE_USER.uid, SERVICE_USER.gid)


class Following(ScenarioCase):
    """Each host's command notes the change, and while a file `wait` is there it waits for that to go."""

    def setUp(self) -> None:
        super().setUp()
        self.followers: dict[str, Process] = {}
        self.ears = {host.name: AnnouncementEar(self.lab.topology, host) for host in self.lab.hosts}
        for ear in self.ears.values():
            self.lab.at_close(ear.close)

    def follow(self, cluster: Cluster, name: str, transition: str = "any") -> None:
        directory = self.directory(name)
        script = directory / "on-change"
        script.write_text(f'#!/bin/sh\necho "$BELAY_FROM $BELAY_TO" >> {directory}/changes\n'
                          # tail ends when the file that it follows by name is gone
                          f'timeout {_HELD_UP_S} tail -n0 --follow=name {directory}/wait-$BELAY_TO 2>/dev/null\n'
                          f'echo "$BELAY_TO" >> {directory}/done\n[ ! -e {directory}/fail ]\n', encoding="ascii")
        script.chmod(0o755)
        self.followers[name] = cluster[name].follow(transition, script, _FOLLOWER)
        self.lab.at_close(self.followers[name].kill)

    def directory(self, name: str) -> Path:
        path = self.lab.directory / f"hooks-{name}"
        if not path.exists():
            path.mkdir(mode=0o777)
            path.chmod(0o777)
        return path

    def noted(self, name: str, file: str = "changes") -> list[str]:
        path = self.directory(name) / file
        return path.read_text(encoding="ascii").splitlines() if path.exists() else []

    def hold_up(self, name: str, role: str) -> Path:
        """Until the file is removed, the command of that host does not end for that role."""
        path = self.directory(name) / f"wait-{role}"
        path.touch()
        return path

    def announced(self, name: str) -> bool:
        return MAIN_VIP in self.ears[name].announced()

    def events_logged(self, cluster: Cluster, name: str, event: str) -> int:
        return sum(f" {event} " in f" {line} " for line in cluster[name].log_text().splitlines())

    def start_following(self, configuration: Configuration, *held: str) -> Cluster:
        cluster = self.make_cluster(configuration)
        for name in held:
            self.hold_up(name, "active")
        cluster.start()
        for name in cluster.names:
            wait_for(f"belayd on {name} answers", cluster[name].status, 15)
            self.follow(cluster, name)
        return cluster

    def wait_for_command(self, name: str, role: str) -> None:
        wait_for(f"{name}'s command for {role} ended", lambda: self.noted(name, "done")[-1:] == [role], 10)


class Dead(Following):
    """A daemon that does not speak any more is down."""

    addresses_may_overlap: ClassVar[bool] = True

    def test_killed(self) -> None:
        cluster = self.start_following(Configuration())
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        cluster[old].kill()
        wait_for(f"{old} is down", lambda: self.noted(old)[-1:] == ["active down"], 10)
        wait_for("another one is told", lambda: any(self.noted(name)[-1:] == ["standby active"]
                                                    for name in cluster.others(old)), 10)
        cluster[old].start()
        wait_for(f"{old} follows again", lambda: self.noted(old)[-1:] == ["joining standby"], 15)
        self.assertEqual(self.noted(old)[-3:], ["active down", "down joining", "joining standby"])

    def test_frozen(self) -> None:
        cluster = self.start_following(Configuration())
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        cluster[old].signal(signal.SIGSTOP)
        wait_for(f"{old} is down", lambda: self.noted(old)[-1:] == ["active down"], 10)
        cluster[old].signal(signal.SIGCONT)
        wait_for(f"{old} follows again", lambda: self.noted(old)[-1:] == ["down standby"], 15)


class Hooks(Following):
    """Daemons that live."""

    def test_every_host_follows_its_own_role(self) -> None:
        cluster = self.start_following(Configuration())
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        new = cluster.others(old)[0]
        self.assertEqual(cluster[old].command("switchover", "--to", new, "--wait").exit_code, 0)
        wait_for(f"{old} was told", lambda: self.noted(old)[-1:] == ["active standby"], 10)
        wait_for(f"{new} was told", lambda: self.noted(new)[-1:] == ["standby active"], 10)

    def test_a_stop_is_told_in_order(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT))
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        cluster[old].terminate()
        self.assertEqual(cluster[old].wait_for_exit(), 0)
        wait_for(f"{old} is down", lambda: self.noted(old)[-1:] == ["standby down"], 10)
        self.assertEqual(self.noted(old)[-2:], ["active standby", "standby down"])
        cluster.wait_for_one_active()
        self.assertEqual(self.events_logged(cluster, old, "hook_confirmed"), 2)

    def test_announcements_wait_for_the_command(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT), "alpha", "beta", "gamma")
        holder = cluster.wait_for_one_active()
        wait_for(f"{holder}'s command runs", lambda: self.noted(holder)[-1:] in (["standby active"],
                                                                                 ["unknown active"]), 10)
        stays("nobody announces", lambda: not any(self.announced(name) for name in cluster.names), 1.5)
        self.assertEqual(cluster.hosts_with_vip(), {holder})
        (self.directory(holder) / "wait-active").unlink()
        wait_for(f"{holder} announces", lambda: self.announced(holder), 10)
        self.assertEqual(self.events_logged(cluster, holder, "hook_confirmed"), 1)
        self.assertEqual(cluster.wait_for_one_active(), holder)

    def test_nobody_confirms(self) -> None:
        cluster, holder = self.running_cluster(Configuration(hooks=("confirm = yes", "confirm_timeout = 1s")))
        wait_for(f"{holder} announces", lambda: self.announced(holder), 10)
        self.assertEqual(self.events_logged(cluster, holder, "hook_timeout"), 1)
        self.assertEqual(cluster.wait_for_one_active(), holder)

    def test_a_failed_command_is_told_and_not_waited_for(self) -> None:
        cluster = self.make_cluster(Configuration(hooks=_PATIENT))
        for name in cluster.names:
            (self.directory(name) / "fail").touch()
        cluster.start()
        for name in cluster.names:
            self.follow(cluster, name)
        holder = cluster.wait_for_one_active()
        wait_for(f"{holder} announces", lambda: self.announced(holder), 10)
        self.assertEqual(self.events_logged(cluster, holder, "hook_failed"), 1)

    def test_the_release_waits_for_the_command(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT, lease_ms=8000, heartbeat_interval_ms=200))
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        held = self.hold_up(old, "standby")
        began = self.now_ns()
        self.assertEqual(cluster[old].command("switchover").exit_code, 0)
        wait_for(f"{old}'s command runs", lambda: self.noted(old)[-1:] == ["active standby"], 10)
        wait_for("nobody serves", cluster.served_by_nobody, 5)
        stays("nobody serves", cluster.served_by_nobody, 1.5)
        held.unlink()
        new = wait_for("another node serves", lambda: next(iter(cluster.hosts_with_vip()), None), 10)
        took_ms = (self.now_ns() - began) / 1e6
        self.note(f"the next one serves after {took_ms:.0f} ms of a lease of 8000")
        self.assertNotEqual(new, old)
        self.assertEqual(self.events_logged(cluster, old, "hook_timeout"), 0)
        self.assertLess(took_ms, 6000, "the lease ran out: nothing was released")
        cluster.wait_for_one_active()

    def test_the_release_waits_no_longer_than_the_lease(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT))
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        self.hold_up(old, "standby")
        began = self.now_ns()
        self.assertEqual(cluster[old].command("switchover").exit_code, 0)
        self.assert_taken_over(cluster, old, began, bounds.takeover_ms(cluster.configuration))
        new = cluster.wait_for_one_active()
        self.assertNotEqual(new, old)
        wait_for("it was said", lambda: self.events_logged(cluster, old, "hook_timeout") == 1, 5)

    def test_a_lease_that_ran_out_waits_for_nobody(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT))
        old = cluster.wait_for_one_active()
        self.wait_for_command(old, "active")
        held = self.hold_up(old, "standby")
        cut = self.lab.faults.silent_cut(cluster[old].host)
        self.assert_lost_vips(old, cut, bounds.lease_end_ms(cluster.configuration))
        wait_for(f"{old}'s command runs", lambda: self.noted(old)[-1:] == ["active standby"], 10)
        self.assertEqual(self.events_logged(cluster, old, "hook_timeout"), 0)
        held.unlink()
        self.lab.faults.heal()
        cluster.wait_for_one_active(among=cluster.names)

    def test_a_follower_ends_after_its_command(self) -> None:
        cluster = self.start_following(Configuration(hooks=_PATIENT), "alpha", "beta", "gamma")
        holder = cluster.wait_for_one_active()
        wait_for(f"{holder}'s command runs", lambda: self.noted(holder)[-1:] in (["standby active"],
                                                                                 ["unknown active"]), 10)
        self.followers[holder].send(signal.SIGTERM)
        stays("it waits", self.followers[holder].running, 0.5)
        (self.directory(holder) / "wait-active").unlink()
        self.assertEqual(self.followers[holder].wait(10), -signal.SIGTERM)
        wait_for(f"{holder} announces", lambda: self.announced(holder), 10)
        self.assertEqual(self.events_logged(cluster, holder, "hook_confirmed"), 1)

"""What a running daemon may do, and what it leaves on the host."""

from __future__ import annotations

import stat
from pathlib import Path

from lab.configuration import Configuration
from lab.daemon import EXIT_DONE, EXIT_NOT_REACHABLE, EXIT_USAGE, Daemon
from lab.processes import ROOT, children_of
from lab.waiting import wait_for

from .case import ScenarioCase

_ONLY_CAP_NET_ADMIN = "0000000000001000"
_FILTERED = "2"
_CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapAmb")


def status_fields(task: Path) -> dict[str, str]:
    lines = (task / "status").read_text(encoding="utf-8").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


class Confinement(ScenarioCase):
    def test_cap_net_admin_and_nothing_more_in_every_thread(self) -> None:
        cluster, _ = self.running_cluster()
        for name in cluster.names:
            tasks = list(Path(f"/proc/{cluster[name].pid}/task").iterdir())
            self.assertGreaterEqual(len(tasks), 4, "watchdog, heartbeat, info and lifecheck are threads")
            for task in tasks:
                fields = status_fields(task)
                sets = {field: fields[field] for field in _CAPABILITY_SETS}
                self.assertEqual(sets, dict.fromkeys(_CAPABILITY_SETS, _ONLY_CAP_NET_ADMIN),
                                 f"thread {fields['Name']} of {name}")
                self.assertEqual(fields["Seccomp"], _FILTERED, f"thread {fields['Name']} of {name}")

    def test_started_by_root_it_drops_the_rest_too(self) -> None:
        cluster, _ = self.running_cluster(user=ROOT)
        for name in cluster.names:
            for task in Path(f"/proc/{cluster[name].pid}/task").iterdir():
                fields = status_fields(task)
                for field in ("CapPrm", "CapEff"):
                    self.assertEqual(fields[field], _ONLY_CAP_NET_ADMIN, f"{field} of thread {fields['Name']}")

    def test_it_says_how_it_shut_itself_in(self) -> None:
        cluster, holder = self.running_cluster()
        said = cluster[holder].log_text()
        self.assertRegex(said, r"sandbox landlock=[1-9]\d* no_new_code=(true|false) system_calls_filtered=true")
        self.assertNotRegex(said, r"sandbox problem=")

    def test_the_key_is_nowhere_to_be_seen(self) -> None:
        """As text and as bytes: in what others can read of it, in the log, in answers, in what it remembers."""
        cluster, holder = self.running_cluster()
        reloaded = cluster[holder].command("reload")
        self.assertEqual(reloaded.exit_code, EXIT_DONE, reloaded.words())
        digits = cluster.key_file.read_text(encoding="ascii").strip()
        shown = [cluster[holder].log_path, Path(f"/proc/{cluster[holder].pid}/cmdline"),
                 Path(f"/proc/{cluster[holder].pid}/environ"),
                 *(path for path in cluster[holder].runtime_directory.iterdir() if path.is_file())]
        seen = b"".join(path.read_bytes() for path in shown)
        for command in ("status", "events", "nodes", "vips"):
            seen += cluster[holder].command(command, "--json").output.encode()
        self.assertIn(b"alpha", seen)
        for secret in (digits.encode(), digits.upper().encode(), bytes.fromhex(digits)):
            self.assertNotIn(secret, seen)
        limits = Path(f"/proc/{cluster[holder].pid}/limits").stat()
        self.assertEqual(limits.st_uid, 0, "a process that may dump core, and that its own user may trace")

    def test_no_child_process(self) -> None:
        cluster, old = self.running_cluster()
        cluster[old].command("switchover", "--wait")
        cluster.wait_for_one_active()
        for name in cluster.names:
            self.assertEqual(children_of(cluster[name].pid), [], f"belayd on {name} started a process")

    def test_runtime_directory_holds_the_control_socket_and_nothing_for_others(self) -> None:
        cluster, holder = self.running_cluster()
        directory = cluster[holder].runtime_directory
        control = directory / "control.sock"
        self.assertTrue(stat.S_ISSOCK(control.stat().st_mode))
        for entry in directory.iterdir():
            self.assertEqual(entry.stat().st_mode & 0o007, 0, f"{entry.name} is open to everybody")
            self.assertTrue(stat.S_ISSOCK(entry.stat().st_mode) or stat.S_ISREG(entry.stat().st_mode), entry.name)
        cluster[holder].terminate()
        cluster[holder].wait_for_exit()
        self.assertFalse(control.exists(), "a stopped daemon left its control socket behind")

    def test_second_daemon_in_one_namespace_refuses_to_start(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        directory = self.lab.make_directory("second")
        second = Daemon(cluster[holder].host, self.programs, cluster[holder].ini, directory)
        second.start()
        self.lab.at_close(lambda: second.running() and second.kill())
        self.assertNotIn(second.wait_for_exit(5), (0, -6, -11), second.log_text())
        pid = cluster[holder].pid
        self.assertRegex(second.log_text(), rf"another belayd runs in this network namespace \(pid {pid}\b")
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began)


class ExitCodes(ScenarioCase):
    """0 done, 1 refused or failed (everywhere in the suite), 2 usage, 3 not reachable."""

    def test_of_the_command_line(self) -> None:
        cluster = self.make_cluster(Configuration())
        self.assertEqual(cluster["alpha"].command("status").exit_code, EXIT_NOT_REACHABLE)
        self.assertEqual(cluster["alpha"].command("no-such-command").exit_code, EXIT_USAGE)
        cluster.start("alpha")
        wait_for("alpha answers", cluster["alpha"].status, 5)
        for command in ("status", "nodes", "vips", "events", "version"):
            for options in ([], ["--json"]):
                result = cluster["alpha"].command(command, *options)
                self.assertEqual(result.exit_code, EXIT_DONE, f"{command} {options}: {result.words()}")
                self.assertTrue(result.output.strip(), command)

    def test_a_wrong_configuration_does_not_start(self) -> None:
        cluster = self.make_cluster(Configuration(lease_ms=100, heartbeat_interval_ms=100))
        cluster.start("alpha")
        self.assertNotIn(cluster["alpha"].wait_for_exit(5), (0, -6, -11))
        self.assertIn("lease", cluster["alpha"].log_text())

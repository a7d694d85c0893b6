"""The RPM package has what the .deb has, and does the same to a host. rpm itself is a Debian package, so that it can be
tried here, but for the dependencies, which are no Debian packages, and the programs, which are empty (making.py)."""

import re
import unittest

import deb_test
import making
from host import HostCase
from making import run


def packaged(name):
    """A file without what Debian or RPM adds to it, and nothing for their own ones."""
    if re.match(r"/etc/needrestart/|/usr/lib/\.build-id/|/usr/share/licenses/|/usr/share/doc/", name):
        return set() if not name.endswith(".example") else {name}
    return {re.sub(r"\.gz$", "", name)}


class Contents(unittest.TestCase):
    def query(self, form):
        return run("rpm", "--query", "--package", making.packages.rpm, "--queryformat", form).splitlines()

    def test_the_same_files_as_in_the_deb(self):
        # mode 04xxxx is a directory
        entries = [line.split(" ") for line in self.query("[%{FILEMODES:octal} %{FILENAMES}\n]")]
        found = set().union(*(packaged(name) for mode, name in entries if not mode.startswith("4")))
        self.assertEqual(found, set().union(*map(packaged, deb_test.FILES)))

    def test_everything_is_root_s(self):
        self.assertEqual(set(self.query("[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]")), {"root:root"})

    def test_nobody_but_root_may_write(self):
        modes = self.query("[%{FILEMODES:perms} %{FILENAMES}\n]")
        self.assertEqual([line for line in modes if not re.match(r"l|.rw[-x]r-[-x]r-[-x] ", line)], [])


class OnAHost(HostCase):
    def setUp(self):
        self.rpm("--install")

    def rpm(self, *words):
        """One call of rpm with the package, without what Debian's rpm asks before it works beside dpkg."""
        self.host.path("run/belay.rpm").write_bytes(making.packages.rpm.read_bytes())
        return self.host.run("rpm", *words, "--nodeps", "--force-debian", "/run/belay.rpm")

    def erase(self):
        self.host.run("rpm", "--erase", "--force-debian", "belay")

    def test_an_installation_makes_users_and_directories_and_starts_nothing(self):
        self.assertEqual(self.host.owner_and_mode("/etc/belay"), "root:belay 750")
        self.assertEqual(self.host.owner_and_mode("/run/belay"), "belay:belay 750")
        self.assertEqual(self.host.calls("start", "restart", "try-restart", "enable"), [])
        self.assertEqual(self.host.enabled(), [])

    def test_an_upgrade_leaves_alone_what_runs_and_what_is_written(self):
        self.host.write("etc/belay/belay.ini", "[cluster]\n")
        self.host.starts_daemon()
        self.rpm("--upgrade", "--force")
        self.assertEqual(self.host.calls("stop", "start", "restart", "try-restart", "disable"), [])
        self.assertTrue(self.host.path("etc/belay/belay.ini").exists())
        self.assertTrue(self.host.path("run/belay/lease").exists())
        self.assertEqual(self.host.enabled(), ["belayd.service"])

    def test_an_erasure_stops_the_daemon_and_leaves_nothing(self):
        self.host.starts_daemon()
        self.erase()
        stops = [call.split()[-1] for call in self.host.calls("disable") if "--now" in call]
        self.assertEqual(stops, ["belayd.service", "belay-hooks.service"])
        self.assertEqual(self.host.enabled(), [])
        for name in ("etc/belay", "run/belay", "usr/sbin/belayd", "usr/bin/belay"):
            self.assertFalse(self.host.path(name).exists(), name)

"""A removal stops the daemon, and a purge leaves nothing but what is not the package's to remove."""

import pathlib
import re

import deb_test
import making
from host import HostCase

# What dpkg, the users' database, caches and `systemctl enable` keep of any package that was there.
_KEPT_OF_ANY = re.compile(
    r"/(var/lib/dpkg|var/log|var/cache|var/lib/systemd/deb-systemd-helper-(enabled|masked))(/.*)?"
    r"|/etc/((passwd|shadow|group|gshadow)-?|\.pwd\.lock)|/etc/systemd/system/multi-user.target.wants"
)


class Removal(HostCase):
    def setUp(self):
        self.before = self.changed()
        self.host.install(making.packages.deb)

    def changed(self):
        """Whatever is not as it was on the disk: files, and directories that this machine does not have."""
        changed = {f"/{path.relative_to(self.host.changed)}": path for path in self.host.changed.rglob("*")}
        return {
            name
            for name, path in changed.items()
            if not (path.is_dir() and pathlib.Path(name).is_dir()) and not _KEPT_OF_ANY.fullmatch(name)
        }

    def test_a_removal_stops_the_daemon_before_what_follows_its_role(self):
        self.host.starts_daemon()
        self.host.run("dpkg", "--remove", "belay")
        stops = self.host.calls("stop")
        self.assertEqual([call.split()[-1] for call in stops], ["belayd.service", "belay-hooks.service"])

    def test_a_removal_keeps_configuration_and_promises(self):
        self.host.starts_daemon()
        self.host.write("etc/belay/belay.ini", "[cluster]\n")
        self.host.run("dpkg", "--remove", "belay")
        left = {path for path in deb_test.FILES if self.host.path(path).exists()}
        self.assertEqual(left, set(deb_test.CONFFILES))
        self.assertTrue(self.host.path("etc/belay/belay.ini").exists())
        self.assertTrue(self.host.path("run/belay/lease").exists())

    def test_a_purge_leaves_nothing(self):
        self.host.starts_daemon()
        self.host.run("dpkg", "--purge", "belay")
        self.assertEqual(self.changed() - self.before, set())
        self.assertFalse(self.host.path("run/belay").exists())
        self.assertTrue(self.host.fails("dpkg-query", "--status", "belay"))

    def test_a_purge_after_a_removal_leaves_nothing(self):
        self.host.starts_daemon()
        self.host.run("dpkg", "--remove", "belay")
        self.host.run("dpkg", "--purge", "belay")
        self.assertEqual(self.changed() - self.before, set())
        self.assertFalse(self.host.path("run/belay").exists())

    def test_a_purge_keeps_what_the_administrator_wrote(self):
        self.host.write("etc/belay/cluster.key", "the only copy\n")
        self.host.run("dpkg", "--purge", "belay")
        self.assertEqual(self.changed() - self.before, {"/etc/belay", "/etc/belay/cluster.key"})

    def test_installed_again_after_a_purge_it_is_as_at_first(self):
        self.host.run("dpkg", "--purge", "belay")
        self.host.install(making.packages.deb)
        self.assertEqual(self.host.owner_and_mode("/etc/belay"), "root:belay 750")
        self.assertEqual(self.host.enabled(), [])

"""An installation and an upgrade: users and directories are there, nothing runs that nobody started, and what runs is
left alone."""

import making
from host import HostCase

CLUSTER = """[cluster]
name = pgha
key_file = /etc/belay/cluster.key
"""


class Install(HostCase):
    def setUp(self):
        self.host.install(making.packages.deb)

    def test_users_are_made_that_nobody_can_log_in_as(self):
        for name in ("belay", "belay-hooks"):
            self.assertTrue(self.host.run("getent", "passwd", name).strip().endswith(":/usr/sbin/nologin"), name)
        self.assertIn("belay", self.host.run("id", "--name", "--groups", "belay-hooks").split())

    def test_directories_are_made_for_belayd_alone(self):
        self.assertEqual(self.host.owner_and_mode("/etc/belay"), "root:belay 750")
        self.assertEqual(self.host.owner_and_mode("/run/belay"), "belay:belay 750")

    def test_nothing_is_started_or_enabled(self):
        self.assertEqual(self.host.calls("start", "restart", "try-restart", "enable"), [])
        self.assertEqual(self.host.enabled(), [])

    def test_the_manager_reads_the_units(self):
        self.assertNotEqual(self.host.calls("daemon-reload"), [])
        self.host.run("systemd-analyze", "verify", "--man=no", "--recursive-errors=no", "belayd.service",
                      "belay-hooks.service")  # fmt: skip

    def test_the_programs_run(self):
        version = self.host.run("dpkg-query", "--show", "--showformat", "${Version}", "belay")
        for program in ("belay", "belayd"):
            self.assertIn(version, self.host.run(program, "--version"))

    def test_the_way_from_the_example_to_a_checked_configuration(self):
        self.host.run("cp", "/usr/share/doc/belay/belay.ini.example", "/etc/belay/belay.ini")
        self.host.run("belay", "keygen", "/etc/belay/cluster.key")
        self.host.run("chgrp", "belay", "/etc/belay/cluster.key")
        self.host.write("etc/belay/node", "alpha\n")
        self.host.run("setpriv", "--reuid=belay", "--regid=belay", "--clear-groups", "belay", "check-config")

    def test_needrestart_understands_what_it_is_told(self):
        reads = 'our %nrconf; do $ARGV[0]; die $@ if $@; print join " ", grep { $ARGV[1] =~ /$_/ && ' \
                '!$nrconf{override_rc}{$_} } keys %{$nrconf{override_rc}}'  # fmt: skip
        snippet = "/etc/needrestart/conf.d/belay.conf"
        for unit in ("belayd.service", "belay-hooks.service"):
            self.assertNotEqual(self.host.run("perl", "-e", reads, snippet, unit), "", unit)


class Upgrade(HostCase):
    def setUp(self):
        self.host.install(making.packages.deb)

    def test_what_the_administrator_wrote_is_kept(self):
        self.host.write("etc/belay/belay.ini", CLUSTER)
        conffile = "etc/needrestart/conf.d/belay.conf"
        self.host.write(conffile, "# as we want it\n")
        self.host.install(making.packages.next_deb)
        self.assertEqual(self.host.path("etc/belay/belay.ini").read_text(), CLUSTER)
        self.assertEqual(self.host.path(conffile).read_text(), "# as we want it\n")
        self.assertEqual(self.host.owner_and_mode("/etc/belay"), "root:belay 750")

    def test_a_daemon_that_runs_is_left_alone_and_its_administrator_told(self):
        self.host.starts_daemon()
        told = self.host.install(making.packages.next_deb)
        self.assertEqual(self.host.calls("stop", "start", "restart", "try-restart", "reload-or-restart"), [])
        self.assertNotEqual(self.host.calls("daemon-reload"), [])
        self.assertEqual(self.host.enabled(), ["belayd.service"])
        self.assertIn("Restart it node by node", told)

    def test_a_daemon_that_was_stopped_stays_so(self):
        self.host.starts_daemon()
        self.host.path("run/active").unlink()
        told = self.host.install(making.packages.next_deb)
        self.assertEqual(self.host.calls("start", "restart", "try-restart"), [])
        self.assertNotIn("node by node", told)

"""A unit is looked at with the daemon of the build in the place of the one that is going to be installed."""

import pathlib
import tempfile
import unittest

import systemd_units

PROGRAMS = [pathlib.Path("/tmp/b/belayd"), pathlib.Path("/tmp/b/belay")]


class VerifiedCopyTest(unittest.TestCase):
    def test_only_the_program_changes(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            unit = pathlib.Path(folder, "belayd.service")
            unit.write_text("[Service]\nExecStart=/usr/sbin/belayd --config a\nExecReload=/bin/kill -HUP $MAINPID\n")
            copy = systemd_units.verified_copy(unit, PROGRAMS, other)
            self.assertEqual(copy.name, "belayd.service")
            expected = "[Service]\nExecStart=/tmp/b/belayd --config a\nExecReload=/bin/kill -HUP $MAINPID\n"
            self.assertEqual(copy.read_text(), expected)

    def test_each_unit_gets_its_own_program(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            unit = pathlib.Path(folder, "belay-hooks.service")
            unit.write_text("[Service]\nExecStart=/usr/bin/belay run-on any -- /etc/belay/hooks/on-change\n")
            copy = systemd_units.verified_copy(unit, PROGRAMS, other)
            expected = "[Service]\nExecStart=/tmp/b/belay run-on any -- /etc/belay/hooks/on-change\n"
            self.assertEqual(copy.read_text(), expected)


class ExposureTest(unittest.TestCase):
    def test_a_unit_is_no_more_exposed_than_it_may_be(self):
        report = "✗ PrivateMounts= ...\n\n→ Overall exposure level for belayd.service: {} OK"
        self.assertEqual(systemd_units.exposed(report.format("2.1")), [])
        self.assertIn("exposure 2.2, at most 2.1", systemd_units.exposed(report.format("2.2"))[0])

    def test_a_unit_without_a_level_and_no_answer_are_told(self):
        self.assertIn("EXPOSURE_MAX", systemd_units.exposed("Overall exposure level for new.service: 0.1 SAFE")[0])
        self.assertIn("says no level", systemd_units.exposed("")[0])


if __name__ == "__main__":
    unittest.main()

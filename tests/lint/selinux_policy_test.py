"""Tests of selinux_policy.py: rules that weaken the policy, interfaces without words, a policy that does not build."""

import pathlib
import tempfile
import unittest

import selinux_policy

GOOD = """########################################
## <summary>
##	Connect.
## </summary>
## <param name="domain">
## </param>
#
interface(`belay_stream_connect',`
')
"""


class Rules(unittest.TestCase):
    def test_the_daemon_stays_confined(self):
        for line in ("permissive belayd_t;", "unconfined_domain(belayd_t)", "dontaudit belayd_t shadow_t:file read;"):
            self.assertEqual(len(selinux_policy.rule_findings("p", line)), 1, line)

    def test_hooks_and_comments_may(self):
        text = "\tunconfined_domain(belay_hook_t)\n# nothing is permissive"
        self.assertEqual(selinux_policy.rule_findings("p", text), [])


class Interfaces(unittest.TestCase):
    def test_a_documented_one_is_good(self):
        self.assertEqual(selinux_policy.interface_findings("p", GOOD), [])

    def test_words_are_missing(self):
        found = selinux_policy.interface_findings("p", GOOD.replace("summary", "p"))
        self.assertEqual([finding.line for finding in found], [8])

    def test_a_foreign_name(self):
        self.assertEqual(len(selinux_policy.interface_findings("p", GOOD.replace("belay_", "ntp_"))), 1)


@unittest.skipUnless(selinux_policy.MAKEFILE.exists(), "selinux-policy-dev is not installed")
class Build(unittest.TestCase):
    def words(self, rule):
        with tempfile.TemporaryDirectory() as place:
            folder = pathlib.Path(place)
            (folder / "belay.te").write_text(f"policy_module(belay, 1.0.0)\ntype belay_x_t;\n{rule}\n")
            (folder / "belay.if").write_text("## <summary>x</summary>\n")
            (folder / "belay.fc.in").write_text("@bindir@/x\t--\tgen_context(system_u:object_r:belay_x_t,s0)\n")
            return selinux_policy.build_words(folder)

    def test_a_good_one_says_nothing(self):
        self.assertEqual(self.words("files_type(belay_x_t)"), "")

    def test_an_interface_that_is_not_there(self):
        self.assertNotEqual(self.words("no_such_interface(belay_x_t)"), "")

    def test_a_type_that_is_not_there(self):
        self.assertNotEqual(self.words("allow belay_x_t belay_y_t:file read;"), "")


if __name__ == "__main__":
    unittest.main()

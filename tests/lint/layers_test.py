"""The layer checker sees what it is there to see: small trees with one fault each."""

import unittest

from layers import Layers
from project import SourceFile

CLANG_TIDY = "  portability-restrict-system-includes.Includes: '-*,chrono,openssl/*'\n"
TREE = {
    "include/belay/base/clock.hpp": "",
    "include/belay/base/time.hpp": "#include <chrono>\n",
    "include/belay/core/lease.hpp": '#include "belay/base/time.hpp"\n',
    "include/belay/vip/plan.hpp": "",
    "include/belay/wire/arp.hpp": "",
    "include/belay/netlink/batch.hpp": '#include "belay/vip/plan.hpp"\n',
    "include/belay/control/client.hpp": "",
    "include/belay/daemon/composition.hpp": '#include "belay/netlink/batch.hpp"\n',
    "src/core/.clang-tidy": CLANG_TIDY,
    "src/core/lease.cpp": '#include "belay/core/lease.hpp"\n',
    "src/wire/.clang-tidy": CLANG_TIDY,
    "src/wire/arp.cpp": '#include "belay/wire/arp.hpp"\n\n#include <openssl/hmac.h>\n',
    "src/daemon/main.cpp": '#include "belay/daemon/composition.hpp"\n#include <thread>\n',
    "tests/core/lease_test.cpp": '#include "belay/core/lease.hpp"\n',
    "tests/wire/arp_test.cpp": '#include "belay/wire/arp.hpp"\n#include <boost/test/unit_test.hpp>\n',
}


def findings(**changes):
    """The findings in TREE after these files (path with __ for /) were added, replaced or, with None, removed."""
    tree = dict(TREE)
    for path, text in changes.items():
        tree[path] = text
    files = [SourceFile(path, text) for path, text in tree.items() if text is not None]
    return [str(finding) for finding in Layers(files).findings()]


class LayersTest(unittest.TestCase):
    def assert_one(self, found, *words):
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_a_good_tree_has_no_findings(self):
        self.assertEqual(findings(), [])

    def test_an_include_against_the_order(self):
        bad = '#include "belay/core/lease.hpp"\n#include "belay/vip/plan.hpp"\n'
        found = findings(**{"src/core/lease.cpp": bad})
        self.assert_one(found, "src/core/lease.cpp:2:", "core must not see vip")

    def test_folders_of_one_rank_do_not_see_each_other(self):
        bad = {"include/belay/wire/arp.hpp": '#include "belay/vip/plan.hpp"\n'}
        self.assert_one(findings(**bad), "wire must not see vip")

    def test_the_command_line_sees_base_config_and_control_only(self):
        good = {"include/belay/cli/table.hpp": '#include "belay/control/client.hpp"\n#include "belay/base/clock.hpp"\n'}
        self.assertEqual(findings(**good), [])
        bad = {"include/belay/cli/table.hpp": '#include "belay/core/lease.hpp"\n'}
        self.assert_one(findings(**bad), "cli must not see core")

    def test_a_test_sees_what_its_folder_sees(self):
        bad = {"tests/core/clock_test.cpp": '#include "belay/daemon/composition.hpp"\n'}
        self.assert_one(findings(**bad), "core must not see daemon")

    def test_a_clock_in_a_pure_folder(self):
        bad = {"include/belay/core/lease.hpp": '#include "belay/base/clock.hpp"\n'}
        self.assert_one(findings(**bad), "base/clock.hpp", "pure folder core")

    def test_a_thread_in_a_pure_header_which_clang_tidy_does_not_see(self):
        bad = {"include/belay/core/lease.hpp": "#include <thread>\n"}
        self.assert_one(findings(**bad), "<thread>", "pure folder core")

    def test_globs_of_the_list_are_per_folder(self):
        bad = {"src/core/.clang-tidy": CLANG_TIDY.replace(",openssl/*", "")}
        self.assertEqual(findings(**bad), [])
        bad["src/core/lease.cpp"] = '#include "belay/core/lease.hpp"\n#include <openssl/hmac.h>\n'
        self.assert_one(findings(**bad), "<openssl/hmac.h>")

    def test_a_pure_folder_without_its_list(self):
        self.assert_one(findings(**{"src/core/.clang-tidy": None}), "lists the system includes")

    def test_a_source_without_a_header(self):
        found = findings(**{"src/netlink/links.cpp": "int links;\n"})
        self.assert_one(found, "no include/belay/netlink/links.hpp", "no other header of netlink")

    def test_a_private_part_with_a_header_beside_it(self):
        good = {"src/netlink/parts.hpp": "", "src/netlink/links.cpp": '#include "parts.hpp"\n'}
        self.assertEqual(findings(**good), [])

    def test_one_kind_of_an_interface(self):
        good = {"src/netlink/links.cpp": '#include "belay/netlink/batch.hpp"\n'}
        self.assertEqual(findings(**good), [])

    def test_a_header_of_another_folder_by_a_relative_path(self):
        bad = {"src/daemon/main.cpp": '#include "../netlink/parts.hpp"\n', "src/netlink/parts.hpp": ""}
        self.assert_one(findings(**bad), "not beside this file")

    def test_a_decision_without_a_test(self):
        found = findings(**{"tests/core/lease_test.cpp": None})
        self.assert_one(found, "no test in tests/core/ reaches belay/core/lease.hpp")

    def test_parts_of_a_tested_class_need_no_test_of_their_own(self):
        self.assertEqual(findings(**{"src/core/lease_part.cpp": '#include "belay/core/lease.hpp"\n'}), [])

    def test_what_a_tested_class_is_made_of_is_tested_with_it(self):
        good = {"include/belay/core/round.hpp": ""}
        good["src/core/round.cpp"] = '#include "belay/core/round.hpp"\n'
        self.assert_one(findings(**good), "no test in tests/core/ reaches belay/core/round.hpp")
        good["src/core/lease.cpp"] = '#include "belay/core/lease.hpp"\n#include "belay/core/round.hpp"\n'
        self.assertEqual(findings(**good), [])

    def test_a_helper_of_another_test_folder(self):
        helper = {"tests/sim/world.hpp": ""}
        lease = '#include "belay/core/lease.hpp"\n'
        for name in ("../sim/world.hpp", "world.hpp"):
            with self.subTest(name):
                helper["tests/core/lease_test.cpp"] = f'{lease}#include "{name}"\n'
                self.assertEqual(findings(**helper), [])
        helper["tests/core/lease_test.cpp"] = f'{lease}#include "moon.hpp"\n'
        self.assert_one(findings(**helper), "not beside this file")

    def test_a_folder_that_nobody_named(self):
        self.assert_one(findings(**{"include/belay/misc/things.hpp": ""}), "no folder of the layers")

    def test_our_header_in_angle_brackets_and_one_that_is_not_there(self):
        self.assert_one(findings(**{"src/daemon/main.cpp": "#include <belay/base/time.hpp>\n"}), "in quotes")
        self.assert_one(findings(**{"src/daemon/main.cpp": '#include "belay/base/tim.hpp"\n'}), "there is no")


if __name__ == "__main__":
    unittest.main()

"""What of clang-tidy's output counts as a finding."""

import unittest

import tidy

UNUSED = "/usr/x.cpp:1:1: error: included header thread is not used directly [misc-include-cleaner,-warnings-as-errors]"
MISSING = '/usr/p/x.cpp:6:6: error: no header providing "std::string_view" is directly included [misc-include-cleaner]'
BROKEN = "/usr/p/src/core/x.cpp:9:2: error: unknown type name 'strin' [clang-diagnostic-error]"
FRAME = "    1 | #include <thread>\n      | ^\n/usr/p/src/core/x.cpp:2:2: note: seen here\n"
SUMMARY = "19873 warnings generated.\nSuppressed 19873 warnings (19873 in non-user code).\n1 warning treated as error\n"


class FindingsTest(unittest.TestCase):
    def test_a_clean_file_has_none(self):
        self.assertEqual(tidy.findings(SUMMARY), [])

    def test_a_finding_keeps_its_frame_and_notes(self):
        found = tidy.findings(f"{UNUSED}\n{FRAME}{SUMMARY}")
        self.assertEqual(len(found), 1)
        self.assertIn("note: seen here", found[0])

    def test_an_include_that_the_own_header_has_is_no_finding(self):
        self.assertEqual(tidy.findings(f"{MISSING}\n{FRAME}"), [])
        self.assertEqual(len(tidy.findings(f"{MISSING}\n{FRAME}{UNUSED}\n{FRAME}")), 1)

    def test_a_file_that_does_not_compile_is_a_finding(self):
        self.assertEqual(tidy.findings(f"{BROKEN}\n"), [BROKEN])


if __name__ == "__main__":
    unittest.main()

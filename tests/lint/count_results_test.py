"""tests/count_results.py, which writes the last line of tests/run, counts what ran and hides no failure."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from count_results import Count, count_of

BOOST_FAILED = """Running 5 test cases...
a_test.cpp(12): error: in "lease/ends_before_the_promise": check a == b has failed
a_test.cpp(13): error: in "lease/ends_before_the_promise": check a == c has failed
b_test.cpp(20): fatal error: in "vote/once": memory access violation
*** 3 failures are detected in the test module "core"
"""


def test_log(result, stdout="", stderr=""):
    return {"name": "x", "result": result, "duration": 0.1, "stdout": stdout, "stderr": stderr}


class CountTest(unittest.TestCase):
    def test_a_boost_program(self):
        self.assertEqual(count_of(test_log("OK", "Running 5 test cases...\n")), Count(passed=5))
        self.assertEqual(count_of(test_log("OK", stderr="Running 1 test case...\n")), Count(passed=1))

    def test_failed_cases_count_once_however_many_of_their_checks_failed(self):
        self.assertEqual(count_of(test_log("FAIL", BOOST_FAILED)), Count(passed=3, failed=2))

    def test_a_program_that_died_or_hung_failed(self):
        for result in ("FAIL", "TIMEOUT", "ERROR", "INTERRUPT"):
            with self.subTest(result):
                self.assertEqual(count_of(test_log(result)), Count(failed=1))
        self.assertEqual(count_of(test_log("TIMEOUT", "Running 5 test cases...\n")), Count(passed=4, failed=1))

    def test_python_cases(self):
        self.assertEqual(count_of(test_log("OK", stderr="Ran 4 tests in 0.1s\n\nOK (skipped=1)\n")), Count(3, 0, 1))
        failed = "Ran 9 tests in 0.1s\n\nFAILED (failures=2, errors=1, skipped=1)\n"
        self.assertEqual(count_of(test_log("FAIL", stderr=failed)), Count(5, 3, 1))
        self.assertEqual(count_of(test_log("FAIL", stderr="Ran 9 tests in 1s\n\nFAILED (errors=2)\n")), Count(7, 2))

    def test_a_skipped_program(self):
        self.assertEqual(count_of(test_log("SKIP", "needs root\n")), Count(skipped=1))

    def test_a_program_that_counts_itself(self):
        self.assertEqual(count_of(test_log("OK", "ok a\n3 passed, 0 failed\n")), Count(passed=3))
        self.assertEqual(count_of(test_log("FAIL", "3 passed, 1 failed, 2 skipped\n")), Count(3, 1, 2))
        self.assertEqual(count_of(test_log("TIMEOUT", "3 passed, 0 failed\n")).failed, 1)

    def test_a_program_without_cases(self):
        self.assertEqual(count_of(test_log("OK", "25 files looked at\n")), Count(passed=1))

    def test_the_line(self):
        self.assertEqual(str(Count(3, 0)), "3 passed, 0 failed")
        self.assertEqual(str(Count(3, 1) + Count(1, 0, 2)), "4 passed, 1 failed, 2 skipped")


if __name__ == "__main__":
    unittest.main()

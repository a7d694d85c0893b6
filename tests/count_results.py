#!/usr/bin/env python3
"""Adds up what meson's test logs say, and prints the failing ones. Called with files testlog.json of `meson test`, one
for each suite; the last line is `N passed, N failed` or `N passed, N failed, N skipped`. Cases of Boost.Test and of
Python's unittest count one by one, and so do those of a program that ends with such a line itself; a program that says
nothing of cases counts as one. Exit code: 0 all passed, 1 something failed, 2 nothing failed but something was skipped,
3 nothing was run."""

import json
import pathlib
import re
import sys
from dataclasses import dataclass

PASSED = {"OK", "EXPECTEDFAIL"}
LOG_LINES_MAX = 200


@dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def count_of(test):
    """The cases of one test program, from its result and what it printed. The result rules: a program that failed has
    at least one failed case, and one that passed has none."""
    text = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
    if test["result"] == "SKIP":
        return Count(skipped=1)
    told = re.findall(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", text, re.M)
    if told and (test["result"] in PASSED) == (told[-1][1] == "0"):
        return Count(*(int(number or 0) for number in told[-1]))
    cases = [int(number) for number in re.findall(r"^(?:Running|Ran) (\d+) tests?(?: cases?\.\.\.| in )", text, re.M)]
    skipped = sum(int(number) for number in re.findall(r"^(?:OK|FAILED) \(.*?skipped=(\d+)", text, re.M))
    total = max(sum(cases), 1)
    if test["result"] in PASSED:
        return Count(passed=total - skipped, skipped=skipped)
    failed = len(set(re.findall(r"(?:fatal )?error: in \"([^\"]+)\"", text)))
    failed += sum(int(number) for number in re.findall(r"^FAILED \(.*?\b(?:failures|errors)=(\d+)", text, re.M))
    failed += sum(int(number) for number in re.findall(r"^FAILED \(failures=\d+, errors=(\d+)", text, re.M))
    failed = max(failed, 1)
    return Count(passed=max(total - failed - skipped, 0), failed=failed, skipped=skipped)


def failure_text(test):
    """What a failed program printed, its last lines if there are many."""
    lines = ((test.get("stdout") or "") + (test.get("stderr") or "")).splitlines()
    cut = [f"… {len(lines) - LOG_LINES_MAX} lines before these"] if len(lines) > LOG_LINES_MAX else []
    head = f"==== {test['name']}: {test['result']} after {test['duration']:.1f} s"
    return "\n".join([head, *cut, *lines[-LOG_LINES_MAX:]])


def main():
    tests = []
    for log in sys.argv[1:]:
        tests += [json.loads(line) for line in pathlib.Path(log).read_text(encoding="utf-8").splitlines() if line]
    for test in tests:
        if test["result"] == "SKIP":
            reason = ((test.get("stdout") or "") + (test.get("stderr") or "")).strip()
            print(f"==== {test['name']}: skipped\n{reason}")
        elif test["result"] not in PASSED:
            print(failure_text(test))
    total = sum(map(count_of, tests), Count())
    print(total)
    if total.failed:
        return 1
    if total.skipped:
        return 2
    return 0 if total.passed else 3


if __name__ == "__main__":
    sys.exit(main())

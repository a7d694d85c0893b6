#!/usr/bin/env python3
"""Runs the scenarios of tests/netns/scenarios: one line per test, then `N passed, N failed`.

Exit code: 0 all passed, 1 some failed, 2 wrong usage, 77 when this machine or user cannot make network namespaces.
"""

from __future__ import annotations

import argparse
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from lab import laboratory, namespaces  # noqa: E402
from lab.programs import NotBuilt, Programs, default_build  # noqa: E402
from scenarios.case import ScenarioCase  # noqa: E402

THEMES = ("start", "service", "pgpool", "restart", "cut", "handover", "vips", "majority", "refusal", "packets",
          "reload", "confinement", "info_port", "overload", "fence", "probe", "clone",
          "two_hosts", "witness", "partner", "database_faults", "database_recovery",
          "database_primaries", "database_races", "database_guards", "database_hosts", "hooks")
SELF_TEST_THEMES = ("observing", "faulting", "replaying", "databases", "replicating", "endings", "reckoning",
                    "campaigning")
_SKIPPED = 77


class LineResult(unittest.TestResult):
    """One line per test as it ends; the report of a failure while its lab still stands."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0
        self._began = 0.0

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().startTest(test)
        self._began = time.monotonic()
        print(f"{name_of(test):<76} ", end="", flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        super().addSuccess(test)
        self.passed += 1
        self._line("ok", test)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802
        super().addSkip(test, reason)
        self._line(f"SKIPPED: {reason}", test)

    def addFailure(self, test: unittest.TestCase, err) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, N802
        super().addFailure(test, err)
        self._failed("FAILED", test, self.failures[-1][1])

    def addError(self, test: unittest.TestCase, err) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001, N802
        super().addError(test, err)
        self._failed("ERROR", test, self.errors[-1][1])

    def _failed(self, word: str, test: unittest.TestCase, trace: str) -> None:
        self._line(word, test)
        print(trace.rstrip())
        describe = getattr(test, "describe_failure", None)
        if describe is not None:
            print(describe(), flush=True)

    def _line(self, outcome: str, test: unittest.TestCase) -> None:
        print(f"{outcome} ({time.monotonic() - self._began:.1f} s)")
        for note in getattr(test, "notes", []):
            print(f"    {note}")
        sys.stdout.flush()


def name_of(test: unittest.TestCase) -> str:
    """theme.Class.test_name, without the package."""
    return test.id().partition(".")[2]


def tests_of(package: str, themes: list[str], pattern: str) -> list[unittest.TestCase]:
    loader = unittest.TestLoader()
    found: list[unittest.TestCase] = []

    def collect(suite: unittest.TestSuite) -> None:
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                collect(test)
            elif pattern.lower() in name_of(test).lower():
                found.append(test)

    for theme in themes:
        collect(loader.loadTestsFromName(f"{package}.{theme}"))
    if loader.errors:
        raise SystemExit("\n".join(loader.errors))
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=default_build(), help="meson build directory (default: build)")
    parser.add_argument("--belayd", type=Path, help="the daemon, instead of the one in the build directory")
    parser.add_argument("--belay", type=Path, help="the command line, instead of the one in the build directory")
    parser.add_argument("--theme", action="append", choices=(*THEMES, *SELF_TEST_THEMES), help="only this file")
    parser.add_argument("-k", dest="pattern", default="", help="only tests whose name contains this")
    parser.add_argument("--self-test", action="store_true", help="test the laboratory itself; needs no daemon")
    parser.add_argument("--list", action="store_true", help="print the names and run nothing")
    return parser.parse_args()


def run(tests: list[unittest.TestCase]) -> int:
    result = LineResult()
    began = time.monotonic()
    unittest.TestSuite(tests).run(result)
    failed = len(result.failures) + len(result.errors)
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(f"{result.passed} passed, {failed} failed{skipped} in {time.monotonic() - began:.0f} s")
    if failed == 0 and result.passed == 0 and result.skipped:
        return _SKIPPED
    return 1 if failed else 0


def main() -> int:
    options = arguments()
    package, themes = ("selftest", SELF_TEST_THEMES) if options.self_test else ("scenarios", THEMES)
    tests = tests_of(package, options.theme or list(themes), options.pattern)
    if options.list:
        print("\n".join(name_of(test) for test in tests))
        return 0
    if not tests:
        print(f"no test matches '{options.pattern}'", file=sys.stderr)
        return 2
    try:
        laboratory.prepare_process()
        if not options.self_test:
            build = options.build / "src"
            ScenarioCase.programs = Programs(options.belayd or build / "daemon/belayd",
                                             options.belay or build / "cli/belay").checked()
    except namespaces.Impossible as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return _SKIPPED
    except NotBuilt as reason:
        print(reason, file=sys.stderr)
        return 2
    try:
        return run(tests)
    except KeyboardInterrupt as reason:
        print(f"\ninterrupted {reason}")
        return 130


if __name__ == "__main__":
    sys.exit(main())

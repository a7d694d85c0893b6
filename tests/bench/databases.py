#!/usr/bin/env python3
"""How long until all pgpool-IIs agree? A standby is detached on one node, and the status files of all are read until
they have it. And how long does a guard take that must not run its command?

Real pgpool-II, PostgreSQL and daemons in network namespaces. A benchmark, not a test: the exit code does not depend on
the figures.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "netns"))
sys.dont_write_bytecode = True

from lab import laboratory, namespaces  # noqa: E402
from lab.cluster import Cluster  # noqa: E402
from lab.programs import NotBuilt, Programs, default_build  # noqa: E402
from lab.waiting import wait_for  # noqa: E402
from scenarios.case import ScenarioCase  # noqa: E402
from scenarios.partner import DONE_S, PCP_PAUSE_S, PartnerCase  # noqa: E402

_SKIPPED = 77
_STANDBY = 2


class Bench(PartnerCase):
    """One cluster, used for all runs."""

    runs = 20
    promised = ""

    def runTest(self) -> None:  # noqa: N802
        cluster, _ = self.partners()
        on_others = sorted(self.one_detach(cluster, number) for number in range(self.runs))
        print(line("detached on one node -> down on the other two", on_others, self.promised), flush=True)
        if self.status_file:
            skipped = sorted(self.one_guard(cluster, number) for number in range(self.runs))
            print(line("guard that must not run returns", skipped, "20 ms"), flush=True)

    def one_detach(self, cluster: Cluster, number: int) -> float:
        """From the moment at which the first pgpool-II has it to that at which the last one has it, in ms: what comes
        before is pgpool-II's own queue.
        """
        names = cluster.names
        first = names[number % len(names)]
        self.pgpools[first].pcp.detach(_STANDBY)
        seen: dict[str, float] = {}

        def all_down() -> bool:
            for name in names:
                if name not in seen and self.written(name) == "down":
                    seen[name] = time.monotonic()
            return len(seen) == len(names)

        wait_for("all have it", all_down, DONE_S, 0.002)
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S, PCP_PAUSE_S)
        cluster[first].command("db", "attach", str(_STANDBY))
        self.wait_for_statuses(["up"] * 3)
        wait_for("all are in line", lambda: self.in_line(cluster), DONE_S, PCP_PAUSE_S)
        return (max(seen.values()) - seen[first]) * 1000

    def written(self, name: str) -> str:
        """As pgpool_status has it, which is written with the status. Asking by PCP would hold up what is measured."""
        lines = self.pgpools[name].status_file.read_text(encoding="ascii").split()
        return lines[_STANDBY] if len(lines) > _STANDBY else "half written"

    def one_guard(self, cluster: Cluster, number: int) -> float:
        """The failback of the attached standby has been run by somebody: nobody is to run it again."""
        name = cluster.names[number % len(cluster.names)]
        arguments = [str(self.programs.belay), "--socket", str(cluster[name].runtime_directory / "control.sock"),
                     "guard", "failback", str(_STANDBY), "0", "0", "--", "/bin/false"]
        began = time.monotonic()
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=DONE_S)
        took_ms = (time.monotonic() - began) * 1000
        assert done.returncode == 0 and "skip" in done.stderr, f"the guard ran: {done.stderr}"
        return took_ms


class Watched(Bench):
    """pgpool_status is watched."""

    promised = "50 ms"


class Polled(Bench):
    """Only H, each poll_interval."""

    status_file = False
    promised = "1000 ms"


def line(what: str, sorted_ms: list[float], promised: str) -> str:
    return (f"{what:<48} median {statistics.median(sorted_ms):7.1f} ms   "
            f"{sorted_ms[0]:7.1f} .. {sorted_ms[-1]:7.1f}   promised: {promised}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=default_build(), help="meson build directory (default: build)")
    parser.add_argument("--runs", type=int, default=20, help="of each figure (default: 20)")
    options = parser.parse_args()
    try:
        laboratory.prepare_process()
        build = options.build / "src"
        ScenarioCase.programs = Programs(build / "daemon/belayd", build / "cli/belay").checked()
    except namespaces.Impossible as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return _SKIPPED
    except NotBuilt as reason:
        print(reason, file=sys.stderr)
        return 2
    Bench.runs = options.runs
    for kind, words in ((Watched, "with status_file"), (Polled, "without status_file, poll_interval 500 ms")):
        print(words, flush=True)
        result = unittest.TestResult()
        kind().run(result)
        for _, trace in result.failures + result.errors:
            print(trace, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())

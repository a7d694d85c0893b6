#!/usr/bin/env python3
"""How long does a client get no answer? Real daemons in network namespaces, a client that asks every millisecond.

Each run begins with fresh daemons, so that no run inherits a rank or a wait from the one before. Prints medians beside
the figures that the project promises; this is a benchmark, not a test: the exit code does not depend on them.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE), str(_HERE.parent / "netns")]
sys.dont_write_bytecode = True

from figures import Figure, Rest, Sample, table  # noqa: E402
from lab import laboratory, namespaces, services  # noqa: E402
from lab.cluster import Cluster  # noqa: E402
from lab.configuration import MAIN, Configuration  # noqa: E402
from lab.laboratory import Laboratory  # noqa: E402
from lab.programs import NotBuilt, Programs, default_build  # noqa: E402
from lab.services import PlainService  # noqa: E402
from lab.waiting import wait_for  # noqa: E402
from resting import leave_the_network_to_one, measure_rest  # noqa: E402

_SKIPPED = 77
_ANSWER_DEADLINE_S = 30.0


class Bench:
    """One lab whose daemons are started anew for each run."""

    def __init__(self, programs: Programs, configuration: Configuration) -> None:
        self.lab = Laboratory([MAIN])
        self._double_answers = 0
        directory = self.lab.make_directory("services")
        self.services = {host.name: PlainService(self.lab, host, directory) for host in self.lab.hosts}
        lines = services.configuration_lines(directory)
        self.cluster = Cluster(self.lab, programs, Configuration(
            lease_ms=configuration.lease_ms, heartbeat_interval_ms=configuration.heartbeat_interval_ms, service=lines))

    def one_run(self, fault: Callable[[Bench, str], int]) -> Sample:
        """Starts all, breaks something with `fault` (which is told the holder and tells when), measures, ends all."""
        for service in self.services.values():
            service.start()
        self.cluster.start()
        old = self.cluster.wait_for_one_active()
        prober = self.lab.probers[MAIN.address]
        began_ns = fault(self, old)

        def first_answer() -> float | None:
            return prober.timeline(began_ns - 1_000_000_000).first_answer_ms(began_ns, old)

        new_holder_ms = wait_for("another host answers the client", first_answer, _ANSWER_DEADLINE_S)
        outage = prober.timeline(began_ns - 1_000_000_000).longest_outage(began_ns)
        assert outage is not None
        self.lab.faults.heal()
        self.cluster[old].signal(signal.SIGCONT)
        self.cluster.wait_for_one_active()
        for name in self.cluster.names:
            self.cluster[name].terminate()
        for name in self.cluster.names:
            self.cluster[name].wait_for_exit()
            self.services[name].kill()
        return Sample(outage.length_ms, new_holder_ms, self._new_double_answers())

    def _new_double_answers(self) -> int:
        """Questions for a VIP that two machines answered, in this run."""
        count = len(self.lab.arp.violations()) - self._double_answers
        self._double_answers += count
        return count


def kill_service(bench: Bench, holder: str) -> int:
    began_ns = time.monotonic_ns()
    bench.services[holder].kill()
    return began_ns


def switch_over(bench: Bench, holder: str) -> int:
    began_ns = time.monotonic_ns()
    result = bench.cluster[holder].command("switchover", "--to", bench.cluster.others(holder)[0])
    assert result.exit_code == 0, result.words()
    return began_ns


def cut_off(bench: Bench, holder: str) -> int:
    return bench.lab.faults.silent_cut(bench.cluster[holder].host)


def hang(bench: Bench, holder: str) -> int:
    """The daemon stops where it is; its host goes on, and answers until the fence closes."""
    began_ns = time.monotonic_ns()
    bench.cluster[holder].signal(signal.SIGSTOP)
    return began_ns


DEFAULTS = Configuration()
SHORT_LEASE = Configuration(lease_ms=100, heartbeat_interval_ms=20)
FAULTS: dict[str, tuple[str, float, Configuration, Callable[[Bench, str], int]]] = {
    "service": ("service killed on the active", 10, DEFAULTS, kill_service),
    "switchover": ("planned switchover", 5, DEFAULTS, switch_over),
    "cut": ("host cut off, lease 500ms", 750, DEFAULTS, cut_off),
    "hung": ("daemon hung (until the new holder answers)", 650, DEFAULTS, hang),
    "cut-short": ("host cut off, lease 100ms, heartbeat 20ms", 200, SHORT_LEASE, cut_off),
}


def measure_fault(programs: Programs, key: str, runs: int) -> Figure:
    name, limit_ms, configuration, fault = FAULTS[key]
    figure = Figure(name, limit_ms, until_new_holder=key == "hung")
    bench = Bench(programs, configuration)
    try:
        for number in range(1, runs + 1):
            figure.samples.append(bench.one_run(fault))
            print(f"\r{name}: {number} of {runs}", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    except BaseException:
        bench.lab.keep_directory = True
        print(f"\nlogs kept in {bench.lab.directory}", file=sys.stderr)
        raise
    finally:
        bench.lab.close()
    return figure


def at_rest(programs: Programs, seconds: float) -> list[Rest]:
    bench = Bench(programs, DEFAULTS)
    try:
        for service in bench.services.values():
            service.start()
        bench.cluster.start()
        bench.cluster.wait_for_one_active()
        roles = {name: bench.cluster[name].role() for name in bench.cluster.names}
        bench.lab.stop_observing()
        print(f"daemons at rest: {seconds:g} s", file=sys.stderr)
        pids = {name: bench.cluster[name].pid for name in bench.cluster.names}
        leave_the_network_to_one(bench.lab.topology, pids.values())
        return measure_rest(pids, roles, seconds)
    finally:
        bench.lab.close()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=default_build(), help="meson build directory (default: build)")
    parser.add_argument("--runs", type=int, default=20, help="of each fault (default: 20)")
    parser.add_argument("--seconds", type=float, default=60, help="of rest (default: 60); 0: do not measure it")
    parser.add_argument("--only", action="append", choices=tuple(FAULTS), help="only these faults")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        laboratory.prepare_process()
        programs = Programs.of_build(options.build)
    except (namespaces.Impossible, NotBuilt) as reason:
        print(reason, file=sys.stderr)
        return _SKIPPED
    figures = [measure_fault(programs, key, options.runs) for key in options.only or FAULTS] if options.runs else []
    rests = at_rest(programs, options.seconds) if options.seconds else []
    if options.json:
        print(json.dumps({"faults": [figure.as_json() for figure in figures], "rest": [vars(rest) for rest in rests]}))
        return 0
    if figures:
        header = ["fault (client silence in ms)", "runs", "median", "least", "most", "new holder", "double", "promised",
                  "kept"]
        print(table(header, [figure.row() for figure in figures]))
    if rests:
        print("\n" + table(["at rest", "role", "processor %", "resident MiB", "proportional MiB", "promised", "kept"],
                           [rest.row() for rest in rests]))
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""sudo tests/campaign: random faults against real daemons, and nobody but one ever serves a VIP.

Every round begins one or two faults, lets them last for a while, takes them back, and waits until exactly one host
serves again, within the bound of DESIGN's G2. All the time an observer on the bridge asks for each VIP every 2 ms, and
a client asks it every millisecond. The first violation ends the campaign with its whole story.

Exit code: 0 no violation, 1 a violation, 2 wrong usage or not built, 77 when this machine or user cannot make network
namespaces.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

import campaign_faults  # noqa: E402
from campaign_faults import Begun, Stage  # noqa: E402
from campaign_watch import OBSERVER_INTERVAL_MS, Watch, served_by_one  # noqa: E402
from lab import bounds, laboratory, namespaces, report  # noqa: E402
from lab.cluster import Cluster  # noqa: E402
from lab.configuration import IPV6, MAIN, Configuration  # noqa: E402
from lab.laboratory import Laboratory  # noqa: E402
from lab.programs import NotBuilt, Programs, default_build  # noqa: E402
from lab.services import configuration_lines  # noqa: E402
from lab.topology import HOST_NAMES  # noqa: E402
from lab.waiting import WaitTimeout, let_pass, wait_for  # noqa: E402

_SKIPPED = 77
_STORY_LINES = 40
_LASTS_S = (0.05, 2.5)
_REST_S = (0.1, 1.0)


class Violation(Exception):
    """What must never be was seen; the text says what."""


class Campaign:
    """One cluster, one seed. `run` raises Violation; `describe` tells the story of it while the lab stands."""

    def __init__(self, programs: Programs, seed: int, node_count: int) -> None:
        self._chance = random.Random(seed)
        self._story: list[str] = []
        self._began_ns = time.monotonic_ns()
        self.counts: Counter[str] = Counter()
        self.slowest_ms = 0.0
        vips = (MAIN, IPV6)
        self.lab = Laboratory(vips, node_count, arp_interval_ms=OBSERVER_INTERVAL_MS)
        directory = self.lab.make_directory("services")
        directory.chmod(0o755)
        self._configuration = Configuration(vips=vips, service=configuration_lines(directory))
        self._cluster = Cluster(self.lab, programs, self._configuration)
        self._services = campaign_faults.services_for(self._cluster, directory)
        self._watch = Watch(self.lab, self._configuration.lease_ms)
        self._faults: tuple[Callable[[Stage], Begun], ...] = campaign_faults.ALWAYS

    def run(self, minutes: float) -> None:
        self._cluster.start()
        holder = self._cluster.wait_for_one_active()
        self._tell(f"{holder} serves; the campaign begins")
        if campaign_faults.fence_in(self._cluster[holder].status()):
            self._faults += campaign_faults.NEED_FENCE
        else:
            left_out = ", ".join(fault.__name__ for fault in campaign_faults.NEED_FENCE)
            print(f"left out, because `belay status` tells of no fence in nftables: {left_out}", flush=True)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            self._round(holder)
            holder = self._recover()

    def summary(self) -> str:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))
        double = self._watch.double_addresses()
        seen = self.lab.arp.report()["seen"]
        asked = ", ".join(f"{address} {each['answered']} of {each['asked']}" for address, each in seen.items())
        return (f"{sum(self.counts.values())} faults: {faults}\nquestions answered: {asked}\n"
                f"slowest return to one holder after the faults were over: {self.slowest_ms:.0f} ms\n"
                f"for information, addresses on two hosts at once: {len(double)} times {double[:5]}")

    def describe(self) -> str:
        self.lab.keep_directory = True
        story = "\n".join(self._story[-_STORY_LINES:])
        changes = [f"{change.at_ns / 1e9:.6f} {change.host} {'+' if change.present else '-'} {change.address}"
                   for change in self.lab.addresses.changes()[-_STORY_LINES:]]
        return (f"--- the last faults (monotonic clock)\n{story}\n--- the last changes of addresses\n"
                + "\n".join(changes) + f"\n{report.describe(self.lab, self._cluster)}\n"
                f"logs kept in {self.lab.directory}")

    def _tell(self, text: str) -> None:
        self._story.append(f"{time.monotonic_ns() / 1e9:.6f} {text}")

    def _round(self, holder: str) -> None:
        """One or two faults, from their beginning to their end."""
        stage = Stage(self._cluster, self._services, self._chance, holder)
        count = 2 if self._chance.random() < 0.3 else 1
        begun = []
        for fault in self._chance.sample(self._faults, count):
            self._tell(f"{fault.__name__} …")
            each = fault(stage)
            self._tell(each.words)
            self.counts[fault.__name__] += 1
            begun.append(each)
        let_pass(self._chance.uniform(*_LASTS_S))
        for each in reversed(begun):
            each.heal()
        self._tell("healed")

    def _recover(self) -> str:
        """Exactly one serves again, in time; and nothing forbidden was seen since the last time."""
        healed = time.monotonic()
        # A lease more than G2's bound: a restarted daemon abstains for one.
        bound_s = (bounds.takeover_ms(self._configuration) + bounds.lease_end_ms(self._configuration)) / 1000
        try:
            holder = wait_for("exactly one host serves again", lambda: served_by_one(self._cluster), bound_s)
        except WaitTimeout as late:
            raise Violation(f"after the faults were over: {late}") from late
        finally:
            self._look()
        took_ms = (time.monotonic() - healed) * 1000
        self.slowest_ms = max(self.slowest_ms, took_ms)
        self._tell(f"{holder} serves, {took_ms:.0f} ms after the faults were over")
        let_pass(self._chance.uniform(*_REST_S))
        return holder

    def _look(self) -> None:
        found = self._watch.violations(time.monotonic_ns())
        ended = [name for name in self._cluster.names if not self._cluster[name].running()]
        found += [f"belayd on {name} ended by itself" for name in ended]
        if found:
            raise Violation("\n".join(found))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=default_build(), help="meson build directory (default: build)")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long faults go on (default: 5)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32), help="which faults (default: random)")
    parser.add_argument("--nodes", type=int, choices=range(3, len(HOST_NAMES) + 1), default=3, help="default: 3")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    try:
        laboratory.prepare_process()
        programs = Programs.of_build(options.build)
    except namespaces.Impossible as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return _SKIPPED
    except NotBuilt as reason:
        print(reason, file=sys.stderr)
        return 2
    print(f"campaign: seed {options.seed}, {options.nodes} nodes, {options.minutes:g} minutes", flush=True)
    campaign = Campaign(programs, options.seed, options.nodes)
    try:
        campaign.run(options.minutes)
        print(f"{campaign.summary()}\nno violation (seed {options.seed})")
        return 0
    except Violation as violation:
        print(f"VIOLATION (again: --seed {options.seed} --nodes {options.nodes}):\n{violation}\n{campaign.describe()}")
        return 1
    except KeyboardInterrupt as reason:
        print(f"\ninterrupted {reason}")
        return 130
    finally:
        campaign.lab.close()


if __name__ == "__main__":
    sys.exit(main())

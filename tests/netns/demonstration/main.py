"""The three acts, and the summary."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from lab import bounds, laboratory, namespaces
from lab.configuration import MAIN_VIP
from lab.postgres import NotInstalled
from lab.programs import NotBuilt, Programs
from lab.waiting import WaitTimeout, wait_for

from . import preparation
from .stage import Measured, Stage

_IMPOSSIBLE = 2


@dataclass(frozen=True)
class Act:
    """One row of the summary."""

    what: str
    measured: Measured
    limit_ms: float

    @property
    def kept(self) -> bool:
        return self.measured.udp_silence_ms <= self.limit_ms

    def row(self) -> str:
        measured = self.measured
        return (f"{self.what:<28} {measured.old + ' -> ' + measured.new:<16} {measured.udp_silence_ms:>8.1f} ms "
                f"{measured.sql_silence_ms:>8.1f} ms {self.limit_ms:>7.0f} ms   {'yes' if self.kept else 'NO'}")


def say(text: str = "") -> None:
    print(text, flush=True)


class Story:
    """Tells what happens while it happens."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.acts: list[Act] = []

    def beginning(self) -> None:
        stage = self.stage
        say(f"\nThree hosts, {', '.join(stage.cluster.names)}, each with pgpool-II; one PostgreSQL behind them.")
        say(f"Clients know one address only, {MAIN_VIP}. {stage.first_holder} has it: belayd was elected there.")
        say("A client sends a datagram to it every millisecond, another one runs one SQL query after the other.")
        self.show_status(stage.first_holder)

    def service_killed(self) -> None:
        stage = self.stage

        def kill(holder: str) -> int:
            say(f"\n1. kill -9 of pgpool-II on {holder}, the active.")
            began_ns = time.monotonic_ns()
            stage.pgpools[holder].kill_parent()
            return began_ns

        measured = stage.measure(kill)
        self.tell(Act("pgpool-II killed", measured, bounds.handover_ms()))
        say(f"   pgpool-II is started again on {measured.old}: it comes back as a standby, the address stays.")
        stage.pgpools[measured.old].start()
        wait_for("its service is healthy", lambda: stage.cluster[measured.old].status()["service"]["healthy"], 20)
        stage.cluster.wait_until_agreed_on(measured.new)

    def host_cut_off(self) -> None:
        stage = self.stage

        def cut(holder: str) -> int:
            say(f"\n2. {holder} is cut off: its frames vanish in the switch, and nothing tells it so.")
            return stage.lab.faults.silent_cut(stage.cluster[holder].host)

        measured = stage.measure(cut)
        self.tell(Act("host cut off", measured, bounds.takeover_ms(stage.configuration)))
        wait_for(f"{measured.old} gives the address up", lambda: stage.cluster.hosts_with_vip() == {measured.new}, 20)
        say(f"   {measured.old} could renew its lease no more, and has taken the address off by itself.")
        stage.lab.faults.heal()
        stage.cluster.wait_until_agreed_on(measured.new)
        say(f"   Healed: {measured.old} is a standby, the address stays on {measured.new}.")

    def switched_over(self) -> None:
        stage = self.stage

        def switch(holder: str) -> int:
            target = stage.cluster.others(holder)[0]
            say(f"\n3. belay switchover --to {target}: planned, as before an upgrade of {holder}.")
            began_ns = time.monotonic_ns()
            result = stage.cluster[holder].command("switchover", "--to", target)
            if result.exit_code != 0:
                raise AssertionError(f"the switchover was refused: {result.words()}")
            return began_ns

        measured = stage.measure(switch)
        self.tell(Act("planned switchover", measured, bounds.handover_ms()))
        stage.cluster.wait_until_agreed_on(measured.new)
        self.show_status(measured.new)

    def tell(self, act: Act) -> None:
        self.acts.append(act)
        say(f"   {act.measured.new} serves. No answer for {act.measured.udp_silence_ms:.1f} ms (datagrams), "
            f"{act.measured.sql_silence_ms:.1f} ms (SQL).")

    def show_status(self, node: str) -> None:
        say(f"\n$ belay status        (on {node})")
        say(self.stage.cluster[node].command("status").output.rstrip())

    def summary(self) -> bool:
        """Prints it; True when every promise was kept."""
        violations = self.stage.lab.arp.violations()
        answered, failed = self.stage.sql.counts()
        say(f"\n{'what happened':<28} {'address moved':<16} {'datagrams':>11} {'SQL':>11} {'limit':>10}   kept")
        for act in self.acts:
            say(act.row())
        say(f"\n{answered} SQL queries answered, {failed} attempts failed. Asked every 5 ms who has the address, "
            + ("never did two hosts answer." if not violations else f"TWO HOSTS ANSWERED: {violations[0]}"))
        if not bounds.STRICT:
            say("Limits are three times the promised ones, since shared machines pause; BELAY_STRICT=1 uses these.")
        return all(act.kept for act in self.acts) and not violations


def perform(programs: Programs) -> bool:
    stage = Stage(programs)
    try:
        story = Story(stage)
        story.beginning()
        story.service_killed()
        story.host_cut_off()
        story.switched_over()
        return story.summary()
    except BaseException:
        stage.lab.keep_directory = True
        say(f"\nlogs kept in {stage.lab.directory}")
        raise
    finally:
        stage.lab.close()


def arguments(description: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, help="use the programs of this build directory, and build nothing")
    parser.add_argument("--no-install", action="store_true", help="do not install packages")
    return parser.parse_args()


def main(description: str | None) -> int:
    options = arguments(description)
    if os.geteuid() != 0:
        print("network namespaces need root: sudo tests/demo", file=sys.stderr)
        return _IMPOSSIBLE
    try:
        if not options.no_install:
            preparation.install_packages()
        programs = Programs.of_build(options.build) if options.build else preparation.build()
        laboratory.prepare_process()
        kept = perform(programs)
    except (preparation.PreparationFailed, NotBuilt, NotInstalled, namespaces.Impossible) as reason:
        print(reason, file=sys.stderr)
        return _IMPOSSIBLE
    except (WaitTimeout, AssertionError) as failure:
        print(f"not as promised: {failure}", file=sys.stderr)
        return 1
    say("\nAll as promised." if kept else "\nNot as promised: see the table.")
    return 0 if kept else 1

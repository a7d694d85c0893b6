"""Nothing stays behind, however a run ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

from lab import namespaces
from lab.processes import children_of
from lab.waiting import wait_for

_HERE = Path(__file__).resolve().parent.parent
_PROGRAM = """
import signal, sys
from lab import laboratory
from lab.configuration import MAIN
laboratory.prepare_process()
lab = laboratory.Laboratory([MAIN])
print(lab.directory, flush=True)
{ending}
"""


class Endings(unittest.TestCase):
    def start(self, ending: str) -> tuple[subprocess.Popen[str], Path, list[int]]:
        """Another program that makes a lab; returns it, its directory, and the pids of its agents."""
        program = subprocess.Popen([sys.executable, "-B", "-c", _PROGRAM.format(ending=ending)], cwd=_HERE,
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(program.wait)
        self.addCleanup(program.kill)
        assert program.stdout is not None
        self.addCleanup(program.stdout.close)
        directory = Path(program.stdout.readline().strip())
        return program, directory, children_of(program.pid)

    def left_of(self, pid: int) -> list[str]:
        return [entry.name for entry in Path("/run/netns").glob(f"{namespaces.PREFIX}{pid}-*")]

    def test_end_of_the_program(self) -> None:
        program, directory, _ = self.start("")
        program.wait(20)
        self.assertEqual(self.left_of(program.pid), [])
        self.assertFalse(directory.exists())

    def test_exception(self) -> None:
        program, directory, _ = self.start("sys.stderr = None; raise RuntimeError('a test failed')")
        program.wait(20)
        self.assertEqual(self.left_of(program.pid), [])
        self.assertFalse(directory.exists())

    def test_sigterm_and_sigint(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            program, directory, agents = self.start("sys.stderr = None; signal.pause()")
            self.assertTrue(self.left_of(program.pid))
            self.assertTrue(agents)
            program.send_signal(number)
            program.wait(20)
            self.assertEqual(self.left_of(program.pid), [])
            self.assertFalse(directory.exists())
            self.assertEqual([pid for pid in agents if Path("/proc", str(pid)).exists()], [])

    def test_sigkill_leaves_namespaces_that_the_next_run_removes(self) -> None:
        program, _, agents = self.start("signal.pause()")
        program.kill()
        program.wait(20)
        left = self.left_of(program.pid)
        self.assertTrue(left)
        wait_for("its agents died with it", lambda: not any(running(pid) for pid in agents), 5)
        self.assertEqual([name for name in namespaces.sweep_stale() if name in left], sorted(left))
        self.assertEqual(self.left_of(program.pid), [])

    def test_the_sweep_spares_the_living(self) -> None:
        mine = namespaces.Namespace(f"{namespaces.PREFIX}{os.getpid()}-999-mine")
        self.addCleanup(mine.remove)
        namespaces.sweep_stale()
        self.assertTrue(Path(mine.path).exists())


def running(pid: int) -> bool:
    """Neither gone nor a zombie that waits to be reaped by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False

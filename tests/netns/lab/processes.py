"""Processes that the lab started: each is ended by its own pid, and none outlives the lab."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import kernel


@dataclass(frozen=True)
class User:
    """As whom a process runs. Capabilities are ambient, as systemd's AmbientCapabilities= gives them."""

    uid: int = 0
    gid: int = 0
    groups: list[int] = field(default_factory=list)
    capabilities: list[int] = field(default_factory=list)


ROOT = User()


class Process:
    """One running program in one network namespace. Its output goes to a file, or to a pipe for an agent."""

    def __init__(self, name: str, arguments: Sequence[str], namespace_path: str | None = None, user: User = ROOT,
                 log_path: Path | None = None, environment: dict[str, str] | None = None,
                 directory: Path | None = None, piped: bool = False,
                 before: Callable[[], None] | None = None) -> None:
        self.name = name
        self.log_path = log_path

        def prepare() -> None:
            if namespace_path is not None:
                kernel.enter_network_namespace(namespace_path)
            if before is not None:
                before()
            if user.uid != 0:
                kernel.become_user_with_capabilities(user.uid, user.gid, user.groups, user.capabilities)
            kernel.die_with_parent(signal.SIGKILL)

        log = open(log_path, "ab") if log_path is not None else None  # noqa: SIM115 (handed to the child)
        try:
            self._popen = subprocess.Popen(
                list(arguments), preexec_fn=prepare, cwd=directory, env=environment,
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                stdout=subprocess.PIPE if piped else (log or subprocess.DEVNULL),
                stderr=log or subprocess.DEVNULL, text=True)
        finally:
            if log is not None:
                log.close()
        self.pid = self._popen.pid

    @property
    def stdin(self):  # type: ignore[no-untyped-def]
        assert self._popen.stdin is not None
        return self._popen.stdin

    @property
    def stdout(self):  # type: ignore[no-untyped-def]
        assert self._popen.stdout is not None
        return self._popen.stdout

    def running(self) -> bool:
        return self._popen.poll() is None

    def exit_code(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self._popen.poll()

    def send(self, signal_number: int) -> None:
        if self.running():
            self._popen.send_signal(signal_number)

    def wait(self, deadline_s: float) -> int:
        """Its exit code; TimeoutError when it still runs after the deadline."""
        try:
            return self._popen.wait(deadline_s)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.name} (pid {self.pid}) still runs after {deadline_s} s") from None

    def kill(self) -> None:
        """SIGKILL and reap. No error if it has ended already."""
        self.send(signal.SIGKILL)
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                stream.close()

    def stop(self, deadline_s: float = 10.0) -> int:
        """SIGTERM, then SIGKILL after the deadline. Returns the exit code."""
        self.send(signal.SIGTERM)
        try:
            return self.wait(deadline_s)
        except TimeoutError:
            self.kill()
            raise

    def log_text(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path else ""


def children_of(pid: int) -> list[int]:
    """Direct children of a process. /proc/PID/task/*/children is not in every kernel, so the parents are read."""
    children = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue  # ended while we looked
        # The command name is in parentheses and may hold anything; the parent is the second field after it.
        if int(text.rpartition(")")[2].split()[1]) == pid:
            children.append(int(entry.name))
    return children


def end_by_pid(pids: Sequence[int]) -> None:
    """SIGKILL to processes that are known by pid only (orphans that we adopted), and reaps those that are ours."""
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    for pid in pids:
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            continue

"""One belayd on one host, and `belay` to talk to it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import kernel
from .processes import Process, User
from .programs import Programs
from .topology import Machine

# As the systemd unit runs it: no root, ambient CAP_NET_ADMIN and CAP_NET_RAW. The number belongs to nobody.
SERVICE_USER = User(64177, 64177, [], [kernel.CAP_NET_ADMIN, kernel.CAP_NET_RAW])

EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_NOT_REACHABLE = 0, 1, 2, 3
_COMMAND_DEADLINE_S = 20.0


class NotReachable(AssertionError):
    """The daemon does not answer on its control socket: a wait goes on, and tells so when it gives up."""


@dataclass(frozen=True)
class CommandResult:
    exit_code: int
    output: str
    complaint: str

    def words(self) -> str:
        """Everything that it said."""
        return self.output + self.complaint


class Daemon:
    """belayd of one host: may be started, ended in any way, and started again, always on the same runtime directory."""

    def __init__(self, host: Machine, programs: Programs, ini: Path, directory: Path,
                 user: User = SERVICE_USER) -> None:
        self.host = host
        self.name = host.name
        self.ini = ini
        self.runtime_directory = directory / "run"
        self.log_path = directory / "belayd.log"
        self._programs = programs
        self._user = user
        self._process: Process | None = None
        self.before_start: Callable[[], None] | None = None
        """Called in the new process while it is still root."""
        self.runtime_directory.mkdir(mode=0o750)
        os.chown(self.runtime_directory, user.uid, user.gid)

    @property
    def pid(self) -> int:
        assert self._process is not None, f"belayd on {self.name} was not started"
        return self._process.pid

    def running(self) -> bool:
        return self._process is not None and self._process.running()

    def start(self) -> None:
        assert not self.running(), f"belayd on {self.name} runs already"
        arguments = [str(self._programs.belayd), "--config", str(self.ini), "--node", self.name,
                     "--runtime-dir", str(self.runtime_directory)]
        self._process = Process(f"belayd-{self.name}", arguments, namespace_path=self.host.namespace.path,
                                user=self._user, log_path=self.log_path, before=self.before_start)

    def kill(self) -> None:
        """`kill -9`."""
        assert self._process is not None
        self._process.kill()

    def signal(self, number: int) -> None:
        """SIGSTOP, SIGCONT, SIGHUP ..."""
        assert self._process is not None
        self._process.send(number)

    def terminate(self) -> None:
        """SIGTERM, without waiting for the end."""
        assert self._process is not None
        self._process.send(signal.SIGTERM)

    def follow(self, transition: str, script: Path, user: User) -> Process:
        """`belay run-on TRANSITION -- SCRIPT` beside it, until it is killed."""
        return Process(f"run-on-{self.name}", [str(self._programs.belay), "--socket",
                                               str(self.runtime_directory / "control.sock"), "run-on", transition,
                                               "--", str(script)],
                       namespace_path=self.host.namespace.path, user=user,
                       log_path=self.log_path.with_name("run-on.log"))

    def wait_for_exit(self, deadline_s: float = 10.0) -> int:
        assert self._process is not None
        return self._process.wait(deadline_s)

    def command(self, *arguments: str) -> CommandResult:
        """Runs `belay ARGUMENTS` as root against this daemon."""
        done = subprocess.run([str(self._programs.belay), "--socket", str(self.runtime_directory / "control.sock"),
                               *arguments], capture_output=True, text=True, check=False, timeout=_COMMAND_DEADLINE_S)
        return CommandResult(done.returncode, done.stdout, done.stderr)

    def ask(self, *arguments: str) -> Any:
        """The JSON answer of `belay ARGUMENTS --json`."""
        result = self.command(*arguments, "--json")
        if result.exit_code == EXIT_NOT_REACHABLE:
            raise NotReachable(f"belayd on {self.name}: {result.complaint.strip()}")
        if result.exit_code != EXIT_DONE:
            raise AssertionError(f"belay {' '.join(arguments)} on {self.name}: exit {result.exit_code}: "
                                 f"{result.words().strip()}")
        return json.loads(result.output)

    def status(self) -> dict[str, Any]:
        return dict(self.ask("status"))

    def role(self) -> str:
        return str(self.status()["role"])

    def events(self) -> list[dict[str, Any]]:
        return list(self.ask("events")["events"])

    def log_text(self) -> str:
        return self.log_path.read_text(encoding="utf-8", errors="replace") if self.log_path.exists() else ""

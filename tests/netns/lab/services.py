"""The cheapest thing that `[service] type = process` can guard: a process that sleeps, with a pid file."""

from __future__ import annotations

from pathlib import Path

from .laboratory import Laboratory
from .processes import Process
from .topology import Machine


class PlainService:
    """One per host. Its pid file is replaced atomically, as good daemons do."""

    def __init__(self, lab: Laboratory, host: Machine, directory: Path) -> None:
        self._host = host
        self.pid_file = directory / f"{host.name}.pid"
        self._process: Process | None = None
        lab.at_close(self.kill)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        assert self._process is None
        self._process = Process(f"service-{self._host.name}", ["/bin/sleep", "infinity"],
                                namespace_path=self._host.namespace.path)
        fresh = self.pid_file.with_suffix(".new")
        fresh.write_text(f"{self._process.pid}\n", encoding="ascii")
        fresh.rename(self.pid_file)

    def kill(self) -> None:
        """`kill -9`; the pid file stays, as it does after a crash."""
        if self._process is not None:
            self._process.kill()
            self._process = None


def configuration_lines(directory: Path) -> tuple[str, ...]:
    """`[service]` for the services whose pid files are in `directory`."""
    return ("type = process", f"pid_file = {directory}/{{host}}.pid")

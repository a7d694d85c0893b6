"""A PostgreSQL primary with standbys that follow it by streaming replication, each on a machine of its own."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from .postgres import PORT, _program, own_directory, postgres_user
from .processes import Process, children_of, end_by_pid
from .sqlclient import SqlClient, SqlError
from .topology import Machine
from .waiting import wait_for

_DEADLINE_S = 60.0
_OPTIONS = {"port": str(PORT), "listen_addresses": "*", "fsync": "off", "full_page_writes": "off",
            "shared_buffers": "16MB", "max_connections": "60", "wal_level": "replica", "max_wal_senders": "8",
            "hot_standby": "on", "wal_keep_size": "64MB", "wal_log_hints": "on", "recovery_min_apply_delay": "0"}
_ACCESS = "host all all 10.77.0.0/16 trust\nhost replication all 10.77.0.0/16 trust\n"


class Server:
    """One PostgreSQL of the replication. May be killed, started, promoted, and copied anew from another one."""

    def __init__(self, number: int, machine: Machine, directory: Path) -> None:
        self.number = number
        """pgpool-II's id of it."""
        self.machine = machine
        self._user = postgres_user()
        self.home = own_directory(directory, self._user)
        self.data = self.home / "data"
        self._process: Process | None = None

    def initialise(self) -> None:
        """An empty database, which everybody on the lab's network may use and replicate."""
        self._run("initdb", "--pgdata", str(self.data), "--auth", "trust", "--no-sync", "--encoding", "UTF8",
                  "--locale", "C")
        with (self.data / "pg_hba.conf").open("a", encoding="ascii") as access:
            access.write(_ACCESS)

    def copy_from(self, primary: Server) -> None:
        """Forgets what it has and becomes a standby of that one, which must run."""
        shutil.rmtree(self.data, ignore_errors=True)
        self._run("pg_basebackup", "-h", primary.machine.ipv4(), "-p", str(PORT), "-U", "postgres", "-D",
                  str(self.data), "-R", "-X", "stream", "-c", "fast", "--no-sync")

    def start(self) -> None:
        assert self._process is None, f"PostgreSQL {self.number} runs already"
        (self.data / "postmaster.pid").unlink(missing_ok=True)  # of one that was killed
        options = {**_OPTIONS, "unix_socket_directories": str(self.home)}
        self._process = Process(
            f"postgres-{self.number}",
            [_program("postgres"), "-D", str(self.data), *(f"--{name}={value}" for name, value in options.items())],
            namespace_path=self.machine.namespace.path, user=self._user, log_path=self.home / "postgres.log",
            directory=self.home)

    def wait_until_ready(self) -> None:
        wait_for(f"PostgreSQL {self.number} answers a query", lambda: self.ask("SELECT 1") == "1", _DEADLINE_S)

    def kill(self) -> None:
        """As a power loss would: nobody is told."""
        assert self._process is not None
        children = children_of(self._process.pid)
        self._process.send(signal.SIGKILL)
        self._process.wait(_DEADLINE_S)
        self._process = None
        end_by_pid(children)

    def stop(self) -> None:
        if self._process is not None:
            self._process.send(signal.SIGQUIT)
            self._process.wait(_DEADLINE_S)
            self._process = None

    def running(self) -> bool:
        return self._process is not None and self._process.running()

    def is_standby(self) -> bool:
        return self.ask("SELECT pg_is_in_recovery()") == "t"

    def ask(self, query: str) -> str | None:
        """The one value that a query gives."""
        try:
            connection = SqlClient(self.machine, self.machine.ipv4(), PORT, 2.0)
            try:
                return connection.query(query)[0][0]
            finally:
                connection.close()
        except SqlError as error:
            raise AssertionError(str(error)) from error

    def execute(self, command: str, database: str) -> None:
        """A statement that gives no value, in that database."""
        connection = SqlClient(self.machine, self.machine.ipv4(), PORT, 10.0, database)
        connection.query(command)
        connection.close()

    def _run(self, program: str, *arguments: str) -> None:
        process = Process(program, [_program(program), *arguments], namespace_path=self.machine.namespace.path,
                          user=self._user, log_path=self.home / f"{program}.log", directory=self.home)
        if process.wait(_DEADLINE_S) != 0:
            raise RuntimeError(f"{program} failed: {process.log_text()}")


class Replication:
    """Server 0 is the primary at first; 1 and 2 are its standbys. Promotion is a script for pgpool-II's hooks."""

    def __init__(self, machines: list[Machine], directory: Path) -> None:
        self.directory = own_directory(directory, postgres_user())
        self.servers = [Server(number, machine, self.directory / f"postgres{number}")
                        for number, machine in enumerate(machines)]
        self.hooks_log = self.directory / "hooks.log"
        self.hooks_log.touch()
        os.chown(self.hooks_log, postgres_user().uid, postgres_user().gid)
        primary = self.servers[0]
        primary.initialise()
        primary.start()
        primary.wait_until_ready()
        for standby in self.servers[1:]:
            standby.copy_from(primary)
            standby.start()
        for standby in self.servers[1:]:
            standby.wait_until_ready()

    def __getitem__(self, number: int) -> Server:
        return self.servers[number]

    def hook(self, name: str) -> Path:
        """A script for one hook of pgpool-II. Logs its call, and as `failover` promotes the new main node when the old
        primary is the one that failed, as `belay guard` says or else pgpool-II. Arguments: node id, new main id, new
        main host, old primary id.
        """
        script = self.directory / name
        promote = ('if [ "$1" = "${BELAY_PRIMARY:-$4}" ] && [ -n "$3" ]; then\n'
                   f'  psql -h "$3" -p {PORT} -U postgres -d postgres -Atc "SELECT pg_promote(true, 20)" >/dev/null\n'
                   'fi\n')
        script.write_text(f'#!/bin/sh\n# {name}: logs its call\n'
                          f'echo "{name} $*" >> {self.hooks_log}\n' + (promote if name == "failover" else ""),
                          encoding="ascii")
        script.chmod(0o755)
        return script

    def hooks_run(self) -> list[str]:
        """What the hooks logged, a line each: "failover 0 1 10.77.0.51 0"."""
        return self.hooks_log.read_text(encoding="ascii").splitlines()

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()

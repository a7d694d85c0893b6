"""One PostgreSQL server of our own in the machine `database`: own directory, own port, no contact with the system's."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
from pathlib import Path

from .processes import Process, User
from .sqlclient import SqlClient, SqlError
from .topology import Machine
from .waiting import wait_for

PORT = 5432
_START_DEADLINE_S = 30.0


class NotInstalled(Exception):
    """A program is missing; the text says which package brings it."""


def postgres_user() -> User:
    """The system's user `postgres`, as whom PostgreSQL and pgpool-II run."""
    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        raise NotInstalled("no user `postgres`: install the package postgresql") from None
    return User(entry.pw_uid, entry.pw_gid)


def own_directory(path: Path, user: User) -> Path:
    """Makes a directory that belongs to `user` and that others may enter."""
    path.mkdir(mode=0o755)
    os.chown(path, user.uid, user.gid)
    return path


def _program(name: str) -> str:
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(candidates[0]) if candidates else shutil.which(name)
    if found is None:
        raise NotInstalled(f"no {name}: install the package postgresql")
    return found


class Postgres:
    """A server that trusts everybody on the lab's networks. Runs until `stop`."""

    def __init__(self, machine: Machine, directory: Path) -> None:
        self._user = postgres_user()
        self.machine = machine
        home = own_directory(directory, self._user)
        data = home / "data"
        initdb = Process("initdb", [_program("initdb"), "--pgdata", str(data), "--auth", "trust", "--no-sync",
                                    "--encoding", "UTF8", "--locale", "C"],
                         user=self._user, log_path=home / "initdb.log", directory=home)
        if initdb.wait(_START_DEADLINE_S) != 0:
            raise RuntimeError(f"initdb failed: {initdb.log_text()}")
        with (data / "pg_hba.conf").open("a", encoding="ascii") as access:
            access.write("host all all 10.77.0.0/16 trust\n")
        options = {"listen_addresses": "*", "port": str(PORT), "unix_socket_directories": str(home), "fsync": "off",
                   "max_connections": "60", "shared_buffers": "16MB"}
        self._process = Process(
            "postgres",
            [_program("postgres"), "-D", str(data), *(f"--{name}={value}" for name, value in options.items())],
            namespace_path=machine.namespace.path, user=self._user, log_path=home / "postgres.log", directory=home)

    def wait_until_ready(self) -> None:
        wait_for("PostgreSQL answers a query", self._answers, _START_DEADLINE_S)

    def stop(self) -> None:
        """Fast shutdown: sessions are ended."""
        self._process.send(signal.SIGINT)
        self._process.wait(_START_DEADLINE_S)

    def _answers(self) -> bool:
        if not self._process.running():
            raise RuntimeError(f"PostgreSQL ended: {self._process.log_text()}")
        try:
            connection = SqlClient(self.machine, self.machine.ipv4(), PORT, 1.0)
        except SqlError as error:
            raise AssertionError(str(error)) from error
        rows = connection.query("SELECT 1")
        connection.close()
        return rows == [["1"]]



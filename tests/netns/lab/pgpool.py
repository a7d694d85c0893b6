"""A real pgpool-II on a host: own configuration, sockets, pid file and log; its watchdog off, as Belay replaces it."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from .postgres import PORT as POSTGRES_PORT
from .postgres import NotInstalled, Postgres, own_directory, postgres_user
from .processes import Process, children_of, end_by_pid
from .sqlclient import SqlClient, SqlError
from .topology import Machine
from .waiting import wait_for

PORT = 9999
_PCP_PORT = 9898
_START_DEADLINE_S = 30.0

_CONFIGURATION = """\
listen_addresses = '*'
port = {port}
pcp_listen_addresses = 'localhost'
pcp_port = {pcp_port}
socket_dir = '{directory}'
pcp_socket_dir = '{directory}'
wd_ipc_socket_dir = '{directory}'
pid_file_name = '{directory}/pgpool.pid'
logdir = '{directory}'
backend_clustering_mode = 'raw'
backend_hostname0 = '{backend}'
backend_port0 = {backend_port}
backend_weight0 = 1
backend_flag0 = 'DISALLOW_TO_FAILOVER'
num_init_children = 4
max_pool = 1
enable_pool_hba = off
load_balance_mode = off
health_check_period = 5
health_check_timeout = 2
failover_on_backend_error = off
sr_check_period = 0
use_watchdog = off
"""


class Pgpool:
    """pgpool-II on one host. May be killed and started again."""

    def __init__(self, host: Machine, backend: Postgres, directory: Path) -> None:
        self.host = host
        self._user = postgres_user()
        self._directory = own_directory(directory, self._user)
        self.pid_file = self._directory / "pgpool.pid"
        program = shutil.which("pgpool", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise NotInstalled("no pgpool: install the package pgpool2")
        settings = self._directory / "pgpool.conf"
        settings.write_text(_CONFIGURATION.format(
            port=PORT, pcp_port=_PCP_PORT, directory=self._directory, backend=backend.machine.ipv4(),
            backend_port=POSTGRES_PORT), encoding="ascii")
        for name in ("pcp.conf", "pool_hba.conf", "pool_passwd"):
            (self._directory / name).touch()
        self._arguments = [program, "-n", "-D", "-f", str(settings), "-F", str(self._directory / "pcp.conf"),
                           "-a", str(self._directory / "pool_hba.conf")]
        self._process: Process | None = None

    def pid(self) -> int:
        """As its pid file says, which ends with a NUL byte."""
        return int(self.pid_file.read_text(encoding="ascii").rstrip("\0\n"))

    def start(self) -> None:
        """Starts it in the foreground (-n), forgetting the former backend status (-D)."""
        assert self._process is None, "pgpool-II runs already"
        # What a killed one left: it would refuse to start with "could not bind socket" or "pid file found".
        for leftover in [*self._directory.glob(".s.*"), self.pid_file]:
            leftover.unlink(missing_ok=True)
        self._process = Process(f"pgpool-{self.host.name}", self._arguments, namespace_path=self.host.namespace.path,
                                user=self._user, log_path=self._directory / "pgpool.log", directory=self._directory)

    def wait_until_ready(self) -> None:
        wait_for(f"pgpool-II on {self.host.name} answers a query", self._answers, _START_DEADLINE_S)

    def kill_parent(self) -> None:
        """`kill -9` of the parent, which is what the pid file names; then its orphaned children, by their pids."""
        assert self._process is not None
        children = children_of(self._process.pid)
        self._process.send(signal.SIGKILL)
        self._process.wait(_START_DEADLINE_S)
        self._process = None
        end_by_pid(children)

    def freeze(self) -> None:
        """Parent and children stop where they are, as on a host that is out of memory; the kernel goes on accepting."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number: signal.Signals) -> None:
        assert self._process is not None
        for pid in (self._process.pid, *children_of(self._process.pid)):
            os.kill(pid, number)

    def stop(self) -> None:
        """SIGINT: fast shutdown. Whatever remains after it is ended by pid."""
        if self._process is None:
            return
        children = children_of(self._process.pid)
        self._process.send(signal.SIGINT)
        try:
            self._process.wait(10.0)
        except TimeoutError:
            self._process.kill()
        self._process = None
        end_by_pid(children)

    def _answers(self) -> bool:
        assert self._process is not None
        if not self._process.running():
            raise RuntimeError(f"pgpool-II on {self.host.name} ended: {self._process.log_text()}")
        try:
            connection = SqlClient(self.host, self.host.ipv4(), PORT, 2.0)
        except SqlError as error:
            raise AssertionError(str(error)) from error
        rows = connection.query("SELECT 1")
        connection.close()
        return rows == [["1"]]

"""pgpool-II in front of a replication: detects failures, runs hooks, answers PCP. What Belay is a partner of."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path

from . import pcp
from .pgpool import PORT
from .postgres import PORT as POSTGRES_PORT
from .postgres import NotInstalled, own_directory, postgres_user
from .processes import Process, children_of, end_by_pid
from .replication import Replication
from .sqlclient import SqlClient, SqlError
from .topology import Machine
from .waiting import wait_for

_DEADLINE_S = 30.0

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
backend_clustering_mode = 'streaming_replication'
num_init_children = {children}
max_pool = 1
enable_pool_hba = off
load_balance_mode = off
health_check_period = 1
health_check_timeout = 2
health_check_max_retries = 0
health_check_user = 'postgres'
health_check_database = 'postgres'
sr_check_period = 1
sr_check_user = 'postgres'
sr_check_database = 'postgres'
search_primary_node_timeout = 15
failover_on_backend_error = off
use_watchdog = off
recovery_user = 'postgres'
connect_timeout = 2000
"""


class StreamingPgpool:
    """pgpool-II on one host, with a memory of its own for which database nodes are down (`pgpool_status`)."""

    def __init__(self, host: Machine, replication: Replication, directory: Path, hooks: Mapping[str, str],
                 children: int = 4) -> None:
        self.host = host
        self.pcp = pcp.Pcp(host)
        self._user = postgres_user()
        self.directory = own_directory(directory, self._user)
        self.pid_file = self.directory / "pgpool.pid"
        self.status_file = self.directory / "pgpool_status"
        program = shutil.which("pgpool", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if program is None:
            raise NotInstalled("no pgpool: install the package pgpool2")
        lines = [_CONFIGURATION.format(port=PORT, pcp_port=pcp.PORT, directory=self.directory, children=children)]
        for server in replication.servers:
            lines.append(f"backend_hostname{server.number} = '{server.machine.ipv4()}'\n"
                         f"backend_port{server.number} = {POSTGRES_PORT}\nbackend_weight{server.number} = 1\n"
                         f"backend_data_directory{server.number} = '{server.data}'\n"
                         f"backend_flag{server.number} = 'ALLOW_TO_FAILOVER'\n")
        lines += [f"{name} = '{command}'\n" for name, command in hooks.items()]
        settings = self.directory / "pgpool.conf"
        settings.write_text("".join(lines), encoding="ascii")
        (self.directory / "pcp.conf").write_text(pcp.password_line(), encoding="ascii")
        for name in ("pool_hba.conf", "pool_passwd"):
            (self.directory / name).touch()
        self._arguments = [program, "-n", "-f", str(settings), "-F", str(self.directory / "pcp.conf"), "-a",
                           str(self.directory / "pool_hba.conf")]
        self._process: Process | None = None

    def start(self) -> None:
        assert self._process is None, "pgpool-II runs already"
        for leftover in [*self.directory.glob(".s.*"), self.pid_file]:
            leftover.unlink(missing_ok=True)
        self._process = Process(f"pgpool-{self.host.name}", self._arguments, namespace_path=self.host.namespace.path,
                                user=self._user, log_path=self.directory / "pgpool.log", directory=self.directory)

    def wait_until_ready(self) -> None:
        wait_for(f"pgpool-II on {self.host.name} answers PCP and has a primary", lambda: self.pcp.primary() is not None,
                 _DEADLINE_S, pause_s=0.2)

    def signal(self, number: int) -> None:
        """To the parent and all its children, which it would otherwise leave running."""
        assert self._process is not None
        for pid in [self._process.pid, *children_of(self._process.pid)]:
            os.kill(pid, number)

    def kill(self) -> None:
        assert self._process is not None
        children = children_of(self._process.pid)
        self._process.send(signal.SIGKILL)
        self._process.wait(_DEADLINE_S)
        self._process = None
        end_by_pid(children)

    def stop(self) -> None:
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

    def pool_nodes(self) -> list[tuple[str, str]]:
        """Status and role of each database node, as SHOW pool_nodes has it."""
        try:
            connection = SqlClient(self.host, self.host.ipv4(), PORT, 5.0)
            try:
                return [(str(row[3]), str(row[6])) for row in connection.query("SHOW pool_nodes")]
            finally:
                connection.close()
        except SqlError as error:
            raise AssertionError(f"pgpool-II on {self.host.name}: {error}") from error

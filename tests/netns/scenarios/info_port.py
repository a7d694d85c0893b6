"""Strangers on the info port: silent, noisy, or announcing a huge message. Each costs a session and a counter."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from lab.cluster import Cluster
from lab.configuration import INFO_PORT
from lab.waiting import wait_for

from .case import ScenarioCase

_STRANGERS = 40
_GROWTH_MAX_KIB = 8 * 1024


class InfoPort(ScenarioCase):
    def setUp(self) -> None:
        super().setUp()
        self.strangers: list[socket.socket] = []
        self.addCleanup(self.leave)

    def test_silent_clients(self) -> None:
        self.costs_nothing(b"")

    def test_garbage(self) -> None:
        self.costs_nothing(secrets.token_bytes(4096))

    def test_huge_length_in_the_tls_record(self) -> None:
        self.costs_nothing(b"\x16\x03\x03\xff\xff" + bytes(60_000))

    def test_length_without_tls(self) -> None:
        self.costs_nothing(b"\xff\xff\xff\xff{" + b"[" * 10_000)

    def test_half_a_client_hello(self) -> None:
        self.costs_nothing(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + secrets.token_bytes(32))

    def test_come_and_go(self) -> None:
        cluster, holder = self.running_cluster()
        began = self.now_ns()
        for _ in range(200):
            self.connect(cluster, holder, b"x")
            self.leave()
        self.unharmed(cluster, holder, began)

    def costs_nothing(self, data: bytes) -> None:
        """Many such clients at the holder, while a node joins anew: it is let in, and the VIP does not move."""
        cluster, holder = self.running_cluster()
        began, before = self.now_ns(), resident_kib(cluster, holder)
        for _ in range(_STRANGERS):
            self.connect(cluster, holder, data)
        self.unharmed(cluster, holder, began)
        grown = resident_kib(cluster, holder) - before
        self.note(f"{_STRANGERS} strangers: resident memory grew by {grown} KiB")
        self.assertLess(grown, _GROWTH_MAX_KIB)

    def unharmed(self, cluster: Cluster, holder: str, began_ns: int) -> None:
        let_a_node_in(cluster, holder)
        self.assert_undisturbed(holder, began_ns)

    def connect(self, cluster: Cluster, holder: str, data: bytes) -> None:
        """One more stranger, from the client's machine; being turned away is no failure."""
        stranger = self.lab.topology.client.socket(socket.AF_INET, socket.SOCK_STREAM)
        stranger.settimeout(2)
        self.strangers.append(stranger)
        try:
            stranger.connect((cluster[holder].host.ipv4(), INFO_PORT))
            stranger.sendall(data)
        except OSError:
            return

    def leave(self) -> None:
        while self.strangers:
            self.strangers.pop().close()


def let_a_node_in(cluster: Cluster, holder: str) -> None:
    """A standby ends, comes anew, and becomes eligible: nobody keeps it from the info port."""
    standby = cluster.others(holder)[0]
    cluster[standby].terminate()
    cluster[standby].wait_for_exit()
    cluster[standby].start()
    cluster.wait_until_agreed_on(holder, among=cluster.names)
    wait_for(f"{standby} is eligible",
             lambda: all(node["eligible"] for node in cluster[holder].status()["nodes"]), 10)


def status_kib(pid: int, field: str) -> int:
    """A size in /proc/PID/status, such as VmRSS."""
    text = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(f"{field}:"))


def resident_kib(cluster: Cluster, name: str) -> int:
    return status_kib(cluster[name].pid, "VmRSS")

"""More than a host is made for: a flood, clients without end, and no descriptors, no room on the disk or no memory
left. None of it moves a VIP, but for the daemon that dies of it, which another one replaces.
"""

from __future__ import annotations

import contextlib
import os
import resource
import secrets
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

from lab import bounds
from lab.capture import record_datagrams
from lab.cluster import Cluster
from lab.configuration import HEARTBEAT_PORT, INFO_PORT
from lab.observers import Agent
from lab.waiting import stays, wait_for

from .case import ScenarioCase
from .info_port import let_a_node_in, resident_kib, status_kib
from .views import more_rejections, rejections

_PACKETS_PER_S = 100_000
_SENDERS = 2
_FLOOD_S = 30.0
_FORGED_FRAMES = 500
_STRANGER_IP = "10.77.0.66"
_CONNECTIONS = 1000
_DRIBBLERS = 100
_NEVER_READING = 200
_GROWTH_MAX_KIB = 16 * 1024


class OverloadCase(ScenarioCase):
    def still_serves(self, cluster: Cluster, holder: str, began_ns: int) -> None:
        cluster.wait_until_agreed_on(holder)
        self.assert_undisturbed(holder, began_ns)

    def grown_by(self, cluster: Cluster, name: str, before_kib: int, most_kib: int) -> None:
        grown = resident_kib(cluster, name) - before_kib
        self.note(f"resident memory of {name} grew by {grown} KiB")
        self.assertLess(grown, most_kib)


class Flood(OverloadCase):
    """Forged heartbeats: of a node, with a wrong MAC, which costs the receiver most; of a stranger; cut short."""

    addresses_may_overlap = True  # a killed daemon leaves its VIP behind, silent

    def test_no_role_changes(self) -> None:
        cluster, holder = self.running_cluster()
        term = cluster[holder].status()["term"]
        memory, before = resident_kib(cluster, holder), rejections(cluster[holder].status())
        began = self.now_ns()
        self.begin(cluster, holder, holder)
        stays("its holder holds", lambda: cluster[holder].role() == "active", _FLOOD_S)
        sent = self.end()
        counted = sum(more_rejections(before, rejections(cluster[holder].status())).values())
        self.note(f"{counted} of them were counted")
        self.assertGreater(counted, sent // 10, "the flood did not reach the daemon")
        self.still_serves(cluster, holder, began)
        self.assertEqual(cluster[holder].status()["term"], term)
        self.grown_by(cluster, holder, memory, _GROWTH_MAX_KIB)

    def test_a_holder_that_dies_meanwhile_is_replaced_in_time(self) -> None:
        cluster, holder = self.running_cluster()
        self.begin(cluster, holder, cluster.others(holder)[0])
        stays("its holder holds", lambda: cluster[holder].role() == "active", 2)
        fault = self.now_ns()
        cluster[holder].kill()
        self.assert_taken_over(cluster, holder, fault, bounds.takeover_ms(cluster.configuration))
        self.end()

    def end(self) -> int:
        """How many were sent."""
        done = [flood.request("end") for flood in self.floods]
        for flood in self.floods:
            flood.kill()
        sent = sum(each["sent"] for each in done)
        self.note(f"{sent / done[0]['seconds']:.0f} packets a second for {done[0]['seconds']:.0f} s")
        return int(sent)

    def begin(self, cluster: Cluster, sender: str, victim: str) -> None:
        """Frames that look like what the `sender` sends to others, or others to it, to the victim."""
        source = cluster.others(victim)[0] if sender == victim else sender
        genuine = next(datagram for datagram in record_datagrams(
            self.lab.topology, cluster[source].host, HEARTBEAT_PORT, 20)
            if datagram.destination_ip == cluster[victim].host.ipv4())
        size = len(genuine.payload)
        forged = []
        for _ in range(_FORGED_FRAMES // 4):
            changed = genuine.with_payload(genuine.payload[:-8] + secrets.token_bytes(8))
            short = genuine.with_payload(genuine.payload[:size // 2])
            forged += [changed, changed, changed.from_ip(_STRANGER_IP), short]
        to, observer = cluster[victim].host, self.lab.topology.observer
        frames = self.lab.directory / "frames"
        frames.write_text("\n".join(datagram.frame(to.mac(0), observer.mac(0)).hex() for datagram in forged), "ascii")
        self.floods = [Agent("flood", observer, {"interface": "eth0", "rate_per_s": _PACKETS_PER_S // _SENDERS,
                                                 "frames": str(frames)}, self.lab.directory) for _ in range(_SENDERS)]
        for flood in self.floods:
            self.lab.at_close(flood.kill)


class Clients(OverloadCase):
    def setUp(self) -> None:
        super().setUp()
        self.sockets: list[socket.socket] = []
        self.addCleanup(self.leave)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * _CONNECTIONS), hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))

    def leave(self) -> None:
        while self.sockets:
            self.sockets.pop().close()

    def test_a_thousand_idle_connections_to_the_info_port(self) -> None:
        cluster, holder = self.running_cluster()
        began, memory = self.now_ns(), resident_kib(cluster, holder)
        for _ in range(_CONNECTIONS):
            self.connect_to_info(cluster, holder)
        let_a_node_in(cluster, holder)
        self.still_serves(cluster, holder, began)
        self.grown_by(cluster, holder, memory, _GROWTH_MAX_KIB)

    def test_handshakes_that_come_a_byte_at_a_time(self) -> None:
        cluster, holder = self.running_cluster()
        began, memory = self.now_ns(), resident_kib(cluster, holder)
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + secrets.token_bytes(490)
        sent = {self.connect_to_info(cluster, holder): 0 for _ in range(_DRIBBLERS)}

        def dribble() -> bool:
            for stranger, position in sent.items():
                with contextlib.suppress(OSError):  # it was turned away
                    stranger.send(hello[position:position + 1])
                    sent[stranger] = position + 1
            return cluster[holder].role() == "active"

        stays("its holder holds", dribble, 10)
        let_a_node_in(cluster, holder)
        self.still_serves(cluster, holder, began)
        self.grown_by(cluster, holder, memory, _GROWTH_MAX_KIB)

    def test_clients_of_the_control_socket_that_never_read(self) -> None:
        cluster, holder = self.running_cluster()
        began, memory = self.now_ns(), resident_kib(cluster, holder)
        for _ in range(_NEVER_READING):
            self.sockets.append(asks_and_never_reads(cluster, holder))
        observed = cluster.others(holder)[0]
        stays(f"{observed} sees its holder", lambda: cluster[observed].status()["holder"] == holder, 3)
        self.assertIn("too many clients", cluster[holder].command("status").words())
        self.grown_by(cluster, holder, memory, _GROWTH_MAX_KIB)
        self.leave()
        self.still_serves(cluster, holder, began)

    def connect_to_info(self, cluster: Cluster, holder: str) -> socket.socket:
        """Being turned away is no failure."""
        stranger = self.lab.topology.client.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sockets.append(stranger)
        stranger.settimeout(2)
        with contextlib.suppress(OSError):
            stranger.connect((cluster[holder].host.ipv4(), INFO_PORT))
        stranger.setblocking(False)
        return stranger


class Exhausted(OverloadCase):
    def holder_within(self, kind: int, most: Callable[[int], int]) -> tuple[Cluster, str]:
        """A holder with a limit of that kind, which is made from the process id of one that has none."""
        cluster, free = self.running_cluster()
        limited = cluster.others(free)[0]
        limit = most(cluster[free].pid)
        cluster[limited].terminate()
        cluster[limited].wait_for_exit()
        cluster[limited].before_start = lambda: resource.setrlimit(kind, (limit, limit))
        cluster[limited].start()
        cluster.wait_until_agreed_on(free, among=cluster.names)
        moved = cluster[free].command("switchover", "--to", limited, "--wait")
        self.assertEqual(moved.exit_code, 0, moved.words())
        cluster.wait_until_agreed_on(limited, among=cluster.names)
        return cluster, limited

    def test_no_descriptors_left(self) -> None:
        cluster, holder = self.holder_within(resource.RLIMIT_NOFILE, lambda pid: len(os.listdir(f"/proc/{pid}/fd")) + 2)
        began, pid = self.now_ns(), cluster[holder].pid
        strangers = []
        for _ in range(20):
            strangers.append(self.lab.topology.client.socket(socket.AF_INET, socket.SOCK_STREAM))
            strangers[-1].settimeout(2)
            with contextlib.suppress(OSError):
                strangers[-1].connect((cluster[holder].host.ipv4(), INFO_PORT))
        wait_for("it says so", lambda: "Too many open files" in cluster[holder].log_text(), 5)
        cpu = cpu_seconds(pid)
        observed = cluster.others(holder)[0]
        stays(f"{observed} sees its holder", lambda: cluster[observed].status()["holder"] == holder, 2)
        burnt = cpu_seconds(pid) - cpu
        self.note(f"{burnt:.2f} s of processor in 2 s")
        self.assertLess(burnt, 1, "it tries again and again without a pause")
        for stranger in strangers:
            stranger.close()
        wait_for("it answers again", lambda: cluster[holder].status()["role"] == "active", 10)
        self.still_serves(cluster, holder, began)

    def test_no_room_on_the_disk(self) -> None:
        """A runtime directory that is full: what must be remembered is not, and who asked for it is told."""
        cluster = self.make_cluster()
        filled = {name: self.small_disk(cluster, name) for name in cluster.names}
        cluster.start()
        holder = cluster.wait_for_one_active()
        began = self.now_ns()
        for filler in filled.values():
            fill(filler)
        standby = cluster.others(holder)[0]
        on = cluster[standby].command("maintenance", "on")
        self.assertEqual(on.exit_code, 0, on.words())
        self.assertRegex(" ".join(on.words().split()),
                         "but a restart of the daemon forgets that: .*No space left on device")
        off = cluster[standby].command("maintenance", "off")
        self.assertEqual(off.exit_code, 0, off.words())
        self.still_serves(cluster, holder, began)
        cluster[standby].kill()
        filled[standby].unlink()
        cluster[standby].start()
        cluster.wait_until_agreed_on(holder, among=cluster.names)
        self.still_serves(cluster, holder, began)

    def small_disk(self, cluster: Cluster, name: str) -> Path:
        directory = cluster[name].runtime_directory
        owner = directory.stat()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size=64k,mode=0750,uid={owner.st_uid},gid={owner.st_gid}",
                        "belay-lab", str(directory)], check=True)
        self.lab.at_close(lambda: subprocess.run(["umount", "--lazy", str(directory)], check=True))
        return directory / "filler"

    def test_no_memory_left(self) -> None:
        """The daemon ends, in good order, and is replaced."""
        cluster, holder = self.holder_within(resource.RLIMIT_DATA, lambda pid: status_kib(pid, "VmData") * 1024)
        clients = []

        def asked_to_death() -> bool:
            with contextlib.suppress(OSError, AssertionError):
                clients.append(asks_and_never_reads(cluster, holder))
            return not cluster[holder].running()

        wait_for("it ends", asked_to_death, 10)
        for client in clients:
            client.close()
        self.assertEqual(cluster[holder].wait_for_exit(), 1, cluster[holder].log_text()[-500:])
        self.assertIn("fatal problem=", cluster[holder].log_text())
        cluster.wait_for_one_active()


def asks_and_never_reads(cluster: Cluster, name: str) -> socket.socket:
    """A client of the control socket."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.connect(str(cluster[name].runtime_directory / "control.sock"))
    client.setblocking(False)
    with contextlib.suppress(OSError):  # turned away, or its queue is full: that is what is wanted
        for _ in range(1000):
            client.send(b'{"command":"status"}\n')
    return client


def fill(path: Path) -> None:
    """To the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

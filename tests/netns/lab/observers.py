"""The lab's side of the observers: what the network and a client see, whatever the daemons say of themselves."""

from __future__ import annotations

import json
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .processes import Process
from .timeline import Probe, Timeline
from .topology import CHANNEL_COUNT, Machine, Topology
from .waiting import wait_for

ECHO_PORT = 7777
_LIBRARY = Path(__file__).resolve().parent.parent
_ANSWER_DEADLINE_S = 20.0


class Agent:
    """One of lab/agents, running in a machine."""

    def __init__(self, module: str, machine: Machine, settings: dict[str, Any], log_directory: Path) -> None:
        name = f"{module}-{machine.name}"
        self._process = Process(
            name, [sys.executable, "-S", "-m", f"lab.agents.{module}", json.dumps(settings)],
            namespace_path=machine.namespace.path, log_path=log_directory / f"{name}.log", directory=_LIBRARY,
            environment={"PYTHONDONTWRITEBYTECODE": "1"}, piped=True)
        self._receive()

    def request(self, line: str) -> Any:
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._receive()

    def kill(self) -> None:
        self._process.kill()

    def _receive(self) -> Any:
        if not select.select([self._process.stdout], [], [], _ANSWER_DEADLINE_S)[0]:
            raise RuntimeError(f"{self._process.name} does not answer: {self._process.log_text()}")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.name} ended: {self._process.log_text()}")
        return json.loads(line)


class Echo(Agent):
    """The UDP service of one host."""

    def __init__(self, host: Machine, log_directory: Path) -> None:
        super().__init__("echo", host, {"name": host.name, "port": ECHO_PORT}, log_directory)


class Prober(Agent):
    """A client that asks one VIP every millisecond."""

    def __init__(self, client: Machine, address: str, log_directory: Path, interval_ms: float = 1.0) -> None:
        super().__init__("prober", client, {"address": address, "port": ECHO_PORT, "interval_ms": interval_ms},
                         log_directory)

    def timeline(self, since_ns: int = 0) -> Timeline:
        return Timeline([Probe(*row) for row in self.request(str(since_ns))])

    def wait_for_answer_of(self, name: str, deadline_s: float = 5.0) -> None:
        """Until `name`, and nobody else, answers."""
        def answered() -> bool:
            answers = self.timeline(time.monotonic_ns() - 100_000_000).answered_by()
            return bool(answers) and answers[-1] == name

        wait_for(f"the client is answered by {name}", answered, deadline_s)


@dataclass(frozen=True)
class WatchedVip:
    address: str
    channel: int
    """Index of the bridge on which it is asked for."""


class ArpObserver(Agent):
    """Who answers ARP and neighbour solicitations for the VIPs, at any time since its start."""

    def __init__(self, topology: Topology, vips: Sequence[WatchedVip], log_directory: Path,
                 interval_ms: float = 5.0) -> None:
        observer = topology.observer
        bridges = [{"channel": channel, "interface": f"eth{channel}", "ipv4": observer.ipv4(channel),
                    "ipv6": observer.ipv6(channel)} for channel in range(CHANNEL_COUNT)]
        settings = {"bridges": bridges, "vips": [vars(vip) for vip in vips], "interval_ms": interval_ms}
        super().__init__("arp_observer", observer, settings, log_directory)
        self._topology = topology
        self._interval_ns = interval_ms * 1e6

    def report(self) -> dict[str, Any]:
        return dict(self.request("report"))

    def answering(self, address: str) -> str | None:
        """The machine that answered the last questions for `address`; None when nobody did."""
        report = self.report()
        seen = report["seen"].get(address)
        if seen is None or report["now_ns"] - seen["last_answer_ns"] > 10 * self._interval_ns:
            return None
        return self.name_of(seen["mac"])

    def violations(self) -> list[str]:
        """Each question that two machines answered, in words. Empty: at most one holder, as the network saw it."""
        texts = []
        for violation in self.report()["violations"]:
            answers = ", ".join(f"{self.name_of(mac)} after {(at - violation['asked_ns']) / 1e6:.3f} ms"
                                for mac, at in violation["answers"].items())
            texts.append(f"{violation['address']} asked at {violation['asked_ns'] / 1e9:.6f} s: {answers}")
        return texts

    def name_of(self, mac: str) -> str:
        """The machine that has the MAC address."""
        return self._topology.machine_with_mac(bytes.fromhex(mac.replace(":", "")))

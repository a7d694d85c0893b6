"""A client that asks the database through the VIP all the time, with a new connection for each query."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from lab.sqlclient import SqlError, ask_who_serves
from lab.timeline import Probe, Timeline
from lab.topology import Machine

# An attempt that meets a dead host must be given up: TCP itself asks again after one second only.
_ATTEMPT_TIMEOUT_S = 0.1
_PAUSE_AFTER_REFUSAL_S = 0.002


class SqlWatch:
    """Owns one thread, from its making until `stop`. Every method may be called from any thread."""

    def __init__(self, client: Machine, address: str, port: int, hosts: Sequence[Machine]) -> None:
        self._target = (client, address, port, list(hosts))
        self._probes: list[Probe] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask_for_ever, name="sql-watch", daemon=True)
        self._thread.start()

    def timeline(self, since_ns: int = 0) -> Timeline:
        return Timeline([probe for probe in list(self._probes) if probe.sent_ns >= since_ns])

    def answered_by(self) -> str | None:
        """The host that answered the latest query; None when it was not answered."""
        return (self._probes[-1].by or None) if self._probes else None

    def counts(self) -> tuple[int, int]:
        """Queries answered, and attempts without an answer."""
        probes = list(self._probes)
        answered = sum(bool(probe.by) for probe in probes)
        return answered, len(probes) - answered

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _ask_for_ever(self) -> None:
        client, address, port, hosts = self._target
        while not self._ended.is_set():
            sent_ns = time.monotonic_ns()
            try:
                answer = ask_who_serves(client, address, port, hosts, _ATTEMPT_TIMEOUT_S)
                self._probes.append(Probe(sent_ns, answer.answered_ns, answer.host))
            except SqlError:
                self._probes.append(Probe(sent_ns, 0, ""))
                self._ended.wait(_PAUSE_AFTER_REFUSAL_S)

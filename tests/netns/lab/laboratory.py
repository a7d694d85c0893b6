"""A lab in one value: the network, its faults, the observers, a directory; and its removal in all circumstances."""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from . import kernel, namespaces
from .address_watch import AddressWatch
from .configuration import Vip
from .faults import Faults
from .observers import ArpObserver, Echo, Prober
from .topology import Topology

_open_labs: list[Laboratory] = []


class Laboratory:
    """Hosts alpha, beta, … with an echo service each, a client that probes every VIP, and the always-on observers.

    Anything else that a scenario starts is registered with `at_close`, and ended before the network goes.
    """

    def __init__(self, vips: Sequence[Vip], host_count: int = 3, arp_interval_ms: float = 5.0) -> None:
        self._endings: list[Callable[[], None]] = []
        self.keep_directory = False
        self.directory = Path(tempfile.mkdtemp(prefix="belay-lab-"))
        self.directory.chmod(0o755)
        _open_labs.append(self)
        try:
            self.topology = Topology(host_count)
            self.at_close(self.topology.remove)
            self.hosts = self.topology.hosts
            self.vips = list(vips)
            self.faults = Faults(self.topology)
            self.at_close(self.faults.close)
            self.addresses = AddressWatch(self.hosts, [vip.address for vip in vips])
            self.at_close(self.addresses.close)
            for host in self.hosts:
                self.at_close(Echo(host, self.directory).kill)
            self.arp = ArpObserver(self.topology, [vip.watched() for vip in vips], self.directory, arp_interval_ms)
            self.at_close(self.arp.kill)
            self.probers: dict[str, Prober] = {}
            for vip in vips:
                self.probers[vip.address] = Prober(self.topology.client, vip.address, self.directory)
                self.at_close(self.probers[vip.address].kill)
        except BaseException:
            self.close()
            raise

    def at_close(self, ending: Callable[[], None]) -> None:
        """The last registered is run first."""
        self._endings.append(ending)

    def make_directory(self, name: str) -> Path:
        """A new folder of the lab's own; anybody may enter it."""
        path = self.directory / name
        path.mkdir(mode=0o755, parents=True)
        return path

    def stop_observing(self) -> None:
        """No more questions from outside, for measurements of daemons at rest: each one wakes who listens to ARP."""
        self.arp.kill()
        for prober in self.probers.values():
            prober.kill()

    def close(self) -> None:
        """Ends everything. A part that fails to end does not keep the others from it. May be called twice."""
        if self in _open_labs:
            _open_labs.remove(self)
        while self._endings:
            ending = self._endings.pop()
            try:
                ending()
            except Exception as error:  # noqa: BLE001 (the rest must be ended too)
                print(f"lab: {ending.__qualname__}: {error}", file=sys.stderr)
        if not self.keep_directory:
            shutil.rmtree(self.directory, ignore_errors=True)


def prepare_process() -> None:
    """Once per program that uses a lab: checks that a lab is possible (namespaces.Impossible), removes what killed runs
    left, and sees to it that this one leaves nothing, at its end as well as at a signal.
    """
    namespaces.require_possible()
    namespaces.sweep_stale()
    kernel.adopt_orphans()
    os.environ["LC_ALL"] = "C.UTF-8"
    atexit.register(_close_all)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _exit_by_signal)


def _exit_by_signal(number: int, _frame: FrameType | None) -> None:
    # Not SystemExit: unittest takes that for the failure of one test, and goes on with the next.
    raise KeyboardInterrupt(f"signal {number}")


def _close_all() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        for lab in list(_open_labs):
            lab.close()

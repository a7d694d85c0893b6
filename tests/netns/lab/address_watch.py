"""Which hosts have which VIP, from rtnetlink: now, and the whole history since the start.

One thread reads the news of all namespaces. The order in which it reads two sockets says nothing about the order of
two events, so news are taken in batches: when an address has come in one namespace after it went in another one, the
loss is in the batch of the gain, or in an earlier one. Within a batch losses count as earlier. So every overlap that
is reported was real.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from . import rtnetlink
from .topology import Machine


@dataclass(frozen=True)
class Change:
    """At `at_ns` (monotonic) `host` got or lost `address`."""

    at_ns: int
    host: str
    address: str
    present: bool


@dataclass(frozen=True)
class Overlap:
    """Two hosts had `address` at once."""

    address: str
    hosts: tuple[str, ...]
    length_ms: float


class AddressWatch:
    """Owns one thread. Every method may be called from any thread."""

    def __init__(self, hosts: Iterable[Machine], vips: Iterable[str]) -> None:
        self._vips = frozenset(vips)
        self._lock = threading.Lock()
        self._changes: list[Change] = []
        self._news_sockets: dict[socket.socket, str] = {}
        self._dump_sockets: dict[str, socket.socket] = {}
        self._holders: dict[str, set[str]] = {vip: set() for vip in self._vips}
        for host in hosts:
            self._news_sockets[rtnetlink.open_socket(host.namespace.path, watch_addresses=True)] = host.name
            self._dump_sockets[host.name] = rtnetlink.open_socket(host.namespace.path)
        for name, handle in self._dump_sockets.items():
            for vip in rtnetlink.addresses(handle) & self._vips:
                self._holders[vip].add(name)
                self._changes.append(Change(time.monotonic_ns(), name, vip, True))
        self._wake, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._read_all, name="address-watch", daemon=True)
        self._thread.start()

    def hosts_with(self, vip: str) -> list[str]:
        """Straight from the kernel: the names of the hosts that have the address now."""
        with self._lock:
            return [name for name, handle in self._dump_sockets.items() if vip in rtnetlink.addresses(handle)]

    def changes(self, vip: str | None = None) -> list[Change]:
        with self._lock:
            return [change for change in self._changes if vip in (None, change.address)]

    def lost_at_ns(self, host: str, vip: str, since_ns: int) -> int | None:
        """When `host` lost the address, after `since_ns`; None if it has not."""
        return self._first(host, vip, since_ns, present=False)

    def gained_at_ns(self, host: str, vip: str, since_ns: int) -> int | None:
        return self._first(host, vip, since_ns, present=True)

    def overlaps(self) -> list[Overlap]:
        """All times at which two hosts had one VIP. One that still lasts is counted until now."""
        found = []
        for vip in sorted(self._vips):
            holders: set[str] = set()
            began = 0
            for change in self.changes(vip):
                if len(holders) > 1:
                    found.append(Overlap(vip, tuple(sorted(holders)), (change.at_ns - began) / 1e6))
                (holders.add if change.present else holders.discard)(change.host)
                began = change.at_ns
            if len(holders) > 1:
                found.append(Overlap(vip, tuple(sorted(holders)), (time.monotonic_ns() - began) / 1e6))
        return found

    def close(self) -> None:
        self._stop.close()
        self._thread.join()
        for handle in (*self._news_sockets, *self._dump_sockets.values(), self._wake):
            handle.close()

    def _first(self, host: str, vip: str, since_ns: int, present: bool) -> int | None:
        times = [change.at_ns for change in self.changes(vip)
                 if change.host == host and change.present == present and change.at_ns > since_ns]
        return times[0] if times else None

    def _read_all(self) -> None:
        while True:
            readable = select.select([self._wake, *self._news_sockets], [], [])[0]
            if self._wake in readable:
                return
            self._take_batch()

    def _take_batch(self) -> None:
        """Reads until a whole round over all sockets brings nothing new, then keeps the changes: each host's in their
        order, and between hosts losses first.
        """
        queues: dict[str, deque[rtnetlink.AddressNews]] = {name: deque() for name in self._news_sockets.values()}
        more = True
        while more:
            more = False
            for handle, name in self._news_sockets.items():
                news = rtnetlink.read_address_news(handle)
                queues[name].extend(news)
                more = more or bool(news)
        now = time.monotonic_ns()
        with self._lock:
            while waiting := [name for name, queue in queues.items() if queue]:
                name = next((name for name in waiting if not queues[name][0].present), waiting[0])
                self._keep(now, name, queues[name].popleft())

    def _keep(self, at_ns: int, host: str, news: rtnetlink.AddressNews) -> None:
        holders = self._holders.get(news.address)
        # A refreshed lifetime is told as a new address too: only changes are kept.
        if holders is None or (host in holders) == news.present:
            return
        (holders.add if news.present else holders.discard)(host)
        self._changes.append(Change(at_ns, host, news.address, news.present))

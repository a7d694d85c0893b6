"""What a campaign holds against the cluster, all of it seen from outside: two answers to one ARP question, two hosts
that answer the client in turns, an address that nobody serves, a daemon that ended by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from lab.cluster import Cluster
from lab.laboratory import Laboratory
from lab.timeline import Probe

OBSERVER_INTERVAL_MS = 2.0


def client_returns(probes: Sequence[Probe], within_ns: int) -> list[str]:
    """Each time at which a host answered the client, then another one, and then the first one again within
    `within_ns`. A host that gave the VIP away cannot have it again before a lease is over, so both served at once.
    """
    texts = []
    answered = [probe for probe in probes if probe.answered_ns]
    runs: list[list[Probe]] = []  # the first and the last answer of each host's turn
    for probe in answered:
        if runs and runs[-1][0].by == probe.by:
            runs[-1][1] = probe
        else:
            runs.append([probe, probe])
    for before, between, after in zip(runs, runs[1:], runs[2:], strict=False):
        left, came_back = before[1], after[0]
        if left.by == came_back.by and came_back.answered_ns - left.sent_ns < within_ns:
            turns = ", ".join(f"{probe.by} ({probe.sent_ns / 1e9:.6f} s)" for probe in (left, between[0], came_back))
            texts.append(f"the client was answered by three in turn, of which two are one: {turns}")
    return texts


class Watch:
    """The observers of one lab, asked for what must never be. Owned by the campaign."""

    def __init__(self, lab: Laboratory, lease_ms: int) -> None:
        self._lab = lab
        self._within_ns = lease_ms * 1_000_000 // 2
        self._looked_until_ns = 0

    def violations(self, now_ns: int) -> list[str]:
        """Since the last call: everything that breaks "one holder". `now_ns` is the monotonic clock."""
        texts = self._lab.arp.violations()
        since_ns = max(self._looked_until_ns - 2 * self._within_ns, 0)
        self._looked_until_ns = now_ns
        for prober in self._lab.probers.values():
            texts += client_returns(prober.timeline(since_ns).probes, self._within_ns)
        return texts

    def double_addresses(self) -> list[str]:
        """For information: kernels that had one VIP at once. Behind a closed fence an address is harmless."""
        return [f"{overlap.address} on {' and '.join(overlap.hosts)} for {overlap.length_ms:.1f} ms"
                for overlap in self._lab.addresses.overlaps()]


def served_by_one(cluster: Cluster) -> str:
    """The host that alone has, announces and serves every VIP; an AssertionError says why there is none."""
    hosts = cluster.hosts_with_vip()
    assert len(hosts) == 1, f"hosts with a VIP: {sorted(hosts) or 'none'}"
    name = hosts.pop()
    cluster.served_by(name)
    return name

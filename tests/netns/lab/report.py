"""Everything that helps to understand a failed scenario, as text."""

from __future__ import annotations

from collections.abc import Iterator

from .cluster import Cluster
from .laboratory import Laboratory
from .namespaces import run

_LOG_LINES = 40
_CHANGES = 20


def describe(lab: Laboratory, cluster: Cluster | None) -> str:
    """States, logs, addresses, neighbours and the observers' histories. Never raises: a part that fails says so."""
    parts = [*_cluster_parts(cluster), *_lab_parts(lab)] if cluster else list(_lab_parts(lab))
    return "\n".join(f"--- {title}\n{_text_of(body)}" for title, body in parts)


def _text_of(body: object) -> str:
    try:
        return str(body() if callable(body) else body).rstrip()
    except Exception as error:  # noqa: BLE001 (a report of a failure must not fail)
        return f"(not available: {error})"


def _cluster_parts(cluster: Cluster) -> Iterator[tuple[str, object]]:
    for name, daemon in cluster.daemons.items():
        if daemon.running():
            yield f"belay status on {name}", lambda daemon=daemon: daemon.command("status", "--json").words()
            yield f"belay events on {name}", lambda daemon=daemon: daemon.command("events").words()
        yield f"end of the log of {name}", "\n".join(daemon.log_text().splitlines()[-_LOG_LINES:])


def _lab_parts(lab: Laboratory) -> Iterator[tuple[str, object]]:
    for machine in [*lab.hosts, lab.topology.client]:
        for what in ("address", "neighbour"):
            yield f"{what} on {machine.name}", lambda machine=machine, what=what: run(
                ["ip", "-brief", "-n", machine.namespace.name, what])
    yield "VIPs that came and went (rtnetlink)", lambda: "\n".join(
        f"{change.at_ns / 1e9:.6f} {change.host} {'+' if change.present else '-'} {change.address}"
        for change in lab.addresses.changes())
    yield "who answered for the VIPs (ARP, NS)", lambda: "\n".join(
        f"{address}: {seen['answered']} of {seen['asked']} questions answered; "
        + " -> ".join(f"{at_ns / 1e9:.6f} {lab.arp.name_of(mac)}" for at_ns, mac in seen["changes"][:_CHANGES])
        for address, seen in lab.arp.report()["seen"].items())
    for address, prober in lab.probers.items():
        yield f"who answered the client of {address}", lambda prober=prober: " -> ".join(
            prober.timeline().answered_by())

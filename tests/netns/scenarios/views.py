"""Reading `belay status --json`."""

from __future__ import annotations

from typing import Any

from lab.cluster import Cluster


def node_seen(cluster: Cluster, by: str, of: str) -> dict[str, Any]:
    """The entry of node `of` in the status of `by`."""
    for node in cluster[by].status()["nodes"]:
        if node["name"] == of:
            return dict(node)
    raise AssertionError(f"{by} lists no node {of}")


def role_seen(cluster: Cluster, by: str, of: str) -> str:
    return str(node_seen(cluster, by, of)["role"])


def eligible(cluster: Cluster, by: str, of: str) -> bool:
    return bool(node_seen(cluster, by, of)["eligible"])


def channel_state(cluster: Cluster, by: str, of: str, channel: int) -> str:
    """`unheard`, `up` or `down`."""
    return str(node_seen(cluster, by, of)["channels"][channel]["state"])


def rejections(status: dict[str, Any]) -> dict[str, int]:
    """How many heartbeat packets were refused so far, by reason."""
    return {name: count for name, count in status["counters"].items() if name.startswith("heartbeat_rejected_")}


def channel_rejections(status: dict[str, Any], of: str, channel: int) -> int:
    """How many packets by the key of node `of` were refused on one channel."""
    return int(next(node for node in status["nodes"] if node["name"] == of)["channels"][channel]["rejected"])


def more_rejections(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Only what grew, and by how much."""
    return {reason: count - before.get(reason, 0) for reason, count in after.items() if count > before.get(reason, 0)}

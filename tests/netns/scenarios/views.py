"""Reading `belay status --json`."""

from __future__ import annotations

from collections.abc import Iterator
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
    """All counts of refused packets: those of no known sender (`counters`), and those of each channel."""
    trees = {"counters": status["counters"], **{node["name"]: node["channels"] for node in status["nodes"]}}
    return {path: count for path, count in _numbers("", trees) if "rejected" in path}


def more_rejections(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Only what grew, and by how much."""
    return {path: count - before.get(path, 0) for path, count in after.items() if count > before.get(path, 0)}


def _numbers(path: str, tree: object) -> Iterator[tuple[str, int]]:
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from _numbers(f"{path}/{name}", value)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _numbers(f"{path}/{index}", value)
    elif isinstance(tree, int) and not isinstance(tree, bool):
        yield path, tree

"""What running processes cost, from /proc, over a time in which nothing is asked of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

from figures import Rest
from lab.topology import Topology
from lab.waiting import let_pass


def leave_the_network_to_one(topology: Topology, pids: Iterable[int]) -> None:
    """Gives the last processor to the lab's network and the others to the daemons. Otherwise a daemon pays for the
    switch and for the kernels of those to whom it sends, which is a seventh of all that it seems to cost. With a single
    processor it stays so.
    """
    processors = sorted(os.sched_getaffinity(0))
    if len(processors) < 2:
        return
    topology.receive_on(processors[-1])
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), processors[:-1])


def processor_ns(pid: int) -> int:
    """Time on a processor of all threads so far (the first number of schedstat; `utime` counts in ticks of 10 ms)."""
    return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0])
               for task in Path(f"/proc/{pid}/task").iterdir())


def memory_mib(pid: int, kind: str) -> float:
    """`Rss` or `Pss` (shared pages counted in proportion)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{kind}:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"no {kind} in /proc/{pid}/smaps_rollup")


def measure_rest(pids: dict[str, int], roles: dict[str, str], seconds: float) -> list[Rest]:
    """One value per process, by node name."""
    began = time.monotonic()
    before = {name: processor_ns(pid) for name, pid in pids.items()}
    let_pass(seconds)
    elapsed_ns = (time.monotonic() - began) * 1e9
    return [Rest(name, roles[name], 100 * (processor_ns(pid) - before[name]) / elapsed_ns, memory_mib(pid, "Rss"),
                 memory_mib(pid, "Pss")) for name, pid in pids.items()]

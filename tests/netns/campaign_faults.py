"""The faults of a campaign. Each begins, says in words what it does, and takes itself back; what it picks comes from
the campaign's random numbers, so that a seed tells the story (its timing is the machine's).
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab.cluster import Cluster
from lab.daemon import EXIT_DONE
from lab.faults import BOTH, Direction
from lab.namespaces import run
from lab.processes import Process
from lab.services import PlainService
from lab.topology import Machine
from lab.waiting import wait_for

# Takes the processor away from one process: all its threads and a loop of real-time priority share one core.
_BURN = """
import os, sys, time
pid, seconds = int(sys.argv[1]), float(sys.argv[2])
core = min(os.sched_getaffinity(0))
threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]
before = {thread: os.sched_getaffinity(thread) for thread in threads}
for thread in (*threads, 0):
    os.sched_setaffinity(thread, {core})
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
end = time.monotonic() + seconds
while time.monotonic() < end:
    pass
for thread, cores in before.items():
    try:
        os.sched_setaffinity(thread, cores)
    except ProcessLookupError:
        pass
"""


@dataclass
class Stage:
    """What faults act on."""

    cluster: Cluster
    services: dict[str, PlainService]
    chance: random.Random
    holder: str
    """Who served when the fault was chosen: half of all faults meet it."""
    taken: set[str] = field(default_factory=set)
    """Hosts whose daemon a fault of this round has hit already: it cannot be asked, and may be hit once only (a hang
    together with a flush of its rules is outside of what DESIGN promises).
    """

    def pick(self) -> str:
        if self.chance.random() < 0.5:
            return self.holder
        return self.chance.choice(self.cluster.names)

    def pick_daemon(self) -> str:
        """One that no fault has hit."""
        name = self.pick()
        return name if name not in self.taken else self.chance.choice(self.cluster.others(*self.taken))

    def take_daemon(self) -> str:
        name = self.pick_daemon()
        self.taken.add(name)
        return name

    def machine(self, name: str) -> Machine:
        return self.cluster[name].host


@dataclass
class Begun:
    """A fault that runs: its story, and how to take it back."""

    words: str
    heal: Callable[[], None] = lambda: None


def _network(stage: Stage) -> Callable[[], None]:
    """All faults of the network end together."""
    def heal() -> None:
        stage.cluster.lab.faults.heal()

    return heal


def port_down(stage: Stage) -> Begun:
    name = stage.pick()
    channels = stage.chance.choice(((0,), (1,), (0, 1)))
    stage.cluster.lab.faults.port_down(stage.machine(name), channels)
    return Begun(f"ports {channels} of {name} down", _network(stage))


def link_flap(stage: Stage) -> Begun:
    name, times = stage.pick(), stage.chance.randint(1, 4)
    for _ in range(times):
        stage.cluster.lab.faults.port_down(stage.machine(name))
        stage.cluster.lab.faults.heal()
    return Begun(f"the links of {name} flapped {times} times")


def silent_cut(stage: Stage) -> Begun:
    name = stage.pick()
    channels = stage.chance.choice(((0,), (1,), (0, 1), (0, 1)))
    stage.cluster.lab.faults.silent_cut(stage.machine(name), channels)
    return Begun(f"{name} cut off silently on {channels}", _network(stage))


def one_way(stage: Stage) -> Begun:
    name, direction = stage.pick(), stage.chance.choice(BOTH)
    stage.cluster.lab.faults.silent_cut(stage.machine(name), directions=(direction,))
    words = f"nobody hears {name}" if direction is Direction.SENDS else f"{name} hears nobody"
    return Begun(f"one way: {words}", _network(stage))


def heartbeats_only(stage: Stage) -> Begun:
    """The worst of partitions: the hosts cannot talk, the clients reach all of them."""
    name = stage.pick()
    directions = stage.chance.choice((BOTH, (Direction.SENDS,), (Direction.HEARS,)))
    stage.cluster.lab.faults.silent_cut(stage.machine(name), directions=directions, match="udp dport 7940")
    return Begun(f"no heartbeat passes {name} ({', '.join(each.name for each in directions)}), clients do",
                 _network(stage))


def loss(stage: Stage) -> Begun:
    names = stage.chance.sample(stage.cluster.names, stage.chance.randint(1, len(stage.cluster.names)))
    percent = stage.chance.randint(5, 30)
    stage.cluster.lab.faults.silent_cut([stage.machine(name) for name in names], loss_percent=percent)
    return Begun(f"{percent} % loss at {', '.join(names)}", _network(stage))


def killed_and_restarted(stage: Stage) -> Begun:
    """As the unit does it: Restart=always, at once."""
    name = stage.take_daemon()
    stage.cluster[name].kill()
    stage.cluster[name].start()
    return Begun(f"belayd on {name} killed (SIGKILL) and started again")


def killed(stage: Stage) -> Begun:
    name = stage.take_daemon()
    stage.cluster[name].kill()
    return Begun(f"belayd on {name} killed (SIGKILL)", stage.cluster[name].start)


def stopped(stage: Stage) -> Begun:
    name = stage.take_daemon()
    pid = stage.cluster[name].pid
    os.kill(pid, signal.SIGSTOP)
    return Begun(f"belayd on {name} stopped (SIGSTOP)", lambda: os.kill(pid, signal.SIGCONT))


def starved(stage: Stage) -> Begun:
    name, seconds = stage.take_daemon(), stage.chance.uniform(0.2, 2.0)
    burner = Process("burner", [sys.executable, "-S", "-c", _BURN, str(stage.cluster[name].pid), str(seconds)])

    def heal() -> None:
        burner.wait(seconds + 10)

    return Begun(f"belayd on {name} starved for {seconds:.1f} s", heal)


def vip_deleted(stage: Stage) -> Begun:
    for vip in stage.cluster.lab.vips:
        line = f"address delete {vip.address}/{vip.prefix_length} dev {vip.interface}"
        try:
            stage.machine(stage.holder).namespace.ip_batch([line])
        except RuntimeError:
            return Begun(f"no {vip.address} on {stage.holder} to delete: it moved meanwhile")
    return Begun(f"the VIPs of {stage.holder} deleted by hand")


def addresses_flushed(stage: Stage) -> Begun:
    name = stage.pick()
    machine = stage.machine(name)
    interface = stage.cluster.lab.vips[0].interface
    channel = int(interface.removeprefix("eth"))
    try:
        machine.namespace.ip_batch([f"address flush dev {interface} scope global"])
        outcome = "flushed"
    except RuntimeError:
        outcome = "flushed ten times over"  # ip gives up: the daemon puts its VIPs back as fast

    def heal() -> None:
        machine.namespace.ip_batch([f"address replace {machine.ipv4(channel)}/16 dev {interface}",
                                    f"address replace {machine.ipv6(channel)}/64 dev {interface} nodad"])

    return Begun(f"all addresses of {interface} on {name} {outcome}", heal)


def rules_flushed(stage: Stage) -> Begun:
    name = stage.take_daemon()
    run(["ip", "netns", "exec", stage.machine(name).namespace.name, "nft", "flush", "ruleset"])
    return Begun(f"nftables of {name} flushed")


def service_dies(stage: Stage) -> Begun:
    name = stage.pick()
    service = stage.services[name]
    service.kill()
    return Begun(f"the service on {name} died", service.start)


def switchover(stage: Stage) -> Begun:
    target = stage.chance.choice(stage.cluster.others(stage.holder))
    if stage.holder in stage.taken:
        return Begun(f"no switchover: the daemon on {stage.holder} cannot be asked")
    result = stage.cluster[stage.holder].command("switchover", "--to", target)
    return Begun(f"switchover from {stage.holder} to {target}: exit {result.exit_code}")


def maintenance(stage: Stage) -> Begun:
    name = stage.pick_daemon()
    stage.cluster[name].command("maintenance", "on")

    def heal() -> None:
        wait_for(f"maintenance is off on {name}",
                 lambda: stage.cluster[name].command("maintenance", "off").exit_code == EXIT_DONE, 5)

    return Begun(f"maintenance on {name}", heal)


def reload(stage: Stage) -> Begun:
    priorities = {name: stage.chance.choice((50, 100, 150)) for name in stage.cluster.names}
    stage.cluster.configure_all(replace(stage.cluster.configuration, priorities=priorities))
    for name in stage.cluster.others(*stage.taken):
        stage.cluster[name].command("reload")
    return Begun(f"priorities {priorities} loaded")


ALWAYS = (port_down, link_flap, silent_cut, one_way, heartbeats_only, loss, killed_and_restarted, vip_deleted,
          addresses_flushed, service_dies, switchover, maintenance, reload)
NEED_FENCE = (killed, stopped, starved, rules_flushed)
"""Without the fence in the kernel a host whose daemon hangs goes on answering beside its successor, by nature."""


def fence_in(status: dict[str, object]) -> bool:
    """Whether a node's status tells of a fence in nftables."""
    return "nftables" in str(status.get("fence") or "")


def services_for(cluster: Cluster, directory: Path) -> dict[str, PlainService]:
    """One service per host, running."""
    services = {name: PlainService(cluster.lab, cluster[name].host, directory) for name in cluster.names}
    for service in services.values():
        service.start()
    return services

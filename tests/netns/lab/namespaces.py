"""Network namespaces with a name that tells who made them: belay-<pid>-<count>-<host>."""

from __future__ import annotations

import itertools
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from . import kernel

PREFIX = "belay-"
_DIRECTORY = Path("/run/netns")
_lab_count = itertools.count(1)


class Impossible(Exception):
    """This machine or user cannot make network namespaces; the text says why."""


class Namespace:
    """One network namespace, with the loopback interface up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.path = str(_DIRECTORY / name)
        run(["ip", "netns", "add", name])
        run(["ip", "-n", name, "link", "set", "lo", "up"])

    def remove(self) -> None:
        """Its sockets, addresses and veth pairs go with it. No error if it is gone already."""
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)

    def ip_batch(self, lines: Sequence[str]) -> None:
        """Runs `ip` commands inside, one a line, stopping at the first that fails."""
        run(["ip", "-n", self.name, "-batch", "-"], text="\n".join(lines) + "\n")

    def set_sysctls(self, values: dict[str, str]) -> None:
        """`values`: names below /proc/sys/net with slashes, which the kernel resolves in the caller's namespace."""
        with kernel.inside(self.path):
            for name, value in values.items():
                Path("/proc/sys/net", name).write_text(value, encoding="ascii")


def run(arguments: Sequence[str], text: str | None = None) -> str:
    """Runs a program to its end and returns what it printed; an error carries what it complained about."""
    done = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"`{' '.join(arguments)}` failed ({done.returncode}): {done.stderr.strip()}\n{text or ''}")
    return done.stdout


def new_prefix() -> str:
    """The first part of the names of one lab's namespaces."""
    return f"{PREFIX}{os.getpid()}-{next(_lab_count)}-"


def sweep_stale() -> list[str]:
    """Removes namespaces whose maker is dead (a run that was killed with SIGKILL), and returns their names."""
    removed = []
    for entry in sorted(_DIRECTORY.glob(PREFIX + "*")) if _DIRECTORY.is_dir() else []:
        maker = entry.name.removeprefix(PREFIX).split("-")[0]
        if maker.isdigit() and not Path("/proc", maker).exists():
            subprocess.run(["ip", "netns", "delete", entry.name], capture_output=True, check=False)
            removed.append(entry.name)
    return removed


def require_possible() -> None:
    """Raises Impossible with the reason when this process cannot make namespaces."""
    if os.geteuid() != 0:
        raise Impossible("network namespaces need root: run this with sudo")
    probe = f"{PREFIX}{os.getpid()}-0-probe"
    try:
        Namespace(probe).remove()
    except (RuntimeError, OSError) as error:
        raise Impossible(f"cannot make a network namespace here: {error}") from error

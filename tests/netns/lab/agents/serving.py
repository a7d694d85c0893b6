"""What all agents share: their settings, and answering the lab without ever blocking the measurement."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from lab import kernel

STDIN = 0


def settings() -> dict[str, Any]:
    return dict(json.loads(sys.argv[1]))


def be_punctual() -> None:
    """A measuring instrument must not wait for a processor behind those whom it measures. Without the right to run at
    real-time priority it works too, with more noise.
    """
    kernel.sharp_timers()
    gc.disable()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return


def say(answer: object) -> None:
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
    sys.stdout.flush()


def ready() -> None:
    say({"ready": True})


def serve_one_line(report: Callable[[list[str]], object]) -> None:
    """Call when standard input is readable: answers one request, or ends the program at the end of input."""
    line = os.read(STDIN, 4096).decode("ascii")
    if not line:
        sys.exit(0)
    say(report(line.split()))

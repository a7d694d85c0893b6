"""Sends given frames in turn, at a steady rate, until its input ends. Asked, it says how many it has sent, and in what
time.
"""

from __future__ import annotations

import itertools
import select
import socket
import time

from lab.agents import serving

_PORTION_S = 0.001


def main() -> None:
    settings = serving.settings()
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    handle.bind((settings["interface"], 0))
    frames = itertools.cycle([bytes.fromhex(text) for text in settings["frames"]])
    rate_per_s = settings["rate_per_s"]
    serving.ready()
    began = time.monotonic()
    sent = 0
    while True:
        due = int((time.monotonic() - began) * rate_per_s)
        for frame in itertools.islice(frames, max(0, min(due - sent, rate_per_s))):
            try:
                handle.send(frame)
            except OSError:
                continue  # its own queue is full: lost like any other
            finally:
                sent += 1
        if select.select([serving.STDIN], [], [], _PORTION_S)[0]:
            serving.serve_one_line(lambda _request: {"sent": sent, "seconds": time.monotonic() - began})


if __name__ == "__main__":
    main()

"""Sends the frames of a file, one in hexadecimal a line, in turn and at a steady rate, until its input ends. Asked, it
says how many it has sent, and in what time.
"""

from __future__ import annotations

import ctypes
import select
import socket
import time
from pathlib import Path

from lab.agents import serving

_PORTION_S = 0.001
_AT_ONCE = 64


class _Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("size", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_size", ctypes.c_uint32), ("vectors", ctypes.POINTER(_Vector)),
                ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_size", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class _Message(ctypes.Structure):
    _fields_ = [("header", _Header), ("sent", ctypes.c_uint)]


class Sender:
    """sendmmsg(2), without which Python sends half of what is wanted."""

    def __init__(self, interface: str, frames: list[bytes]) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind((interface, 0))
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._vectors = [_Vector(frame, len(frame)) for frame in frames]
        self._messages = (_Message * len(frames))()
        for message, vector in zip(self._messages, self._vectors, strict=True):
            message.header.vectors = ctypes.pointer(vector)
            message.header.vector_count = 1
        self._next = 0

    def send(self, most: int) -> int:
        """How many it has sent, or lost because its own queue is full."""
        count = min(most, _AT_ONCE, len(self._vectors) - self._next)
        first = ctypes.byref(self._messages, self._next * ctypes.sizeof(_Message))
        sent = self._libc.sendmmsg(self._socket.fileno(), first, count, 0)
        count = max(sent, 1)
        self._next = (self._next + count) % len(self._vectors)
        return count


def main() -> None:
    settings = serving.settings()
    lines = Path(settings["frames"]).read_text(encoding="ascii").split()
    sender = Sender(settings["interface"], [bytes.fromhex(line) for line in lines])
    rate_per_s = settings["rate_per_s"]
    serving.ready()
    began = time.monotonic()
    sent = 0
    while True:
        due = int((time.monotonic() - began) * rate_per_s)
        portion_end = min(due, sent + rate_per_s // 10)
        while sent < portion_end:
            sent += sender.send(portion_end - sent)
        if select.select([serving.STDIN], [], [], 0 if sent < due else _PORTION_S)[0]:
            serving.serve_one_line(lambda _request: {"sent": sent, "seconds": time.monotonic() - began})


if __name__ == "__main__":
    main()

"""A client that asks the VIP every millisecond, as an ordinary program does: one UDP socket, the system's ARP cache.

Reports, for each question, when it was sent and when and by whom it was answered (monotonic clock, ns).
"""

from __future__ import annotations

import bisect
import ipaddress
import select
import socket
import struct
import time

from lab.agents import serving

_NUMBER = struct.Struct("!Q")


class Prober:
    def __init__(self, address: str, port: int) -> None:
        family = socket.AF_INET if ipaddress.ip_address(address).version == 4 else socket.AF_INET6
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._target = (address, port)
        self._sent_ns: list[int] = []
        self._answered_ns: list[int] = []
        self._answered_by: list[str] = []

    def ask(self) -> None:
        number = len(self._sent_ns)
        self._sent_ns.append(time.monotonic_ns())
        self._answered_ns.append(0)
        self._answered_by.append("")
        try:
            # Without waiting: while the VIP's MAC address is unknown the kernel queues
            # the first questions and has no room for more.
            self.socket.sendto(_NUMBER.pack(number), socket.MSG_DONTWAIT, self._target)
        except OSError:
            return  # no way to it now: a question without an answer

    def listen(self) -> None:
        """Takes in all answers that have come."""
        while True:
            try:
                answer = self.socket.recv(512, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error for an earlier question
            number = _NUMBER.unpack_from(answer)[0]
            if self._answered_ns[number] == 0:
                self._answered_ns[number] = time.monotonic_ns()
                self._answered_by[number] = answer[_NUMBER.size:].decode("ascii")

    def rows(self, since_ns: int) -> list[tuple[int, int, str]]:
        first = bisect.bisect_left(self._sent_ns, since_ns)
        return list(zip(self._sent_ns[first:], self._answered_ns[first:], self._answered_by[first:], strict=True))


def main() -> None:
    settings = serving.settings()
    prober = Prober(settings["address"], settings["port"])
    interval_s = settings["interval_ms"] / 1000
    serving.be_punctual()
    serving.ready()
    next_question = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= next_question:
            prober.ask()
            # After a pause of our own the lost questions are not asked all at once.
            next_question = max(next_question + interval_s, now)
        readable = select.select([serving.STDIN, prober.socket], [], [],
                                 max(next_question - time.monotonic(), 0))[0]
        prober.listen()
        if serving.STDIN in readable:
            serving.serve_one_line(lambda request: prober.rows(int(request[0])))


if __name__ == "__main__":
    main()

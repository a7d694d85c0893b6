"""Who answers for each VIP on the bridge? Asks every few milliseconds and keeps every answer to every single question.

Each question has a source MAC address of its own (256 in turn), to which the answers come back: so an answer belongs to
one question, and two hosts that both answer one question are caught even when they do so in the same microsecond. This
is G1 as the network sees it.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from dataclasses import dataclass, field

from lab.agents import serving
from lab.frames import claim_in, request_for

_ETH_P_ALL = 0x0003
_PACKET_ADD_MEMBERSHIP, _PACKET_MR_PROMISC = 1, 1
_QUESTION_COUNT = 256
_VIOLATIONS_MAX = 100
_CHANGES_MAX = 100


@dataclass
class Question:
    asked_ns: int
    address: str
    answers: dict[str, int] = field(default_factory=dict)
    """MAC address -> when it answered."""


@dataclass
class Seen:
    """What is known about one VIP."""

    asked: int = 0
    answered: int = 0
    last_asked_ns: int = 0
    last_answer_ns: int = 0
    mac: str = ""
    changes: list[tuple[int, str]] = field(default_factory=list)
    """When another MAC address than before answered, the first hundred times."""


class Observer:
    """The questions and answers of one bridge, which is reached through `interface`."""

    def __init__(self, interface: str, channel: int, asker_ips: dict[int, str]) -> None:
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        self.socket.bind((interface, _ETH_P_ALL))
        membership = struct.pack("=iHH8s", socket.if_nametoindex(interface), _PACKET_MR_PROMISC, 0, bytes(8))
        self.socket.setsockopt(263, _PACKET_ADD_MEMBERSHIP, membership)  # SOL_PACKET
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._mac_prefix = bytes((0x02, 0xBE, 0x1A, 0xFF, channel))
        self._asker_ips = asker_ips
        self._questions: list[Question | None] = [None] * _QUESTION_COUNT
        self._next = 0
        self.seen: dict[str, Seen] = {}
        self.violations: list[dict[str, object]] = []

    def ask(self, address: str) -> None:
        mac = self._mac_prefix + bytes((self._next,))
        now = time.monotonic_ns()
        self._questions[self._next] = Question(now, address)
        self._next = (self._next + 1) % _QUESTION_COUNT
        seen = self.seen.setdefault(address, Seen())
        seen.asked += 1
        seen.last_asked_ns = now
        self.socket.send(request_for(mac, self._asker_ips, address))

    def listen(self) -> None:
        """Takes in all frames that have come."""
        while True:
            try:
                frame = self.socket.recv(2048, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            claim = claim_in(frame)
            if claim is not None and claim.asked_by[:5] == self._mac_prefix:
                self._note(self._questions[claim.asked_by[5]], claim.address, claim.mac.hex(":"))

    def _note(self, question: Question | None, address: str, mac: str) -> None:
        if question is None or question.address != address:
            return  # an answer so late that its number is in use again
        now = time.monotonic_ns()
        seen = self.seen[address]
        seen.answered += not question.answers
        seen.last_answer_ns = now
        if mac != seen.mac:
            seen.mac = mac
            if len(seen.changes) < _CHANGES_MAX:
                seen.changes.append((now, mac))
        if mac not in question.answers:
            question.answers[mac] = now
            if len(question.answers) > 1 and len(self.violations) < _VIOLATIONS_MAX:
                self.violations.append({"address": address, "asked_ns": question.asked_ns,
                                        "answers": dict(question.answers)})


def main() -> None:
    settings = serving.settings()
    observers = {bridge["channel"]: Observer(bridge["interface"], bridge["channel"],
                                             {4: bridge["ipv4"], 6: bridge["ipv6"]})
                 for bridge in settings["bridges"]}
    interval_s = settings["interval_ms"] / 1000

    def report(_request: list[str]) -> object:
        return {"now_ns": time.monotonic_ns(),
                "seen": {address: vars(seen) for each in observers.values() for address, seen in each.seen.items()},
                "violations": [violation for each in observers.values() for violation in each.violations]}

    serving.be_punctual()
    serving.ready()
    waiting = [serving.STDIN, *(each.socket for each in observers.values())]
    next_round = time.monotonic()
    while True:
        now = time.monotonic()
        if now >= next_round:
            for vip in settings["vips"]:
                observers[vip["channel"]].ask(vip["address"])
            next_round = max(next_round + interval_s, now)
        readable = select.select(waiting, [], [], max(next_round - time.monotonic(), 0))[0]
        for each in observers.values():
            each.listen()
        if serving.STDIN in readable:
            serving.serve_one_line(report)


if __name__ == "__main__":
    main()

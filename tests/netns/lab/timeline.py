"""What a client's questions and answers say about outages. Pure: rows in, facts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Probe:
    """One question to the VIP. `answered_ns` is 0 and `by` empty when nobody answered."""

    sent_ns: int
    answered_ns: int
    by: str


@dataclass(frozen=True)
class Outage:
    """A time without answers, from the last answer before it to the first one after it."""

    began_ns: int
    ended_ns: int

    @property
    def length_ms(self) -> float:
        return (self.ended_ns - self.began_ns) / 1e6


class Timeline:
    """The questions of one prober in the order of sending."""

    def __init__(self, probes: Sequence[Probe]) -> None:
        self.probes = list(probes)
        self._answers = sorted((probe for probe in probes if probe.answered_ns), key=lambda probe: probe.answered_ns)

    def answered_by(self) -> list[str]:
        """The names of those who answered, each change once: ["alpha", "beta"] is one move."""
        names: list[str] = []
        for probe in self._answers:
            if not names or names[-1] != probe.by:
                names.append(probe.by)
        return names

    def longest_outage(self, since_ns: int) -> Outage | None:
        """The longest silence that was not over at `since_ns`; None without an answer before and one after."""
        longest: Outage | None = None
        for before, after in zip(self._answers, self._answers[1:], strict=False):
            if after.answered_ns <= since_ns:
                continue
            gap = Outage(before.answered_ns, after.answered_ns)
            if longest is None or gap.length_ms > longest.length_ms:
                longest = gap
        return longest

    def first_answer_ms(self, fault_ns: int, old: str) -> float | None:
        """From the fault to the first answer of somebody else than `old`; None when there is none yet."""
        for probe in self._answers:
            if probe.by != old and probe.answered_ns > fault_ns:
                return (probe.answered_ns - fault_ns) / 1e6
        return None

    def last_answer_of(self, name: str) -> int | None:
        """When `name` answered last, in monotonic ns."""
        times = [probe.answered_ns for probe in self._answers if probe.by == name]
        return times[-1] if times else None

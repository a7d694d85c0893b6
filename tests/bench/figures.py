"""What is measured, as values, and how it is printed."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """One fault. `silence_ms`: without answers for the client; `new_holder_ms`: from the fault to the first answer of
    another host; `double_answers`: questions for the VIP that two hosts answered.
    """

    silence_ms: float
    new_holder_ms: float
    double_answers: int


@dataclass
class Figure:
    """All runs of one kind of fault, and the limit for the median of the silences; `until_new_holder`: of the times
    until another host answers, since the old one goes on answering for a while.
    """

    name: str
    limit_ms: float
    until_new_holder: bool = False
    samples: list[Sample] = field(default_factory=list)

    @property
    def times_ms(self) -> list[float]:
        return sorted(sample.new_holder_ms if self.until_new_holder else sample.silence_ms for sample in self.samples)

    def row(self) -> list[str]:
        new_holder = statistics.median(sample.new_holder_ms for sample in self.samples)
        times_ms = self.times_ms
        median = statistics.median(times_ms)
        double = sum(sample.double_answers for sample in self.samples)
        times = [f"{value:.1f}" for value in (median, times_ms[0], times_ms[-1], new_holder)]
        kept = "yes" if median <= self.limit_ms and not double else "NO"
        return [self.name, str(len(self.samples)), *times, str(double), f"{self.limit_ms:.0f}", kept]

    def as_json(self) -> dict[str, object]:
        return {"name": self.name, "limit_ms": self.limit_ms, "median_ms": statistics.median(self.times_ms),
                "samples": [vars(sample) for sample in self.samples]}


@dataclass(frozen=True)
class Rest:
    """One daemon that has nothing to do."""

    node: str
    role: str
    processor_percent: float
    resident_mib: float
    proportional_mib: float

    LIMIT_PERCENT = 0.5
    LIMIT_RESIDENT_MIB = 15.0

    def row(self) -> list[str]:
        good = self.processor_percent < self.LIMIT_PERCENT and self.resident_mib < self.LIMIT_RESIDENT_MIB
        return [self.node, self.role, f"{self.processor_percent:.2f}", f"{self.resident_mib:.1f}",
                f"{self.proportional_mib:.1f}", f"{self.LIMIT_PERCENT} / {self.LIMIT_RESIDENT_MIB:.0f}",
                "yes" if good else "NO"]


def table(header: list[str], rows: list[list[str]]) -> str:
    """Aligned columns: the first to the left, the others to the right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join("  ".join([line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(
        line[1:], widths[1:], strict=True))]) for line in lines)

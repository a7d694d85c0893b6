"""Waiting for a condition with a deadline. No test sleeps for a fixed time and hopes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_PAUSE_BETWEEN_LOOKS_S = 0.005


class WaitTimeout(AssertionError):
    """A condition did not come true in time, or did not stay true. The text has the last thing that was seen."""


def wait_for(what: str, condition: Callable[[], Value], deadline_s: float,
             pause_s: float = _PAUSE_BETWEEN_LOOKS_S) -> Value:
    """Looks until `condition` returns something true, and returns that.

    A condition may raise AssertionError to say in words why it does not hold yet; the last such text is in the
    failure.
    """
    start = time.monotonic()
    while True:
        reason = ""
        try:
            value = condition()
            if value:
                return value
            reason = f"last seen: {value!r}"
        except AssertionError as error:
            reason = f"last reason: {error}"
        if time.monotonic() - start > deadline_s:
            raise WaitTimeout(f"waited {deadline_s:g} s in vain until {what}; {reason}")
        time.sleep(pause_s)


def stays(what: str, condition: Callable[[], object], duration_s: float) -> None:
    """Looks again and again for `duration_s`; fails at once when the condition does not hold. For "nothing happens"."""
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < duration_s:
        try:
            value = condition()
        except AssertionError as error:
            raise WaitTimeout(f"{what} stopped being so after {elapsed:.3f} s: {error}") from error
        if not value:
            raise WaitTimeout(f"{what} stopped being so after {elapsed:.3f} s; last seen: {value!r}")
        time.sleep(_PAUSE_BETWEEN_LOOKS_S)


def let_pass(duration_s: float) -> None:
    """For measurements over a given time. Never to wait for something: that is `wait_for`."""
    time.sleep(duration_s)

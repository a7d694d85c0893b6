"""What DESIGN promises in time, and how strictly this run holds it to that.

A shared machine pauses whole virtual processors for 50 to 130 ms several times a minute. So the bounds are checked
times three, which still tells a wrong protocol from a right one; on a quiet machine BELAY_STRICT=1 checks them as
they are.
"""

from __future__ import annotations

import math
import os

from .configuration import Configuration

VOTING_ROUND_MS = 150
TAKEOVER_MS = 50
MEASURING_ALLOWANCE_MS = 20
"""Between a fault and the note of its time, and between an answer and its note."""
OWN_FAILURE_MS = 10
"""A failure that the active itself sees (G2, "within milliseconds"): the figure of the service that is killed."""

STRICT = os.environ.get("BELAY_STRICT") == "1"
_LENIENCE = 1 if STRICT else 3


def takeover_ms(configuration: Configuration) -> float:
    """G2: from a silent failure until the VIPs are served again."""
    promised = (configuration.lease_ms + 2 * configuration.heartbeat_interval_ms + VOTING_ROUND_MS + TAKEOVER_MS)
    return promised * _LENIENCE + MEASURING_ALLOWANCE_MS


def addresses_gone_ms(configuration: Configuration) -> float:
    """From the end of a daemon until its host has no VIP any more: lease + 3 s (include/belay/vip/lifetime.hpp)."""
    return configuration.lease_ms + 3000


def takeover_behind_lifetimes_ms(configuration: Configuration) -> float:
    """The same as `takeover_ms` under `fence = address`, where a promise outlives every address of the old holder."""
    lifetime_ms = 1000 * math.ceil(configuration.lease_s + 0.75)
    return takeover_ms(configuration) + 1.01 * (lifetime_ms + 1500)


def takeover_by_gateway_ms(configuration: Configuration) -> float:
    """The same of two hosts with a gateway: for two leases more nobody may answer at the VIPs (DESIGN section 3.7)."""
    return takeover_ms(configuration) + 2 * configuration.lease_ms * _LENIENCE


def lease_end_ms(configuration: Configuration) -> float:
    """From a silent cut until the old holder has no VIP: its last renewal was before the cut."""
    return configuration.lease_ms * _LENIENCE + MEASURING_ALLOWANCE_MS


def handover_ms() -> float:
    """From a failure that the active sees, or an order, until another one answers."""
    return OWN_FAILURE_MS + MEASURING_ALLOWANCE_MS if STRICT else 500.0


def restored_ms() -> float:
    """A VIP that somebody removed is back within 10 ms while the lease holds."""
    return 10 + MEASURING_ALLOWANCE_MS if STRICT else 300.0


def overlap_ms() -> float:
    """Two hosts that have one address at once, as rtnetlink shows it. Only a pause of the old holder's processor at
    the end of its lease can cause it while there is no fence; a cut-off host may then have an address that nobody can
    reach.
    """
    return 0.0 if STRICT else 150.0

"""Decay: what inactivity costs, and when. Days are of 24 hours."""

from datetime import datetime, timedelta

from laurels.products.progress.rules.document import Decay, Rules
from laurels.products.progress.rules.ladder import floor_of

MAX_BITES = 1_000
"""Most times that points decay in one run of a job that comes late."""


def decay_amount(rules: Rules, total: int) -> int:
    """Points that a total loses at one time: its percentage, rounded down, never below the tier's threshold; 0 where points don't decay."""
    if rules.decay is None:
        return 0
    return min(total * rules.decay.percent // 100, total - floor_of(rules, total))


def announce_from(decay: Decay, last_active_at: datetime) -> datetime:
    """From when a member is to be told that their points will decay."""
    return last_active_at + timedelta(days=decay.after_days - decay.notice_days)


def decays_from(decay: Decay, last_active_at: datetime, announced_at: datetime) -> datetime:
    """When points first decay: so long after the last activity, and never sooner after the announcement than its notice."""
    return max(last_active_at + timedelta(days=decay.after_days), announced_at + timedelta(days=decay.notice_days))


def bites(decay: Decay, first: datetime, *, until: datetime) -> tuple[datetime, ...]:
    """The instants at which points decay, from the first on up to `until` with it, oldest first; at most `MAX_BITES`."""
    step = timedelta(days=decay.every_days)
    found: list[datetime] = []
    while len(found) < MAX_BITES and (at := first + len(found) * step) <= until:
        found.append(at)
    return tuple(found)

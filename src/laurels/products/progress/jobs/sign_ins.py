"""The first sign-in of a local day: found in sessions, which know nothing of points."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from laurels.identity.sessions import Use, sessions_used
from laurels.jobs import JobContext
from laurels.products.progress.actions.reacting import Trigger, react
from laurels.products.progress.jobs.sweeping import PAGE
from laurels.products.progress.queries.due import told_already, zones_kept
from laurels.products.progress.queries.reactions import load_reactions
from laurels.products.progress.rules import TriggerName, Zones

LATELY = timedelta(minutes=30)
"""How far the frequent sweep looks back: sessions' use is noted every ten minutes at most."""

A_DAY = timedelta(days=1)
"""How far the rare sweep looks back: for what a stopped worker missed."""


def award_sign_ins(job: JobContext) -> int:
    """Award members whose session was begun or used lately, for a local day that wasn't awarded yet; gives how many days."""
    return _award(job, job.now - LATELY)


def award_todays_sign_ins(job: JobContext) -> int:
    """The same for a whole day back."""
    return _award(job, job.now - A_DAY)


def _award(job: JobContext, since: datetime) -> int:
    awarded = 0
    last: Use | None = None
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            if not load_reactions(connection)[TriggerName.DAILY_SIGN_IN].points:
                break
            uses = sessions_used(connection, since, after=last, limit=PAGE)
            zones = zones_kept(connection, [use.member_id for use in uses])
            triggers = list(_triggers(uses, zones, since, job.now))
            known = told_already(connection, [trigger.activity for trigger in triggers])
        awarded += react(job, [trigger for trigger in triggers if trigger.activity not in known])
        if len(uses) < PAGE:
            break
        last = uses[-1]
    return awarded


def _triggers(uses: Sequence[Use], zones: dict[UUID, Zones], since: datetime, now: datetime) -> Iterable[Trigger]:
    """A trigger for each member and day with a use: the day is read as the award will read it, so that none is awarded twice."""
    found: dict[str, Trigger] = {}
    for use in uses:
        theirs = zones.get(use.member_id) or Zones.of(use.time_zone)
        for at in (use.created_at, use.last_used_at):
            if since <= at <= now:
                key = f"{use.member_id}/{theirs.day_of(at)}"
                found.setdefault(key, Trigger(TriggerName.DAILY_SIGN_IN, use.member_id, key, at))
    return found.values()

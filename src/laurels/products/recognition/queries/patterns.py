"""Patterns that deserve a look: numbers for staff, not verdicts.

Each is found in one month of the community, among recognitions that stand.
Thresholds are in `rules`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
import unicodedata
from uuid import UUID

from sqlalchemy import CTE, Connection, and_, func, select

from laurels.core.database import among
from laurels.core.windows import Month, month_end, next_day_start, previous_month
from laurels.identity.tables import member
from laurels.products.recognition.queries.listed import Person, in_month
from laurels.products.recognition.rules import (
    FAVOURITE_PERCENT,
    LATE_DAYS,
    LATE_PERCENT,
    MUTUAL_CREDITS,
    RING_CREDITS,
    SAME_WORDS_TIMES,
    Policy,
)
from laurels.products.recognition.tables import recognition

MAX_FINDINGS = 100
"""Most findings of one pattern that are told, the largest first."""


class Pattern(StrEnum):
    """What is looked for."""

    MUTUAL = "mutual"  # two gave each other at least 30 credits, and the smaller sum is at least half of the larger
    SAME_WORDS = "same-words"  # one giver sent the same words five times
    LATE = "late"  # 80% of the grant was sent in the month's last two days
    FAVOURITE = "favourite"  # 60% of the grant went to one person, this month and the one before
    RING = "ring"  # three gave each other in a circle, at least 10 credits each


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        members: whom it concerns, the giver first; a ring in the order of giving.
        numbers: by name: `first_gave`, `second_gave`, `times`, `credits`, `credits_before`, ...
    """

    pattern: Pattern
    members: tuple[Person, ...]
    numbers: Mapping[str, int]


_Found = tuple[tuple[UUID, ...], dict[str, int]]


def find_patterns(connection: Connection, month: Month, *, policy: Policy) -> dict[Pattern, list[Finding]]:
    """All five patterns in a month, each with its findings, the largest first."""
    found: dict[Pattern, list[_Found]] = {
        Pattern.MUTUAL: _mutual(connection, month),
        Pattern.SAME_WORDS: _same_words(connection, month),
        Pattern.LATE: _late(connection, month, policy),
        Pattern.FAVOURITE: _favourites(connection, month, policy),
        Pattern.RING: _rings(connection, month),
    }
    people = _people(connection, {one for findings in found.values() for members, _ in findings for one in members})
    return {
        pattern: [Finding(pattern, tuple(people[one] for one in members), numbers) for members, numbers in findings]
        for pattern, findings in found.items()
    }


def _mutual(connection: Connection, month: Month) -> list[_Found]:
    there, back = _pairs(month, "there", least=MUTUAL_CREDITS), _pairs(month, "back", least=MUTUAL_CREDITS)
    both = and_(back.c.giver == there.c.receiver, back.c.receiver == there.c.giver, there.c.giver < there.c.receiver)
    wanted = (
        select(there.c.giver, there.c.receiver, there.c.credits, back.c.credits)
        .join(back, both)
        .where(there.c.credits * 2 >= back.c.credits, back.c.credits * 2 >= there.c.credits)
        .order_by((there.c.credits + back.c.credits).desc(), there.c.giver, there.c.receiver)
        .limit(MAX_FINDINGS)
    )
    return [((one, other), {"first_gave": int(gave), "second_gave": int(got)}) for one, other, gave, got in connection.execute(wanted)]


def _same_words(connection: Connection, month: Month) -> list[_Found]:
    """Compared here, without case, spacing and what is unseen: databases fold differently. Only givers of so many messages are read."""
    given = and_(in_month(recognition, month), recognition.c.reversed_at.is_(None), recognition.c.message != "")
    busy = select(recognition.c.giver).where(given).group_by(recognition.c.giver).having(func.count() >= SAME_WORDS_TIMES)
    wanted = (
        select(recognition.c.giver, recognition.c.message, func.count().label("times"), func.sum(recognition.c.credits).label("credits"))
        .where(given, recognition.c.giver.in_(busy))
        .group_by(recognition.c.giver, recognition.c.message)
    )
    times: Counter[tuple[UUID, str]] = Counter()
    credits: Counter[tuple[UUID, str]] = Counter()
    for row in connection.execution_options(yield_per=1_000).execute(wanted):
        said = (row.giver, _plain(row.message))
        times[said] += row.times
        credits[said] += int(row.credits)
    often = sorted((said for said in times if times[said] >= SAME_WORDS_TIMES), key=lambda said: (-times[said], said[0].int, said[1]))
    return [((said[0],), {"times": times[said], "credits": credits[said]}) for said in often[:MAX_FINDINGS]]


def _plain(message: str) -> str:
    seen = (character for character in message.casefold() if unicodedata.category(character) not in ("Cf", "Mn"))
    return " ".join("".join(seen).split())


def _late(connection: Connection, month: Month, policy: Policy) -> list[_Found]:
    begins = month_end(month, policy.zone)
    for _ in range(LATE_DAYS):
        begins = next_day_start(begins - timedelta(hours=36), policy.zone)  # the midnight before, whatever the clocks did
    sent = func.sum(recognition.c.credits)
    wanted = (
        select(recognition.c.giver, sent)
        .where(in_month(recognition, month), recognition.c.reversed_at.is_(None), recognition.c.created_at >= begins)
        .group_by(recognition.c.giver)
        .having(sent >= _share(policy.grant, LATE_PERCENT))
        .order_by(sent.desc(), recognition.c.giver)
        .limit(MAX_FINDINGS)
    )
    return [((giver,), {"credits": int(credits), "grant": policy.grant}) for giver, credits in connection.execute(wanted)]


def _favourites(connection: Connection, month: Month, policy: Policy) -> list[_Found]:
    least = _share(policy.grant, FAVOURITE_PERCENT)
    now, before = _pairs(month, "now", least=least), _pairs(previous_month(month), "before", least=least)
    wanted = (
        select(now.c.giver, now.c.receiver, now.c.credits, before.c.credits)
        .join(before, and_(before.c.giver == now.c.giver, before.c.receiver == now.c.receiver))
        .order_by((now.c.credits + before.c.credits).desc(), now.c.giver, now.c.receiver)
        .limit(MAX_FINDINGS)
    )
    return [
        ((giver, receiver), {"credits": int(credits), "credits_before": int(earlier), "grant": policy.grant})
        for giver, receiver, credits, earlier in connection.execute(wanted)
    ]


def _rings(connection: Connection, month: Month) -> list[_Found]:
    first, second, third = (_pairs(month, name, least=RING_CREDITS) for name in ("first", "second", "third"))
    total = first.c.credits + second.c.credits + third.c.credits
    wanted = (
        select(first.c.giver, second.c.giver, third.c.giver, first.c.credits, second.c.credits, third.c.credits)
        .join(second, second.c.giver == first.c.receiver)
        .join(third, and_(third.c.giver == second.c.receiver, third.c.receiver == first.c.giver))
        # Each ring once: it begins with its smallest id.
        .where(first.c.giver < second.c.giver, first.c.giver < third.c.giver)
        .order_by(total.desc(), first.c.giver, second.c.giver)
        .limit(MAX_FINDINGS)
    )
    return [
        (tuple(row[:3]), {"first_gave": int(row[3]), "second_gave": int(row[4]), "third_gave": int(row[5])})
        for row in connection.execute(wanted)
    ]


def _pairs(month: Month, name: str, *, least: int) -> CTE:
    """Who gave whom at least so many credits in a month: giver, receiver, credits."""
    credits = func.sum(recognition.c.credits)
    summed = (
        select(recognition.c.giver, recognition.c.receiver, credits.label("credits"))
        .where(in_month(recognition, month), recognition.c.reversed_at.is_(None))
        .group_by(recognition.c.giver, recognition.c.receiver)
        .having(credits >= least)
    )
    return summed.cte(name)


def _share(whole: int, percent: int) -> int:
    """A part of a whole, rounded up, at least 1: "80% of 99" means 80."""
    return max(1, -(-whole * percent // 100))


def _people(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, Person]:
    wanted = select(member.c.id, member.c.student_id, member.c.display_name).where(among(connection.dialect, member.c.id, ids))
    return {row.id: Person(*row) for row in connection.execute(wanted)}

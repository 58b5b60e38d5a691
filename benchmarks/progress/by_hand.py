"""An award as a transaction of its own, written by hand with care: the yardstick.

It checks the member and the settings' version, keeps the event's key, moves
the points and both boards, writes the entry, its postings, the activity and
the fact, and counts on the lifetime and the weekly goal: the rows that Laurels
writes, but for those that would make every award wait for one row: the book's
head, the chain, the day's sums, the boards' histograms, the other side of the
meters. The member's own row is locked first, so that none deadlock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import orjson

from benchmarks import rows
from benchmarks.by_hand import insert_into
from benchmarks.progress.circle import DESCRIPTION, POINTS, Circle
from benchmarks.transactions import Place, run
from laurels.core.ids import new_id
from laurels.core.windows import month_of, week_of
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger import BusinessKey
from laurels.ledger.account import system
from laurels.ledger.keys import business_hash
from laurels.products.progress.accounts import BOOK, ISSUED, points, standing

ENTRY = (*rows.ENTRY[:3], "key", "details", *rows.ENTRY[3:])
ACTIVITY = (
    *("id", "entry", "member", "amount", "asked_amount", "activity_type", "description", "source", "tier_at_time"),
    *("day", "effects", "occurred_at", "created_at"),
)
COUNTED = system(BOOK, "meter", "counted")

CHECK = "SELECT m.status, p.lifetime_quizzes FROM member m JOIN member_progress p ON p.member = m.id WHERE m.id = %s"
LOCK = " FOR NO KEY UPDATE OF p"
SETTINGS = "SELECT version FROM progress_config"
MOVE = "UPDATE account SET balance = balance + %s WHERE id IN (%s, %s, %s) RETURNING id, balance"
PROGRESS = "UPDATE member_progress SET revision = revision + 1, lifetime_quizzes = %s, last_active_at = %s WHERE member = %s"
GOAL = "UPDATE weekly_goal SET current_progress = current_progress + 1 WHERE member = %s AND week = %s AND goal_type = 'activities_3'"


@dataclass(frozen=True, slots=True)
class Asked:
    """An award that is asked for."""

    member: UUID
    event: str


def measure(url: str, circle: Circle, prefix: str, *, awards: int) -> float:
    """Awards a second."""
    size = len(circle.members)
    stream = islice((Asked(circle.members[place % size], f"{prefix}-{place}") for place in range(awards)), awards)
    return awards / run(url, BOOK, stream, award)


def award(place: Place, book: int, asked: Asked) -> None:
    """One award, within its transaction."""
    now = datetime.now(UTC)
    month, week = str(month_of(now, UTC_ZONE)), week_of(now, UTC_ZONE)
    accounts = [UUID(account.id) for account in (points(asked.member), standing(asked.member, month), standing(asked.member, week))]
    [(status, quizzes)] = place.execute(CHECK + (LOCK if place.has_row_locks else ""), (asked.member,))
    assert status == "active" and place.execute(SETTINGS) == []
    found = place.execute(MOVE, (POINTS, *accounts))
    balances = {UUID(str(identifier)): balance for identifier, balance in found}
    activity, number = new_id(), place.number()
    total = balances[accounts[0]]
    answer = orjson.dumps({"activity": activity, "amount": POINTS, "before": total - POINTS, "total": total}).decode()
    key = UUID(business_hash(BOOK, BusinessKey(f"event/{asked.event}")))
    entry = (book, number, "award_points", key, "d" * 32, "service/bench", activity, now, now, answer, 0)
    effects = orjson.dumps({"windows": [month, week], "goals": [[week, "activities_3", None]]}).decode()
    told = ("quiz_complete", DESCRIPTION, "service", "ember", now.date(), effects, now, now)
    place.execute(insert_into("entry", ENTRY), entry)
    place.execute(insert_into("posting", rows.POSTING, len(accounts)), _postings(book, number, accounts, balances))
    place.execute(insert_into("point_activity", ACTIVITY), (activity, number, asked.member, POINTS, POINTS, *told))
    fact = orjson.dumps({"activity": activity, "member": asked.member, "points": POINTS, "total": total}).decode()
    place.execute(insert_into("outbox", rows.FACT), (book, number, 0, "progress.awarded", fact, now))
    place.execute(PROGRESS, (quizzes + 1, now, asked.member))
    place.execute(GOAL, (asked.member, week))


def _postings(book: int, number: int, accounts: list[UUID], balances: dict[UUID, int]) -> list[object]:
    """Points to the purse, and what the boards count."""
    values: list[object] = []
    for position, account in enumerate(accounts):
        source, kind = (ISSUED, "quiz_complete") if position == 0 else (COUNTED, "standing")
        values += [book, number, position, UUID(source.id), account, POINTS, kind, 0, balances[account], 0]
    return values

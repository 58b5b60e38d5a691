"""The feed, and one recognition."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, or_, select, true, tuple_

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.core.windows import Month
from laurels.identity.tables import member
from laurels.products.recognition.queries.listed import Listed, Person, in_month, older_than
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import Recognition, endorsement, recognition
from laurels.web.caller import Caller, Role

MAX_SCANNED = 1_000
"""Messages that one page of a search for words looks through; the next page goes on from there."""

MAX_SEARCH = 100
"""Characters of a search for words."""

_giver: FromClause = member.alias("giver_member")
_receiver: FromClause = member.alias("receiver_member")


@dataclass(frozen=True, slots=True)
class FeedFilter:
    """What the feed is narrowed to.

    Attributes:
        member: given or received by this one.
        text: words in the message, whatever their case.
    """

    giver: UUID | None = None
    receiver: UUID | None = None
    member: UUID | None = None
    value: str | None = None
    month: Month | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Thanks:
    """A recognition as somebody sees it.

    Attributes:
        month: the community's month that it counts for.
        reversal_reason: for staff and the two concerned.
        endorsed_by_me: whether the viewer did.
        may_endorse: whether the viewer could, now.
    """

    id: UUID
    giver: Person
    receiver: Person
    credits: int
    message: str
    value: str | None
    month: str
    endorsement_count: int
    created_at: datetime
    updated_at: datetime
    reversed_at: datetime | None
    reversal_reason: str | None
    endorsed_by_me: bool
    may_endorse: bool

    @property
    def is_reversed(self) -> bool:
        """Whether staff took it back."""
        return self.reversed_at is not None


@dataclass(frozen=True, slots=True)
class Endorser:
    """Who endorsed, and when: for staff."""

    person: Person
    created_at: datetime


def list_feed(
    connection: Connection,
    viewer: Caller | None,
    narrowed: FeedFilter,
    *,
    policy: Policy,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
) -> Listed[Thanks]:
    """Recognitions, newest first; reversed ones for staff and the two concerned only.

    A search for words looks through at most `MAX_SCANNED` messages a page, so a
    page may hold fewer than `limit`, or none, and still be followed by another.
    """
    wanted = and_(_visible_to(viewer), _narrowed(narrowed), older_than(recognition, before) if before else true())
    if narrowed.text:
        ids, following = _search(connection, wanted, narrowed.text, limit)
        wanted = among(connection.dialect, recognition.c.id, ids)
        return Listed(_load(connection, viewer, wanted, policy=policy, limit=limit) if ids else [], following)
    items = _load(connection, viewer, wanted, policy=policy, limit=limit + 1)
    last = items[limit - 1] if len(items) > limit else None
    return Listed(items[:limit], (last.created_at, last.id) if last else None)


def recognitions_by_id(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Recognition]:
    """Those of these recognitions that there are."""
    wanted = select(recognition).where(among(connection.dialect, recognition.c.id, ids))
    return {row.id: Recognition(*row) for row in connection.execute(wanted)}


def get_thanks(connection: Connection, viewer: Caller | None, recognition_id: UUID, *, policy: Policy) -> Thanks:
    """One recognition.

    Raises:
        Missing: there is none, or it is reversed and the viewer isn't concerned.
    """
    found = _load(connection, viewer, and_(recognition.c.id == recognition_id, _visible_to(viewer)), policy=policy, limit=1)
    if not found:
        raise Missing(what="recognition")
    return found[0]


def get_recognition(connection: Connection, recognition_id: UUID) -> Recognition:
    """A recognition's row.

    Raises:
        Missing: there is none.
    """
    row = connection.execute(select(recognition).where(recognition.c.id == recognition_id)).one_or_none()
    if row is None:
        raise Missing(what="recognition")
    return Recognition(*row)


def list_endorsers(
    connection: Connection, recognition_id: UUID, *, limit: int, after: tuple[datetime, UUID] | None = None
) -> Listed[Endorser]:
    """Who endorsed a recognition, in the order in which they did: for staff.

    Raises:
        Missing: there is no such recognition.
    """
    get_recognition(connection, recognition_id)
    at, who = endorsement.c.created_at, endorsement.c.member
    wanted = select(at, member.c.id, member.c.student_id, member.c.display_name).join(member, member.c.id == who)
    wanted = wanted.where(endorsement.c.recognition == recognition_id)
    if after is not None:
        wanted = wanted.where(tuple_(at, who) > tuple_(*after, types=[at.type, who.type]))
    rows = connection.execute(wanted.order_by(at, who).limit(limit + 1)).all()
    items = [Endorser(Person(*row[1:]), row[0]) for row in rows[:limit]]
    return Listed(items, (items[-1].created_at, items[-1].person.id) if len(rows) > limit else None)


def _visible_to(viewer: Caller | None) -> ColumnElement[bool]:
    if viewer is None:
        return recognition.c.reversed_at.is_(None)
    if viewer.role.covers(Role.STAFF):
        return true()
    mine = viewer.member_id
    return or_(recognition.c.reversed_at.is_(None), recognition.c.giver == mine, recognition.c.receiver == mine)


def _narrowed(narrowed: FeedFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.giver is not None:
        conditions.append(recognition.c.giver == narrowed.giver)
    if narrowed.receiver is not None:
        conditions.append(recognition.c.receiver == narrowed.receiver)
    if narrowed.member is not None:
        conditions.append(or_(recognition.c.giver == narrowed.member, recognition.c.receiver == narrowed.member))
    if narrowed.value is not None:
        conditions.append(recognition.c.value == narrowed.value)
    if narrowed.month is not None:
        conditions.append(in_month(recognition, narrowed.month))
    return and_(true(), *conditions)


def _search(connection: Connection, wanted: ColumnElement[bool], text: str, limit: int) -> tuple[list[UUID], tuple[datetime, UUID] | None]:
    """The first `limit` messages with these words, and from where to go on.

    Compared here, not in the database: lower() folds ASCII only on SQLite.
    """
    scanned = select(recognition.c.id, recognition.c.created_at, recognition.c.message).where(wanted)
    rows = connection.execute(_newest_first(scanned).limit(MAX_SCANNED)).all()
    sought = text.casefold()
    found: list[UUID] = []
    for place, row in enumerate(rows):
        if sought in row.message.casefold():
            found.append(row.id)
            if len(found) == limit:
                is_more = place + 1 < len(rows) or len(rows) == MAX_SCANNED
                return found, (row.created_at, row.id) if is_more else None
    return found, (rows[-1].created_at, rows[-1].id) if len(rows) == MAX_SCANNED else None


def _newest_first(wanted: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return wanted.order_by(recognition.c.created_at.desc(), recognition.c.id.desc())


def _load(connection: Connection, viewer: Caller | None, wanted: ColumnElement[bool], *, policy: Policy, limit: int) -> list[Thanks]:
    """Recognitions with their people: two statements, whatever their number."""
    names = [column for people in (_giver, _receiver) for column in (people.c.id, people.c.student_id, people.c.display_name)]
    found = (
        select(*recognition.c, *names)
        .join(_giver, _giver.c.id == recognition.c.giver)
        .join(_receiver, _receiver.c.id == recognition.c.receiver)
        .where(wanted)
    )
    rows = connection.execute(_newest_first(found).limit(limit)).all()
    endorsed = _endorsed_by(connection, viewer, [row[0] for row in rows])
    return [_thanks(row, viewer, endorsed, policy) for row in rows]


def _endorsed_by(connection: Connection, viewer: Caller | None, ids: Iterable[UUID]) -> set[UUID]:
    if viewer is None:
        return set()
    mine = among(connection.dialect, endorsement.c.recognition, ids)
    return set(connection.scalars(select(endorsement.c.recognition).where(mine, endorsement.c.member == viewer.member_id)))


def _thanks(row: Row[*tuple[Any, ...]], viewer: Caller | None, endorsed: set[UUID], policy: Policy) -> Thanks:
    count = len(recognition.c)
    found = Recognition(*row[:count])
    giver, receiver = Person(*row[count : count + 3]), Person(*row[count + 3 :])
    by_me = found.id in endorsed
    is_mine = viewer is not None and viewer.member_id == found.giver
    return Thanks(
        id=found.id,
        giver=giver,
        receiver=receiver,
        credits=found.credits,
        message=found.message,
        value=found.value,
        month=found.month,
        endorsement_count=found.endorsement_count,
        created_at=found.created_at,
        updated_at=found.updated_at,
        reversed_at=found.reversed_at,
        reversal_reason=found.reversal_reason,
        endorsed_by_me=by_me,
        may_endorse=viewer is not None and found.reversed_at is None and not by_me and (policy.giver_may_endorse or not is_mine),
    )

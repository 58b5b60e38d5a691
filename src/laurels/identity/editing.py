"""Changes of what people set: who makes them, and how they come on record.

    with database.write.begin() as connection:
        hold_book(connection, book)
        noted = put_on_record(connection, editor, Change(book, subject, about=made_id, action="reward.added", after=...), now=now)
        if not noted.is_replay:
            connection.execute(insert(reward)...)

The change's entry is in the book of what it is about, so that no decision
overlooks it, and remembers the request key; its row is in the log of changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.errors import Invalid
from laurels.core.instants import EARLIEST
from laurels.identity.audit_log import State, new_action
from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.ledger.writer import Posted, Proposal, RequestKey, post_within
from laurels.web.caller import Caller

MAX_AHEAD_DAYS = 3_650
"""Furthest that anything may be set to begin or end in the future."""

WORDS = frozenset({"name", "title", "description", "unit_name", "voucher_pattern", "categories"})
"""What people wrote: the log of changes tells that it changed, and not to what."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes settings, and from where.

    Attributes:
        caller: the member; None for the command line, which may do all.
        address_hash: a keyed hash of where the request came from.
    """

    caller: Caller | None = None
    address_hash: str = ""

    @property
    def member_id(self) -> UUID | None:
        """The member's id; None for the command line."""
        return None if self.caller is None else self.caller.member_id

    @property
    def actor(self) -> str:
        """Whose entries these are, as the ledger tells it."""
        return "system" if self.caller is None else self.caller.actor


OPERATOR = Editor()
"""Whoever runs the command line."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change made.

    Attributes:
        id: what it is about.
        number: the version of what has numbered versions; else 0.
        is_replay: whether an earlier request with this key made it.
    """

    id: UUID
    number: int
    is_replay: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """What a change was about; `number` is the version of what has numbered versions, else 0."""

    id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Note a change of settings: the rows are written beside it, in one transaction.

    It moves nothing. It holds the book, so that no decision overlooks the
    change, and remembers the request key.
    """

    name: ClassVar[str] = "change_settings"
    answers: ClassVar[type] = Changed
    key: ClassVar[BusinessKey | None] = None

    book: str
    about: UUID
    audit: StaffAction
    number: int = 0

    @property
    def reference(self) -> UUID:
        return self.about

    def needs(self) -> Needs:
        return Needs()

    def decide(self, draft: Draft) -> Changed:
        draft.record(self.audit)
        return Changed(self.about, self.number)


@dataclass(frozen=True, slots=True)
class Change:
    """A change to be put on record.

    Attributes:
        book: in which it is noted.
        subject: what it was done to, as the log of changes tells it: `program/<id>`.
        about: the id of what it is about.
        action: a noun and a past participle: `reward.added`.
        number: the version that it made of what has numbered versions.
    """

    book: str
    subject: str
    about: UUID
    action: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0


def put_on_record(
    connection: Connection, editor: Editor, change: Change, *, now: datetime, request: RequestKey | None = None
) -> Posted[Changed]:
    """Note a change in its book and in the log of changes; tells whether its request was done before.

    Raises:
        KeyReused: the key came with another request.
    """
    audit = audit_row(editor, change.subject, action=change.action, before=change.before, after=change.after, now=now)
    decision = ChangeSettings(change.book, change.about, audit, change.number)
    return post_within(connection, Proposal(decision, now, editor.actor, request), now)


def audit_row(
    editor: Editor, subject: str, *, action: str, after: Mapping[str, Any], now: datetime, before: Mapping[str, Any] | None = None
) -> StaffAction:
    """The row of the log of changes: numbers and statuses as they were and are, of words only that they changed."""
    return new_action(
        actor_id=editor.member_id,
        action=action,
        subject=subject,
        before=_told(before or {}),
        after=_told(after),
        now=now,
        address_hash=editor.address_hash,
    )


def changes_of(row: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of the wanted values, those that differ from a row's."""
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def require_near(at: datetime | None, now: datetime, *, field: str) -> None:
    """Check that an instant isn't out of all proportion.

    Raises:
        Invalid: it lies too far ahead, or in another age.
    """
    if at is not None and not EARLIEST <= at <= now + timedelta(days=MAX_AHEAD_DAYS):
        raise Invalid(field=field, reason=f"send an instant since {EARLIEST.year} and at most {MAX_AHEAD_DAYS} days ahead")


def _told(values: Mapping[str, Any]) -> State:
    return {name: "changed" if name in WORDS else _scalar(value) for name, value in values.items()}


def _scalar(value: Any) -> str | int | bool | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)

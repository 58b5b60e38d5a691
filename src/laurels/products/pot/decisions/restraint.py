"""How members hold themselves back: a lower limit at once, a higher one from tomorrow, a pause that can't be shortened."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.decisions.purses import keep_sender, sender_of
from laurels.products.pot.rules import is_stricter, own_limit
from laurels.products.pot.tables import Sender


@dataclass(frozen=True, slots=True)
class LimitSet:
    """A member's own daily limit: what holds now, and what is to hold from another day on."""

    member: UUID
    own_limit: int | None
    later_limit: int | None
    holds_at_once: bool


@dataclass(frozen=True, slots=True)
class SetLimit:
    """Set how many coins a member may put into the pot in a day at most, below the community's limit.

    A lower one holds at once. A higher one, or none, holds from the next day of
    the community on, so that nobody raises it in the heat of the moment.

    Attributes:
        limit: coins; 0 keeps out; None: none of one's own.
    """

    name: ClassVar[str] = "set_limit"
    answers: ClassVar[type] = LimitSet
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    limit: int | None
    at: datetime
    zone: ZoneInfo

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs(rows=[(Sender, self.member), (Participant, self.member)])

    def decide(self, draft: Draft) -> LimitSet:
        require_active(draft.row(Participant, self.member))
        day = day_of(self.at, self.zone)
        sender = sender_of(draft, self.member, day)
        keep_sender(draft, limited(sender, self.limit, day))
        kept = sender_of(draft, self.member, day)
        now = own_limit(kept.own_limit, kept.later_limit, kept.later_from, day)
        return LimitSet(self.member, now, kept.later_limit, kept.later_from is None)


def limited(sender: Sender, wanted: int | None, day: date) -> Sender:
    """A member with another limit of their own: at once where it is no higher, else from tomorrow."""
    now = own_limit(sender.own_limit, sender.later_limit, sender.later_from, day)
    if wanted == now or is_stricter(wanted, now):
        return replace(sender, own_limit=wanted, later_limit=None, later_from=None)
    return replace(sender, own_limit=now, later_limit=wanted, later_from=day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class PauseSet:
    """A pause's answer: when it ends (ISO 8601)."""

    member: UUID
    paused_until: str


@dataclass(frozen=True, slots=True)
class PauseMember:
    """Keep a member out of the pot for a time, as they ask; a pause under way is never shortened.

    Attributes:
        until: when it ends.
    """

    name: ClassVar[str] = "pause_member"
    answers: ClassVar[type] = PauseSet
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    until: datetime
    at: datetime
    zone: ZoneInfo

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs(rows=[(Sender, self.member), (Participant, self.member)])

    def decide(self, draft: Draft) -> PauseSet:
        require_active(draft.row(Participant, self.member))
        sender = sender_of(draft, self.member, day_of(self.at, self.zone))
        until = self.until if sender.paused_until is None else max(self.until, sender.paused_until)
        keep_sender(draft, replace(sender, paused_until=until))
        return PauseSet(self.member, until.isoformat())

"""Calls of a model that aren't questions in a session: of a document's vectors, of another program's."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, own
from laurels.products.study.decisions.alerts import alert_rows, tell_reached
from laurels.products.study.decisions.billing import Spend, Spent, Ticket, meters_of_member
from laurels.products.study.decisions.guards import require_standing, standing_rows
from laurels.products.study.decisions.tokens import place_tokens, settle_needs, settle_tokens, spend_needs
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.rules.windows import windows_at


@dataclass(frozen=True, slots=True)
class HoldTokens:
    """Set tokens aside for a call that isn't a question in a session: of a document's vectors, or of another program's.

    Attributes:
        permission: what the member needs for it.
        is_patient: whether tokens that are lacking may be waited for.

    Raises:
        Missing, MemberInactive, Denied, ClassClosed: who asks, and where.
        TooManyChats, TokensUsedUp, TokensHeld: as `place_tokens` says.
    """

    name: ClassVar[str] = "hold_tokens"
    answers: ClassVar[type] = Ticket
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    spend: Spend
    permission: Permission
    is_patient: bool = False

    @property
    def reference(self) -> UUID:
        return self.spend.id

    def needs(self) -> Needs:
        return spend_needs(self.spend)

    def decide(self, draft: Draft) -> Ticket:
        standing = require_standing(draft, self.spend.class_id, self.spend.member, self.permission)
        return place_tokens(draft, standing, self.spend, is_patient=self.is_patient)


@dataclass(frozen=True, slots=True)
class TokensSettled:
    """A settlement's answer: what was used."""

    id: UUID
    tokens: int


@dataclass(frozen=True, slots=True)
class SettleTokens:
    """Capture what such a call took, or, where it gave nothing, give all of it back.

    Raises:
        HoldResolved: it was settled already.
    """

    name: ClassVar[str] = "settle_tokens"
    answers: ClassVar[type] = TokensSettled
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    ticket: Ticket
    spent: Spent | None

    @property
    def reference(self) -> UUID:
        return self.ticket.id

    def needs(self) -> Needs:
        return settle_needs(self.ticket)

    def decide(self, draft: Draft) -> TokensSettled:
        settle_tokens(draft, self.ticket, self.spent)
        return TokensSettled(self.ticket.id, 0 if self.spent is None else self.spent.tokens)


@dataclass(frozen=True, slots=True)
class LimitTold:
    """That a refusal was told of."""

    class_id: UUID


@dataclass(frozen=True, slots=True)
class TellUsedUp:
    """Announce that a member's own limit is used up, after a call was refused for it; once for each window.

    A refusal changes nothing, so that it is told apart.
    """

    name: ClassVar[str] = "tell_used_up"
    answers: ClassVar[type] = LimitTold
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    at: datetime
    zone: ZoneInfo
    period: str

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        accounts = [own(self.class_id, self.member, window.name) for window in windows_at(self.at, self.zone)]
        return Needs(accounts, [*standing_rows(self.class_id, self.member), *alert_rows(accounts)])

    def decide(self, draft: Draft) -> LimitTold:
        standing = require_standing(draft, self.class_id, self.member)
        for meter in meters_of_member(standing.mine, windows_at(self.at, self.zone)):
            if meter.period.value == self.period:
                tell_reached(draft, self.class_id, self.member, meter, at_least=meter.limit)
        return LimitTold(self.class_id)

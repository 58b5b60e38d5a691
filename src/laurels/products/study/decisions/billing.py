"""A call of a model, who pays for it, and the meters that it counts on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.ledger import Account
from laurels.products.study.accounts import own, share, sponsored
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.rules.windows import Period, Window
from laurels.products.study.tables import ClassMember, StudyClass, Usage


@dataclass(frozen=True, slots=True)
class Spend:
    """A call of a model that is about to be made.

    Attributes:
        id: of the hold and of its usage record; of an answer: the answer's id.
        operation: `CHAT` or `EMBEDDING`.
        estimate: the most tokens that it may take; 0: none are set aside, and nothing is recorded.
        at: when it is asked: its windows are those of this instant, in the class's zone.
        until: when what is set aside may lapse.
        takes_slot: whether it counts as one of the member's chats at once.
        message, document: what it is for.
        most_of_all: the most tokens that all members of all classes may use in a month; None: no limit.
    """

    id: UUID
    class_id: UUID
    member: UUID
    operation: str
    model_name: str
    estimate: int
    at: datetime
    zone: ZoneInfo
    until: datetime
    takes_slot: bool = False
    message: UUID | None = None
    document: UUID | None = None
    most_of_all: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What was set aside, for whoever settles it.

    Attributes:
        held: tokens.
        is_sponsored: whether the class's owner pays.
        day, week, month: the names of the windows that it counts in.
    """

    id: UUID
    class_id: UUID
    member: UUID
    held: int
    is_sponsored: bool
    is_overflow: bool
    day: str
    week: str
    month: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call took.

    Attributes:
        cost: in millionths of the settings' currency.
        is_estimated: whether the model's server told no tokens.
        model_name: by the server's own name; None: as it was asked for.
    """

    input_tokens: int
    output_tokens: int
    cost: int
    is_estimated: bool
    model_name: str | None = None

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.input_tokens + self.output_tokens


class Meter(NamedTuple):
    """A meter that a call counts on, with its limit as it is now."""

    account: Account
    payer: str
    period: Period
    window: str
    limit: int


def ticket_of(usage: Usage) -> Ticket:
    """The ticket of a call, by its record: for whoever settles what another process left."""
    return Ticket(
        id=usage.id,
        class_id=usage.class_id,
        member=usage.user_id,
        held=usage.held,
        is_sponsored=usage.is_sponsored,
        is_overflow=usage.is_overflow,
        day=usage.day,
        week=usage.week,
        month=usage.month,
    )


def meters_of_member(mine: ClassMember, windows: Sequence[Window]) -> list[Meter]:
    """What a member's own limits are counted on."""
    limits = (mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit)
    return [
        Meter(own(mine.class_id, mine.member, window.name), "own", window.period, window.name, limit)
        for window, limit in zip(windows, limits, strict=True)
    ]


def meters_of_owner(standing: Standing, windows: Sequence[Window]) -> list[Meter]:
    """What the owner pays for all, and the member's share of it, which is as large as their own limits."""
    room, mine = standing.room, standing.mine
    budget = (room.sponsor_daily, room.sponsor_weekly, room.sponsor_monthly)
    limits = (mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit)
    whole = [
        Meter(sponsored(room.id, window.name), "sponsor", window.period, window.name, limit)
        for window, limit in zip(windows, budget, strict=True)
    ]
    part = [
        Meter(share(room.id, mine.member, window.name), "share", window.period, window.name, limit)
        for window, limit in zip(windows, limits, strict=True)
    ]
    return [*whole, *part]


def meters_of_ticket(ticket: Ticket, room: StudyClass | None = None, mine: ClassMember | None = None) -> list[Meter]:
    """The meters that a call counts on; without the rows they have no limits, and nothing is told of them."""
    named = list(zip(Period, (ticket.day, ticket.week, ticket.month), strict=True))
    budget = (room.sponsor_daily, room.sponsor_weekly, room.sponsor_monthly) if room else (0, 0, 0)
    limits = (mine.daily_token_limit, mine.weekly_token_limit, mine.monthly_token_limit) if mine else (0, 0, 0)
    of_member, payer = (share, "share") if ticket.is_sponsored else (own, "own")
    meters = [
        Meter(of_member(ticket.class_id, ticket.member, name), payer, period, name, limit)
        for (period, name), limit in zip(named, limits, strict=True)
    ]
    if ticket.is_sponsored:
        meters += [
            Meter(sponsored(ticket.class_id, name), "sponsor", period, name, limit)
            for (period, name), limit in zip(named, budget, strict=True)
        ]
    return meters


def make_ticket(spend: Spend, windows: Sequence[Window], *, is_sponsored: bool, is_overflow: bool) -> Ticket:
    """A call's ticket, for the windows of its instant."""
    day, week, month = (window.name for window in windows)
    return Ticket(spend.id, spend.class_id, spend.member, spend.estimate, is_sponsored, is_overflow, day, week, month)

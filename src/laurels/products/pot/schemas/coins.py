"""Coins in requests and answers: what a member has, each movement of it, and what is moved by hand."""

from uuid import UUID

from pydantic import Field

from laurels.products.pot.decisions import CoinsMoved, Contributed
from laurels.products.pot.queries import CoinLine
from laurels.products.pot.queries.standing import Standing
from laurels.products.pot.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME, Coins, Reason
from laurels.web.identifiers import OpaqueId
from laurels.web.schemas import Answer, Body, UtcInstant, example

_ALLOWANCE = {"amount": 50, "up_to": 200, "next_at": "2026-11-23T00:00:00+00:00"}


class CoinsBody(Body):
    """Coins that staff add or take, and why: on record, for staff and the member."""

    model_config = example({"member_id": EXAMPLE_MEMBER, "amount": 50, "reason": "For helping at the open day."})

    member_id: OpaqueId
    amount: Coins
    reason: Reason


class ContributionBody(Body):
    """Coins for the pot, without a message."""

    model_config = example({"amount": 10})

    amount: Coins


class AllowanceAnswer(Answer):
    """What each week brings."""

    model_config = example(_ALLOWANCE)

    amount: int = Field(description="Coins that a week brings at most.")
    up_to: int = Field(description="They fill a purse up to so many, and no further.")
    next_at: UtcInstant


class CoinBalanceAnswer(Answer):
    """What a member has, now: as if their week had been opened."""

    model_config = example(
        {
            "member_id": EXAMPLE_MEMBER,
            "balance": 95,
            "message_count": 1,
            "next_price": 10,
            "daily_limit": 10_000,
            "paid_today": 5,
            "resets_at": "2026-11-21T00:00:00+00:00",
            "paused_until": None,
            "allowance": _ALLOWANCE,
        }
    )

    member_id: UUID
    balance: int = Field(description="Coins.")
    message_count: int = Field(description="Messages that they paid for, ever.")
    next_price: int = Field(description="What their next message costs.")
    daily_limit: int | None = Field(description="Most coins that they may put into the pot in a day. Null: no limit.")
    paid_today: int = Field(description="Coins that they put into the pot today. A win doesn't lower it.")
    resets_at: UtcInstant = Field(description="When the community's next day begins.")
    paused_until: UtcInstant | None = Field(description="They asked to be kept out until then.")
    allowance: AllowanceAnswer

    @staticmethod
    def of(member_id: UUID, standing: Standing) -> "CoinBalanceAnswer":
        """The answer for a member."""
        coins, rules = standing.coins, standing.rules
        allowance = AllowanceAnswer(amount=rules.weekly_allowance, up_to=rules.allowance_up_to, next_at=standing.next_week_at)
        return CoinBalanceAnswer(
            member_id=member_id,
            balance=coins.balance,
            message_count=coins.messages,
            next_price=standing.next_price,
            daily_limit=coins.daily_limit,
            paid_today=coins.paid_today,
            resets_at=standing.next_day_at,
            paused_until=coins.paused_until,
            allowance=allowance,
        )


class CoinLineAnswer(Answer):
    """One movement of a member's coins."""

    model_config = example(
        {"kind": "message", "amount": -5, "balance_after": 95, "reference": EXAMPLE_ID, "reason": None, "created_at": EXAMPLE_TIME}
    )

    kind: str = Field(
        description="`start`, `allowance`, `message`, `prize`, `contribution`, `top_up`, `deduction`, `earned`, `refund`; more may come."
    )
    amount: int = Field(description="What it added; below zero for what left.")
    balance_after: int
    reference: UUID | None = Field(description="The id of what it is about: a message, a change by staff, what earned it.")
    reason: str | None = Field(description="Why staff did it.")
    created_at: UtcInstant

    @staticmethod
    def of(line: CoinLine) -> "CoinLineAnswer":
        """The answer for a line."""
        return CoinLineAnswer(
            kind=line.kind,
            amount=line.amount,
            balance_after=line.balance,
            reference=line.source,
            reason=line.reason,
            created_at=line.created_at,
        )


class CoinsMovedAnswer(Answer):
    """Coins that staff added or took."""

    model_config = example({"member_id": EXAMPLE_MEMBER, "amount": 50, "balance": 150})

    member_id: UUID
    amount: int = Field(description="Below zero for what was taken.")
    balance: int = Field(description="What the member has then.")

    @staticmethod
    def of(moved: CoinsMoved) -> "CoinsMovedAnswer":
        """The answer for a change."""
        return CoinsMovedAnswer(member_id=moved.member, amount=moved.amount, balance=moved.balance)


class ContributionAnswer(Answer):
    """Coins put into the pot without a message."""

    model_config = example({"amount": 10, "balance": 85, "pot": 15, "round": 1})

    amount: int
    balance: int = Field(description="What the member has then.")
    pot: int = Field(description="What is in the pot then.")
    round: int

    @staticmethod
    def of(done: Contributed) -> "ContributionAnswer":
        """The answer for a contribution."""
        return ContributionAnswer(amount=done.amount, balance=done.balance, pot=done.pot, round=done.round)

"""Members' points in answers: balances, lots, histories and forecasts."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from laurels.products.loyalty.decisions.memberships import Joined, Left
from laurels.products.loyalty.decisions.reading import Coming
from laurels.products.loyalty.queries.history import HistoryKind, HistoryLine
from laurels.products.loyalty.queries.lots import LotShown, LotState
from laurels.products.loyalty.queries.points import Balance, TierStanding
from laurels.products.loyalty.rules import ForecastMonth
from laurels.products.loyalty.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.web.schemas import Answer, UtcInstant, example

_NEXT: dict[str, Any] = {"at": "2026-12-04T00:00:00+00:00", "points": 10}
_TIER: dict[str, Any] = {
    "place": 1,
    "name": "Gold",
    "multiplier_percent": 150,
    "window": "year",
    "points": 1_040,
    "next_name": None,
    "points_to_next": None,
}
_BALANCE: dict[str, Any] = {
    "program_id": EXAMPLE_ID,
    "member_id": EXAMPLE_MEMBER,
    "status": "active",
    "joined_at": EXAMPLE_TIME,
    "unit_name": "points",
    "balance": 110,
    "pending": 10,
    "active": 100,
    "reserved": 0,
    "redeemed": 50,
    "expired": 0,
    "cancelled": 5,
    "owed": 0,
    "next_activation": _NEXT,
    "next_expiry": _NEXT | {"at": "2027-11-21T00:00:00+00:00", "points": 40},
    "tier": _TIER,
}
_DECEMBER: dict[str, Any] = {"month": "2026-12", "activating": 10, "expiring": 40, "active": 70, "pending": 0, "left": 70}
_NUMBERS = ("balance", "pending", "active", "reserved", "redeemed", "expired", "cancelled", "owed")


class MembershipAnswer(Answer):
    """A membership."""

    model_config = example({"program_id": EXAMPLE_ID, "member_id": EXAMPLE_MEMBER, "status": "active"})

    program_id: UUID
    member_id: UUID
    status: str

    @staticmethod
    def of(joined: Joined) -> "MembershipAnswer":
        """The answer for a joining."""
        return MembershipAnswer(program_id=joined.program, member_id=joined.member, status=joined.status)


class LeftAnswer(Answer):
    """A membership that ended."""

    model_config = example({"program_id": EXAMPLE_ID, "points_given_up": 40})

    program_id: UUID
    points_given_up: int

    @staticmethod
    def of(left: Left) -> "LeftAnswer":
        """The answer for a leaving."""
        return LeftAnswer(program_id=left.program, points_given_up=left.points)


class ComingAnswer(Answer):
    """Points that will change at an instant if nothing happens before."""

    model_config = example(_NEXT)

    at: UtcInstant
    points: int

    @staticmethod
    def of(coming: Coming | None) -> "ComingAnswer | None":
        """The answer, where there is something coming."""
        return None if coming is None else ComingAnswer(at=coming.at, points=coming.points)


class TierAnswer(Answer):
    """Where a member stands among a program's tiers."""

    model_config = example(_TIER)

    place: int = Field(description="0 for the lowest.")
    name: str
    multiplier_percent: int
    window: Literal["ever", "year"] = Field(description="What counts: points earned ever, or in the better of this and the last year.")
    points: int = Field(description="Those that count.")
    next_name: str | None = Field(description="Null at the top.")
    points_to_next: int | None = Field(description="Null at the top.")

    @staticmethod
    def of(standing: TierStanding | None) -> "TierAnswer | None":
        """The answer, where the program has tiers."""
        return None if standing is None else TierAnswer.model_validate(standing, from_attributes=True)


class BalanceAnswer(Answer):
    """A member's points in a program, as they are now."""

    model_config = example(_BALANCE)

    program_id: UUID
    member_id: UUID
    status: Literal["active", "left"] = Field(description="The membership's.")
    joined_at: UtcInstant
    unit_name: str = Field(description="What a point is called.")
    balance: int = Field(description="Pending and active; where returns may overdraw it, less what is owed, and so perhaps below zero.")
    pending: int = Field(description="Earned, and not usable yet.")
    active: int = Field(description="To be spent.")
    reserved: int = Field(description="Set aside for rewards that are yet to be confirmed.")
    redeemed: int = Field(description="Spent, ever.")
    expired: int = Field(description="Not used in time, ever.")
    cancelled: int = Field(description="Taken back by returns or given up by leaving, ever.")
    owed: int = Field(description="What returns will take out of the next earnings.")
    next_activation: ComingAnswer | None
    next_expiry: ComingAnswer | None = Field(description="The points that expire first, be they pending or active.")
    tier: TierAnswer | None = Field(description="Null where the program has none.")

    @staticmethod
    def of(found: Balance) -> "BalanceAnswer":
        """The answer for a balance."""
        return BalanceAnswer(**_balance_fields(found))


class MyProgramAnswer(BalanceAnswer):
    """A program that one belongs to, and one's points in it."""

    model_config = example({**_BALANCE, "name": "Wine & Dine", "currency": "GBP", "program_status": "active"})

    name: str
    currency: str
    program_status: Literal["active", "paused", "archived", "draft"]

    @staticmethod
    def of(found: Balance) -> "MyProgramAnswer":
        """The answer for a balance, with its program."""
        program = found.program
        return MyProgramAnswer(**_balance_fields(found), name=program.name, currency=program.currency, program_status=program.status)


class LotAnswer(Answer):
    """Points that were earned together."""

    model_config = example(
        {
            "id": "17.1",
            "amount": 10,
            "states": {"active": 6, "redeemed": 4},
            "earned_at": EXAMPLE_TIME,
            "usable_from": EXAMPLE_TIME,
            "expires_at": None,
            "purchase_id": EXAMPLE_ID,
            "transaction_id": "T-1001",
            "burn_id": None,
        }
    )

    id: str = Field(description="Its place in the program's book.")
    amount: int
    states: dict[LotState, int] = Field(description="How many of them are in which state; they add up to `amount`.")
    earned_at: UtcInstant
    usable_from: UtcInstant
    expires_at: UtcInstant | None = Field(description="Null where they don't expire by themselves.")
    purchase_id: UUID | None = Field(description="What earned them.")
    transaction_id: str | None = Field(description="The shop's id of that.")
    burn_id: UUID | None = Field(description="The cancelled burn that gave them back after they had expired, for the days of grace.")

    @staticmethod
    def of(lot: LotShown) -> "LotAnswer":
        """The answer for a lot."""
        return LotAnswer(
            id=f"{lot.key.sequence}.{lot.key.position}",
            amount=lot.amount,
            states=lot.states,
            earned_at=lot.earned_at,
            usable_from=lot.usable_from,
            expires_at=lot.expires_at,
            purchase_id=lot.purchase.id if lot.purchase else None,
            transaction_id=lot.purchase.transaction_id if lot.purchase else None,
            burn_id=lot.burn,
        )


class HistoryAnswer(Answer):
    """One movement of a member's points."""

    model_config = example(
        {
            "kind": "earn",
            "points": 10,
            "balance": 110,
            "occurred_at": EXAMPLE_TIME,
            "purchase_id": EXAMPLE_ID,
            "transaction_id": "T-1001",
            "return_id": None,
            "burn_id": None,
            "burn_status": None,
            "reward": None,
            "amount": 20_000,
            "purchased_at": EXAMPLE_TIME,
        }
    )

    kind: HistoryKind
    points: int = Field(description="What it added; negative for what left.")
    balance: int = Field(description="What there was after it, pending and active, as posted.")
    occurred_at: UtcInstant = Field(description="When the points moved.")
    purchase_id: UUID | None
    transaction_id: str | None = Field(description="The shop's id of the purchase.")
    return_id: str | None = Field(description="The shop's id of the return.")
    burn_id: UUID | None
    burn_status: Literal["reserved", "fulfilled", "cancelled"] | None
    reward: str | None = Field(description="The reward's name; null for a free amount.")
    amount: int | None = Field(description="What was paid or came back, in minor units of the program's currency.")
    purchased_at: UtcInstant | None = Field(description="When that happened at the shop.")

    @staticmethod
    def of(line: HistoryLine) -> "HistoryAnswer":
        """The answer for a line."""
        told = {name: getattr(line, name) for name in HistoryAnswer.model_fields if not name.startswith("burn_")}
        burned = {"burn_id": line.burn.id, "burn_status": line.burn.status} if line.burn else {"burn_id": None, "burn_status": None}
        return HistoryAnswer.model_validate(told | burned)


class ForecastMonthAnswer(Answer):
    """One month of a forecast."""

    model_config = example(_DECEMBER)

    month: str
    activating: int = Field(description="Pending ones that become usable in it.")
    expiring: int = Field(description="Those whose last day lies in it.")
    active: int = Field(description="Usable ones at its end.")
    pending: int = Field(description="Those at its end that aren't usable yet.")
    left: int = Field(description="Both.")


class ForecastAnswer(Answer):
    """A year of a member's points, month by month, if nothing more is earned or burned."""

    model_config = example({"items": [_DECEMBER]})

    items: list[ForecastMonthAnswer]

    @staticmethod
    def of(months: tuple[ForecastMonth, ...]) -> "ForecastAnswer":
        """The answer for a forecast."""
        return ForecastAnswer(
            items=[
                ForecastMonthAnswer(
                    month=one.month,
                    activating=one.activating,
                    expiring=one.expiring,
                    active=one.active,
                    pending=one.pending,
                    left=one.active + one.pending,
                )
                for one in months
            ]
        )


def _balance_fields(found: Balance) -> dict[str, Any]:
    return {
        "program_id": found.program.id,
        "member_id": found.membership.member,
        "status": found.membership.status,
        "joined_at": found.membership.joined_at,
        "unit_name": found.program.unit_name,
        **{name: getattr(found, name) for name in _NUMBERS},
        "next_activation": ComingAnswer.of(found.next_activation),
        "next_expiry": ComingAnswer.of(found.next_expiry),
        "tier": TierAnswer.of(found.tier),
    }

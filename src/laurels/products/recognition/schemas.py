"""Recognition's requests and answers, with an example of each."""

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.recognition.queries import LineKind, Pattern, PurseName
from laurels.products.recognition.rules import MAX_CREDITS, MAX_MESSAGE, MAX_REASON, MAX_STOCK_CHANGE, MAX_VALUE_NAME, RedemptionStatus
from laurels.web.identifiers import OpaqueId
from laurels.web.language import N_
from laurels.web.schemas import Answer, Body, PlainLine, PlainText, UtcInstant, example

_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
_OTHER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
_THIRD = "01a1f890-e37a-7d52-b0c3-9d1c8f0a7e55"
_AT = "2026-11-20T10:00:00+00:00"
_NEXT_MONTH = "2026-12-01T00:00:00+00:00"
_ANA: dict[str, Any] = {"id": _OTHER, "student_id": "1042", "display_name": "Ana Díaz"}
_BO: dict[str, Any] = {"id": _THIRD, "student_id": "1043", "display_name": "Bo Lindt"}
_GIVEN: dict[str, Any] = {
    "recognition_id": _ID,
    "sender_id": _OTHER,
    "receiver_id": _THIRD,
    "credits_transferred": 10,
    "message": "You stayed until the demo ran.",
    "value": "Teamwork",
    "endorsement_count": 0,
    "created_at": _AT,
    "updated_at": _AT,
    "month_bucket": "2026-11",
}
_THANKS: dict[str, Any] = _GIVEN | {
    "endorsement_count": 3,
    "sender": _ANA,
    "receiver": _BO,
    "is_endorsed_by_me": False,
    "is_reversed": False,
    "reversed_at": None,
    "reversal_reason": None,
}
_REDEMPTION: dict[str, Any] = {
    "redemption_id": _ID,
    "student_id": "1042",
    "credits_redeemed": 10,
    "voucher_value": 50,
    "voucher_value_minor": 5000,
    "currency": "INR",
    "status": "ISSUED",
    "voucher_code": "K7QM-2XVA-9RTD-HW4E",
    "failure": None,
    "created_at": _AT,
    "fulfilled_at": _AT,
    "issued_by": "laurels",
}
_BOARD_ROW: dict[str, Any] = {
    "rank": 1,
    "member_id": _THIRD,
    "student_id": "1043",
    "display_name": "Bo Lindt",
    "total_credits_received": 130,
    "recognition_count": 12,
    "endorsement_total": 31,
}


Credits: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_CREDITS, examples=[10])]


# Requests


class GiftBody(Body):
    """Whom to thank, with how much, and why."""

    model_config = example({"receiver_id": _THIRD, "credits": 10, "message": "You stayed until the demo ran.", "value": "Teamwork"})

    receiver_id: OpaqueId
    credits: Credits
    message: Annotated[PlainText, Field(min_length=1, max_length=MAX_MESSAGE, description="Plain text.")]
    value: Annotated[PlainLine, Field(min_length=1, max_length=MAX_VALUE_NAME)] | None = Field(
        None, description="One of GET /recognitions/values, or none."
    )


class ReversalBody(Body):
    """Why it is taken back: on record, for staff and the two concerned."""

    model_config = example({"reason": "Given by mistake; both agree."})

    reason: Annotated[PlainText, Field(min_length=1, max_length=MAX_REASON)]


class RedemptionBody(Body):
    """How many received credits become a voucher."""

    model_config = example({"credits": 10})

    credits: Credits


class ValueBody(Body):
    """A value's place in the list, and whether it can be chosen."""

    model_config = example({"position": 1, "is_active": True})

    position: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = Field(
        None, description="The list goes by it; none leaves it where it is, or puts a new one last."
    )
    is_active: bool = Field(True, description="Whether it can be chosen; recognitions that have it keep it.")


class StockBody(Body):
    """How many vouchers to add; a negative number takes unsold ones out."""

    model_config = example({"added": 50})

    added: Annotated[int, Field(strict=True, ge=-MAX_STOCK_CHANGE, le=MAX_STOCK_CHANGE)]


# Answers


class PersonAnswer(Answer):
    """What everyone may know of a member."""

    model_config = example(_ANA)

    id: UUID
    student_id: str
    display_name: str


class RecognitionCore(Answer):
    """What every answer about a recognition has."""

    recognition_id: UUID
    sender_id: UUID
    receiver_id: UUID
    credits_transferred: int
    message: str
    value: str | None
    endorsement_count: int
    created_at: UtcInstant
    updated_at: UtcInstant
    month_bucket: str = Field(description="The community's month that it counts for.")


class GiftAnswer(RecognitionCore):
    """A recognition just given, and what is left to its giver."""

    model_config = example(_GIVEN | {"allowance_left": 90, "sendable_left": 90})

    allowance_left: int = Field(description="Credits left to give.")
    sendable_left: int = Field(description="What of them the month's sending limit still lets through.")


class RecognitionAnswer(RecognitionCore):
    """A recognition."""

    model_config = example(_THANKS)

    sender: PersonAnswer
    receiver: PersonAnswer
    is_endorsed_by_me: bool
    is_reversed: bool = Field(description="Whether staff took it back; then only staff and the two concerned see it.")
    reversed_at: UtcInstant | None
    reversal_reason: str | None


class EndorsementAnswer(Answer):
    """How many endorse it now."""

    model_config = example({"recognition_id": _ID, "endorsement_count": 4})

    recognition_id: UUID
    endorsement_count: int


class EndorserAnswer(Answer):
    """Who endorsed, and when."""

    model_config = example({"member": _BO, "created_at": _AT})

    member: PersonAnswer
    created_at: UtcInstant


class ReversalAnswer(Answer):
    """What taking it back did, in credits."""

    model_config = example({"recognition_id": _ID, "taken": 7, "owed": 3, "returned": 10})

    recognition_id: UUID
    taken: int = Field(description="Taken back from the receiver.")
    owed: int = Field(description="Redeemed already: taken from what the receiver gets next.")
    returned: int = Field(description="Back in the giver's allowance; 0 where the month it was sent in is over.")


class PurseAnswer(Answer):
    """What a member has now, in credits."""

    model_config = example(
        {
            "month_bucket": "2026-11",
            "allowance": 90,
            "credits_sent": 10,
            "limit_amount": 100,
            "sendable": 90,
            "received": 45,
            "redeeming": 0,
            "owed": 0,
            "carries": 50,
            "reset_at": _NEXT_MONTH,
        }
    )

    month_bucket: str
    allowance: int = Field(description="To give.")
    credits_sent: int = Field(description="Sent this month.")
    limit_amount: int = Field(description="Most that may be sent in the month.")
    sendable: int = Field(description="What may still be sent: the smaller of allowance and what the limit leaves.")
    received: int = Field(description="To redeem. Never resets.")
    redeeming: int = Field(description="On their way into vouchers.")
    owed: int = Field(description="Taken from the next received ones: a recognition was taken back after it was redeemed.")
    carries: int = Field(description="What of the allowance goes into the next month if nothing more is sent.")
    reset_at: UtcInstant = Field(description="When the next month begins.")


class QuotaAnswer(Answer):
    """What a month allowed a member to send."""

    model_config = example(
        {
            "month_bucket": "2026-11",
            "credits_sent": 10,
            "limit_amount": 100,
            "carry_forward_applied": True,
            "carry_forward_credits": 50,
            "reset_at": _NEXT_MONTH,
        }
    )

    month_bucket: str
    credits_sent: int
    limit_amount: int
    carry_forward_applied: bool = Field(description="Whether anything came from the month before.")
    carry_forward_credits: int
    reset_at: UtcInstant


class SnapshotAnswer(Answer):
    """How a month ended."""

    model_config = example({"month_bucket": "2026-10", "balance_end": 60, "carry_forward_amount": 50})

    month_bucket: str
    balance_end: int = Field(description="Unused credits at its end.")
    carry_forward_amount: int = Field(description="Of them, what went into the next month.")


class LineAnswer(Answer):
    """One movement of one purse."""

    model_config = example(
        {
            "kind": "RECOGNITION_OUT",
            "purse": "allowance",
            "source_ref": _ID,
            "credits_delta": -10,
            "running_balance": 90,
            "month_bucket": "2026-11",
            "created_at": _AT,
        }
    )

    kind: LineKind
    purse: PurseName
    source_ref: UUID | None = Field(description="The recognition or redemption that it is about, or the member whose month began.")
    credits_delta: int = Field(description="What it added; negative for what left.")
    running_balance: int = Field(description="What the purse held after it.")
    month_bucket: str
    created_at: UtcInstant


class RedemptionAnswer(Answer):
    """Credits on their way into a voucher."""

    model_config = example(_REDEMPTION)

    redemption_id: UUID
    student_id: str
    credits_redeemed: int
    voucher_value: int | float = Field(description="In the currency's main unit. To calculate, take voucher_value_minor.")
    voucher_value_minor: int = Field(description="In the currency's minor unit: 5000 for INR 50.00.")
    currency: str = Field(description="ISO 4217 code.")
    status: RedemptionStatus = Field(description="PENDING until the issuer answers; FAILED gave every credit back.")
    voucher_code: str | None = Field(description="Once issued; shown to its owner only.")
    failure: str | None = Field(description="Why no voucher could be had: refused or unavailable.")
    created_at: UtcInstant
    fulfilled_at: UtcInstant | None
    issued_by: str | None


class BoardRowAnswer(Answer):
    """A member's place."""

    model_config = example(_BOARD_ROW)

    rank: int
    member_id: UUID
    student_id: str
    display_name: str
    total_credits_received: int
    recognition_count: int
    endorsement_total: int


class BoardAnswer(Answer):
    """A part of the leaderboard: credits received descending, then student ids ascending."""

    model_config = example({"period": "all", "items": [_BOARD_ROW], "next_cursor": None})

    period: str = Field(description="`all`, a month such as 2026-11, or a half-year such as 2026-H2.", examples=["all", "2026-11"])
    items: list[BoardRowAnswer]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one, and with `around`.")


class FindingAnswer(Answer):
    """One thing found, with its numbers."""

    model_config = example({"members": [_ANA, _BO], "numbers": {"first_gave": 60, "second_gave": 60}})

    members: list[PersonAnswer] = Field(description="Whom it concerns, the giver first; a ring in the order of giving.")
    numbers: dict[str, int]


class PatternAnswer(Answer):
    """A pattern and what was found of it, the largest first, at most 100."""

    model_config = example({"pattern": "mutual", "findings": [{"members": [_ANA, _BO], "numbers": {"first_gave": 60, "second_gave": 60}}]})

    pattern: Pattern
    findings: list[FindingAnswer]


class PatternsAnswer(Answer):
    """Patterns of a month that deserve a look: numbers, not verdicts."""

    model_config = example({"month_bucket": "2026-11", "items": [{"pattern": "mutual", "findings": []}]})

    month_bucket: str
    items: list[PatternAnswer]


class ValueAnswer(Answer):
    """What a recognition can be for."""

    model_config = example({"name": "Teamwork", "position": 1, "is_active": True})

    name: str
    position: int
    is_active: bool


class ValueList(Answer):
    """The community's values in their order, at most 100."""

    model_config = example({"items": [{"name": "Teamwork", "position": 1, "is_active": True}]})

    items: list[ValueAnswer]


class StockAnswer(Answer):
    """How many vouchers may still be issued."""

    model_config = example({"stock": 50, "is_limited": True})

    stock: int
    is_limited: bool = Field(description="Whether vouchers come from the stock; if not, it is only kept.")


def plain_number(value: Decimal) -> int | float:
    """A decimal as JSON shows it: whole where it is."""
    return int(value) if value == int(value) else float(value)


NO_MIXED_PERIODS = N_("Send either a month or a semester.")
NO_PAGES_AROUND = N_("Leave the cursor out together with `around`.")
Around: TypeAlias = Literal["me"]

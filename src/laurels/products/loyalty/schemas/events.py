"""Requests and answers of purchases and returns, with an example of each."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.loyalty.rules.purchases import MAX_LINES, MAX_MEMBER_REF, MAX_PURCHASE_AMOUNT, MAX_TRANSACTION_ID, Category
from laurels.products.loyalty.rules.terms import Terms
from laurels.products.loyalty.schemas.fields import Currency
from laurels.web.schemas import Answer, Body, PastInstant, PlainLine, UtcInstant, example

MAX_BATCH = 10_000
"""Most events of one request."""

MAX_METADATA = 20
"""Most pairs of a purchase's metadata."""

_ID = "0f5f7a52-6d0f-4cb6-8a51-4c6b1f2f9a10"
_AT = "2026-11-20T09:30:00+00:00"
_NOW = "2026-11-20T10:00:00+00:00"
_PURCHASE: dict[str, Any] = {
    "transaction_id": "till-3-000981",
    "member": "1042",
    "amount": 9999,
    "currency": "EUR",
    "occurred_at": _AT,
    "lines": [{"category": "wine", "amount": 7999}, {"category": "bread", "amount": 2000}],
    "metadata": {"till": "3"},
}
_RETURN: dict[str, Any] = {
    "return_id": "back-77",
    "transaction_id": "till-3-000981",
    "amount": 3333,
    "currency": "EUR",
    "occurred_at": _NOW,
}

OwnId: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_TRANSACTION_ID)]
"""An id of the shop's own."""

MemberRef: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=MAX_MEMBER_REF, description="A student id, or a member's id.")]

MinorUnits: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=MAX_PURCHASE_AMOUNT, description="In the currency's minor unit.")]


class LineBody(Body):
    """What a purchase spent on one category."""

    model_config = example({"category": "wine", "amount": 7999})

    category: Category
    amount: Annotated[int, Field(strict=True, ge=-MAX_PURCHASE_AMOUNT, le=MAX_PURCHASE_AMOUNT, description="A discount is negative.")]


MetadataText: TypeAlias = Annotated[PlainLine, Field(max_length=200)]


def _say_of_every_name(schema: dict[str, Any]) -> None:
    """Bind names and values alike: pydantic speaks only of the values whose names fit."""
    [text] = schema.pop("patternProperties").values()
    schema |= {"propertyNames": text, "additionalProperties": text}


Metadata: TypeAlias = Annotated[dict[MetadataText, MetadataText], Field(max_length=MAX_METADATA, json_schema_extra=_say_of_every_name)]


class PurchaseBody(Body):
    """A purchase, as the shop's till knows it. The transaction id earns once, for ever, whatever else is sent again."""

    model_config = example(_PURCHASE)

    transaction_id: OwnId
    member: MemberRef
    amount: MinorUnits
    currency: Currency
    occurred_at: PastInstant
    # A list made for each: pydantic would copy a default one deeply, ten thousand times a batch.
    lines: Annotated[list[LineBody], Field(max_length=MAX_LINES)] = Field(
        default_factory=list, description="What it was spent on; for rules with categories.", json_schema_extra={"default": []}
    )
    metadata: Metadata = Field({}, description="Kept with the purchase; it earns nothing.")


class PurchaseBatchBody(Body):
    """Purchases, decided in this order."""

    model_config = example({"events": [_PURCHASE]})

    events: Annotated[list[PurchaseBody], Field(min_length=1, max_length=MAX_BATCH)]


class ReturnBody(Body):
    """Goods that came back: of a purchase, or, where the shop doesn't know which, of a member."""

    model_config = example(_RETURN, {"return_id": "back-78", "member": "1042", "amount": 500, "currency": "EUR", "occurred_at": _NOW})

    return_id: OwnId
    transaction_id: OwnId | None = Field(None, description="The purchase; it may be sent later than its return.")
    member: MemberRef | None = Field(None, description="Instead of the purchase: whose the goods were.")
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_PURCHASE_AMOUNT, description="Worth of what came back, in minor units.")]
    currency: Currency
    occurred_at: PastInstant


class ReturnBatchBody(Body):
    """Returns, decided in this order."""

    model_config = example({"events": [_RETURN]})

    events: Annotated[list[ReturnBody], Field(min_length=1, max_length=MAX_BATCH)]


class DryRunBody(Body):
    """A purchase that might be: nothing is kept of it."""

    model_config = example({"amount": 9999, "occurred_at": _AT, "member": "1042"})

    amount: MinorUnits
    occurred_at: PastInstant | None = Field(None, description="None: now.")
    member: MemberRef | None = Field(None, description="None: somebody with no tier, and with room in every cap.")
    lines: Annotated[list[LineBody], Field(max_length=MAX_LINES)] = Field([])
    terms: Terms | None = Field(None, description="Terms to be tried, as for POST /programs/{id}/rules; none: those in force.")


class Why(Answer):
    """Why something was refused: a problem's code and detail."""

    model_config = example({"code": "unknown-member", "detail": "Nobody in this program is known as 1042."})

    code: str
    detail: str


PurchaseStatus: TypeAlias = Literal["accepted", "waiting", "earned", "refused"]
ReturnStatus: TypeAlias = Literal["accepted", "waiting", "applied", "refused"]

_EARNED: dict[str, Any] = {
    "event_id": _ID,
    "transaction_id": "till-3-000981",
    "status": "earned",
    "points": 4,
    "repaid": 0,
    "refusal": None,
    "is_replay": False,
}


class EventAnswer(Answer):
    """What became of a purchase so far."""

    model_config = example(_EARNED)

    event_id: UUID
    transaction_id: str
    status: PurchaseStatus = Field(description="`accepted`: durable, and decided soon; `waiting`: for its member to join.")
    points: int = Field(description="Earned, once it is decided.")
    repaid: int = Field(description="Of them, taken for what returns were owed.")
    refusal: Why | None = None
    is_replay: bool = Field(False, description="Whether it was known before.")


class PurchaseAnswer(EventAnswer):
    """A purchase, and why it earned what it earned."""

    model_config = example(
        _EARNED
        | {
            "member": "1042",
            "amount": 9999,
            "currency": "EUR",
            "occurred_at": _AT,
            "base_points": 4,
            "tier_points": 0,
            "campaign_points": 0,
            "terms_version": 1,
            "returned_amount": 0,
            "returned_points": 0,
            "accepted_at": _NOW,
            "decided_at": _NOW,
        }
    )

    member: str
    amount: int
    currency: str
    occurred_at: UtcInstant
    base_points: int = Field(description="By the rules.")
    tier_points: int = Field(description="By the member's tier.")
    campaign_points: int = Field(description="By campaigns, as far as their budgets went.")
    terms_version: int | None
    returned_amount: int
    returned_points: int
    accepted_at: UtcInstant
    decided_at: UtcInstant | None


class BatchAnswer(Answer):
    """What became of a batch: one outcome for each event, in their order."""

    model_config = example({"items": [_EARNED], "accepted": 0, "earned": 1, "waiting": 0, "refused": 0, "replayed": 0, "points": 4})

    items: list[EventAnswer]
    accepted: int
    earned: int
    waiting: int
    refused: int
    replayed: int = Field(description="Of them all, known before.")
    points: int


_TAKEN: dict[str, Any] = {
    "event_id": _ID,
    "return_id": "back-77",
    "status": "applied",
    "points": 2,
    "taken": 2,
    "owed": 0,
    "refusal": None,
    "is_replay": False,
}


class ReturnAnswer(Answer):
    """What became of a return so far."""

    model_config = example(_TAKEN)

    event_id: UUID
    return_id: str
    status: ReturnStatus = Field(description="`waiting`: for its purchase, or its member.")
    points: int = Field(description="Taken back in all, once it is decided.")
    taken: int = Field(description="Of them, at once.")
    owed: int = Field(description="Of them, out of the next earnings.")
    refusal: Why | None = None
    is_replay: bool = False


class ReturnBatchAnswer(Answer):
    """What became of a batch of returns, in their order."""

    model_config = example({"items": [_TAKEN], "accepted": 0, "applied": 1, "waiting": 0, "refused": 0, "replayed": 0, "points": 2})

    items: list[ReturnAnswer]
    accepted: int
    applied: int
    waiting: int
    refused: int
    replayed: int
    points: int


class StepAnswer(Answer):
    """One step of why."""

    model_config = example({"code": "matched", "detail": "“Everything” gives 4 points.", "params": {"rule": "Everything", "points": 4}})

    code: str
    detail: str
    params: dict[str, str | int]


class DryRunAnswer(Answer):
    """What a purchase would earn, and why."""

    model_config = example(
        {
            "points": 4,
            "base_points": 4,
            "tier_points": 0,
            "campaign_points": 0,
            "usable_from": _AT,
            "expires_at": None,
            "terms_version": 1,
            "steps": [{"code": "matched", "detail": "“Everything” gives 4 points.", "params": {"rule": "Everything", "points": 4}}],
        }
    )

    points: int
    base_points: int
    tier_points: int
    campaign_points: int
    usable_from: UtcInstant
    expires_at: UtcInstant | None
    terms_version: int | None = Field(description="None for terms that were only tried.")
    steps: list[StepAnswer]

"""Requests and answers of burning points, with an example of each."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.loyalty import bounds
from laurels.products.loyalty.schemas.events import MemberRef
from laurels.products.loyalty.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.web.identifiers import OpaqueId
from laurels.web.schemas import Answer, Body, UtcInstant, example

_BURN: dict[str, Any] = {
    "burn_id": EXAMPLE_ID,
    "member_id": EXAMPLE_MEMBER,
    "status": "fulfilled",
    "reward_id": EXAMPLE_ID,
    "reward_name": "A bottle of the house's red",
    "points": 500,
    "value_minor": None,
    "currency": "EUR",
    "voucher_code": "WINE-7QM2-XVA9",
    "voucher_until": None,
    "created_at": EXAMPLE_TIME,
    "confirm_by": EXAMPLE_TIME,
    "fulfilled_at": EXAMPLE_TIME,
    "cancelled_at": None,
}

BurnStatus: TypeAlias = Literal["reserved", "fulfilled", "cancelled"]


class BurnBody(Body):
    """What to burn: a reward of the catalogue, or points at the program's burn rate."""

    model_config = example({"reward_id": EXAMPLE_ID}, {"member": "1042", "points": 200, "at_once": True})

    reward_id: OpaqueId | None = Field(None, description="One of the catalogue; or `points`.")
    points: Annotated[int, Field(strict=True, ge=1, le=bounds.MAX_POINTS)] | None = Field(
        None, description="A free amount, worth what the program's burn rate says; or `reward_id`."
    )
    member: MemberRef | None = Field(None, description="For service keys and admins: whose points. A member burns their own.")
    at_once: bool = Field(False, description="Final at once; else it is reserved, and has to be confirmed.")


class BurnAnswer(Answer):
    """A burn as it stands."""

    model_config = example(_BURN)

    burn_id: UUID
    member_id: UUID
    status: BurnStatus
    reward_id: UUID | None
    reward_name: str | None
    points: int
    value_minor: int | None = Field(description="What a free amount is worth, in minor units of the currency.")
    currency: str
    voucher_code: str | None = Field(description="For the member and the program's keys that burn, once it is fulfilled.")
    voucher_until: UtcInstant | None
    created_at: UtcInstant
    confirm_by: UtcInstant = Field(description="When a reservation runs out by itself.")
    fulfilled_at: UtcInstant | None
    cancelled_at: UtcInstant | None

"""Rewards in requests and answers."""

from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.loyalty.actions.rewards import NewReward
from laurels.products.loyalty.bounds import MAX_STOCK_CHANGE
from laurels.products.loyalty.queries import ShownReward
from laurels.products.loyalty.schemas.fields import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    Description,
    PerMember,
    Pieces,
    Points,
    RewardName,
    VoucherDays,
    VoucherPattern,
)
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

_DINNER: dict[str, Any] = {"name": "Dinner for two", "description": "Three courses, any evening but Saturday.", "cost": 2_500}

_STOCK = "Pieces that there are; left out where they aren't counted."
_PER_MEMBER = "The most that one member may take; null for no bound."
_FROM = "The first instant at which it is on sale; null for at once."
_UNTIL = "The first instant at which it no longer is; null for ever."
_PATTERN = "How its voucher codes look: each # becomes a random character. Null: the common pattern."
_DAYS = "Days that a voucher holds; null for ever."


class RewardBody(Body):
    """Something that points buy."""

    model_config = example({**_DINNER, "stock": 40, "per_member": 2, "voucher_days": 180})

    name: RewardName
    description: Description = ""
    cost: Points = Field(description="In points.")
    stock: Pieces | None = Field(None, description=_STOCK)
    per_member: PerMember | None = Field(None, description=_PER_MEMBER)
    on_sale_from: UtcInstant | None = Field(None, description=_FROM)
    on_sale_until: UtcInstant | None = Field(None, description=_UNTIL)
    voucher_pattern: VoucherPattern | None = Field(None, description=_PATTERN)
    voucher_days: VoucherDays | None = Field(None, description=_DAYS)

    def new(self) -> NewReward:
        """What is to be added."""
        return NewReward(
            name=self.name,
            description=self.description,
            cost=self.cost,
            stock=self.stock,
            per_member=self.per_member,
            on_sale_from=self.on_sale_from,
            on_sale_until=self.on_sale_until,
            voucher_pattern=self.voucher_pattern,
            voucher_days=self.voucher_days,
        )


class RewardChange(Body):
    """What of a reward is to change; what was taken before keeps what it was taken for."""

    model_config = example({"cost": 2_000, "on_sale_until": None})

    name: RewardName = unchanged()
    description: Description = unchanged()
    cost: Points = unchanged(description="In points.")
    has_stock: bool = unchanged(description="Whether its pieces are counted.")
    per_member: PerMember | None = unchanged(description=_PER_MEMBER)
    on_sale_from: UtcInstant | None = unchanged(description=_FROM)
    on_sale_until: UtcInstant | None = unchanged(description=_UNTIL)
    voucher_pattern: VoucherPattern | None = unchanged(description=_PATTERN)
    voucher_days: VoucherDays | None = unchanged(description=_DAYS)
    is_archived: bool = unchanged(description="An archived reward is out of the catalogue, and may come back.")

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class PiecesBody(Body):
    """Pieces to add to a reward's stock; a negative number takes unsold ones out."""

    model_config = example({"added": 20})

    added: int = Field(ge=-MAX_STOCK_CHANGE, le=MAX_STOCK_CHANGE)


class PiecesAnswer(Answer):
    """What is left of a reward."""

    model_config = example({"stock_left": 60})

    stock_left: int


class RewardAnswer(Answer):
    """A reward."""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            **_DINNER,
            "has_stock": True,
            "stock_left": 40,
            "per_member": 2,
            "on_sale_from": None,
            "on_sale_until": None,
            "voucher_pattern": None,
            "voucher_days": 180,
            "is_archived": False,
            "version": 1,
            "created_at": EXAMPLE_TIME,
            "updated_at": EXAMPLE_TIME,
        }
    )

    id: UUID
    name: str
    description: str
    cost: int
    has_stock: bool
    stock_left: int | None = Field(description="Pieces left; null where they aren't counted.")
    per_member: int | None
    on_sale_from: UtcInstant | None
    on_sale_until: UtcInstant | None
    voucher_pattern: str | None
    voucher_days: int | None
    is_archived: bool
    version: int
    created_at: UtcInstant
    updated_at: UtcInstant

    @staticmethod
    def of(shown: ShownReward) -> "RewardAnswer":
        """The answer for a reward."""
        row = shown.row
        return RewardAnswer(
            id=row.id,
            name=row.name,
            description=row.description,
            cost=row.cost,
            has_stock=row.has_stock,
            stock_left=shown.stock_left,
            per_member=row.per_member,
            on_sale_from=row.on_sale_from,
            on_sale_until=row.on_sale_until,
            voucher_pattern=row.voucher_pattern,
            voucher_days=row.voucher_days,
            is_archived=row.is_archived,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )

"""Freezes in requests and answers."""

from pydantic import Field

from laurels.products.progress.queries.freezes import FreezesNow
from laurels.products.progress.schemas.fields import MemberRef
from laurels.web.schemas import Answer, Body, example


class FreezeBody(Body):
    """Whose freeze it is."""

    model_config = example({}, {"member": "1042"})

    member: MemberRef | None = Field(None, description="For staff: whom to give one, for nothing. Left out: one is bought.")


class FreezesAnswer(Answer):
    """The freezes that a member has in hand, and what one costs."""

    model_config = example({"in_hand": 1, "most": 2, "cost": 100, "earned_every": 7, "points_left": 420, "can_buy": True})

    in_hand: int = Field(description="Each saves one missed day of the streak.")
    most: int = Field(description="With so many in hand, no more are earned or sold.")
    cost: int | None = Field(description="Points that one costs; null where none is sold.")
    earned_every: int | None = Field(description="One is earned at every so many days of a streak; null where none is.")
    points_left: int = Field(description="Points that may be spent: spending doesn't lower the total.")
    can_buy: bool

    @staticmethod
    def of(now: FreezesNow) -> "FreezesAnswer":
        """The answer for a member."""
        return FreezesAnswer(
            in_hand=now.in_hand,
            most=now.most,
            cost=now.cost,
            earned_every=now.earned_every,
            points_left=now.points_left,
            can_buy=now.can_buy,
        )

"""What returns take back: of a purchase that they name, or by themselves."""

from zoneinfo import ZoneInfo

from laurels.products.loyalty.rules.earning import award
from laurels.products.loyalty.rules.purchases import Purchase
from laurels.products.loyalty.rules.terms import Terms


def points_kept(earned: int, amount: int, returned: int) -> int:
    """What a purchase keeps of its points once so much of its amount came back: in proportion, rounded down.

    Nothing is kept of a full return; what goes beyond the amount is not counted.

    Args:
        earned: points of the purchase, with bonuses.
        amount: what was paid, in minor units.
        returned: all that came back of it so far, in minor units.
    """
    if returned <= 0:
        return earned
    return earned * (amount - returned) // amount if returned < amount else 0


def points_to_take(earned: int, amount: int, *, returned_before: int, returned: int) -> int:
    """What one more return takes, so that however a purchase comes back, all returns together take the same and never more than earned.

    The same counts for a part of the points: a rule's share, to free the room in its cap; a campaign's bonus, for its budget.
    """
    return points_kept(earned, amount, returned_before) - points_kept(earned, amount, returned_before + returned)


def stand_alone_points(terms: Terms, returned: Purchase, zone: ZoneInfo) -> int:
    """What a return that names no purchase takes back: what its amount would earn at its time, without tier, campaigns and caps."""
    return award(terms, returned, zone=zone).total

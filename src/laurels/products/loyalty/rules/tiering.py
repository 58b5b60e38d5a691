"""Which tier a member has, and how far the next is."""

from laurels.products.loyalty.rules.terms import Terms, Tier


def tier_place(terms: Terms, points: int) -> int:
    """The place of the highest tier that so many points reach: 0 is the lowest, and also where a program has no tiers."""
    return max(0, sum(tier.threshold <= points for tier in terms.tiers) - 1)


def tier_for(terms: Terms, points: int) -> Tier | None:
    """That tier; None where the program has none."""
    return terms.tiers[tier_place(terms, points)] if terms.tiers else None


def next_tier(terms: Terms, points: int) -> Tier | None:
    """The lowest tier above that; None at the top, and without tiers."""
    return next(iter(terms.tiers[tier_place(terms, points) + 1 :]), None)


def points_to_next(terms: Terms, points: int) -> int | None:
    """Points missing to the next tier; None at the top, and without tiers."""
    ahead = next_tier(terms, points)
    return None if ahead is None else ahead.threshold - points

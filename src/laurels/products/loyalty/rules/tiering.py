"""Which tier a member has, and how far the next is."""

from laurels.products.loyalty.rules.terms import Terms, Tier


def points_for_tiers(terms: Terms, *, ever: int, this_year: int, last_year: int) -> int:
    """The points that tiers go by: net earned ever, or in the better of this and the last calendar year."""
    return ever if terms.tier_window == "ever" else max(this_year, last_year)


def tier_for(terms: Terms, points: int) -> Tier | None:
    """The highest tier that so many points reach; None where the program has no tiers."""
    reached = [tier for tier in terms.tiers if tier.threshold <= max(0, points)]
    return reached[-1] if reached else None


def next_tier(terms: Terms, points: int) -> Tier | None:
    """The lowest tier not reached yet; None at the top, and without tiers."""
    return next((tier for tier in terms.tiers if tier.threshold > max(0, points)), None)


def points_to_next(terms: Terms, points: int) -> int | None:
    """Points missing to the next tier; None at the top, and without tiers."""
    ahead = next_tier(terms, points)
    return None if ahead is None else ahead.threshold - points

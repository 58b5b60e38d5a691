"""Who may award which types of activity, and how much: by the rules in force when it is decided."""

from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.errors import ClaimTooLarge, TypeNotAllowed
from laurels.products.progress.rules import OPEN_TYPES, Rules, Source


def require_permitted(rules: Rules, giving: Giving) -> None:
    """Check that whoever awards may award this: members claim what the rules let them; nobody but the system awards its own types.

    Raises:
        TypeNotAllowed: the type isn't theirs to award.
        ClaimTooLarge: a member claims more points at once than they may.
    """
    if giving.source == Source.SYSTEM:
        return
    is_claim = giving.source == Source.SELF
    allowed = rules.self_reported if is_claim else OPEN_TYPES
    if giving.kind not in allowed:
        raise TypeNotAllowed(activity_type=giving.kind.value, allowed=", ".join(allowed) or "-")
    if is_claim and giving.asked > rules.max_self_points:
        raise ClaimTooLarge(limit=rules.max_self_points)

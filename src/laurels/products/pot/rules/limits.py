"""The daily limit: the community's, and the lower one that members may set themselves."""

from datetime import date


def own_limit(limit: int | None, later: int | None, later_from: date | None, day: date) -> int | None:
    """A member's own limit on a day: what they asked for later holds from its day on. None: they have none."""
    return later if later_from is not None and day >= later_from else limit


def effective_limit(community: int | None, own: int | None) -> int | None:
    """The lower of the community's limit and a member's own; None where neither is set."""
    limits = [limit for limit in (community, own) if limit is not None]
    return min(limits, default=None)


def is_stricter(wanted: int | None, current: int | None) -> bool:
    """Whether a limit asks for no more than the one in force: then it holds at once."""
    return wanted is not None and (current is None or wanted <= current)

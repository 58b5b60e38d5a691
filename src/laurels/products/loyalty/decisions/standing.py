"""The settings behind a decision, and where a member stands by them: the points that count, and the tier."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.ledger import Account, Draft
from laurels.products.loyalty.accounts import book_of, earned
from laurels.products.loyalty.facts import TierChanged
from laurels.products.loyalty.rules import Campaign, Terms, Tier, tier_for
from laurels.products.loyalty.tables import Membership


@dataclass(frozen=True, slots=True)
class Basis:
    """The settings that a decision is made by, as its action found them.

    Attributes:
        version: of the program; the decision is made again if it changed since.
        at: the decision's time.
        terms: those in force at the event's time: what it earns, what a return takes.
        terms_now: those in force at the decision's: what has expired, and which tiers there are.
        campaigns: those that run at the event's time.
        budgeted: of them, those whose points come out of an account.
        book: the program's.
    """

    program: UUID
    version: int
    zone: ZoneInfo
    at: datetime
    terms: Terms
    terms_version: int
    terms_now: Terms
    campaigns: tuple[Campaign, ...] = ()
    budgeted: frozenset[UUID] = frozenset()
    book: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "book", book_of(self.program))


def counting_meters(basis: Basis, member: UUID, at: datetime) -> Sequence[Account]:
    """The meters on which points earned at an instant count: ever, and its year where tiers went or go by years."""
    ever = earned(basis.program, member)
    is_yearly = _is_yearly(basis.terms) or _is_yearly(basis.terms_now)
    return [ever, earned(basis.program, member, _year(at, basis.zone))] if is_yearly else [ever]


def standing_meters(basis: Basis, member: UUID) -> Sequence[Account]:
    """The meters that tell a member's tier by the event's terms and by those of now."""
    meters = _meters_by(basis.terms, basis, member)
    return meters if basis.terms is basis.terms_now else [*meters, *_meters_by(basis.terms_now, basis, member)]


def qualifying_points(draft: Draft, basis: Basis, terms: Terms, member: UUID) -> int:
    """The points that count for a member's tier now, by one of the basis' terms: of two years, the better."""
    return max([draft.balance(meter) for meter in _meters_by(terms, basis, member)])


def tier_by(draft: Draft, basis: Basis, terms: Terms, member: UUID) -> Tier | None:
    """The tier that one of the basis' terms give a member for their points now; None where they have none."""
    return tier_for(terms, qualifying_points(draft, basis, terms, member)) if terms.tiers else None


def count_earned(draft: Draft, basis: Basis, member: UUID, at: datetime, points: int, kind: str) -> None:
    """Count points earned at an instant; a negative number counts back, as far as there is something."""
    for meter in counting_meters(basis, member, at):
        draft.count(meter, max(points, -draft.balance(meter)), kind)


def change_tier(draft: Draft, basis: Basis, membership: Membership) -> Membership:
    """Bring a membership's tier up to what its points say by the terms of now, and announce a change; gives it as it then is.

    Not by the event's: a purchase told late must not bring back tiers that the program no longer has.
    """
    tier = tier_by(draft, basis, basis.terms_now, membership.member)
    reached = basis.terms_now.tiers.index(tier) if tier else 0
    if reached == membership.tier:
        return membership
    draft.announce(TierChanged(basis.program, membership.member, membership.tier, reached))
    return draft.change(membership, tier=reached)


def _meters_by(terms: Terms, basis: Basis, member: UUID) -> Sequence[Account]:
    """Ever; or this and the last calendar year."""
    if not _is_yearly(terms):
        return [earned(basis.program, member)]
    year = _year(basis.at, basis.zone)
    return [earned(basis.program, member, window) for window in (year, f"{int(year) - 1:04d}")]


def _is_yearly(terms: Terms) -> bool:
    return bool(terms.tiers) and terms.tier_window == "year"


def _year(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone).year:04d}"

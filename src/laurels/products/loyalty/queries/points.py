"""What a member has in a program: true now, through the same rules that post."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from laurels.ledger import held_of
from laurels.ledger.reader import posting, preview
from laurels.products.loyalty.accounts import cancelled, expired, points, redeemed
from laurels.products.loyalty.decisions.reading import Coming, PointsNow, ReadPoints
from laurels.products.loyalty.queries.configuration import Configuration, basis_at
from laurels.products.loyalty.rules import Terms, next_tier, points_to_next, tier_place
from laurels.products.loyalty.tables import Membership, Program


@dataclass(frozen=True, slots=True)
class TierStanding:
    """Where a member stands among a program's tiers.

    Attributes:
        place: 0 for the lowest.
        window: what counts: `ever`, or the better of this and the last calendar `year`.
        points: those that count.
        next_name: None at the top.
        points_to_next: missing to it; None at the top.
    """

    place: int
    name: str
    multiplier_percent: int
    window: str
    points: int
    next_name: str | None
    points_to_next: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's points in a program.

    Attributes:
        balance: pending and active; where returns may overdraw it, less what is owed, and so perhaps below zero.
        redeemed: ever, as `expired` and `cancelled` are; the last are those that returns took back or a leaving gave up.
        owed: what returns will take out of the next earnings.
        tier: None where the program has none.
    """

    program: Program
    membership: Membership
    balance: int
    pending: int
    active: int
    reserved: int
    redeemed: int
    expired: int
    cancelled: int
    owed: int
    next_activation: Coming | None
    next_expiry: Coming | None
    tier: TierStanding | None


def read_balance(connection: Connection, configuration: Configuration, member_id: UUID, *, at: datetime) -> Balance:
    """A member's points at an instant, former members' too.

    Raises:
        Missing: they never joined.
        ProgramChanged: the settings are stale: see `read_current`.
    """
    terms = configuration.terms_at(at).terms
    now = read_points(connection, configuration, member_id, at=at)
    program_id = configuration.program.id
    gone = _gone(connection, program_id, member_id)
    overdrawn = now.owed if terms.return_policy == "allow_negative" else 0
    return Balance(
        program=configuration.program,
        membership=now.membership,
        balance=now.pending + now.active - overdrawn,
        pending=now.pending,
        active=now.active,
        reserved=now.reserved,
        redeemed=gone.get(redeemed(program_id).id, 0),
        expired=gone.get(expired(program_id).id, 0) + now.lapsed,
        cancelled=gone.get(cancelled(program_id).id, 0),
        owed=now.owed,
        next_activation=now.next_activation,
        next_expiry=now.next_expiry,
        tier=_standing(terms, now.qualifying),
    )


def read_points(connection: Connection, configuration: Configuration, member_id: UUID, *, at: datetime) -> PointsNow:
    """The same, without what is gone for good: by the terms in force at the instant.

    Raises:
        Missing: they never joined.
        ProgramChanged: the settings are stale.
    """
    return preview(connection, ReadPoints(basis_at(configuration, at, at), member_id), at)


def _gone(connection: Connection, program_id: UUID, member_id: UUID) -> dict[str, int]:
    """Points that left a member's purse, by the account that they went to. Sought by the purse alone: that is what few postings have."""
    purse = points(program_id, member_id)
    statement = (
        select(posting.c.target, func.sum(posting.c.amount))
        .where(posting.c.source.in_([purse.id, held_of(purse).id]))
        .group_by(posting.c.target)
    )
    return {target: int(amount) for target, amount in connection.execute(statement)}


def _standing(terms: Terms, qualifying: int) -> TierStanding | None:
    if not terms.tiers:
        return None
    place = tier_place(terms, qualifying)
    tier, ahead = terms.tiers[place], next_tier(terms, qualifying)
    return TierStanding(
        place=place,
        name=tier.name,
        multiplier_percent=tier.multiplier_percent,
        window=terms.tier_window,
        points=qualifying,
        next_name=ahead.name if ahead else None,
        points_to_next=points_to_next(terms, qualifying),
    )

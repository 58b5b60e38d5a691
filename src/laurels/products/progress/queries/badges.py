"""A member's badges, and how far the next ones are."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.ledger.reader import balances
from laurels.products.progress.accounts import standing
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.counting import measured
from laurels.products.progress.queries.configuration import badge_of
from laurels.products.progress.queries.status import read_progress, read_total
from laurels.products.progress.rules import DEFAULT_BADGES, Badge, Measures, topic_window
from laurels.products.progress.tables import BadgeRow, badge, member_badge, streak


@dataclass(frozen=True, slots=True)
class ShownBadge:
    """A badge, and how far a member is.

    Attributes:
        current: the member's number, of which `at_least` is wanted; it may pass that.
        earned_at: None where they don't have it.
    """

    badge: Badge
    current: int
    earned_at: datetime | None

    @property
    def missing(self) -> int:
        """What is missing to it; 0 where nothing is."""
        return max(0, self.badge.at_least - self.current)


def list_badges(connection: Connection, basis: Basis, member_id: UUID) -> list[ShownBadge]:
    """The badges that can be earned, and those that a member has though they no longer can be, in their order."""
    earned = earned_badges(connection, member_id)
    offered = {one.slug: one for one in basis.badges}
    retired = _retired(connection, [slug for slug in earned if slug not in offered])
    listed = sorted([*offered.values(), *retired], key=lambda one: (one.position, one.slug))
    numbers = read_measures(connection, basis, member_id)
    topics = _topic_points(connection, member_id, listed)
    return [ShownBadge(one, _number(one, numbers, topics), earned.get(one.slug)) for one in listed]


def earned_badges(connection: Connection, member_id: UUID) -> dict[str, datetime]:
    """When a member earned each badge that they have, by slug, the first first."""
    held = select(member_badge.c.badge, member_badge.c.earned_at).where(
        member_badge.c.member == member_id, member_badge.c.revoked_at.is_(None)
    )
    return {row.badge: row.earned_at for row in connection.execute(held.order_by(member_badge.c.earned_at, member_badge.c.badge))}


def read_measures(connection: Connection, basis: Basis, member_id: UUID) -> Measures:
    """A member's numbers, as badges' rules read them; those of topics are left out."""
    longest = connection.execute(select(streak.c.longest_days).where(streak.c.member == member_id)).scalar() or 0
    return measured(basis.rules, read_progress(connection, member_id), total=read_total(connection, member_id), longest=longest)


def _topic_points(connection: Connection, member_id: UUID, listed: list[Badge]) -> dict[str, int]:
    """Points of each topic that badges are about."""
    accounts = {one.topic: standing(member_id, topic_window(one.topic)) for one in listed if one.topic is not None}
    held = balances(connection, accounts.values())
    return {topic: held[account] for topic, account in accounts.items()}


def _number(one: Badge, numbers: Measures, topics: dict[str, int]) -> int:
    return numbers.of(one.measure) if one.topic is None else replace(numbers, topic_points=topics[one.topic]).of(one.measure)


def _retired(connection: Connection, slugs: list[str]) -> list[Badge]:
    """Badges that are no longer offered: as they were set, or as they shipped."""
    if not slugs:
        return []
    found = {row.slug: badge_of(BadgeRow(*row)) for row in connection.execute(select(badge).where(badge.c.slug.in_(slugs)))}
    shipped = {one.slug: one for one in DEFAULT_BADGES}
    return [one for slug in slugs if (one := found.get(slug) or shipped.get(slug)) is not None]

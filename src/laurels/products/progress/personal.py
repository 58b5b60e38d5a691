"""What progress keeps about a member: for their export, and erased when they go."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from laurels.core.clock import Clock
from laurels.ledger.reader import board, number_of
from laurels.ledger.writer import Proposal, hold_book, post_within
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.decisions.leaving import LeaveBoards
from laurels.products.progress.rules import Zones
from laurels.products.progress.tables import (
    member_badge,
    member_progress,
    member_quest,
    point_activity,
    season,
    season_standing,
    share_card,
    streak,
    weekly_goal,
)

MAX_EXPORTED = 10_000
"""Most rows of a kind in one export, newest first."""


def export_progress(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """A member's activities, goals, quests, badges, streak, standings and cards."""
    did, earned, begun = point_activity.c, member_badge.c, member_quest.c
    activities = select(did.id, did.activity_type, did.amount, did.description, did.topic, did.class_id, did.source, did.tier_at_time)
    activities = activities.add_columns(did.day, did.occurred_at, did.created_at, did.reversed_at, did.reversal_reason)
    goals = select(*(column for column in weekly_goal.c if column.name != "member")).where(weekly_goal.c.member == member_id)
    quests = select(*(column for column in begun if column.name != "member")).where(begun.member == member_id)
    badges = select(earned.badge, earned.earned_at, earned.revoked_at).where(earned.member == member_id)
    standings = select(season_standing.c.season, season_standing.c.rank, season_standing.c.points)
    standings = standings.join(season, season.c.id == season_standing.c.season).where(season.c.archived_at.is_not(None))
    cards = select(share_card.c.token, share_card.c.created_at, share_card.c.revoked_at).where(share_card.c.member == member_id)
    parts: dict[str, Select[Any]] = {
        "progress": select(member_progress).where(member_progress.c.member == member_id),
        "activities": activities.where(did.member == member_id).order_by(did.occurred_at.desc(), did.id.desc()),
        "goals": goals.order_by(weekly_goal.c.week.desc(), weekly_goal.c.goal_type),
        "quests": quests.order_by(begun.started_at.desc(), begun.quest),
        "badges": badges.order_by(earned.earned_at.desc(), earned.badge),
        "streak": select(streak).where(streak.c.member == member_id),
        "season_standings": standings.where(season_standing.c.member == member_id).order_by(season_standing.c.season),
        "cards": cards.order_by(share_card.c.created_at.desc(), share_card.c.token),
    }
    return {name: [dict(row) for row in connection.execute(wanted.limit(MAX_EXPORTED)).mappings()] for name, wanted in parts.items()}


def erase_progress(connection: Connection, member_id: UUID, *, clock: Clock) -> None:
    """Blank what was said of a member's activities, revoke their cards, and have them leave the boards.

    Amounts, types and days stay with the ledger, read by no zone of theirs. The
    book is held meanwhile: an award that is being decided would else bring its
    words, and its points on boards, after they were gone.
    """
    hold_book(connection, BOOK)
    now, did = clock.now(), point_activity.c
    if windows := _windows(connection, member_id):
        post_within(connection, Proposal(LeaveBoards(member_id, windows), now, f"member/{member_id}"), now)
    told = update(point_activity).where(did.member == member_id)
    connection.execute(told.where(did.description != "").values(description=""))
    connection.execute(told.where(did.reversal_reason.is_not(None)).values(reversal_reason=""))
    connection.execute(update(share_card).where(share_card.c.member == member_id, share_card.c.revoked_at.is_(None)).values(revoked_at=now))
    connection.execute(update(streak).where(streak.c.member == member_id).values(zones=Zones.of("UTC").written()))


def _windows(connection: Connection, member_id: UUID) -> list[str]:
    """The boards that a member is on."""
    held = select(board.c.window).where(board.c.owner_id == member_id, board.c.book == number_of(BOOK))
    return sorted(connection.scalars(held.where(board.c.purpose == "standing", board.c.balance > 0)))

"""Opening the week's goals: so that they can be seen before the first activity, which would open them too."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.windows import day_start, week_of
from laurels.identity.tables import member
from laurels.jobs import JobContext
from laurels.ledger.writer import hold_book
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.queries.configuration import load_basis
from laurels.products.progress.queries.due import members_without_goals
from laurels.products.progress.rules import week_dates
from laurels.products.progress.tables import member_progress, weekly_goal

MEMBERS_AT_ONCE = 2_000
"""Members whose goals are opened in one transaction: no award is decided meanwhile."""

_OPENED = ("member", "week", "goal_type", "current_progress", "target_progress", "points_reward")


def open_goals(job: JobContext) -> int:
    """Open the week's goals for members who were active lately, as of Monday or since; gives how many were opened.

    Rows are made by the database, a range of members at a time, each in its own
    transaction that holds the book: no award opens the same one meanwhile.
    """
    zone = job.settings.zone
    week = week_of(job.now, zone)
    opened = 0
    after: UUID | None = None
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            basis = load_basis(connection, zone)
            types, since = [goal.goal_type for goal in basis.goals], _active_since(basis, week, zone)
            page = members_without_goals(connection, week, types, active_since=since, after=after, limit=MEMBERS_AT_ONCE)
        if page.members:
            with job.database.write.begin() as connection:
                opened += _open(connection, zone, week, page.members[0], page.members[-1])
        if page.last is None:
            break
        after = page.last
    return opened


def _active_since(basis: Basis, week: str, zone: ZoneInfo) -> datetime:
    return day_start(week_dates(week)[0], zone) - timedelta(days=basis.rules.goals_active_days)


def _open(connection: Connection, zone: ZoneInfo, week: str, first: UUID, last: UUID) -> int:
    """Open what is missing for members from one to another."""
    hold_book(connection, BOOK)
    basis = load_basis(connection, zone)  # what staff set may have changed until the book was ours
    if not basis.goals:
        return 0
    insert = sqlite.insert(weekly_goal) if connection.dialect.name == "sqlite" else postgresql.insert(weekly_goal)
    rows = _rows(basis, week, _active_since(basis, week, zone)).where(member_progress.c.member.between(first, last))
    opening = insert.from_select(_OPENED, rows).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    return connection.execute(opening).rowcount


def _rows(basis: Basis, week: str, active_since: datetime) -> Select[Any]:
    told = [
        select(
            literal(goal.goal_type, weekly_goal.c.goal_type.type).label("goal_type"),
            literal(goal.target, weekly_goal.c.target_progress.type).label("target"),
            literal(goal.points_reward, weekly_goal.c.points_reward.type).label("reward"),
        )
        for goal in basis.goals
    ]
    goals, of = union_all(*told).subquery("goals"), member_progress.c
    columns = (of.member, literal(week), goals.c.goal_type, literal(0), goals.c.target, goals.c.reward)
    joined = member_progress.join(member, member.c.id == of.member).join(goals, literal(value=True))
    return select(*columns).select_from(joined).where(member.c.status == "active", of.last_active_at >= active_since)

"""What ends by the calendar: seasons are archived, quests expire."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection, func, insert, literal, literal_column, select

from laurels.identity.tables import member
from laurels.jobs import JobContext
from laurels.ledger.reader import board, number_of
from laurels.ledger.writer import Proposal, post_within
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.reacting import SYSTEM
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.seasons_end import ARCHIVED_AFTER, ArchiveSeason, ExpireQuest
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.jobs.sweeping import PAGE, post_due
from laurels.products.progress.queries.due import ended_seasons, expired_runs
from laurels.products.progress.rules import season_window
from laurels.products.progress.tables import season_standing


def archive_seasons(job: JobContext) -> int:
    """Keep the standings of seasons that ended a day ago; gives how many seasons were archived."""
    with job.database.read.connect() as connection:
        ended = ended_seasons(connection, job.now - ARCHIVED_AFTER)
    archived = 0
    for season in ended:
        try:
            with job.database.write.begin() as connection:
                post_within(connection, Proposal(ArchiveSeason(season), job.now, SYSTEM), job.now)
                _keep_standings(connection, season)
        except NothingDue:
            continue  # another worker was first
        archived += 1
    return archived


def expire_quests(job: JobContext) -> int:
    """Note which quests weren't completed in time; gives how many."""
    expired = 0
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            due = expired_runs(connection, job.now, limit=PAGE)
        expired += len(post_due(job, [_expiring(*one) for one in due]))
        if len(due) < PAGE:
            break
    return expired


def _keep_standings(connection: Connection, season: UUID) -> None:
    """Write a season's standings: of the active members, those tied sharing a rank.

    One statement, while the book is held: in pieces, what is told late could
    move a member from one piece to another, or two ranks apart.
    """
    held, theirs = board.c.balance, (board.c.book == number_of(BOOK)) & (board.c.window == season_window(season))
    places = (
        select(literal(season, season_standing.c.season.type), board.c.owner_id, func.rank().over(order_by=held.desc()), held)
        .join(member, member.c.id == board.c.owner_id)
        .where(literal_column("account.board"), theirs, board.c.purpose == "standing", held > 0, member.c.status == "active")
        .order_by(board.c.owner_id)
    )
    connection.execute(insert(season_standing).from_select(["season", "member", "rank", "points"], places))


def _expiring(who: UUID, quest: UUID) -> Callable[[Basis], ExpireQuest]:
    return lambda _: ExpireQuest(who, quest)

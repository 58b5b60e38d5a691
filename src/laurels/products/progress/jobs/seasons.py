"""Seasons that are over: their standings are kept for good."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, insert, literal_column, select

from laurels.identity.tables import member
from laurels.jobs import JobContext
from laurels.ledger.reader import board, number_of
from laurels.ledger.writer import Proposal, post_within
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.reacting import SYSTEM
from laurels.products.progress.decisions.seasons_end import ARCHIVED_AFTER, ArchiveSeason, ClaimSeason, SeasonClaimed
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.queries.due import ended_seasons
from laurels.products.progress.rules import season_window
from laurels.products.progress.tables import season, season_standing

ROWS_AT_ONCE = 2_000
"""Standings written in one transaction: on SQLite no award is decided meanwhile."""


def archive_seasons(job: JobContext) -> int:
    """Keep the standings of seasons that ended a day ago; gives how many seasons were archived.

    The standings are those of one moment. They are written in pieces, each in
    a transaction of its own, so that awards go on meanwhile, and are shown once
    all are there. Of a worker who stops on the way, the next one clears up.
    """
    with job.database.read.connect() as connection:
        ended = ended_seasons(connection, job.now - ARCHIVED_AFTER)
    return sum(_archive(job, season_id) for season_id in ended)


def _archive(job: JobContext, season_id: UUID) -> bool:
    """Archive a season; whether it is done. Where another worker is first, or overtakes this one, it isn't."""
    try:
        with job.database.write.begin() as connection:
            claim = post_within(connection, Proposal(ClaimSeason(season_id), job.now, SYSTEM), job.now).answer
        if not _clear_up(job, claim) or not _keep_standings(job, claim):
            return False
        with job.database.write.begin() as connection:
            post_within(connection, Proposal(ArchiveSeason(season_id, claim.version), job.now, SYSTEM), job.now)
    except NothingDue:
        return False
    return True


def _clear_up(job: JobContext, claim: SeasonClaimed) -> bool:
    """Delete what an earlier try left; False where this one is to stop."""
    kept = season_standing.c
    while not job.is_stopping():
        with job.database.write.begin() as connection:
            _require_claim(connection, claim)
            left = list(
                connection.scalars(select(kept.member).where(kept.season == claim.season).order_by(kept.member).limit(ROWS_AT_ONCE))
            )
            if not left:
                return True
            connection.execute(delete(season_standing).where(kept.season == claim.season, kept.member.between(left[0], left[-1])))
    return False


def _keep_standings(job: JobContext, claim: SeasonClaimed) -> bool:
    """Write a season's standings; False where it is to stop."""
    one_moment = _best_first(claim.season)  # in pieces, what is told late could move a member from one to another
    with job.database.read.connect() as reading, reading.execute(one_moment, execution_options={"yield_per": ROWS_AT_ONCE}) as held:
        standings = _standings(held, claim.season)
        while piece := list(islice(standings, ROWS_AT_ONCE)):
            if job.is_stopping():
                return False
            with job.database.write.begin() as connection:
                _require_claim(connection, claim)
                connection.execute(insert(season_standing), piece)
    return True


def _require_claim(connection: Connection, claim: SeasonClaimed) -> None:
    """Check that nobody claimed the season since; until the transaction ends nobody does.

    Raises:
        NothingDue: somebody has, or changed it.
    """
    version = connection.execute(select(season.c.version).where(season.c.id == claim.season).with_for_update()).scalar_one()
    if version != claim.version:
        raise NothingDue()


def _best_first(season_id: UUID) -> Select[Any]:
    """The active members of a season's board with their points, the most first."""
    theirs = (board.c.book == number_of(BOOK)) & (board.c.purpose == "standing") & (board.c.window == season_window(season_id))
    wanted = select(board.c.owner_id, board.c.board_balance).join(member, member.c.id == board.c.owner_id)
    wanted = wanted.where(literal_column("account.board"), theirs, board.c.board_balance > 0, member.c.status == "active")
    return wanted.order_by(board.c.board_balance.desc(), board.c.owner_id)


def _standings(held: Iterable[Any], season_id: UUID) -> Iterator[dict[str, Any]]:
    """Rows of the archive, of members with the most points first: those tied share a rank."""
    rank, before = 0, None
    for place, (who, points) in enumerate(held, start=1):
        rank, before = (rank if points == before else place), points
        yield {"season": season_id, "member": who, "rank": rank, "points": points}

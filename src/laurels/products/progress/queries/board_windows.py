"""Which boards there are, and which of them somebody may look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import re
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, func, select

from laurels.core.errors import Invalid, Missing
from laurels.core.windows import MONTH_PATTERN, Month, day_start, month_of, next_month, previous_month, week_of
from laurels.ledger import Account
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import points, standing
from laurels.products.progress.rules import WEEK_PATTERN, class_window, season_window, topic_window, week_dates
from laurels.products.progress.tables import point_activity, progress_topic, season
from laurels.web.forms import uuid_of
from laurels.web.language import N_

TOPICS_LISTED = 200
"""Most topics of a list of boards: as many as there may be."""
CLASSES_LISTED = 50
"""Most classes of a list of boards."""

_A_DAY = timedelta(days=1)
_MONTH = re.compile(MONTH_PATTERN)
_WEEK = re.compile(WEEK_PATTERN)


class BoardKind(StrEnum):
    """What a board counts."""

    ALL_TIME = "all_time"  # all points ever
    MONTH = "month"  # points of a calendar month in the community's zone
    WEEK = "week"  # points of a week in that zone, from Monday
    SEASON = "season"  # points of a season
    TOPIC = "topic"  # points of a topic, ever
    CLASS = "class"  # points of a class, ever


@dataclass(frozen=True, slots=True)
class Board:
    """A board that may be looked at.

    Attributes:
        of: which of its kind: `2026-11`, `2026-W47`, a season's or class's id, a topic's slug; empty for all time.
        title: of the season or the topic; else empty.
        archived: the season whose kept standings answer for it.
    """

    kind: BoardKind
    of: str = ""
    title: str = ""
    archived: UUID | None = None

    @property
    def window(self) -> str:
        """The window of its accounts; empty for all time."""
        if self.kind is BoardKind.SEASON:
            return season_window(UUID(self.of))
        if self.kind is BoardKind.TOPIC:
            return topic_window(self.of)
        return class_window(UUID(self.of)) if self.kind is BoardKind.CLASS else self.of

    def account(self, member: UUID) -> Account:
        """The account that holds a member's points on it."""
        return points(member) if self.kind is BoardKind.ALL_TIME else standing(member, self.window)


ALL_TIME = Board(BoardKind.ALL_TIME)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, when, and what they may see."""

    member: UUID
    at: datetime
    zone: ZoneInfo
    is_staff: bool = False


def find_board(connection: Connection, kind: BoardKind, of: str | None, viewer: Viewer) -> Board:
    """The board of a kind that `of` names; without it the current one.

    A season's that is over stays the current one until the next begins.

    Raises:
        Invalid: `of` names none of this kind, or is missing where there is no current one.
        Missing: there is no such season, topic or class, or the viewer has no points in that class and isn't staff.
    """
    if kind is BoardKind.ALL_TIME:
        if of:
            raise Invalid(field="of", reason=N_("Leave it out: there is one board of all time."))
        return ALL_TIME
    if kind in (BoardKind.MONTH, BoardKind.WEEK):
        return _of_calendar(kind, of, viewer)
    if kind is BoardKind.SEASON:
        return _of_season(connection, of, viewer.at)
    if not of:
        raise Invalid(field="of", reason=N_("Send which one: the list of boards names them."))
    return _of_topic(connection, of) if kind is BoardKind.TOPIC else _of_class(connection, of, viewer)


def list_boards(connection: Connection, viewer: Viewer) -> list[Board]:
    """The boards of now that somebody may look at: all time, month, week, season, topics by their place, and own classes."""
    calendar = [_of_calendar(kind, None, viewer) for kind in (BoardKind.MONTH, BoardKind.WEEK)]
    latest = _latest_season(connection, viewer.at)
    seasons = [latest] if latest else []
    topic = progress_topic.c
    wanted = select(topic.slug, topic.title).where(topic.is_active).order_by(topic.position, topic.slug).limit(TOPICS_LISTED)
    topics = [Board(BoardKind.TOPIC, slug, title) for slug, title in connection.execute(wanted)]
    return [ALL_TIME, *calendar, *seasons, *topics, *list_class_boards(connection, viewer.member)]


def list_class_boards(connection: Connection, member: UUID) -> list[Board]:
    """The boards of the classes that somebody has points in."""
    activity = point_activity.c
    wanted = select(activity.class_id).where(activity.member == member, activity.class_id.is_not(None)).distinct()
    found: Sequence[UUID] = connection.execute(wanted.order_by(activity.class_id).limit(CLASSES_LISTED)).scalars().all()
    boards = [Board(BoardKind.CLASS, str(class_id)) for class_id in found]
    held = balances(connection, [board.account(member) for board in boards])
    return [board for board in boards if held[board.account(member)] > 0]


def neighbours(connection: Connection, board: Board, viewer: Viewer) -> tuple[Board | None, Board | None]:
    """The board of the time before a board's, back to the first activity, and of that after it, up to now; None where there is none."""
    if board.kind is BoardKind.SEASON:
        return _neighbour_seasons(connection, UUID(board.of), viewer.at)
    if board.kind not in (BoardKind.MONTH, BoardKind.WEEK):
        return None, None
    first = connection.execute(select(func.min(point_activity.c.occurred_at))).scalar_one() or viewer.at
    name_of = month_of if board.kind is BoardKind.MONTH else week_of
    before, after = _times_beside(board, viewer.zone)
    return (
        Board(board.kind, before) if before >= name_of(first, viewer.zone) else None,
        Board(board.kind, after) if after <= name_of(viewer.at, viewer.zone) else None,
    )


def _times_beside(board: Board, zone: ZoneInfo) -> tuple[str, str]:
    if board.kind is BoardKind.MONTH:
        return previous_month(Month(board.of)), next_month(Month(board.of))
    monday, sunday = (day_start(day, zone) for day in week_dates(board.of))
    return week_of(monday - _A_DAY, zone), week_of(sunday + 2 * _A_DAY, zone)


def _neighbour_seasons(connection: Connection, season_id: UUID, at: datetime) -> tuple[Board | None, Board | None]:
    its = connection.execute(select(season.c.starts_at, season.c.ends_at).where(season.c.id == season_id)).one()
    before = _one_season(connection, _seasons(season.c.ends_at <= its.starts_at).order_by(season.c.ends_at.desc()))
    after = _one_season(connection, _seasons(season.c.ends_at > its.ends_at, season.c.starts_at <= at).order_by(season.c.ends_at))
    return before, after


def _of_calendar(kind: BoardKind, of: str | None, viewer: Viewer) -> Board:
    if kind is BoardKind.MONTH:
        if of and not _MONTH.fullmatch(of):
            raise Invalid(field="of", reason=N_("Send a calendar month such as 2026-11."))
        return Board(kind, of or month_of(viewer.at, viewer.zone))
    if of and not _is_week(of):
        raise Invalid(field="of", reason=N_("Send a week such as 2026-W47."))
    return Board(kind, of or week_of(viewer.at, viewer.zone))


def _is_week(text: str) -> bool:
    if not _WEEK.fullmatch(text):
        return False
    try:
        week_dates(text)
    except ValueError:
        return False
    return True


def _of_season(connection: Connection, of: str | None, at: datetime) -> Board:
    named = uuid_of(of) if of else None
    if of and named is None:
        raise Invalid(field="of", reason=N_("Send a season's id: the list of seasons has them."))
    found = _one_season(connection, _seasons(season.c.id == named)) if named else _latest_season(connection, at)
    if found is None:
        raise Missing(what="season")
    return found


def _latest_season(connection: Connection, at: datetime) -> Board | None:
    # No two overlap: the one that ends last has begun last, and the index goes by their ends.
    return _one_season(connection, _seasons(season.c.starts_at <= at).order_by(season.c.ends_at.desc()))


def _seasons(*conditions: ColumnElement[bool]) -> Select[UUID, str, datetime | None]:
    return select(season.c.id, season.c.title, season.c.archived_at).where(*conditions)


def _one_season(connection: Connection, wanted: Select[UUID, str, datetime | None]) -> Board | None:
    row = connection.execute(wanted.limit(1)).first()
    return Board(BoardKind.SEASON, str(row.id), row.title, row.id if row.archived_at else None) if row else None


def _of_topic(connection: Connection, slug: str) -> Board:
    title = connection.execute(select(progress_topic.c.title).where(progress_topic.c.slug == slug)).scalar_one_or_none()
    if title is None:
        raise Missing(what="topic")
    return Board(BoardKind.TOPIC, slug, title)


def _of_class(connection: Connection, of: str, viewer: Viewer) -> Board:
    named = uuid_of(of)
    if named is None:
        raise Invalid(field="of", reason=N_("Send a class's id."))
    board = Board(BoardKind.CLASS, str(named))
    mine = board.account(viewer.member)
    if not viewer.is_staff and not balances(connection, [mine])[mine]:
        raise Missing(what="class")
    return board

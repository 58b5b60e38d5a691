"""What staff set, as decisions are made by it: from memory where it was read before.

Until staff change something no row of it exists, and what ships applies.
"""

from threading import Lock
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Engine, select

from laurels.core.database import Database
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.rules import (
    DEFAULT_BADGES,
    DEFAULT_GOALS,
    DEFAULT_PRESET,
    ActivityType,
    Badge,
    Goal,
    GoalMeasure,
    Measure,
    Quest,
    QuestType,
    Rules,
    Season,
    preset,
    read_multipliers,
)
from laurels.products.progress.tables import (
    CONFIG,
    BadgeRow,
    GoalRow,
    QuestRow,
    SeasonRow,
    badge,
    goal,
    progress_config,
    progress_rules,
    progress_topic,
    quest,
    season,
)

_lock = Lock()
_kept: WeakKeyDictionary[Engine, Basis] = WeakKeyDictionary()


def basis_of(database: Database, zone: ZoneInfo) -> Basis:
    """What staff set, from memory where it was read before; see `forget`.

    Args:
        zone: the community's.
    """
    kept = find_kept(database, zone)
    if kept is not None:
        return kept
    with database.read.connect() as connection:
        return _load_and_keep(connection, database, zone)


def current_basis(connection: Connection, database: Database, zone: ZoneInfo) -> Basis:
    """What staff set as a connection sees it: for reads, which no decision checks. From memory while nothing changed since.

    It takes no connection beside that one: readers who each held one and waited for another would wait for each other.
    """
    version = connection.execute(select(progress_config.c.version).where(progress_config.c.id == CONFIG)).scalar_one_or_none() or 0
    kept = find_kept(database, zone)
    return kept if kept is not None and kept.version == version else _load_and_keep(connection, database, zone)


def forget(database: Database) -> None:
    """Have it be read anew when next asked for."""
    with _lock:
        _kept.pop(database.write, None)


def load_basis(connection: Connection, zone: ZoneInfo) -> Basis:
    """What staff set, as it is stored; what ships, where they set nothing yet."""
    # The version first: a change that is committed between these reads then shows as a version that
    # is newer than the one read, which decisions notice. The other way round it would stay hidden.
    config = connection.execute(select(progress_config).where(progress_config.c.id == CONFIG)).one_or_none()
    if config is None:
        return Basis(0, preset(DEFAULT_PRESET), zone, DEFAULT_GOALS, (), DEFAULT_BADGES)
    document = connection.execute(select(progress_rules.c.document).where(progress_rules.c.version == config.rules_version)).scalar_one()
    goals = connection.execute(select(goal).where(goal.c.is_active).order_by(goal.c.position, goal.c.goal_type))
    quests = connection.execute(select(quest).where(quest.c.is_active).order_by(quest.c.id))
    badges = connection.execute(select(badge).where(badge.c.is_active).order_by(badge.c.position, badge.c.slug))
    seasons = connection.execute(select(season).order_by(season.c.starts_at, season.c.id))
    topics = connection.execute(select(progress_topic.c.slug).where(progress_topic.c.is_active)).scalars()
    return Basis(
        version=config.version,
        rules=Rules.model_validate_json(document),
        zone=zone,
        goals=tuple(goal_of(GoalRow(*row)) for row in goals),
        quests=tuple(quest_of(QuestRow(*row)) for row in quests),
        badges=tuple(badge_of(BadgeRow(*row)) for row in badges),
        seasons=tuple(season_of(SeasonRow(*row)) for row in seasons),
        topics=frozenset(topics),
    )


def find_kept(database: Database, zone: ZoneInfo) -> Basis | None:
    """What staff set as it was read before, without asking the database: for an event loop, which may not wait. None: it wasn't."""
    with _lock:
        kept = _kept.get(database.write)
    return kept if kept is not None and kept.zone == zone else None


def _load_and_keep(connection: Connection, database: Database, zone: ZoneInfo) -> Basis:
    loaded = load_basis(connection, zone)
    with _lock:
        _kept[database.write] = loaded
    return loaded


def types_of(text: str) -> frozenset[ActivityType]:
    """Types as a row keeps them."""
    return frozenset(ActivityType(name) for name in orjson.loads(text))


def goal_of(row: GoalRow) -> Goal:
    """A stored goal as the rules know it."""
    return Goal(
        row.goal_type,
        row.title,
        row.description,
        GoalMeasure(row.measure),
        types_of(row.activity_types),
        row.target,
        row.points_reward,
        row.position,
    )


def quest_of(row: QuestRow) -> Quest:
    """A stored quest as the rules know it."""
    return Quest(
        id=row.id,
        quest_type=QuestType(row.quest_type),
        topic=row.topic,
        points_reward=row.points_reward,
        steps=row.steps,
        activity_types=None if row.activity_types is None else types_of(row.activity_types),
        cooldown_hours=row.cooldown_hours,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        is_active=row.is_active,
    )


def badge_of(row: BadgeRow) -> Badge:
    """A stored badge as the rules know it."""
    return Badge(row.slug, row.title, row.description, row.icon, Measure(row.measure), row.topic, row.at_least, row.position)


def season_of(row: SeasonRow) -> Season:
    """A stored season as the rules know it."""
    return Season(row.id, row.starts_at, row.ends_at, read_multipliers(row.multipliers))

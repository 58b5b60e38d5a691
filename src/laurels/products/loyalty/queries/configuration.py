"""A program's settings as decisions need them: kept in memory, because every purchase asks for them.

What is kept may be old, for as long as nobody compares it: another process may
have changed it. So a decision compares `Configuration.program.version` with the
program's row in its batch and raises `ProgramChanged` where they differ; then
`forget` and ask again. What isn't decided in a batch: see `queries.current`.
"""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
import json
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from laurels.core.database import Database
from laurels.core.errors import Missing
from laurels.products.loyalty.decisions.standing import Basis
from laurels.products.loyalty.rules.terms import Campaign, Terms
from laurels.products.loyalty.tables import CampaignRow, Program, campaign, program, program_terms

MAX_KEPT = 1_000
"""Programs kept in memory; past that the one asked for longest ago gives way."""

MAX_PARSED = 2_000
"""Documents of terms kept as models: they never change."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a program's terms.

    Attributes:
        valid_from: the first instant at which it holds; None for the first version.
    """

    valid_from: datetime | None
    version: int
    terms: Terms


@dataclass(frozen=True, slots=True)
class Configuration:
    """A program with all of its terms and campaigns, past and future ones too: a purchase may be told late.

    Attributes:
        terms: by `valid_from`; there is at least the first.
        campaigns: in the order in which they start.
        budgeted: ids of those whose points come out of an account that runs dry.
    """

    program: Program
    terms: tuple[Version, ...]
    campaigns: tuple[Campaign, ...]
    budgeted: frozenset[UUID] = frozenset()
    _terms_from: tuple[datetime, ...] = field(init=False, repr=False)
    _turns: tuple[datetime, ...] = field(init=False, repr=False)
    _running: tuple[tuple[Campaign, ...], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        later = tuple(one.valid_from for one in self.terms if one.valid_from is not None)
        turns = tuple(sorted({at for one in self.campaigns for at in (one.starts_at, one.ends_at)}))
        running = ((), *(tuple(one for one in self.campaigns if one.starts_at <= at < one.ends_at) for at in turns))
        object.__setattr__(self, "_terms_from", later)
        object.__setattr__(self, "_turns", turns)
        object.__setattr__(self, "_running", running)

    @property
    def zone(self) -> ZoneInfo:
        """The program's."""
        return ZoneInfo(self.program.zone)

    def terms_at(self, at: datetime) -> Version:
        """The version in force at an instant: of several that hold from the same one, the last."""
        return self.terms[bisect_right(self._terms_from, at)]

    def campaigns_at(self, at: datetime) -> tuple[Campaign, ...]:
        """The campaigns that run at an instant, in the order in which they start."""
        return self._running[bisect_right(self._turns, at)]


def basis_at(configuration: Configuration, occurred_at: datetime, at: datetime) -> Basis:
    """The settings in force for something that happened at an instant and is decided at another."""
    version = configuration.terms_at(occurred_at)
    campaigns = configuration.campaigns_at(occurred_at)
    program = configuration.program
    budgeted = configuration.budgeted.intersection(campaign.id for campaign in campaigns) if campaigns else frozenset()
    return Basis(
        program.id,
        program.version,
        configuration.zone,
        at,
        version.terms,
        version.version,
        terms_now=configuration.terms_at(at).terms,
        campaigns=campaigns,
        budgeted=budgeted,
    )


class _Kept:
    """The configurations of one database. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[UUID, Configuration] = OrderedDict()

    def find(self, program_id: UUID) -> Configuration | None:
        with self._lock:
            found = self._kept.get(program_id)
            if found is not None:
                self._kept.move_to_end(program_id)
            return found

    def keep(self, configuration: Configuration) -> None:
        with self._lock:
            self._kept[configuration.program.id] = configuration
            self._kept.move_to_end(configuration.program.id)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)

    def drop(self, program_id: UUID) -> None:
        with self._lock:
            self._kept.pop(program_id, None)


_by_database: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_opening = Lock()


def configuration_of(database: Database, program_id: UUID) -> Configuration:
    """A program's settings, from memory where they were read before.

    Raises:
        Missing: there is no such program.
    """
    kept = _kept_of(database)
    found = kept.find(program_id)
    if found is None:
        with database.read.connect() as connection:
            found = load_configuration(connection, program_id)
        kept.keep(found)
    return found


def forget(database: Database, program_id: UUID) -> None:
    """Have a program's settings be read anew when next asked for."""
    _kept_of(database).drop(program_id)


def load_configuration(connection: Connection, program_id: UUID) -> Configuration:
    """A program's settings as they are stored.

    Raises:
        Missing: there is no such program.
    """
    # The program first: a change that is committed between these reads then shows as a version that
    # is newer than the one read, which decisions notice. The other way round it would stay hidden.
    row = connection.execute(select(program).where(program.c.id == program_id)).one_or_none()
    if row is None:
        raise Missing(what="program")
    campaigns = _load_campaigns(connection, program_id)
    return Configuration(
        program=Program(*row),
        terms=_load_terms(connection, program_id),
        campaigns=tuple(campaign_of(one) for one in campaigns),
        budgeted=frozenset(one.id for one in campaigns if one.has_budget),
    )


def terms_of(document: str) -> Terms:
    """The terms of a stored document."""
    return _parse(document)


def campaign_of(row: CampaignRow) -> Campaign:
    """A stored campaign as the rules know it."""
    return Campaign(
        id=row.id,
        name=row.name,
        multiplier_percent=row.multiplier_percent,
        extra_points=row.extra_points,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        categories=tuple(json.loads(row.categories)),
        minimum_spend=row.minimum_spend,
    )


def _load_terms(connection: Connection, program_id: UUID) -> tuple[Version, ...]:
    table = program_terms
    wanted = select(table.c.valid_from, table.c.version, table.c.document).where(table.c.program == program_id)
    found = [Version(row.valid_from, row.version, _parse(row.document)) for row in connection.execute(wanted)]
    # By when they hold, not by when they were written: one from today on may be written after one from next year on.
    return tuple(sorted(found, key=lambda one: (one.valid_from or _BEGINNING, one.version)))


def _load_campaigns(connection: Connection, program_id: UUID) -> list[CampaignRow]:
    wanted = select(campaign).where(campaign.c.program == program_id).order_by(campaign.c.starts_at, campaign.c.id)
    return [CampaignRow(*row) for row in connection.execute(wanted)]


@lru_cache(maxsize=MAX_PARSED)
def _parse(document: str) -> Terms:
    return Terms.model_validate_json(document)


def _kept_of(database: Database) -> _Kept:
    with _opening:
        kept = _by_database.get(database.write)
        if kept is None:
            kept = _by_database[database.write] = _Kept()
        return kept

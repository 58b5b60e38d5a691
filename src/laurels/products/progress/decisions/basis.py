"""The settings behind a decision, and the check that they are still in force."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.identity.errors import MemberInactive
from laurels.ledger import Draft
from laurels.products.progress.errors import ProgressChanged
from laurels.products.progress.rules import ActivityType, Badge, Goal, Quest, Rules, Season
from laurels.products.progress.tables import CONFIG, Awardee, ProgressConfig


@dataclass(frozen=True, slots=True)
class Basis:
    """What staff set, as an action found it.

    Attributes:
        version: of all of it; a decision is made again if it changed since.
        zone: the community's: months, weeks and days of boards and sums go by it.
        goals: the active ones.
        quests: the active ones.
        badges: the active ones.
        seasons: all, by their start; no two overlap.
        topics: slugs that may be named.
    """

    version: int
    rules: Rules
    zone: ZoneInfo
    goals: tuple[Goal, ...] = ()
    quests: tuple[Quest, ...] = ()
    badges: tuple[Badge, ...] = ()
    seasons: tuple[Season, ...] = ()
    topics: frozenset[str] = frozenset()
    _goals_of: dict[ActivityType, tuple[Goal, ...]] = field(init=False, repr=False, compare=False)
    _quests_of: dict[ActivityType, tuple[Quest, ...]] = field(init=False, repr=False, compare=False)
    _starts: tuple[datetime, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        goals_of = {kind: tuple(goal for goal in self.goals if goal.takes(kind)) for kind in ActivityType}
        quests_of = {kind: tuple(quest for quest in self.quests if quest.takes(kind)) for kind in ActivityType}
        object.__setattr__(self, "_goals_of", goals_of)
        object.__setattr__(self, "_quests_of", quests_of)
        object.__setattr__(self, "_starts", tuple(season.starts_at for season in self.seasons))

    def goals_of(self, kind: ActivityType) -> tuple[Goal, ...]:
        """The goals that an activity of a type may count for."""
        return self._goals_of[kind]

    def quests_of(self, kind: ActivityType) -> tuple[Quest, ...]:
        """The quests that an activity of a type may be a step of."""
        return self._quests_of[kind]

    def season_at(self, at: datetime) -> Season | None:
        """The season that an instant lies in."""
        place = bisect_right(self._starts, at) - 1
        return self.seasons[place] if place >= 0 and at < self.seasons[place].ends_at else None


CONFIG_ROW: tuple[type, str] = (ProgressConfig, CONFIG)
"""The row that `require_version` reads."""


def require_version(draft: Draft, basis: Basis) -> None:
    """Check that a decision is made by what staff set now.

    Raises:
        ProgressChanged: it was made by something older.
    """
    config = draft.find(ProgressConfig, CONFIG)
    if (config.version if config else 0) != basis.version:
        raise ProgressChanged()


def require_awardee(draft: Draft, member: UUID) -> Awardee:
    """Somebody who takes part.

    Raises:
        Missing: there is no such member.
        MemberInactive: they are suspended or deleted.
    """
    found = draft.row(Awardee, member)
    if found.status != "active":
        raise MemberInactive(member_id=str(member))
    return found

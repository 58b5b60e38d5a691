"""What ends by the calendar: a season whose standings are kept, a quest that wasn't completed in time."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.errors import NothingDue
from laurels.products.progress.facts import SeasonArchived
from laurels.products.progress.tables import MemberQuest, SeasonRow

ARCHIVED_AFTER = timedelta(days=1)
"""How long a season stays open for what is told late."""


@dataclass(frozen=True, slots=True)
class SeasonClaimed:
    """Whose standings are being kept: by whoever made this version of the season."""

    season: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ClaimSeason:
    """Begin to keep a season's standings: whoever began before is overtaken, and archives it no more.

    Raises:
        NothingDue: it is archived, or hasn't ended a day ago.
    """

    name: ClassVar[str] = "claim_season"
    answers: ClassVar[type] = SeasonClaimed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    season: UUID

    @property
    def reference(self) -> UUID:
        return self.season

    def needs(self) -> Needs:
        return Needs(rows=[(SeasonRow, self.season)])

    def decide(self, draft: Draft) -> SeasonClaimed:
        row = draft.row(SeasonRow, self.season)
        if row.archived_at is not None or row.ends_at + ARCHIVED_AFTER > draft.at:
            raise NothingDue()
        row = draft.change(row, version=row.version + 1, updated_at=draft.at)
        return SeasonClaimed(self.season, row.version)


@dataclass(frozen=True, slots=True)
class SeasonKept:
    """A season whose standings are kept from now on."""

    season: UUID


@dataclass(frozen=True, slots=True)
class ArchiveSeason:
    """Close a season, once all of its standings are written: from now on they answer for its board.

    Attributes:
        version: of the claim under which they were written.

    Raises:
        NothingDue: the season was claimed, archived or changed since.
    """

    name: ClassVar[str] = "archive_season"
    answers: ClassVar[type] = SeasonKept
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    season: UUID
    version: int

    @property
    def reference(self) -> UUID:
        return self.season

    def needs(self) -> Needs:
        return Needs(rows=[(SeasonRow, self.season)])

    def decide(self, draft: Draft) -> SeasonKept:
        row = draft.row(SeasonRow, self.season)
        if row.archived_at is not None or row.version != self.version:
            raise NothingDue()
        draft.change(row, archived_at=draft.at, version=row.version + 1, updated_at=draft.at)
        draft.announce(SeasonArchived(self.season))
        return SeasonKept(self.season)


@dataclass(frozen=True, slots=True)
class Expired:
    """A quest's run that is over."""

    quest: UUID


@dataclass(frozen=True, slots=True)
class ExpireQuest:
    """Note that a quest wasn't completed in time. Readers see it without this: it keeps lists and funnels right.

    Raises:
        NothingDue: it isn't in progress, or may still be completed.
    """

    name: ClassVar[str] = "expire_quest"
    answers: ClassVar[type] = Expired
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    quest: UUID

    @property
    def book(self) -> str:
        return BOOK

    @property
    def reference(self) -> UUID:
        return self.quest

    def needs(self) -> Needs:
        return Needs(rows=[(MemberQuest, (self.member, self.quest))])

    def decide(self, draft: Draft) -> Expired:
        row = draft.find(MemberQuest, (self.member, self.quest))
        if row is None or row.status != "in_progress" or row.ends_at is None or row.ends_at > draft.at:
            raise NothingDue()
        draft.change(row, status="expired")
        return Expired(self.quest)

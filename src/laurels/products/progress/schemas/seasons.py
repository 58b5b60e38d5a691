"""Seasons in requests and answers."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.progress.actions.seasons import NewSeason
from laurels.products.progress.queries.definitions import SeasonStatus, season_status
from laurels.products.progress.rules import Multiplier, read_multipliers, write_multipliers
from laurels.products.progress.rules.seasons import MAX_MULTIPLIERS
from laurels.products.progress.schemas.definition_fields import DefinitionTitle, Description, Slug, StepTypes, sent
from laurels.products.progress.schemas.fields import EXAMPLE_ID
from laurels.products.progress.tables import SeasonRow
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

_MULTIPLIER: dict[str, Any] = {
    "percent": 200,
    "activity_types": ["quiz_complete"],
    "topic": "chemistry",
    "starts_at": None,
    "ends_at": None,
}
_SEASON: dict[str, Any] = {
    "title": "Winter 2026",
    "description": "Double points for quizzes on chemistry.",
    "starts_at": "2026-12-01T00:00:00+00:00",
    "ends_at": "2027-03-01T00:00:00+00:00",
    "multipliers": [_MULTIPLIER],
}
_ENDS = "The first instant that no longer counts."


class MultiplierBody(Multiplier):
    """More points for some activities, for all of a season or a part of it."""

    model_config = example(_MULTIPLIER)

    activity_types: StepTypes = Field((), description="None: all. What only the system awards is never multiplied.")
    topic: Slug | None = Field(None, description="Only activities of this topic. Null: of any topic, or of none.")
    starts_at: UtcInstant | None = Field(None, description="The first instant that counts. Null: from the season's start.")
    ends_at: UtcInstant | None = Field(None, description="The first instant that no longer counts. Null: to the season's end.")

    def clause(self) -> Multiplier:
        """The multiplier as it is kept."""
        return Multiplier(**{name: getattr(self, name) for name in Multiplier.model_fields})


Multipliers: TypeAlias = Annotated[
    list[MultiplierBody], Field(max_length=MAX_MULTIPLIERS, description="Of several that apply, the largest.")
]


class SeasonBody(Body):
    """A season to be added. No two share an instant."""

    model_config = example(_SEASON)

    title: DefinitionTitle
    description: Description = ""
    starts_at: UtcInstant | None = Field(None, description="The first instant that counts; left out for now.")
    ends_at: UtcInstant = Field(description=_ENDS)
    multipliers: Multipliers = []

    def new(self) -> NewSeason:
        """What is to be added."""
        multipliers = tuple(each.clause() for each in self.multipliers)
        return NewSeason(self.title, self.ends_at, self.starts_at, self.description, multipliers)


class SeasonChange(Body):
    """What of a season is to change: of one that runs not the start, of one that is over its words only."""

    model_config = example({"title": "Summer 2027", "ends_at": "2027-09-08T00:00:00+00:00"})

    title: DefinitionTitle = unchanged()
    description: Description = unchanged()
    starts_at: UtcInstant = unchanged()
    ends_at: UtcInstant = unchanged(description=_ENDS)
    multipliers: Multipliers = unchanged()

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        values = sent(self)
        if "multipliers" in values:
            values["multipliers"] = write_multipliers(tuple(each.clause() for each in self.multipliers))
        return values


class SeasonAnswer(Answer):
    """A season."""

    model_config = example({"id": EXAMPLE_ID, **_SEASON, "status": "planned", "archived_at": None, "version": 1})

    id: UUID
    title: str
    description: str
    starts_at: UtcInstant
    ends_at: UtcInstant
    multipliers: list[MultiplierBody]
    status: SeasonStatus
    archived_at: UtcInstant | None = Field(description="When its standings were kept.")
    version: int

    @staticmethod
    def of(row: SeasonRow, at: datetime) -> "SeasonAnswer":
        """The answer for a season, at an instant."""
        multipliers = [MultiplierBody.model_validate(each.model_dump()) for each in read_multipliers(row.multipliers)]
        return SeasonAnswer(
            id=row.id,
            title=row.title,
            description=row.description,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            multipliers=multipliers,
            status=season_status(row, at),
            archived_at=row.archived_at,
            version=row.version,
        )

"""The rules of progress: one document, of which every version stays as it was written.

The same models are the body that staff send, the JSON that is stored, and what
decisions compute with. `Rules.model_validate_json(rules.model_dump_json())` is
the rules again, exactly.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from laurels.core.clauses import Clause, example
from laurels.products.progress.rules.clauses import (
    MAX_ACTIVITY_POINTS,
    MAX_CAPS,
    MAX_FREEZES,
    MAX_LEVELS,
    MAX_SKILLS,
    MAX_THRESHOLD,
    MAX_TIERS,
    ActivityTypes,
    DayCount,
    Key,
    Threshold,
    Title,
    require_ascending,
    require_distinct,
    require_open,
)
from laurels.products.progress.rules.types import ActivityType


class CapWindow(StrEnum):
    """In which calendar period of the community's zone a cap counts."""

    DAY = "day"  # from local midnight
    WEEK = "week"  # from Monday
    MONTH = "month"  # from the 1st


class CapMode(StrEnum):
    """What an award gets that a cap has too little room for."""

    CLIP = "clip"  # the room that is left
    DENY = "deny"  # nothing


class AppliesTo(StrEnum):
    """Whose awards a cap counts."""

    SELF = "self"  # what members claim themselves
    ALL = "all"  # whoever says so


class Tier(Clause):
    """What a member's total makes them."""

    model_config = example(key="spark", title="Spark", at=250)

    key: Key
    title: Title
    at: Threshold = Field(description="Points from which a member has it.")


class Skill(Clause):
    """How far points of one topic take a member in it."""

    model_config = example(key="intermediate", title="Intermediate", at=201)

    key: Key
    title: Title
    at: Threshold = Field(description="Points of the topic from which a member has it.")


class Cap(Clause):
    """The most points that activities of some types give a member in a window."""

    model_config = example(name="comments", activity_types=["comment"], window="day", points=100, mode="deny", applies_to="self")

    name: Key = Field(description="Under another name it counts from nothing.")
    activity_types: ActivityTypes = Field((), description="Those that count together. None: all but the system's.")
    window: Annotated[CapWindow, Field(strict=False)] = Field(description="A period in the community's zone; weeks begin on Monday.")
    points: int = Field(ge=1, le=MAX_THRESHOLD)
    mode: Annotated[CapMode, Field(strict=False)] = Field(CapMode.DENY, description="`clip` gives what room is left, `deny` nothing.")
    applies_to: Annotated[AppliesTo, Field(strict=False)] = Field(
        AppliesTo.SELF, description="`self`: what members claim themselves; `all`: what staff, services, reactions and files say, too."
    )

    @field_validator("activity_types")
    @classmethod
    def _limit_what_can_be(cls, activity_types: tuple[ActivityType, ...]) -> tuple[ActivityType, ...]:
        require_distinct(activity_types)
        require_open(activity_types)
        return activity_types


class StreakBonus(Clause):
    """Points for each day of a streak once it is over: so many for every day that the streak has by then."""

    model_config = example(points_per_day=5, most_days=100)

    points_per_day: int = Field(5, ge=1, le=MAX_ACTIVITY_POINTS)
    most_days: DayCount = Field(100, description="A longer streak gives no more.")


class Freezes(Clause):
    """What saves a streak from missed days: one each."""

    model_config = example(most=2, earned_every=7, cost=100)

    most: int = Field(2, ge=0, le=MAX_FREEZES, description="So many in hand, no more are earned or sold.")
    earned_every: DayCount | None = Field(7, description="One is earned at every so many days of a streak. None: none is earned.")
    cost: Annotated[int, Field(ge=1, le=MAX_THRESHOLD)] | None = Field(100, description="Points that one costs. None: none is sold.")


class Decay(Clause):
    """What a member loses who does nothing for long; never below the threshold of their tier."""

    model_config = example(after_days=90, every_days=30, percent=5, notice_days=14)

    after_days: DayCount = Field(description="Days of 24 hours after the last activity.")
    every_days: DayCount = Field(description="Days of 24 hours from one time to the next.")
    percent: int = Field(ge=1, le=100, description="Of the total at that time, rounded down.")
    notice_days: DayCount = Field(description="Days of 24 hours by which it is announced before the first time.")

    @model_validator(mode="after")
    def _leave_time_to_announce(self) -> Self:
        if self.notice_days > self.after_days:
            raise ValueError("Send at most as many days of notice as pass before points decay.")
        return self


_TIERS = [{"key": "ember", "title": "Ember", "at": 0}, {"key": "spark", "title": "Spark", "at": 250}]


class Rules(Clause):
    """What totals mean, what members may claim, and what keeps a streak."""

    model_config = example(preset="thrive", title="Thrive", tiers=_TIERS, levels=[0, 50, 100, 200], then_every=10_000)

    preset: Key = Field(description="The preset that these rules began as.")
    title: Title
    # A min_length would count items that are right only, and so complain of none where one is wrong.
    tiers: Annotated[tuple[Tier, ...], Field(strict=False, max_length=MAX_TIERS, json_schema_extra={"minItems": 1})] = Field(
        description="By ascending threshold, the first at 0."
    )
    levels: Annotated[tuple[Threshold, ...], Field(strict=False, max_length=MAX_LEVELS, json_schema_extra={"minItems": 1})] = Field(
        description="Points from which a member has level 1, 2, 3...: ascending, the first 0."
    )
    then_every: int = Field(ge=1, le=MAX_THRESHOLD, description="Points of each level past the last.")
    skills: Annotated[tuple[Skill, ...], Field(strict=False, max_length=MAX_SKILLS, json_schema_extra={"minItems": 1})] = Field(
        (
            Skill(key="beginner", title="Beginner", at=0),
            Skill(key="intermediate", title="Intermediate", at=201),
            Skill(key="advanced", title="Advanced", at=501),
            Skill(key="master", title="Master", at=1_001),
        ),
        description="By ascending threshold, the first at 0.",
    )
    self_reported: ActivityTypes = Field(
        (ActivityType.COMMENT, ActivityType.REACTION), description="What members may claim themselves; none of the system's."
    )
    max_self_points: int = Field(1_000, ge=1, le=MAX_ACTIVITY_POINTS, description="Most points that a member may claim at once.")
    caps: Annotated[tuple[Cap, ...], Field(strict=False, max_length=MAX_CAPS)] = (
        Cap(name="comments", activity_types=(ActivityType.COMMENT,), window=CapWindow.DAY, points=100),
        Cap(name="reactions", activity_types=(ActivityType.REACTION,), window=CapWindow.DAY, points=50),
    )
    streak_bonus: StreakBonus | None = Field(StreakBonus(), description="None: a streak pays nothing.")
    freezes: Freezes = Freezes()
    decay: Decay | None = Field(None, description="None: points don't decay.")
    goals_active_days: DayCount = Field(14, description="Weekly goals are opened on Monday for members who were active in so many days.")

    @field_validator("tiers", "skills")
    @classmethod
    def _thresholds_ascend(cls, rungs: tuple[Tier, ...] | tuple[Skill, ...]) -> tuple[Tier, ...] | tuple[Skill, ...]:
        require_distinct([rung.key for rung in rungs])
        require_ascending([rung.at for rung in rungs])
        return rungs

    @field_validator("levels")
    @classmethod
    def _levels_ascend(cls, levels: tuple[int, ...]) -> tuple[int, ...]:
        require_ascending(levels)
        return levels

    @field_validator("self_reported")
    @classmethod
    def _claim_what_can_be(cls, activity_types: tuple[ActivityType, ...]) -> tuple[ActivityType, ...]:
        require_distinct(activity_types)
        require_open(activity_types)
        return activity_types

    @field_validator("caps")
    @classmethod
    def _caps_named_once(cls, caps: tuple[Cap, ...]) -> tuple[Cap, ...]:
        require_distinct([cap.name for cap in caps])
        return caps

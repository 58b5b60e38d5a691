"""What there is to set in lists, and how its forms look: topics, weekly goals, quests, badges, seasons, reactions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from laurels.identity.editing import Saved
from laurels.products.progress.actions.badges import add_badge, change_badge
from laurels.products.progress.actions.goals import add_goal, change_goal
from laurels.products.progress.actions.quests_set import add_quest, change_quest
from laurels.products.progress.actions.reactions_set import change_reaction
from laurels.products.progress.actions.seasons import add_season, change_season
from laurels.products.progress.actions.topics import add_topic, change_topic
from laurels.products.progress.console_pages.controls import Control, Field
from laurels.products.progress.console_pages.words import GOAL_MEASURE_LABELS, ICON_LABELS, MEASURE_LABELS
from laurels.products.progress.in_words import DIFFICULTY_LABELS, QUEST_TYPE_LABELS
from laurels.products.progress.queries.definitions import BADGES, GOALS, QUESTS, REACTIONS, SEASONS, TOPICS, Kind
from laurels.products.progress.rules import OPEN_TYPES, ActivityType
from laurels.products.progress.schemas.badge_definitions import BadgeDefinitionBody, BadgeDefinitionChange
from laurels.products.progress.schemas.goal_definitions import GoalDefinitionBody, GoalDefinitionChange
from laurels.products.progress.schemas.quest_definitions import QuestDefinitionBody, QuestDefinitionChange
from laurels.products.progress.schemas.reactions import ReactionBody
from laurels.products.progress.schemas.seasons import SeasonBody, SeasonChange
from laurels.products.progress.schemas.topics import TopicBody, TopicChange
from laurels.web.language import N_

Add: TypeAlias = Callable[..., Saved]
Change: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Paper:
    """A list of what staff set, with its forms.

    Attributes:
        part: its place in addresses.
        fields: of its forms, in order.
        body: the API's body of a new one; `change`: of a change. None: nothing is added.
        title: of the list; `new`: of the form for a new one, and of the way there.
        empty: said where the list is.
        icon: shown with it.
        listed: the fields that the list shows beside the name and the state.
    """

    part: str
    kind: Kind[Any]
    fields: tuple[Field, ...]
    change_body: Any
    change: Change
    title: str
    about: str
    new: str = ""
    empty: str = ""
    icon: str = "spark"
    body: Any = None
    add: Add | None = None
    listed: tuple[str, ...] = ()

    @property
    def columns(self) -> list[Field]:
        """The fields that the list shows."""
        return [each for each in self.fields if each.name in self.listed]

    def key_of(self, row: Any) -> str:
        """What names a row in addresses."""
        return str(getattr(row, self.kind.key))


_TITLE = Field("title", N_("Title"), Control.LINE, is_required=True, most=120)
_DESCRIPTION = Field("description", N_("What members read about it"), Control.TEXT, most=2_000)
_POSITION = Field("position", N_("Place in the list"), Control.NUMBER, new_hint=N_("Empty: after all others."))
_ACTIVE = Field("is_active", N_("It is active"), Control.TICK)
_REWARD = Field("points_reward", N_("Points"), Control.NUMBER, is_required=True)
_IN_ZONE = N_("In {zone}. Empty: no bound.")
_LASTING = N_("Small letters, digits, - and _. It stays.")


def _slug(name: str) -> Field:
    return Field(name, N_("Lasting name"), Control.LINE, _LASTING, is_required=True, is_fixed=True, most=40)


_TOPICS = Paper(
    "topics",
    TOPICS,
    (_slug("slug"), _TITLE, _POSITION, _ACTIVE),
    TopicChange,
    change_topic,
    N_("Topics"),
    N_("Fields of study or work that activities may belong to. One that is put aside can't be chosen; what was done for it stays."),
    N_("New topic"),
    N_("With topics, points also say what somebody is good at."),
    "tag",
    TopicBody,
    add_topic,
    ("position",),
)

_GOALS = Paper(
    "goals",
    GOALS,
    (
        _slug("goal_type"),
        _TITLE,
        _DESCRIPTION,
        Field("measure", N_("What it counts"), Control.CHOICE, is_fixed=True, choices=GOAL_MEASURE_LABELS, begins_as="activities"),
        Field("target", N_("How many complete it"), Control.NUMBER, is_required=True),
        _REWARD,
        Field(
            "activity_types",
            N_("Activities that count"),
            Control.TYPES,
            N_("None: all but what the system awards."),
            types=(*OPEN_TYPES, ActivityType.SIDE_QUEST),
        ),
        _POSITION,
        _ACTIVE,
    ),
    GoalDefinitionChange,
    change_goal,
    N_("Weekly goals"),
    N_("Everybody has them anew each Monday. Goals of a week that has begun keep their target and reward."),
    N_("New weekly goal"),
    N_("A goal gives the week a shape."),
    "check",
    GoalDefinitionBody,
    add_goal,
    ("target", "points_reward"),
)

_QUESTS = Paper(
    "quests",
    QUESTS,
    (
        _TITLE,
        _DESCRIPTION,
        Field("quest_type", N_("Kind"), Control.CHOICE, choices=QUEST_TYPE_LABELS, begins_as="side"),
        Field("difficulty", N_("Difficulty"), Control.CHOICE, choices=DIFFICULTY_LABELS, begins_as="easy"),
        Field("topic", N_("Topic"), Control.TOPIC, N_("Only activities of it are steps."), is_optional=True),
        Field("steps", N_("Steps"), Control.NUMBER, is_required=True, begins_as="1"),
        _REWARD,
        Field(
            "cooldown_hours", N_("Again after so many hours"), Control.NUMBER, N_("Empty: once; a daily one once a day."), is_optional=True
        ),
        Field(
            "is_counted", N_("Activities are its steps"), Control.TICK, N_("Otherwise staff and services tell each step."), is_sent=False
        ),
        Field(
            "activity_types",
            N_("Activities that are steps"),
            Control.TYPES,
            N_("None: all but what the system awards."),
            is_optional=True,
            when="is_counted",
            types=OPEN_TYPES,
        ),
        Field("starts_at", N_("From"), Control.INSTANT, _IN_ZONE, is_optional=True),
        Field("ends_at", N_("Until"), Control.INSTANT, _IN_ZONE, is_optional=True),
        _ACTIVE,
    ),
    QuestDefinitionChange,
    change_quest,
    N_("Quests"),
    N_("Something to do for points beside the weekly goals. Who has begun one keeps its steps and reward."),
    N_("New quest"),
    N_("A quest is a reason to try something new."),
    "spark",
    QuestDefinitionBody,
    add_quest,
    ("difficulty", "steps", "points_reward", "ends_at"),
)

_BADGES = Paper(
    "badges",
    BADGES,
    (
        _slug("slug"),
        _TITLE,
        _DESCRIPTION,
        Field("icon", N_("Icon"), Control.CHOICE, choices=ICON_LABELS, begins_as="laurel"),
        Field("measure", N_("Given for"), Control.CHOICE, is_fixed=True, choices=MEASURE_LABELS, begins_as="total_points"),
        Field("topic", N_("Topic"), Control.TOPIC, N_("For points of a topic, and nothing else."), is_fixed=True),
        Field("at_least", N_("From so many"), Control.NUMBER, is_required=True),
        _POSITION,
        _ACTIVE,
    ),
    BadgeDefinitionChange,
    change_badge,
    N_("Badges"),
    N_("Marks of something reached; they pay nothing. Who has one keeps it."),
    N_("New badge"),
    N_("A badge tells what is worth being proud of."),
    "laurel",
    BadgeDefinitionBody,
    add_badge,
    ("measure", "at_least"),
)

_SEASONS = Paper(
    "seasons",
    SEASONS,
    (
        _TITLE,
        _DESCRIPTION,
        Field("starts_at", N_("From"), Control.INSTANT, N_("In {zone}."), N_("Empty: from now on.")),
        Field("ends_at", N_("Until"), Control.INSTANT, N_("In {zone}."), is_required=True),
        Field("multipliers", N_("More points for some activities"), Control.MULTIPLIERS),
    ),
    SeasonChange,
    change_season,
    N_("Seasons"),
    N_("Times with a board of their own, and with more points for some activities. No two overlap."),
    N_("New season"),
    N_("A season begins everybody at zero, beside the board of all time."),
    "trophy",
    SeasonBody,
    add_season,
    ("starts_at", "ends_at"),
)

_REACTIONS = Paper(
    "reactions",
    REACTIONS,
    (
        Field("activity_type", N_("Counts as"), Control.CHOICE, choices={kind.value: kind.label for kind in OPEN_TYPES}),
        Field("points", N_("Points"), Control.NUMBER, N_("0: nothing is awarded."), is_required=True),
        Field("description", N_("What the activity says"), Control.LINE, is_required=True, most=255),
    ),
    ReactionBody,
    change_reaction,
    N_("Reactions"),
    N_("What awards points by itself when it happens elsewhere in the community."),
    icon="heart",
    listed=("activity_type", "points"),
)

PAPERS: Mapping[str, Paper] = {paper.part: paper for paper in (_TOPICS, _GOALS, _QUESTS, _BADGES, _SEASONS, _REACTIONS)}
"""By their place in addresses."""

"""What pages call things of progress: marked messages, translated where they are shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson

from laurels.products.progress.rules import LABELS, ActivityType, Cap, CapWindow, Difficulty, QuestStatus, QuestType, Rules
from laurels.products.progress.tables import PointActivity, QuestRow
from laurels.web.language import N_

Say = Callable[[str], str]
"""Translates an English sentence."""

DIFFICULTY_LABELS = {
    Difficulty.EASY.value: N_("Easy"),
    Difficulty.MEDIUM.value: N_("Medium"),
    Difficulty.HARD.value: N_("Hard"),
    Difficulty.EPIC.value: N_("Epic"),
}
DIFFICULTY_TONES = {
    Difficulty.EASY.value: "ok",
    Difficulty.MEDIUM.value: "brand",
    Difficulty.HARD.value: "gold",
    Difficulty.EPIC.value: "gold",
}

QUEST_TYPE_LABELS = {
    QuestType.SIDE.value: N_("Side quest"),
    QuestType.DAILY.value: N_("Daily quest"),
    QuestType.EVENT.value: N_("Event"),
}
QUEST_STATUS_LABELS = {
    QuestStatus.NOT_STARTED.value: N_("Open"),
    QuestStatus.IN_PROGRESS.value: N_("In progress"),
    QuestStatus.COMPLETED.value: N_("Completed"),
    QuestStatus.EXPIRED.value: N_("Time is over"),
}
QUEST_STATUS_TONES = {QuestStatus.IN_PROGRESS.value: "brand", QuestStatus.COMPLETED.value: "ok"}

CAP_SENTENCES = {
    CapWindow.DAY: N_("{types}: at most {points} points a day."),
    CapWindow.WEEK: N_("{types}: at most {points} points a week."),
    CapWindow.MONTH: N_("{types}: at most {points} points a month."),
}

WORDS: dict[str, Any] = {
    "labels": LABELS,
    "difficulty_labels": DIFFICULTY_LABELS,
    "difficulty_tones": DIFFICULTY_TONES,
    "quest_type_labels": QUEST_TYPE_LABELS,
    "quest_status_labels": QUEST_STATUS_LABELS,
    "quest_status_tones": QUEST_STATUS_TONES,
}
"""The tables as templates know them."""


def type_options(say: Say, kinds: Sequence[ActivityType]) -> list[tuple[str, str]]:
    """Types to choose from, with their names."""
    return [(kind.value, say(kind.label)) for kind in kinds]


def goals_paid(activities: Iterable[PointActivity]) -> list[str]:
    """The lasting names of the goals that activities paid: what these tell of themselves."""
    return [row.description for row in activities if row.activity_type == ActivityType.WEEKLY_GOAL]


def claim_limits(say: Say, number: Callable[[int], str], rules: Rules) -> list[str]:
    """How much a member may claim in a time, a sentence for each cap that counts what they can claim."""
    capped = [(cap, [kind for kind in rules.self_reported if kind in cap.activity_types or not cap.activity_types]) for cap in rules.caps]
    return [_cap_words(say, number, cap, kinds) for cap, kinds in capped if kinds]


def quest_steps(say: Say, row: QuestRow, topics: Mapping[str, str]) -> str:
    """What counts as a step of a quest, in a few words.

    Args:
        topics: titles by slug.
    """
    if row.activity_types is None:
        return say(N_("Whoever runs the quest counts its steps"))
    kinds = ", ".join(say(ActivityType(kind).label) for kind in orjson.loads(row.activity_types))
    topic = topics.get(row.topic, row.topic) if row.topic else ""
    if kinds and topic:
        return say(N_("{types}, about {topic}")).format(types=kinds, topic=topic)
    if kinds:
        return kinds
    return say(N_("Whatever you do about {topic}")).format(topic=topic) if topic else say(N_("Whatever you do"))


def _cap_words(say: Say, number: Callable[[int], str], cap: Cap, kinds: Sequence[ActivityType]) -> str:
    return say(CAP_SENTENCES[cap.window]).format(types=", ".join(say(kind.label) for kind in kinds), points=number(cap.points))

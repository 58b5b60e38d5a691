"""What staff set in progress, for requests to be about; the document's examples name its topics."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

TOPICS = ("statistics", "chemistry")
QUEST: dict[str, Any] = {"title": "Read a paper", "points_reward": 20}

_SEASON_AT = datetime(2027, 6, 1, tzinfo=UTC)
_SEASON_LASTS = timedelta(hours=12)


def add_topics(post: Callable[[str, dict[str, Any]], Any]) -> None:
    """The topics that examples name.

    Args:
        post: sends a body to a path below `/api/v1` as staff, and gives the answer.
    """
    for slug in TOPICS:
        post("/progress/topics", {"slug": slug, "title": slug.title()})


def open_settings(post: Callable[[str, dict[str, Any]], Any], number: int = 0) -> dict[str, str]:
    """A quest and a season that hasn't begun, new ones for each number; gives the ids that paths take."""
    starts_at = _SEASON_AT + number * _SEASON_LASTS
    times = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + _SEASON_LASTS).isoformat()}
    return {
        "topic_slug": TOPICS[0],
        "goal_type": "help_5",
        "badge_slug": "maker",
        "trigger": "class_joined",
        "quest_id": post("/progress/quests", QUEST)["id"],
        "season_id": post("/progress/seasons", {"title": "Summer", **times})["id"],
        "version": "1",
    }

"""What staff set in progress, for requests to be about; the document's examples name its topics."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

TOPICS = ("statistics", "chemistry")
QUEST: dict[str, Any] = {"title": "Read a paper", "points_reward": 20}
SEASON: dict[str, Any] = {"title": "Summer", "starts_at": "2027-06-01T00:00:00+00:00", "ends_at": "2027-09-01T00:00:00+00:00"}

Ask = Callable[[str, str, dict[str, Any] | None], Any]
"""Sends a method, a path below `/api/v1` and a body as staff; gives the answer's JSON."""


def add_topics(ask: Ask) -> None:
    """The topics that examples name."""
    for slug in TOPICS:
        ask("POST", "/progress/topics", {"slug": slug, "title": slug.title()})


def open_settings(ask: Ask, member: str) -> dict[str, str]:
    """A new quest, key and award to a member, and a season, if there can be one that hasn't begun; gives the ids that paths take."""
    award = {"event_id": str(uuid4()), "member": member, "amount": 10, "activity_type": "special_event"}
    return {
        "activity_id": ask("POST", "/progress/awards", award)["activity_id"],
        "key_id": open_key(ask, ["read"])["id"],
        "topic_slug": TOPICS[0],
        "goal_type": "help_5",
        "badge_slug": "maker",
        "trigger": "class_joined",
        "quest_id": ask("POST", "/progress/quests", QUEST)["id"],
        "season_id": _season(ask),
        "version": "1",
    }


def open_key(ask: Ask, scopes: list[str]) -> dict[str, str]:
    """A new service key; gives its id and its token."""
    made: dict[str, str] = ask("POST", "/progress/keys", {"name": "tutor", "scopes": scopes})
    return made


def _season(ask: Ask) -> str:
    """One that is there, for no two overlap; best one that can still be changed."""
    known = sorted(ask("GET", "/progress/seasons", None)["items"], key=lambda one: str(one["status"] != "planned"))
    return str((known[0] if known else ask("POST", "/progress/seasons", SEASON))["id"])

"""What tests of progress's settings send."""

from typing import Any

from laurels.identity.tables import Member
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.queries.configuration import forget
from laurels.products.progress.rules import DEFAULT_PRESET, preset
from products.progress.circle import Circle
from support.versions import changed, made

GOAL: dict[str, Any] = {"goal_type": "quizzes_2", "title": "Two quizzes", "activity_types": ["quiz_complete"], "target": 2}
QUEST: dict[str, Any] = {"title": "Read a paper", "points_reward": 80, "steps": 3, "activity_types": ["comment"]}
BADGE: dict[str, Any] = {"slug": "century", "title": "Century", "icon": "trophy", "measure": "total_points", "at_least": 100}
SEASON: dict[str, Any] = {"title": "Winter", "starts_at": "2026-12-01T00:00:00+00:00", "ends_at": "2027-03-01T00:00:00+00:00"}
REACTION: dict[str, Any] = {"activity_type": "special_event", "points": 7, "description": "Thanked somebody"}


def rules(**changes: Any) -> dict[str, Any]:
    """The rules that ship, but for what differs, as they are sent."""
    return {**preset(DEFAULT_PRESET).model_dump(mode="json"), **changes}


def topic(circle: Circle, staff: Member, slug: str, **more: Any) -> dict[str, Any]:
    """A topic that staff add over HTTP."""
    return made(circle.ask(staff, "POST", "/progress/topics", json={"slug": slug, "title": slug.title(), **more}))


def set_rules(circle: Circle, staff: Member, **changes: Any) -> dict[str, Any]:
    """Rules that staff put in force over HTTP."""
    return changed(circle, staff, "/progress/rules", rules(**changes), put=True)


def basis_now(circle: Circle) -> Basis:
    """What staff set, read anew: the application that they asked is like another process to the circle."""
    forget(circle.database)
    return circle.basis

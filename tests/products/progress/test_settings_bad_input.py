"""Whatever staff send about settings: a clear problem, and nothing changes."""

from typing import Any

import httpx
import pytest

from laurels.identity.tables import Member, staff_action
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION
from laurels.products.progress.tables import badge, goal, progress_config, progress_reaction, progress_rules, progress_topic, quest, season
from products.progress.circle import Circle
from products.progress.settings_paper import BADGE, GOAL, QUEST, REACTION, SEASON, topic
from support.field_values import OPTIONAL, TIME, UNKNOWN, Values, check_fields, choice, flag, items, line, number
from support.site import API, refused
from support.wrong_values import loose_json

pytestmark = pytest.mark.any_database

KEPT = (progress_config, progress_rules, progress_topic, goal, quest, badge, season, progress_reaction, staff_action)
MILLION = 1_000_000
BILLION = 1_000_000_000

SLUG = Values(
    {
        "missing": ...,
        "null": None,
        "number": 5,
        "empty": "",
        "capital": "Maths",
        "blank": "two words",
        "digit first": "1st",
        "slash": "a/b",
        "accent": "é",
        "nul": "a\x00b",
        "lone surrogate": "\ud800",
        "too long": "a" * 41,
        "newline": "maths\n",
    },
    ("a" * 40, "data-science_2"),
)
SLUG_OR_NONE = Values({name: value for name, value in SLUG.wrong.items() if name not in OPTIONAL})
TEXT = line(2_000).but("missing", "empty", "blank", "line separator", "bell")
TITLE = line(120)
TYPES = Values(
    {"null": None, "text": "comment", "other": ["nap"], "twice": ["comment", "comment"], "the system's": ["weekly_goal"], "number": [1]},
    ([], ["comment"]),
)
SOMETIME = TIME.but(*OPTIONAL)
DEFINED = {"title": TITLE, "is_active": flag(), "unknown": UNKNOWN}
PLACED = {**DEFINED, "position": number(0, 10_000).but(*OPTIONAL)}

BODIES: dict[str, tuple[dict[str, Any], dict[str, Values]]] = {
    "/progress/topics": ({"slug": "physics", "title": "Physics"}, {**PLACED, "slug": SLUG}),
    "/progress/goal-definitions": (
        GOAL,
        {
            **PLACED,
            "goal_type": SLUG,
            "description": TEXT,
            "measure": choice("activities", "days", "topics"),
            "activity_types": TYPES,
            "target": number(1, 10_000),
            "points_reward": number(0, MILLION).but("missing"),
        },
    ),
    "/progress/quests": (
        QUEST,
        {
            **DEFINED,
            "description": TEXT,
            "quest_type": choice("side", "daily", "event"),
            "topic": SLUG_OR_NONE,
            "difficulty": choice("easy", "medium", "hard", "epic"),
            "points_reward": number(0, MILLION),
            "steps": number(1, 10_000).but("missing"),
            "activity_types": TYPES.but("null"),
            "cooldown_hours": number(1, 24 * 366).but(*OPTIONAL),
            "starts_at": SOMETIME,
            "ends_at": SOMETIME,
        },
    ),
    "/progress/badges": (
        BADGE,
        {
            **PLACED,
            "slug": SLUG,
            "description": TEXT,
            "icon": choice("spark", "ticket"),
            "measure": Values({"missing": ..., "null": None, "other": "luck", "number": 1}, ("level", "tier")),
            "topic": SLUG_OR_NONE,
            "at_least": number(1, BILLION),
        },
    ),
    "/progress/seasons": (
        {**SEASON, "multipliers": [{"percent": 200, "activity_types": ["comment"]}]},
        {
            "title": TITLE,
            "description": TEXT,
            "starts_at": SOMETIME,
            "ends_at": TIME,
            "multipliers": items(20, {"percent": 200}),
            "multipliers/0/percent": number(101, 1_000),
            "multipliers/0/activity_types/0": Values({"null": None, "number": 1, "other": "nap"}),
            "multipliers/0/topic": SLUG_OR_NONE,
            "multipliers/0/starts_at": SOMETIME,
            "multipliers/0/ends_at": SOMETIME,
            "multipliers/0/unknown": UNKNOWN,
            "unknown": UNKNOWN,
        },
    ),
}
CHANGES = ("/progress/topics/maths", "/progress/goal-definitions/help_5", "/progress/badges/maker")
REACTIONS = {
    "activity_type": Values({"missing": ..., "null": None, "other": "nap", "the system's": "decay", "number": 1}, ("referral",)),
    "points": number(0, 1_000),
    "description": line(MAX_ACTIVITY_DESCRIPTION),
    "unknown": UNKNOWN,
}


@pytest.fixture
def staff(served: Circle) -> Member:
    """Somebody of the staff, who has added a topic."""
    made = served.make_member(role="staff")
    topic(served, made, "maths")
    return made


def test_a_text_that_is_no_json_object_is_refused(served: Circle, staff: Member) -> None:
    for path in (*BODIES, "/progress/rules/preview"):
        for body in (b"", b"[]", b'"text"', b"{", b"null", b'{"a": NaN}'):
            problem = refused(send(served, staff, "POST", path, body), 422, "validation-failed")
            assert problem["errors"], (path, body)


@pytest.mark.parametrize("path", BODIES)
def test_a_wrong_field_of_what_is_added_is_refused_and_changes_nothing(served: Circle, staff: Member, path: str) -> None:
    check(served, staff, "POST", path, *BODIES[path])


@pytest.mark.parametrize("path", CHANGES)
def test_a_wrong_field_of_a_change_is_refused_and_changes_nothing(served: Circle, staff: Member, path: str) -> None:
    _, fields = BODIES[path.rpartition("/")[0]]
    names = {"title", "position", "is_active", "unknown", "description", "target", "points_reward", "at_least", "icon"} & fields.keys()
    check(served, staff, "PATCH", path, {}, {name: fields[name].but("missing") for name in names})


def test_a_wrong_field_of_a_reaction_is_refused_and_changes_nothing(served: Circle, staff: Member) -> None:
    check(served, staff, "PUT", "/progress/reactions/class_joined", REACTION, REACTIONS)


def test_what_is_fixed_cant_be_sent_in_a_change(served: Circle, staff: Member) -> None:
    for path, body in {
        "/progress/topics/maths": {"slug": "physics"},
        "/progress/goal-definitions/help_5": {"measure": "days"},
        "/progress/badges/maker": {"measure": "level"},
    }.items():
        [error] = refused(send(served, staff, "PATCH", path, loose_json(body)), 422, "validation-failed")["errors"]
        assert error["pointer"] == f"#/{next(iter(body))}"


def check(circle: Circle, who: Member, method: str, path: str, good: dict[str, Any], fields: dict[str, Values]) -> None:
    """Check every field of a body: see `check_fields`."""
    check_fields(
        lambda body: send(circle, who, method, path, loose_json(body)),
        lambda: (circle.heads(), [circle.count(table) for table in KEPT]),
        good,
        fields,
    )


def send(circle: Circle, who: Member, method: str, path: str, body: bytes) -> httpx.Response:
    """A request with JSON of the loosest kind."""
    headers = circle.headers(who) | {"Content-Type": "application/json", "If-Match": "*"}
    return circle.http.request(method, f"{API}{path}", content=body, headers=headers)

"""docs/progress.md says what the rules say: its examples are worked out by them, its tables are what ships."""

from datetime import date, timedelta
import json
import re

import pytest

from docs.shell import ROOT
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION, MAX_EVENT_ID
from laurels.products.progress.hooks import TYPES
from laurels.products.progress.rules import (
    DEFAULT_BADGES,
    DEFAULT_GOALS,
    DEFAULT_REACTIONS,
    LIFETIME,
    SYSTEM_TYPES,
    ActivityType,
    Multiplier,
    decay_amount,
    preset,
)
from laurels.products.progress.rules.days import Days
from laurels.products.progress.rules.document import Cap, Decay
from laurels.products.progress.rules.streaks import replay, seen_on

TEXT = (ROOT / "docs/progress.md").read_text()
FIRST = date(2026, 10, 31)
STREAKS = re.findall(r"^\| ((?:\d+, )+\d+) \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
LOSSES = re.findall(r"^\| ([\d,]+) \| ([\d,]+) \| ([\d,]+) \|$", TEXT, re.MULTILINE)
JSON = [json.loads(one) for one in re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)]


def number(text: str) -> int:
    return int(text.replace(",", ""))


def test_tiers_are_those_that_ship() -> None:
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| (\w+) \| ([\d,]+) \|$", TEXT, re.MULTILINE)
    for name, columns in (("thrive", (0, 1)), ("garden", (2, 3))):
        assert [(row[columns[0]], number(row[columns[1]])) for row in rows] == [(tier.title, tier.at) for tier in preset(name).tiers]


@pytest.mark.parametrize("name", ["thrive", "garden"])
def test_levels_are_those_that_ship(name: str) -> None:
    [(levels, every)] = re.findall(rf"^\| `{name}` \| ([\d, ]+) \| every ([\d,]+) \|$", TEXT, re.MULTILINE)
    assert tuple(int(one) for one in levels.split(", ")) == preset(name).levels
    assert number(every) == preset(name).then_every


def test_types_are_told_with_what_they_count() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ([^|]+) \| ?([^|]*?) ?\|$", TEXT.partition("## Who awards what")[0], re.MULTILINE)
    told = {ActivityType(kind): (causes, counts) for kinds, causes, counts in rows for kind in re.findall(r"`(\w+)`", kinds)}
    assert set(told) == set(ActivityType)
    assert {kind for kind, (causes, _) in told.items() if causes == "the system alone"} == SYSTEM_TYPES
    assert {kind for kind, (causes, _) in told.items() if causes.startswith("members")} == set(preset("thrive").self_reported)
    assert {kind: f"lifetime_{counts.partition(' ')[2]}" for kind, (_, counts) in told.items() if counts} == LIFETIME


def test_goals_are_those_that_ship() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| [^|]+ \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)
    shipped = [(one.goal_type, one.measure.value, str(one.target), str(one.points_reward)) for one in DEFAULT_GOALS]
    assert rows == shipped


def test_badges_are_those_that_ship() -> None:
    _, _, table = TEXT.partition("| badge | for |\n")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table.partition("\n\n")[0], re.MULTILINE)[1:]
    titles = ", ".join(title for title, _ in rows).lower()
    assert titles == ", ".join(one.title for one in DEFAULT_BADGES).lower()
    assert [int(one) for _, what in rows for one in re.findall(r"\d+", what)] == [one.at_least for one in DEFAULT_BADGES]


def test_reactions_are_those_that_ship() -> None:
    rows = re.findall(r"^\| `(\w+)`[^|]* \| `(\w+)` \| (\d+) \|$", TEXT, re.MULTILINE)
    assert rows == [(one.trigger.value, one.activity_type.value, str(one.points)) for one in DEFAULT_REACTIONS]


def test_settings_ship_as_it_says() -> None:
    rules = preset("thrive").model_dump()
    rows = re.findall(r"^\| `(\w+)\.(\w+)` \| (\d+) \|", TEXT, re.MULTILINE)
    assert [(part, name, int(value)) for part, name, value in rows] == [
        (part, name, rules[part][name])
        for part, name in (
            ("freezes", "most"),
            ("freezes", "earned_every"),
            ("freezes", "cost"),
            ("streak_bonus", "points_per_day"),
            ("streak_bonus", "most_days"),
        )
    ]
    assert f"{rules['goals_active_days']} days (`goals_active_days`)" in TEXT
    assert f"`max_self_points`, {rules['max_self_points']:,}," in TEXT
    skills = re.findall(r"(?:Intermediate|Advanced|Master) from ([\d,]+)", TEXT)
    assert [skill["at"] for skill in rules["skills"]] == [0, *map(number, skills)]


@pytest.mark.parametrize(("active", "seen", "streak", "longest"), STREAKS)
def test_streaks_come_out_as_it_says(active: str, seen: str, streak: str, longest: str) -> None:
    policy = preset("thrive").freezes
    days = [FIRST + timedelta(days=int(one)) for one in active.split(", ")]
    found = replay(Days.of(days), bought=[], excused=frozenset(), policy=policy)
    assert found.longest == int(longest)
    assert seen_on(found, FIRST + timedelta(days=int(seen)), bought=[], excused=frozenset()) == int(streak)


@pytest.mark.parametrize(("total", "loses", "keeps"), LOSSES)
def test_decay_takes_what_it_says(total: str, loses: str, keeps: str) -> None:
    rules = preset("thrive").model_copy(update={"decay": Decay.model_validate(JSON[2])})
    assert (decay_amount(rules, number(total)), number(total) - number(loses)) == (number(loses), number(keeps))


def test_examples_are_found() -> None:
    assert (len(STREAKS), len(LOSSES)) == (4, 3)
    assert "15 at 150 per cent are 22" in TEXT
    assert 15 * 150 // 100 == 22


def test_json_is_what_the_api_takes() -> None:
    cap, multiplier, decay = JSON
    assert Cap.model_validate(cap) in preset("thrive").caps
    assert Multiplier.model_validate(multiplier).percent == 150
    assert Decay.model_validate(decay).percent == 10


def test_awarding_tells_the_same_types_and_bounds() -> None:
    text = (ROOT / "docs/awarding-points.md").read_text()
    [told] = re.findall(r"^\| `activity_type` \| (.+) \|$", text, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", told)) == {kind.value for kind in ActivityType if not kind.is_system}
    assert f"1 to {MAX_EVENT_ID} characters" in text
    assert f"up to {MAX_ACTIVITY_DESCRIPTION} characters" in text


def test_webhooks_are_told_with_their_data() -> None:
    text = (ROOT / "docs/webhooks.md").read_text()
    table = text.partition("## The events of progress")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([\w.]+)` \| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    assert {name: set(re.findall(r"`(\w+)`", data)) for name, data in rows} == {kind.name: set(kind.example) for kind in TYPES}

"""Which badges a member's numbers merit."""

from dataclasses import fields
from pathlib import Path
import re

import pytest

import laurels
from laurels.products.progress.rules import BADGE_ICONS, DEFAULT_BADGES, Badge, Measure, Measures, merited

SPRITE = Path(laurels.__file__).parent / "web" / "static" / "icons.svg"


def badge(measure: Measure, at_least: int = 5, topic: str | None = None) -> Badge:
    return Badge("some", "Some", "", "spark", measure, topic, at_least)


@pytest.mark.parametrize("measure", [measure for measure in Measure if measure is not Measure.TOPIC_POINTS])
def test_a_badge_is_merited_from_its_number_on_and_by_no_other(measure: Measure) -> None:
    assert not merited(badge(measure), Measures(**{measure.value: 4}))
    assert merited(badge(measure), Measures(**{measure.value: 5}))
    others = {other.value: 1_000 for other in Measure if other is not measure}
    assert not merited(badge(measure), Measures(**others | {measure.value: 4}))


def test_points_of_one_topic_merit_no_badge_of_another() -> None:
    chemist = badge(Measure.TOPIC_POINTS, 5, "chemistry")
    assert merited(chemist, Measures(topic="chemistry", topic_points=5))
    assert not merited(chemist, Measures(topic="chemistry", topic_points=4))
    assert not merited(chemist, Measures(topic="poetry", topic_points=5))
    assert not merited(chemist, Measures())


def test_every_measure_is_a_number_of_measures() -> None:
    assert {field.name for field in fields(Measures)} - {"topic"} == set(Measure)


def test_badges_that_ship_are_eight_and_none_is_merited_by_nothing() -> None:
    assert len({badge.slug for badge in DEFAULT_BADGES}) == len(DEFAULT_BADGES) == 8
    assert [badge.position for badge in DEFAULT_BADGES] == [*range(1, 9)]
    assert [badge.slug for badge in DEFAULT_BADGES if merited(badge, Measures())] == []
    assert {badge.icon for badge in DEFAULT_BADGES} <= set(BADGE_ICONS)


def test_slugs_hold_no_space() -> None:
    """`member_progress.badges` parts them by spaces."""
    assert all(re.fullmatch(r"[a-z0-9-]+", badge.slug) for badge in DEFAULT_BADGES)


def test_icons_are_among_those_that_pages_ship() -> None:
    assert set(BADGE_ICONS) <= set(re.findall(r'id="([a-z-]+)"', SPRITE.read_text()))

"""Progress's JSON endpoints, by noun, under `/progress` and `/me/thrive-circle`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.progress.api import (
    activities,
    awards,
    badge_definitions,
    badges,
    boards,
    cards,
    freezes,
    goal_definitions,
    goals,
    keys,
    monitoring,
    profiles,
    quest_definitions,
    quests,
    reactions,
    rules,
    seasons,
    thrive_circle,
    topics,
)
from laurels.web.language import N_

_SECTIONS = {
    N_("Progress: points and streaks"): (awards, activities, freezes, thrive_circle),
    N_("Progress: quests"): (quests, quest_definitions),
    N_("Progress: goals and badges"): (goals, goal_definitions, badges, badge_definitions),
    N_("Progress: profiles and boards"): (profiles, cards, boards),
    N_("Progress: rules"): (rules, reactions, seasons, topics, keys, monitoring),
}
"""What the API's reference tells together: a section is a page there, and all of progress is too much for one."""

router = APIRouter()
for section, parts in _SECTIONS.items():
    for part in parts:
        router.include_router(part.router, tags=[section])

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

router = APIRouter(tags=["progress"])
for part in (
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
):
    router.include_router(part.router)

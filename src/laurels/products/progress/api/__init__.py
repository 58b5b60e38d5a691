"""Progress's JSON endpoints, by noun, under `/progress` and `/me/thrive-circle`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.progress.api import (
    badge_definitions,
    badges,
    boards,
    cards,
    freezes,
    goal_definitions,
    goals,
    profiles,
    quest_definitions,
    quests,
    reactions,
    rules,
    seasons,
    topics,
)

router = APIRouter(tags=["progress"])
for part in (
    badge_definitions,
    badges,
    boards,
    cards,
    freezes,
    goal_definitions,
    goals,
    profiles,
    quest_definitions,
    quests,
    reactions,
    rules,
    seasons,
    topics,
):
    router.include_router(part.router)

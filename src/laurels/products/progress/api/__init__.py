"""Progress's JSON endpoints, by noun, under `/progress` and `/me/thrive-circle`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.progress.api import badges, boards, cards, freezes, goals, profiles, quests

router = APIRouter(tags=["progress"])
for part in (badges, boards, cards, freezes, goals, profiles, quests):
    router.include_router(part.router)

"""Progress's JSON endpoints, by noun, under `/progress` and `/me/thrive-circle`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.progress.api import boards, cards, profiles

router = APIRouter(tags=["progress"])
for part in (boards, cards, profiles):
    router.include_router(part.router)

"""Loyalty's JSON endpoints, by noun, under `/programs` and `/me/programs`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.loyalty.api import access, burning, campaigns, earning, members, programs, returns, rewards, terms

router = APIRouter(tags=["loyalty"])
for part in (programs, terms, campaigns, rewards, access, earning, returns, burning, members):
    router.include_router(part.router, prefix="/programs")
router.include_router(members.mine)

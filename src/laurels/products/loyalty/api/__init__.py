"""Loyalty's JSON endpoints, by noun, all under `/programs`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.loyalty.api import access, burning, campaigns, earning, programs, returns, rewards, terms

router = APIRouter(tags=["loyalty"])
for part in (programs, terms, campaigns, rewards, access, earning, returns, burning):
    router.include_router(part.router, prefix="/programs")

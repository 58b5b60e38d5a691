"""Recognition's JSON endpoints, by noun. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.recognition.api import boards, mine, recognitions, redemptions, values

router = APIRouter(tags=["recognition"])
for part in (values, boards, recognitions, mine, redemptions):
    router.include_router(part.router)

"""The pages of a class's managers: its members, their limits, what was used, keys, and the class itself.

Begin reading at `members`. All of them ask `visits` who is there: who isn't in the
class learns nothing of it, and who doesn't manage it is told so.
"""

from fastapi import APIRouter

from laurels.products.study.manage_pages import keys, limits, members, settings, usage

router = APIRouter(include_in_schema=False)
for part in (members, limits, usage, keys, settings):
    router.include_router(part.router)

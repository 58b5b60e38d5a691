"""The pages of a chat: asking the documents of a class, and the answers with what they cite.

Begin reading at `reading`. All of them ask `visits` who is there: a chat is its
owner's, and a shared one is read by members of its class who may read there.
"""

from fastapi import APIRouter

from laurels.products.study.chat_pages import asking, changing, reading

router = APIRouter(include_in_schema=False)
for part in (reading, asking, changing):
    router.include_router(part.router)

"""Study's JSON endpoints, by noun, under `/classes`, `/documents`, `/chat` and `/usage`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.study.api import chat, classes, documents, members, messages, usage
from laurels.web.language import N_

_SECTIONS = {
    N_("Study: classes"): (classes, members),
    N_("Study: documents"): (documents,),
    N_("Study: chats"): (chat, messages),
    N_("Study: usage"): (usage,),
}
"""What the API's reference tells together: a section is a page there."""

router = APIRouter()
for section, parts in _SECTIONS.items():
    for part in parts:
        router.include_router(part.router, tags=[section])

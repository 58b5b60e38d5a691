"""Loyalty's JSON endpoints, by noun, under `/programs` and `/me/programs`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.loyalty.api import access, burning, campaigns, earning, members, programs, returns, rewards, terms
from laurels.web.language import N_

_MEMBERSHIPS = N_("Loyalty: memberships")
_SECTIONS = {
    N_("Loyalty: programs"): (programs, terms, campaigns, rewards, access),
    N_("Loyalty: purchases and burns"): (earning, returns, burning),
    _MEMBERSHIPS: (members,),
}
"""What the API's reference tells together: a section is a page there, and all of loyalty is too much for one."""

router = APIRouter()
for section, parts in _SECTIONS.items():
    for part in parts:
        router.include_router(part.router, prefix="/programs", tags=[section])
router.include_router(members.mine, tags=[_MEMBERSHIPS])

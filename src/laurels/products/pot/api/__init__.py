"""The pot's JSON endpoints, by noun, under `/currency`, `/messaging` and `/pot`. `laurels.main` registers `router`."""

from fastapi import APIRouter

from laurels.products.pot.api import currency, limits, messaging, pot, rounds, rules
from laurels.web.language import N_

_SECTIONS = {
    N_("Pot: coins and messages"): (currency, messaging, limits),
    N_("Pot: rounds and rules"): (pot, rounds, rules),
}
"""What the API's reference tells together: a section is a page there."""

router = APIRouter()
for section, parts in _SECTIONS.items():
    for part in parts:
        router.include_router(part.router, tags=[section])

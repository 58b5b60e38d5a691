"""A program at work, for requests that it must refuse: what they are sent with, and what they must leave alone."""

from dataclasses import dataclass
from typing import Any

import httpx

from laurels.identity.tables import Member, service_key, staff_action
from laurels.products.loyalty.tables import Program, burn, campaign, program, program_terms, purchase, purchase_return, reward
from products.loyalty.town import Town
from support.site import API
from support.wrong_values import loose_json

KEPT = (program, program_terms, campaign, reward, purchase, purchase_return, burn, service_key, staff_action)
"""What a refused request must leave alone, beside the ledger."""


@dataclass(frozen=True)
class Shop:
    """A program, who runs it, who buys, and what a till sends with."""

    town: Town
    program: Program
    admin: Member
    buyer: Member
    till: dict[str, str]

    def post(self, who: Member | dict[str, str], path: str, body: Any, **headers: str) -> httpx.Response:
        """Post JSON of the loosest kind."""
        content = body if isinstance(body, bytes) else loose_json(body)
        own = who if isinstance(who, dict) else self.town.headers(who)
        return self.town.http.post(f"{API}{path}", content=content, headers=own | {"Content-Type": "application/json"} | headers)

    def tell(self, path: str, body: Any, **headers: str) -> httpx.Response:
        """Send events, as a till does."""
        return self.post(self.till, f"/programs/{self.program.id}{path}", body, **headers)

    def state(self) -> Any:
        """All that a refused request must leave alone."""
        return self.town.heads(), [self.town.count(table) for table in KEPT]


def open_shop(town: Town) -> Shop:
    """A program in which somebody has bought; the town must be open."""
    admin, ana = town.make_member(role="admin"), town.make_member()
    made = town.make_program(members=[ana], burn_points=100, burn_minor=500)
    town.earned(made, ana, 10_000)
    for who in (admin, ana):
        town.headers(who)
    return Shop(town, made, admin, ana, town.key(made, "earn", "burn", "read"))

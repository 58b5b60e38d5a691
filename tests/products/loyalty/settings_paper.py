"""What tests of a program's settings send."""

from typing import Any

from laurels.identity.tables import Member
from products.loyalty.town import Town
from support.versions import made

TERMS: dict[str, Any] = {"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]}
PROGRAM: dict[str, Any] = {"name": "Wine & Dine", "currency": "GBP", "zone": "Europe/London", "unit_name": "corks", "terms": TERMS}
CAMPAIGN: dict[str, Any] = {
    "name": "Advent",
    "starts_at": "2026-12-01T00:00:00+00:00",
    "ends_at": "2026-12-25T00:00:00+00:00",
    "multiplier_percent": 200,
}
REWARD: dict[str, Any] = {"name": "Dinner for two", "cost": 2_500, "stock": 40, "per_member": 2, "voucher_days": 180}


def created(town: Town, admin: Member, **more: Any) -> dict[str, Any]:
    """A program that a community's admin creates over HTTP; it runs at once unless told otherwise."""
    return made(town.ask(admin, "POST", "/programs", json={**PROGRAM, "is_active": True, **more}))


def appointed(town: Town, admin: Member, program: dict[str, Any]) -> Member:
    """A member whom the community's admin has run a program."""
    member = town.make_member()
    assert town.ask(admin, "PUT", f"/programs/{program['id']}/admins/{member.id}").status_code == 204
    return member

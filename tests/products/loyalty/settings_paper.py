"""What tests of a program's settings send."""

from typing import Any

import httpx

from laurels.identity.tables import Member
from products.loyalty.town import Town

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


def made(answer: httpx.Response) -> dict[str, Any]:
    """What was made, where it must be."""
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def appointed(town: Town, admin: Member, program: dict[str, Any]) -> Member:
    """A member whom the community's admin has run a program."""
    member = town.make_member()
    assert town.ask(admin, "PUT", f"/programs/{program['id']}/admins/{member.id}").status_code == 204
    return member


def expecting(town: Town, who: Member, tag: str) -> dict[str, str]:
    """A member's headers for a change that was made for a version."""
    return town.headers(who) | {"If-Match": tag}


def change(town: Town, who: Member, path: str, body: dict[str, Any], *, tag: str | None = None) -> httpx.Response:
    """Somebody reads and then changes what is there; or changes the version that `tag` names."""
    tag = tag or town.get(who, path).headers["ETag"]
    return town.ask(expecting(town, who, tag), "PATCH", path, json=body)


def changed(town: Town, who: Member, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The same, where it must succeed."""
    answer = change(town, who, path, body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found

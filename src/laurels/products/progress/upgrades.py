"""Celebrating a tier or a level: once in each browser, also what was reached while nobody looked.

A cookie keeps what a member was shown last. It tells nothing that the page
doesn't, and whoever changes it only changes what their own page celebrates.
"""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from laurels.products.progress.queries.status import Reached
from laurels.products.progress.rules import Tier
from laurels.web.forms import uuid_of, whole_number

COOKIE = "laurels_reached"
KEPT_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie at most."""

_MOST = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is new since a member last looked; `tier` is None where it is a level alone."""

    tier: Tier | None
    level: int


def find_upgrade(request: Request, member_id: UUID, reached: Reached) -> Upgrade | None:
    """What to celebrate; None where nothing is new, or this browser shows the member's progress for the first time."""
    shown = _read(request, member_id)
    if shown is None:
        return None
    if reached.tier_index > shown[0]:
        return Upgrade(reached.tier, reached.level)
    return Upgrade(None, reached.level) if reached.level > shown[1] else None


def note_shown(request: Request, response: Response, member_id: UUID, reached: Reached) -> None:
    """Keep what the answer shows: the highest so far, so that what a reversal takes isn't celebrated again."""
    tier, level = _read(request, member_id) or (0, 0)
    highest = max(tier, reached.tier_index), max(level, reached.level)
    if highest != (tier, level) or COOKIE not in request.cookies:
        value = f"{member_id}.{highest[0]}.{highest[1]}"
        is_secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, value, max_age=KEPT_SECONDS, path="/progress", httponly=True, samesite="lax", secure=is_secure)


def _read(request: Request, member_id: UUID) -> tuple[int, int] | None:
    """The place of the tier and the level that were shown to this member last."""
    owner, _, shown = request.cookies.get(COOKIE, "").partition(".")
    tier, _, level = shown.partition(".")
    if uuid_of(owner) != member_id:
        return None
    found = whole_number(tier, least=0, most=_MOST), whole_number(level, least=1, most=_MOST)
    return None if found[0] is None or found[1] is None else (found[0], found[1])

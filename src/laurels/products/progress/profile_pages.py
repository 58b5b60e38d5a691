"""Pages of a member's progress: for other members, and as a public card for whoever has its address."""

from hashlib import sha256

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.queries import get_member
from laurels.identity.tables import Member
from laurels.products.progress.actions.sharing import MAX_LIVE_CARDS, make_card, revoke_card
from laurels.products.progress.errors import TooManyCards
from laurels.products.progress.queries.cards import get_shared_member, list_cards
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.profiles import Profile, find_shown_member, read_profile
from laurels.products.progress.rules.cards import fit_line
from laurels.web.caller import Caller, Open, Signed
from laurels.web.context import Context, Ctx, site_address
from laurels.web.etags import IfNoneMatch, tell_version
from laurels.web.forms import text_of
from laurels.web.identifiers import MAX_ID
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

SHARE = "/progress/share"
CARD_BADGES = 6
"""Badges that a card draws; of more, it tells how many."""

HIDDEN_FROM_SEARCH = {"X-Robots-Tag": "noindex, nofollow"}
KEPT_BRIEFLY = "public, max-age=60"
"""For so long a picture may be shown again without asking: one that was taken back, too, where it was seen before."""

NOT_IN_XML = {0xFFFE: None, 0xFFFF: None}
"""Characters that a name may have and a picture may not (XML 1.0, 2.2): with one of them it wouldn't be drawn at all."""


@router.get("/people/{name}/progress")
def show_profile(request: Request, context: Ctx, caller: Signed, name: str) -> Response:
    """A member's progress, by id or student id; nothing is there for who hides their name."""
    with context.database.read.connect() as connection:
        who = find_shown_member(connection, text_of({"name": name}, "name", MAX_ID), viewer=caller.member_id)
        profile = _read_of(connection, context, who)
    return context.pages.render(request, "progress/pages/profile.html", caller=caller, is_me=who.id == caller.member_id, profile=profile)


@router.get(SHARE)
def show_sharing(request: Request, context: Ctx, caller: Signed) -> Response:
    """My public cards."""
    return _draw_sharing(request, context, caller)


@router.post(SHARE, dependencies=[limited("share", per_minute=10)])
async def make_a_card(request: Request, context: Ctx, caller: Signed) -> Response:
    """Make a public card."""
    try:
        await run_in_threadpool(make_card, context.database, caller.member_id, now=context.clock.now())
    except TooManyCards as refusal:
        return await run_in_threadpool(_draw_sharing, request, context, caller, refusal)
    return context.pages.lead(request, SHARE, N_("Your card is public: whoever has its address sees it."))


@router.post(SHARE + "/{token}/revoke", dependencies=[limited("revoke-card", per_minute=10)])
async def take_card_back(request: Request, context: Ctx, caller: Signed, token: str) -> Response:
    """Take a card back."""
    await run_in_threadpool(revoke_card, context.database, caller.member_id, text_of({"t": token}, "t", MAX_ID), now=context.clock.now())
    return context.pages.lead(request, SHARE, N_("Your card is taken back: its address leads nowhere now."))


@router.get("/share/{token}.svg", dependencies=[Open, limited("look-at-card", per_minute=240)])
def show_picture(context: Ctx, token: str, if_none_match: IfNoneMatch = None) -> Response:
    """A card's picture, for whoever has its address, in its member's language."""
    owner, profile = _read_shared(context, token)
    name, size = fit_line(owner.display_name)
    html = context.pages.draw(
        "progress/partials/card_picture.html",
        language=owner.locale,
        community=context.settings.community_name,
        name=name,
        name_size=size,
        profile=profile,
        badges=profile.badges[:CARD_BADGES],
        more_badges=len(profile.badges[CARD_BADGES:]),
    )
    drawn = html.decode().translate(NOT_IN_XML).encode()
    response = Response(drawn, media_type="image/svg+xml", headers={"Cache-Control": KEPT_BRIEFLY, **HIDDEN_FROM_SEARCH})
    tell_version(response, f'"{sha256(drawn).hexdigest()[:32]}"', if_none_match)
    return response


@router.get("/share/{token}", dependencies=[Open, limited("look-at-card", per_minute=240)])
def show_card(request: Request, context: Ctx, token: str) -> Response:
    """A card's page, for whoever has its address."""
    _, profile = _read_shared(context, token)
    return context.pages.render(request, "progress/pages/shared.html", headers=HIDDEN_FROM_SEARCH, token=token, profile=profile)


def _read_shared(context: Context, token: str) -> tuple[Member, Profile]:
    """Whose card it is, and what it shows."""
    with context.database.read.connect() as connection:
        owner = get_shared_member(connection, token)
        return owner, _read_of(connection, context, owner)


def _read_of(connection: Connection, context: Context, who: Member) -> Profile:
    basis = current_basis(connection, context.database, context.settings.zone)
    return read_profile(connection, basis, who, at=context.clock.now())


def _draw_sharing(request: Request, context: Context, caller: Caller, refusal: DomainError | None = None) -> Response:
    with context.database.read.connect() as connection:
        cards = list_cards(connection, caller.member_id)
        profile = _read_of(connection, context, get_member(connection, caller.member_id))
    return context.pages.render(
        request,
        "progress/pages/share.html",
        caller=caller,
        status_code=status_of(type(refusal)) if refusal else 200,
        profile=profile,
        cards=cards,
        most=MAX_LIVE_CARDS,
        site=site_address(context, request),
        errors={"form": context.pages.explain(request, refusal)} if refusal else {},
    )

"""Recognition's pages for members: thank, endorse, compare.

Every form works as a plain POST that leads on to a page; sent by script it
answers with the part of the page that it changed. Rewards are in
`reward_pages`, the staff's pages in `console_pages`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.windows import Month, last_months, month_of
from laurels.identity.queries import find_member, find_member_by_name, search_members
from laurels.ledger.writer import RequestKey
from laurels.products.recognition import actions, queries
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.actions import Gift
from laurels.products.recognition.forms import PRESETS, FilterForm, GiveForm, field_of, month_in
from laurels.products.recognition.live import feed_topic
from laurels.products.recognition.policy import main_units, policy_of
from laurels.products.recognition.queries import Person
from laurels.web.caller import Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.flash import flash
from laurels.web.forms import uuid_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import HeaderPart, Pages, Section, console_section, is_partial, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

FEED_ITEMS = 20
BOARD_ROWS = 8
LEADERBOARD_ROWS = 25
NEAR_ROWS = 3
PEOPLE_OFFERED = 6
PEOPLE_LATELY = 4
MONTHS_SHOWN = 6
MONTHS_OFFERED = 12
ENDORSERS_SHOWN = 50

Values = dict[str, Any]


@router.get("/recognition")
def show_recognition(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None, receiver: str = "") -> Response:
    """The composer, the feed and the standings; where a script asks, the following part of the feed alone."""
    filters = FilterForm.of_query(request.query_params)
    with context.database.read.connect() as connection:
        values = read_feed(connection, context, caller, filters=filters, cursor=cursor)
        if is_partial(request):
            return context.pages.render_partial(request, "recognition/partials/feed.html", caller=caller, **values)
        form, people = _start(connection, caller, receiver)
        values |= _composer(connection, context, request, caller, form, people) | _aside(connection, context, request, caller)
    topics = topics_for(context, request, caller) if filters.is_empty and cursor is None else "me"
    return context.pages.render(request, "recognition/pages/recognition.html", caller=caller, topics=topics, **values)


@router.get("/recognition/people", dependencies=[limited("search-members", per_minute=240)])
def find_people(request: Request, context: Ctx, caller: Signed, to: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Whom the letters typed so far may mean: the composer's choices."""
    form = GiveForm(to=to.strip())
    with context.database.read.connect() as connection:
        people = _found(connection, caller, form.to) if form.to else _lately(connection, context, caller)
    values = _choices(context, request, form, people)
    return context.pages.render_partial(request, "recognition/partials/people.html", caller=caller, **values)


@router.post("/recognition", dependencies=[limited("give", per_minute=30, book=BOOK)])
async def give(request: Request, context: Ctx, caller: Signed, key: Annotated[RequestKey | None, keyed("give")]) -> Response:
    """Thank somebody with credits."""
    form = GiveForm.of(await request.form())
    receiver, people = await run_in_threadpool(_resolve, context, caller, form)
    errors = _check(context, request, form, receiver, people)
    if errors or receiver is None or form.amount is None:
        return await run_in_threadpool(_refuse, context, request, caller, form, people, errors, 422)
    try:
        gave = await actions.give_credits(context, caller, Gift(receiver, form.amount, form.kept_message, form.value or None), request=key)
    except DomainError as refusal:
        errors = {field_of(refusal): context.pages.explain(request, refusal)}
        return await run_in_threadpool(_refuse, context, request, caller, form, people, errors, status_of(type(refusal)))
    return await run_in_threadpool(_tell_given, context, request, caller, gave.recognition.id)


@router.get("/recognition/now")
def show_now(request: Request, context: Ctx, caller: Signed) -> Response:
    """What may have changed on an open page: purses, feed and standings, for a script to put in place."""
    with context.database.read.connect() as connection:
        values = read_feed(connection, context, caller, filters=FilterForm()) | read_standings(connection, context)
        values |= read_balances(connection, context, caller)
    values["header_to_give"] = values["purse"].sendable
    return context.pages.render_partial(request, "recognition/partials/now.html", caller=caller, **values)


@router.get("/recognition/purse")
def show_purse(request: Request, context: Ctx, caller: Signed) -> Response:
    """The member's own numbers, for a script to put in place."""
    with context.database.read.connect() as connection:
        values = read_balances(connection, context, caller)
    values["header_to_give"] = values["purse"].sendable
    return context.pages.render_partial(request, "recognition/partials/purse.html", caller=caller, **values)


@router.get("/recognition/{recognition_id}")
def show_thanks(request: Request, context: Ctx, caller: Signed, recognition_id: UUID) -> Response:
    """One recognition; staff see who endorsed it."""
    is_staff = caller.role.covers(Role.STAFF)
    with context.database.read.connect() as connection:
        found = queries.get_thanks(connection, caller, recognition_id, policy=policy_of(context.settings))
        endorsers = queries.list_endorsers(connection, recognition_id, limit=ENDORSERS_SHOWN).items if is_staff else []
    return context.pages.render(
        request,
        "recognition/pages/one.html",
        caller=caller,
        r=found,
        endorsers=[endorser.person for endorser in endorsers],
        may_reverse=is_staff and not found.is_reversed,
    )


@router.post("/recognition/{recognition_id}/endorse", dependencies=[limited("endorse", per_minute=60, book=BOOK)])
async def endorse(request: Request, context: Ctx, caller: Signed, recognition_id: UUID) -> Response:
    """Agree with a recognition; a second time is as good as the first."""
    said = N_("You endorsed this.")
    try:
        await actions.endorse(context, caller, recognition_id)
    except DomainError as refusal:
        if is_partial(request) and refusal.code != "already-endorsed":
            raise
        said = context.pages.explain(request, refusal)
    if is_partial(request):
        return await run_in_threadpool(_draw_endorsed, context, request, caller, recognition_id)
    response = see_other(f"/recognition/{recognition_id}")
    flash(response, context.pages.translate(request, said), request=request)
    return response


@router.get("/leaderboard")
def show_leaderboard(request: Request, context: Ctx, caller: Signed, month: str = "", cursor: Cursor = None) -> Response:
    """Who received most, ever or in a month; the viewer's own row is always there."""
    place = read_cursor(cursor, int, str, int)
    chosen = month_in(month)
    period = queries.month_period(chosen) if chosen else queries.ALL_TIME
    with context.database.read.connect() as connection:
        listed = queries.list_board(connection, period, limit=LEADERBOARD_ROWS, after=place)
        near = queries.list_board_around(connection, period, caller.member_id, limit=NEAR_ROWS)
    shown = {row.member_id for row in listed.items}
    base = f"/leaderboard?month={chosen}&" if chosen else "/leaderboard?"
    return context.pages.render(
        request,
        "recognition/pages/leaderboard.html",
        caller=caller,
        board=listed.items,
        around=near if caller.member_id not in shown else [],
        is_ranked=bool(near),
        month=chosen,
        periods=_periods(context, request, caller, chosen),
        next_href=f"{base}cursor={write_cursor(*listed.following)}" if listed.following else "",
        first_href=base.rstrip("?&") if cursor else "",
    )


def topics_for(context: Context, request: Request, caller: Caller) -> str:
    """What a member's pages follow: everyone's thanks in the member's language, and the member's own purse."""
    return f"{feed_topic(context.pages.language_of(request, caller))},me"


def read_feed(
    connection: Connection, context: Context, caller: Caller, *, filters: FilterForm, cursor: str | None = None, limit: int = FEED_ITEMS
) -> Values:
    """A part of the feed, with the way to the next."""
    place = read_cursor(cursor, datetime, UUID)
    narrowed = filters.narrowed_for(caller.member_id)
    listed = queries.list_feed(connection, caller, narrowed, policy=policy_of(context.settings), limit=limit, before=place)
    more = filters.href("/recognition", write_cursor(*listed.following)) if listed.following else ""
    return {"feed": listed.items, "more_href": more, "is_more": cursor is not None, "filters": filters, "is_filtered": not filters.is_empty}


def read_balances(connection: Connection, context: Context, caller: Caller) -> Values:
    """A member's purses, with what they are worth, and the member's place."""
    policy = policy_of(context.settings)
    purse = queries.read_purses(connection, caller.member_id, policy=policy, at=context.clock.now())
    mine = queries.list_board_around(connection, queries.ALL_TIME, caller.member_id, limit=1)
    return {
        "purse": purse,
        "grant": policy.grant,
        "worth": main_units(policy.voucher_minor(purse.received), policy.currency),
        "currency": policy.currency,
        "rank": mine[0].rank if mine else None,
    }


def read_standings(connection: Connection, context: Context) -> Values:
    """The top of the current month's board."""
    month = month_of(context.clock.now(), context.settings.zone)
    board = queries.list_board(connection, queries.month_period(month), limit=BOARD_ROWS).items
    return {"board": board, "board_id": "standing", "month": month}


def read_header(request: Request, caller: Caller) -> Mapping[str, Any]:
    """What the header's balance shows: what the member may still give."""
    context: Context = request.app.state.context
    with context.database.read.connect() as connection:
        purse = queries.read_purses(connection, caller.member_id, policy=policy_of(context.settings), at=context.clock.now())
    return {"header_to_give": purse.sendable}


def _aside(connection: Connection, context: Context, request: Request, caller: Caller) -> Values:
    standings = read_standings(connection, context)
    months = last_months(standings["month"], MONTHS_SHOWN)
    received = queries.received_by_month(connection, caller.member_id, months)
    formats = context.pages.formats(request, caller)
    return {**standings, "months": [(formats.short_month(month), received[month]) for month in months]}


def _composer(
    connection: Connection,
    context: Context,
    request: Request,
    caller: Caller,
    form: GiveForm,
    people: Sequence[Person],
    errors: Mapping[str, str] | None = None,
) -> Values:
    """What the composer is drawn from."""
    policy, now = policy_of(context.settings), context.clock.now()
    formats = context.pages.formats(request, caller)
    months = last_months(month_of(now, policy.zone), MONTHS_OFFERED)[::-1]
    return {
        **_choices(context, request, form, people or _lately(connection, context, caller)),
        "errors": errors or {},
        "presets": PRESETS,
        "purse": queries.read_purses(connection, caller.member_id, policy=policy, at=now),
        "value_options": [(value.name, value.name) for value in queries.list_values(connection)],
        "month_options": [(month, formats.month(month)) for month in months],
    }


def _choices(context: Context, request: Request, form: GiveForm, people: Sequence[Person]) -> Values:
    legend = N_("Who of these?") if form.to else N_("Lately")
    return {"form": form, "people": people, "people_legend": context.pages.translate(request, legend)}


def _start(connection: Connection, caller: Caller, receiver: str) -> tuple[GiveForm, list[Person]]:
    """The composer as a page opens it: empty, or with the person that the address names."""
    chosen = uuid_of(receiver)
    named = find_member(connection, chosen) if chosen and chosen != caller.member_id else None
    if named is None or named.status != "active":
        return GiveForm(), []
    return GiveForm(to=named.display_name, receiver_id=str(named.id)), [Person(named.id, named.student_id, named.display_name)]


def _found(connection: Connection, caller: Caller, typed: str) -> list[Person]:
    found = search_members(connection, typed, limit=PEOPLE_OFFERED + 1)
    others = [Person(one.id, one.student_id, one.display_name) for one in found if one.id != caller.member_id]
    return others[:PEOPLE_OFFERED]


def _lately(connection: Connection, context: Context, caller: Caller) -> list[Person]:
    """The people of the member's own latest recognitions, given or received; who deleted their account has no name."""
    mine = queries.FeedFilter(member=caller.member_id)
    listed = queries.list_feed(connection, caller, mine, policy=policy_of(context.settings), limit=FEED_ITEMS)
    people = {
        one.id: one for thanks in listed.items for one in (thanks.giver, thanks.receiver) if one.id != caller.member_id and one.display_name
    }
    return list(people.values())[:PEOPLE_LATELY]


def _resolve(context: Context, caller: Caller, form: GiveForm) -> tuple[UUID | None, list[Person]]:
    """Whom a form means: who was chosen, or who alone goes by exactly what was typed; and all who may be meant."""
    with context.database.read.connect() as connection:
        people = _found(connection, caller, form.to) if form.to else []
        if form.receiver is not None:
            return form.receiver, people
        exact = find_member_by_name(connection, form.to) if form.to and "@" not in form.to else None
    if exact is not None:
        return exact.id, people
    named = [one for one in people if one.display_name.casefold() == form.to.casefold()]
    return (named[0].id if len(named) == 1 else None), people


def _check(context: Context, request: Request, form: GiveForm, receiver: UUID | None, people: Sequence[Person]) -> dict[str, str]:
    """What is wrong with a form, in the order of its fields."""
    wrong: dict[str, str] = {}
    if receiver is None:
        missing = N_("Type a name or a student id.") if not form.to else N_("Nobody goes by that. Try a part of the name.")
        wrong["to"] = N_("Choose who you mean.") if people else missing
    if form.amount is None:
        wrong["credits"] = N_("Choose an amount, or type a whole number from 1.")
    if form.message_problem:
        wrong["message"] = form.message_problem
    return {name: context.pages.translate(request, text) for name, text in wrong.items()}


def _refuse(
    context: Context, request: Request, caller: Caller, form: GiveForm, people: Sequence[Person], errors: Mapping[str, str], status: int
) -> Response:
    """The form again, as it was sent, with what is wrong: alone for a script, within its page otherwise."""
    with context.database.read.connect() as connection:
        values = _composer(connection, context, request, caller, form, people, errors)
        if is_partial(request):
            partial = "recognition/partials/composer.html"
            return context.pages.render_partial(request, partial, caller=caller, status_code=status, **values)
        values |= read_feed(connection, context, caller, filters=FilterForm()) | _aside(connection, context, request, caller)
    return context.pages.render(request, "recognition/pages/recognition.html", caller=caller, status_code=status, **values)


def _tell_given(context: Context, request: Request, caller: Caller, recognition_id: UUID) -> Response:
    with context.database.read.connect() as connection:
        given = queries.get_thanks(connection, caller, recognition_id, policy=policy_of(context.settings))
        said = context.pages.translate(request, N_("{name} has your thanks, +{credits}."))
        said = said.format(name=given.receiver.display_name, credits=given.credits)
        if is_partial(request):
            values = _composer(connection, context, request, caller, GiveForm(), [])
            values |= {"given": given, "said": said, "header_to_give": values["purse"].sendable}
            return context.pages.render_partial(request, "recognition/partials/gave.html", caller=caller, **values)
    response = see_other("/recognition")
    flash(response, said, request=request)
    return response


def _draw_endorsed(context: Context, request: Request, caller: Caller, recognition_id: UUID) -> Response:
    with context.database.read.connect() as connection:
        found = queries.get_thanks(connection, caller, recognition_id, policy=policy_of(context.settings))
    return context.pages.render_partial(request, "recognition/partials/endorse.html", caller=caller, r=found)


def _periods(context: Context, request: Request, caller: Caller, chosen: Month | None) -> list[tuple[str, str, bool]]:
    formats = context.pages.formats(request, caller)
    months = last_months(month_of(context.clock.now(), context.settings.zone), 3)[::-1]
    all_time = ("/leaderboard", context.pages.translate(request, N_("All time")), chosen is None)
    return [all_time, *((f"/leaderboard?month={month}", formats.month(month), month == chosen) for month in months)]


def add_to(pages: Pages) -> None:
    """Register recognition's templates, its place in the navigation, and what the header shows of it."""
    pages.add_templates("recognition", Path(__file__).parent / "templates")
    pages.add_header_part(HeaderPart("recognition/partials/balance.html", read_header))
    pages.add_sections(
        Section(label=N_("Recognition"), short=N_("Thanks"), icon="heart", path="/recognition", order=20),
        Section(label=N_("Leaderboard"), short=N_("Board"), icon="trophy", path="/leaderboard", in_tabs=False, order=30),
        Section(label=N_("Rewards"), short=N_("Rewards"), icon="gift", path="/rewards", order=40),
        console_section(N_("Recognition"), "/console/recognition", order=20),
        console_section(N_("Patterns"), "/console/patterns", order=30),
        console_section(N_("Values"), "/console/values", order=40),
        console_section(N_("Vouchers"), "/console/vouchers", order=50),
    )

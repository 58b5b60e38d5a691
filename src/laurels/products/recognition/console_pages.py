"""The staff's pages of recognition: moderation, suspicious patterns, values, vouchers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.text import normalize_line, normalize_text
from laurels.core.windows import Month, last_months, month_of
from laurels.identity.parts import origin_of
from laurels.identity.queries import find_member_by_name
from laurels.ledger.writer import RequestKey
from laurels.products.recognition import actions, queries
from laurels.products.recognition.forms import FilterForm, credits_in, month_in
from laurels.products.recognition.policy import main_units, policy_of
from laurels.products.recognition.queries import FeedFilter, Finding, Pattern
from laurels.products.recognition.rules import MAX_REASON, MAX_STOCK_CHANGE, MAX_VALUE_NAME
from laurels.web.caller import Caller, StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.flash import flash
from laurels.web.forms import text_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pages import NOBODY, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

ROWS = 25
MONTHS_OFFERED = 12
MONTHS_OF_PATTERNS = 3

PATTERN_WORDS = {
    Pattern.MUTUAL: (
        N_("Back and forth"),
        N_("Two gave each other at least 30 credits, and the smaller sum is at least half of the larger."),
    ),
    Pattern.SAME_WORDS: (N_("The same words"), N_("One giver sent the same words at least five times.")),
    Pattern.LATE: (N_("At the last moment"), N_("At least 80% of the month's credits were sent in its last two days.")),
    Pattern.FAVOURITE: (N_("One favourite"), N_("At least 60% of the month's credits went to one person, two months running.")),
    Pattern.RING: (N_("A ring of three"), N_("Three gave each other in a circle, at least 10 credits each.")),
}
"""Each pattern's title, and its rule."""

NUMBER_WORDS = {
    "first_gave": N_("the first gave {number}"),
    "second_gave": N_("the second gave {number}"),
    "third_gave": N_("the third gave {number}"),
    "times": N_("{number} times"),
    "credits": N_("{number} credits"),
    "credits_before": N_("{number} the month before"),
    "grant": N_("of {number} granted"),
}


@router.get("/console/recognition")
def show_moderation(request: Request, context: Ctx, caller: StaffOnly, cursor: Cursor = None) -> Response:
    """Search all recognitions, reversed ones too."""
    place = read_cursor(cursor, datetime, UUID)
    filters, typed = FilterForm.of_query(request.query_params), text_of(request.query_params, "member", 80).strip()
    errors: dict[str, str] = {}
    with context.database.read.connect() as connection:
        concerned = find_member_by_name(connection, typed) if typed else None
        if typed and concerned is None:
            errors["member"] = context.pages.translate(request, N_("Nobody has this student id."))
        narrowed = FeedFilter(member=concerned.id if concerned else None, month=month_in(filters.month), text=filters.text)
        listed = queries.list_feed(connection, caller, narrowed, policy=policy_of(context.settings), limit=ROWS, before=place)
    base = "/console/recognition"
    return context.pages.render(
        request,
        "recognition/pages/console_recognition.html",
        caller=caller,
        filters={"text": filters.text, "member": typed, "month": filters.month},
        errors=errors,
        feed=[] if errors else listed.items,
        month_options=_months(context, request, caller, MONTHS_OFFERED),
        next_href=filters.href(base, write_cursor(*listed.following), member=typed) if listed.following and not errors else "",
        first_href=base if cursor else "",
    )


@router.get("/console/recognition/{recognition_id}/reverse")
def confirm_reversal(request: Request, context: Ctx, caller: StaffOnly, recognition_id: UUID) -> Response:
    """What taking a recognition back would do, and the question why."""
    return _draw_reversal(request, context, caller, recognition_id)


@router.post("/console/recognition/{recognition_id}/reverse")
async def reverse(
    request: Request, context: Ctx, caller: StaffOnly, recognition_id: UUID, key: Annotated[RequestKey | None, keyed("reverse")]
) -> Response:
    """Take a recognition back, with a reason that goes on record."""
    typed = text_of(await request.form(), "reason", 5 * MAX_REASON)
    reason, wrong = _read_reason(typed)
    if wrong:
        errors = {"reason": context.pages.translate(request, wrong)}
        return await run_in_threadpool(_draw_reversal, request, context, caller, recognition_id, typed=typed, errors=errors, status=422)
    try:
        await actions.reverse(context, caller, recognition_id, reason, address_hash=origin_of(request).address_hash, request=key)
    except DomainError as refusal:
        errors = {"form": context.pages.explain(request, refusal)}
        status = status_of(type(refusal))
        return await run_in_threadpool(_draw_reversal, request, context, caller, recognition_id, typed=typed, errors=errors, status=status)
    return _lead(context, request, "/console/recognition", N_("The thanks is taken back."))


@router.get("/console/patterns")
def show_patterns(request: Request, context: Ctx, caller: StaffOnly, month: str = "") -> Response:
    """What deserves a look in a month."""
    chosen = month_in(month) or month_of(context.clock.now(), context.settings.zone)
    with context.database.read.connect() as connection:
        found = queries.find_patterns(connection, chosen, policy=policy_of(context.settings))
    options = _months(context, request, caller, MONTHS_OF_PATTERNS)
    return context.pages.render(
        request,
        "recognition/pages/patterns.html",
        caller=caller,
        month_links=[(f"/console/patterns?month={key}", words, key == chosen) for key, words in options],
        patterns=[_shown(context, request, chosen, pattern, findings) for pattern, findings in found.items()],
    )


@router.get("/console/values")
def show_values(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """The list of values, retired ones too."""
    return _draw_values(request, context, caller)


@router.post("/console/values")
async def change_value(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """Add a value, retire one, or take it into use again."""
    sent = await request.form()
    typed, is_active = text_of(sent, "name", 5 * MAX_VALUE_NAME), text_of(sent, "is_active", 5) != "false"
    name, wrong = _read_name(typed)
    if wrong:
        errors = {"name": context.pages.translate(request, wrong)}
        return await run_in_threadpool(_draw_values, request, context, caller, typed=typed, errors=errors, status=422)
    origin = origin_of(request).address_hash
    try:
        await run_in_threadpool(actions.save_value, context, caller, name, position=None, is_active=is_active, address_hash=origin)
    except DomainError as refusal:
        errors = {"form": context.pages.explain(request, refusal)}
        return await run_in_threadpool(_draw_values, request, context, caller, typed=typed, errors=errors, status=status_of(type(refusal)))
    return _lead(context, request, "/console/values", N_("The list is changed."))


@router.get("/console/vouchers")
def show_voucher_stock(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """How many vouchers were issued, and how many are left."""
    return _draw_stock(request, context, caller)


@router.post("/console/vouchers")
async def change_stock(request: Request, context: Ctx, caller: StaffOnly, key: Annotated[RequestKey | None, keyed("stock")]) -> Response:
    """Add vouchers to the stock, or take unsold ones out."""
    typed = text_of(await request.form(), "added", 20).strip()
    added = credits_in(typed, least=-MAX_STOCK_CHANGE)
    if not added:
        errors = {"added": context.pages.translate(request, N_("Type a whole number, such as 50 or -10."))}
        return await run_in_threadpool(_draw_stock, request, context, caller, typed=typed, errors=errors, status=422)
    try:
        await actions.change_stock(context, caller, added, address_hash=origin_of(request).address_hash, request=key)
    except DomainError as refusal:
        errors = {"added": context.pages.explain(request, refusal)}
        return await run_in_threadpool(_draw_stock, request, context, caller, typed=typed, errors=errors, status=status_of(type(refusal)))
    return _lead(context, request, "/console/vouchers", N_("The stock is changed."))


def _read_reason(typed: str) -> tuple[str, str | None]:
    """A reason as it is kept, or what is wrong with it."""
    try:
        reason = normalize_text(typed)
    except ValueError as wrong:
        return "", str(wrong)
    if not reason:
        return "", N_("Say why: the people concerned may ask.")
    return reason, N_("That is too long. 500 characters are the most.") if len(reason) > MAX_REASON else None


def _read_name(typed: str) -> tuple[str, str | None]:
    """A value's name as it is kept, or what is wrong with it."""
    try:
        name = normalize_line(typed)
    except ValueError as wrong:
        return "", str(wrong)
    if not name:
        return "", N_("Type a name.")
    return name, N_("That is too long. 40 characters are the most.") if len(name) > MAX_VALUE_NAME else None


def _lead(context: Context, request: Request, path: str, said: str) -> Response:
    response = see_other(path)
    flash(response, context.pages.translate(request, said), request=request)
    return response


def _draw_reversal(
    request: Request,
    context: Context,
    caller: Caller,
    recognition_id: UUID,
    *,
    typed: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    with context.database.read.connect() as connection:
        found = queries.get_thanks(connection, caller, recognition_id, policy=policy_of(context.settings))
    return context.pages.render(
        request, "recognition/pages/reverse.html", caller=caller, status_code=status, r=found, reason=typed, errors=errors or {}
    )


def _draw_values(
    request: Request, context: Context, caller: Caller, *, typed: str = "", errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    with context.database.read.connect() as connection:
        values = queries.list_values(connection, with_retired=True)
    return context.pages.render(
        request, "recognition/pages/values.html", caller=caller, status_code=status, values=values, name=typed, errors=errors or {}
    )


def _draw_stock(
    request: Request, context: Context, caller: Caller, *, typed: str = "", errors: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    policy = policy_of(context.settings)
    with context.database.read.connect() as connection:
        counts, stock = queries.count_vouchers(connection), queries.read_stock(connection)
    return context.pages.render(
        request,
        "recognition/pages/vouchers.html",
        caller=caller,
        status_code=status,
        counts=counts,
        stock=stock,
        is_limited=policy.stock_limited,
        credit_value=main_units(policy.voucher_value_minor, policy.currency),
        currency=policy.currency,
        added=typed,
        errors=errors or {},
    )


def _months(context: Context, request: Request, caller: Caller, number: int) -> list[tuple[str, str]]:
    formats = context.pages.formats(request, caller)
    months = last_months(month_of(context.clock.now(), context.settings.zone), number)
    return [(month, formats.month(month)) for month in reversed(months)]


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """A finding in words.

    Attributes:
        href: the recognitions that it was found in.
    """

    who: str
    numbers: str
    href: str


def _shown(context: Context, request: Request, month: Month, pattern: Pattern, findings: Sequence[Finding]) -> dict[str, Any]:
    title, rule = (context.pages.translate(request, words) for words in PATTERN_WORDS[pattern])
    shown = [
        ShownFinding(
            who=" → ".join(person.display_name or context.pages.translate(request, NOBODY) for person in finding.members),
            numbers=", ".join(
                context.pages.translate(request, NUMBER_WORDS[name]).format(number=number) for name, number in finding.numbers.items()
            ),
            href=f"/console/recognition?{urlencode({'member': finding.members[0].student_id, 'month': month})}",
        )
        for finding in findings
    ]
    return {"title": title, "rule": rule, "findings": shown}

"""A program's rules: the editor with its dry run, and the versions with what each changed.

Everything that the editor does is one form, sent with the button that was
pressed: it adds or removes a row, tries the rules out, or saves them. Sent by
script it answers with the part that changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.queries import find_member
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty import in_words, queries
from laurels.products.loyalty.actions.dry_run import Tried, dry_run
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.bounds import MAX_VERSIONS
from laurels.products.loyalty.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.loyalty.console_pages.terms_form import (
    MAX_FORM_RULES,
    MAX_FORM_TIERS,
    edited,
    read_terms,
    rows_of,
    typed_terms,
)
from laurels.products.loyalty.console_pages.trial_form import TRIAL_LINES, read_trial, typed_trial
from laurels.products.loyalty.queries import Version, terms_of
from laurels.products.loyalty.rules import Terms
from laurels.products.loyalty.tables import ProgramTerms
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pages import is_partial
from laurels.web.problems import status_of
from laurels.web.typed import FORM, Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/{{program_id}}/rules")

VERSIONS = 20
"""Versions that the page lists."""

_THEIRS = N_("the versions below")


@router.get("")
def show_rules(desk: AtDesk, begin: Annotated[int | None, Query(alias="from", ge=1, le=MAX_VERSIONS)] = None) -> Response:
    """The editor, with the last version's terms in it or those of another."""
    with desk.context.database.read.connect() as connection:
        last = queries.list_terms(connection, desk.program.id, limit=1)[0]
        shown = last if begin is None else queries.get_terms(connection, desk.program.id, begin)
    fields = typed_terms(terms_of(shown.document), desk.program.currency) | typed_trial(desk) | {"base": str(last.version)}
    return _draw(desk, desk.typed(fields))


@router.post("")
async def change_rules(desk: AtDesk, key: Annotated[RequestKey | None, keyed("add-rules")]) -> Response:
    """Do what the pressed button says: try the rules out, add or remove a row, or save them as a new version."""
    sent = await sent_fields(desk.request)
    wish = sent.pop("do", "save")
    typed = desk.typed(edited(sent, wish))
    if wish.startswith(("add-", "remove-")):
        return await run_in_threadpool(_draw, desk, typed, wish=wish)
    return await run_in_threadpool(_try_out if wish == "try" else _save, desk, typed, key)


@router.get("/versions/{version}")
def show_version(desk: AtDesk, version: Annotated[int, Path(ge=1, le=MAX_VERSIONS)]) -> Response:
    """One version: what it says, and what it changed."""
    with desk.context.database.read.connect() as connection:
        found = queries.get_terms(connection, desk.program.id, version)
        before = queries.list_terms(connection, desk.program.id, limit=1, before=version)
        author = None if found.created_by is None else find_member(connection, found.created_by)
        known = queries.load_configuration(connection, desk.program.id)
    terms = terms_of(found.document)
    return desk.draw(
        "version",
        terms=terms,
        version=_listed(desk, known.terms, found, before[0] if before else None),
        author=author.display_name if author else None,
        by_member=found.created_by is not None,
        wording=desk.wording,
        return_words=desk.words(in_words.RETURN_WORDS),
        stacking_words=desk.words(in_words.STACKING_WORDS),
        unknown_words=desk.words(in_words.UNKNOWN_WORDS),
        tier_window_words=desk.words(in_words.TIER_WINDOW_WORDS),
    )


@dataclass(frozen=True, slots=True)
class ListedVersion:
    """A version as the list shows it.

    Attributes:
        state: `now`, `later`, `over`, or `never` where another holds from the same instant.
        changes: a sentence each; none for the first.
    """

    number: int
    valid_from: datetime | None
    created_at: datetime
    state: str
    changes: Sequence[str]


def _try_out(desk: Desk, typed: Typed, _key: RequestKey | None) -> Response:
    """What a purchase would earn by the rules as they are typed."""
    terms = read_terms(typed, desk.program.currency)
    trial = read_trial(desk, typed, terms)
    tried: Tried | None = None
    status = 422
    if terms is not None and trial is not None:
        try:
            tried, status = dry_run(desk.context, desk.program.id, trial), 200
        except DomainError as refusal:
            typed.explain(refusal, desk.context.pages.explain(desk.request, refusal))
            if FORM in typed.errors:
                typed.errors["try-member"] = typed.errors.pop(FORM)
            status = status_of(type(refusal))
    return _draw(desk, typed, status=status, tried=tried)


def _save(desk: Desk, typed: Typed, key: RequestKey | None) -> Response:
    valid_from = typed.instant("valid_from", desk.zone)
    terms, status = read_terms(typed, desk.program.currency), 422
    if terms is not None:
        try:
            _add(desk, typed, terms, valid_from, key)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead("/rules", N_("The rules are saved as a new version."))
    return _draw(desk, typed, status=status)


def _add(desk: Desk, typed: Typed, terms: Terms, valid_from: datetime | None, key: RequestKey | None) -> None:
    base = typed.whole("base")
    add_terms(
        desk.context.database, desk.editor, desk.program.id, terms, valid_from=valid_from, now=desk.now, request=key, after_version=base
    )


def _draw(desk: Desk, typed: Typed, *, status: int = 200, tried: Tried | None = None, wish: str = "") -> Response:
    with desk.context.database.read.connect() as connection:
        known = queries.load_configuration(connection, desk.program.id)
        rows = queries.list_terms(connection, desk.program.id, limit=VERSIONS + 1)
    desk = desk.at(known.program)
    steps = [desk.say(step.sentence).format(**step.params) for step in tried.would.grant.award.steps] if tried else []
    values: dict[str, Any] = {
        "form": {**typed.values, "base": str(rows[0].version)},
        "rules": rows_of(typed.values, "rules"),
        "tiers": rows_of(typed.values, "tiers"),
        "added": wish.removeprefix("add-") if wish.startswith("add-") else "",
        "may_add_rule": len(rows_of(typed.values, "rules")) < MAX_FORM_RULES,
        "may_add_tier": len(rows_of(typed.values, "tiers")) < MAX_FORM_TIERS,
        "most_rules": MAX_FORM_RULES,
        **_choices(desk),
        "errors": typed.errors,
        "tried": tried,
        "steps": steps,
        "lines": range(TRIAL_LINES),
    }
    if is_partial(desk.request):
        return desk.draw("editor", status=status, is_part=True, **values)
    versions = [_listed(desk, known.terms, row, before) for row, before in zip(rows, [*rows[1:], None], strict=True)]
    return desk.draw("rules", status=status, versions=versions[:VERSIONS], has_more=len(rows) > VERSIONS, **values)


def _choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    return {
        "accruals": desk.choices(in_words.ACCRUAL_WORDS),
        "weekdays": desk.choices(in_words.WEEKDAY_WORDS),
        "windows": desk.choices(in_words.WINDOW_WORDS),
        "fulls": desk.choices(in_words.FULL_WORDS),
        "stackings": desk.choices(in_words.STACKING_WORDS),
        "expiries": desk.choices(in_words.EXPIRY_WORDS),
        "periods": desk.choices(in_words.PERIOD_WORDS),
        "tier_windows": desk.choices(in_words.TIER_WINDOW_WORDS),
        "returns": desk.choices(in_words.RETURN_WORDS),
        "unknowns": desk.choices(in_words.UNKNOWN_WORDS),
    }


def _listed(desk: Desk, known: Sequence[Version], row: ProgramTerms, before: ProgramTerms | None) -> ListedVersion:
    changes = desk.wording.changes(terms_of(before.document), terms_of(row.document)) if before else []
    return ListedVersion(row.version, row.valid_from, row.created_at, _state(known, row, desk.now), changes)


def _state(known: Sequence[Version], row: ProgramTerms, now: datetime) -> str:
    """Where a version stands: `known` is in the order in which versions hold."""
    place = next(place for place, one in enumerate(known) if one.version == row.version)
    following = known[place + 1].valid_from if place + 1 < len(known) else None
    if row.valid_from is not None and row.valid_from == following:
        return "never"
    if row.valid_from is not None and row.valid_from > now:
        return "later"
    return "over" if following is not None and following <= now else "now"

"""The rules: the editor with its preview, and the versions."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.products.progress.actions.rules import change_rules
from laurels.products.progress.bounds import MAX_RULES_VERSIONS
from laurels.products.progress.console_pages.controls import SPARE_ROWS, rows_of
from laurels.products.progress.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.progress.console_pages.rules_form import read_rules, typed_rules
from laurels.products.progress.console_pages.words import APPLIES_TO_LABELS, CAP_MODE_LABELS, CAP_WINDOW_LABELS
from laurels.products.progress.in_words import type_options
from laurels.products.progress.queries.definitions import current_rules, get_rules, list_rules
from laurels.products.progress.queries.shipped import SHIPPED_AT
from laurels.products.progress.queries.spread import spread
from laurels.products.progress.rules import OPEN_TYPES, PRESETS, Rules, preset
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/rules")

VERSIONS = 10
"""Versions that the page lists."""
READS_PER_MINUTE = 60

_THEIRS = N_("the versions below")


@router.get("", dependencies=[limited("rules-page", per_minute=READS_PER_MINUTE)])
def show_rules(
    desk: AtDesk,
    begin: Annotated[str, Query(alias="preset", max_length=40)] = "",
    version: Annotated[int | None, Query(alias="from", ge=1, le=MAX_RULES_VERSIONS)] = None,
) -> Response:
    """The editor, with the rules in force in it, or a preset, or those of a version."""
    if begin and begin not in PRESETS:
        raise Missing(what="preset")
    with desk.context.database.read.connect() as connection:
        now = current_rules(connection)
        row = now if version is None else get_rules(connection, version)
    rules = preset(begin) if begin else Rules.model_validate_json(row.document)
    return _draw(desk, desk.typed(typed_rules(rules) | {"version": str(now.version)}))


@router.post("", dependencies=[limited("rules-form", per_minute=READS_PER_MINUTE)])
async def save_rules(desk: AtDesk) -> Response:
    """Do what the pressed button says: show what the rules would make of members, or put them in force."""
    sent = await sent_fields(desk.request)
    wish = sent.pop("do", "save")
    return await run_in_threadpool(_preview if wish == "preview" else _save, desk, desk.typed(sent))


def _preview(desk: Desk, typed: Typed) -> Response:
    rules = read_rules(typed)
    return _draw(desk, typed, status=200 if rules else 422, then=rules)


def _save(desk: Desk, typed: Typed) -> Response:
    rules, status = read_rules(typed), 422
    if rules is not None:
        try:
            change_rules(desk.context.database, desk.editor, rules, expected=typed.expected(), now=desk.now)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead("/rules", N_("The rules are in force."))
    return _draw(desk, typed, status=status)


def _draw(desk: Desk, typed: Typed, *, status: int = 200, then: Rules | None = None) -> Response:
    with desk.context.database.read.connect() as connection:
        current = current_rules(connection)
        versions = list_rules(connection, limit=VERSIONS)
        now = Rules.model_validate_json(current.document)
        previews = [(rules, *_spread(connection, rules)) for rules in ((now, then) if then else (now,))]
    values: dict[str, Any] = {
        "form": {**typed.values, "version": str(current.version)},
        "tiers": rows_of(typed.values, "tiers", spare=SPARE_ROWS),
        "skills": rows_of(typed.values, "skills", spare=1),
        "caps": rows_of(typed.values, "caps", spare=1),
        "errors": typed.errors,
        "open_types": type_options(desk.say, OPEN_TYPES),
        "windows": desk.choices(CAP_WINDOW_LABELS),
        "modes": desk.choices(CAP_MODE_LABELS),
        "applies": desk.choices(APPLIES_TO_LABELS),
        "presets": [(name, preset(name).title) for name in PRESETS],
        "previews": previews,
        "versions": [(row.version, None if row.created_at == SHIPPED_AT else row.created_at) for row in versions],
        "current": current.version,
    }
    return desk.draw("rules", status=status, **values)


def _spread(connection: Connection, rules: Rules) -> tuple[list[int], list[int]]:
    return spread(connection, [tier.at for tier in rules.tiers]), spread(connection, rules.levels)

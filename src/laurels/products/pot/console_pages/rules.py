"""The pot's rules: the form, and beside it what they would mean, while they are typed."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.products.pot.actions import change_rules
from laurels.products.pot.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.pot.console_pages.rules_form import earn_field, read_rules_form, typed_rules
from laurels.products.pot.in_words import EARNING_LABELS
from laurels.products.pot.rules import MILLION, FlatOdds, OnFailedReply, Params, PotRules, PriceResets, read_params, read_rules
from laurels.products.pot.rules.forecast import Forecast, forecast
from laurels.products.pot.rules.lengths import LONGEST, round_lengths
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import is_partial
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/rules")

READS_PER_MINUTE = 120
"""A preview is asked for while somebody types."""
ENDED = (50, 90)
"""Shares of rounds, in percent, whose length is told."""

PRICE_LABELS = {
    "linear": N_("One step more for each message"),
    "capped": N_("The same, up to a highest price"),
    "demand": N_("The same, times how much is sent"),
}
RESET_LABELS = {
    PriceResets.NEVER.value: N_("Never"),
    PriceResets.ROUND.value: N_("With each round"),
    PriceResets.DAY.value: N_("Each day"),
}
ODDS_LABELS = {"flat": N_("The same for every message"), "falling": N_("Smaller, the fuller the pot")}
FAILED_LABELS = {
    OnFailedReply.RETRY.value: N_("It is kept, and can be answered later"),
    OnFailedReply.REFUND.value: N_("Its price is returned"),
}

_THEIRS = N_("the rules in force")


@router.get("", dependencies=[limited("pot-rules-page", per_minute=READS_PER_MINUTE)])
def show_rules(desk: AtDesk) -> Response:
    """The form, with the rules in force in it."""
    return _draw(desk, desk.typed({}))


@router.post("", dependencies=[limited("pot-rules-form", per_minute=READS_PER_MINUTE)])
async def save_rules(desk: AtDesk) -> Response:
    """Do what the pressed button says: show what the rules would mean, or put them in force. A script asks for the preview alone."""
    sent = await sent_fields(desk.request)
    wish = sent.pop("do", "save")
    return await run_in_threadpool(_preview if wish == "preview" else _save, desk, desk.typed(sent))


def _preview(desk: Desk, typed: Typed) -> Response:
    rules = read_rules_form(typed)
    return _draw(desk, typed, status=200 if rules else 422, then=rules, is_part=is_partial(desk.request))


def _save(desk: Desk, typed: Typed) -> Response:
    rules, status = read_rules_form(typed), 422
    if rules is not None:
        try:
            change_rules(desk.context.database, desk.editor, rules, expected=typed.expected(), now=desk.now)
        except DomainError as refusal:
            status = desk.refuse(typed, refusal, theirs=desk.say(_THEIRS))
        else:
            return desk.lead("/rules", N_("The rules are saved. Prices and odds hold from the next round on, everything else now."))
    return _draw(desk, typed, status=status, then=rules)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What rules mean for a round.

    Attributes:
        average: messages of a round on average; None where there is no average.
        ended: a share of all rounds in percent, and by how many messages they have ended.
        seen: what the first messages cost, and how likely they win.
    """

    average: int | None
    ended: list[tuple[int, int | None]]
    seen: Forecast


def _meaning(params: Params) -> Meaning:
    odds = params.odds
    average = (MILLION + odds.ppm // 2) // odds.ppm if isinstance(odds, FlatOdds) else None
    return Meaning(average, list(zip(ENDED, round_lengths(params, ENDED), strict=True)), forecast(params))


def _draw(desk: Desk, typed: Typed, *, status: int = 200, then: PotRules | None = None, is_part: bool = False) -> Response:
    with desk.context.database.read.connect() as connection:
        row = desk.pot_now(connection).row
    in_force, params = read_rules(row.rules), read_params(row.params)
    shown = None if typed.errors and then is None else (then or in_force).params()
    values: dict[str, Any] = {
        "round": row.round,
        "now": _meaning(params),
        "then": None if shown is None else _meaning(shown),
        "is_changed": shown is not None and shown != params,
        "longest": LONGEST,
        "errors": typed.errors,
    }
    if is_part:
        return desk.draw("preview", status=status, is_part=True, **values)
    return desk.draw(
        "rules",
        status=status,
        form={**typed_rules(in_force), **typed.values, "version": str(row.version)},
        price_kinds=desk.choices(PRICE_LABELS),
        resets=desk.choices(RESET_LABELS),
        odds_kinds=desk.choices(ODDS_LABELS),
        on_failed=desk.choices(FAILED_LABELS),
        earnings=[(earn_field(trigger), desk.say(label)) for trigger, label in EARNING_LABELS.items()],
        **values,
    )

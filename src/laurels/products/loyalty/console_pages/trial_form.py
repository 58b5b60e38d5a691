"""The dry run's part of the editor: a purchase that might be."""

from laurels.core.text import normalize_line
from laurels.products.loyalty.actions.dry_run import Trial
from laurels.products.loyalty.console_pages.desk import Desk
from laurels.products.loyalty.rules import Line, Terms
from laurels.products.loyalty.rules.purchases import MAX_CATEGORY, MAX_MEMBER_REF, MAX_PURCHASE_AMOUNT
from laurels.web.language import N_
from laurels.web.typed import FORM, Typed, typed_amount, typed_instant

TRIAL_LINES = 3
"""Lines that a tried purchase can have."""

_TYPICAL_MINOR = 4_250
_TOO_MUCH = N_("That is more than a purchase can be.")


def typed_trial(desk: Desk) -> dict[str, str]:
    """The purchase that the form begins with: now, by somebody who has earned nothing yet."""
    lines = {f"try-{part}-{number}": "" for number in range(TRIAL_LINES) for part in ("category", "amount")}
    amount = typed_amount(_TYPICAL_MINOR, desk.program.currency)
    return {"try-amount": amount, "try-at": typed_instant(desk.now, desk.zone), "try-member": "", **lines}


def read_trial(desk: Desk, typed: Typed, terms: Terms | None) -> Trial | None:
    """The purchase to try; None where something is wrong, which is noted beside its field."""
    amount = _amount(desk, typed, "try-amount")
    if amount is None:
        typed.refuse("try-amount", N_("Fill this in."))
    lines = tuple(line for number in range(TRIAL_LINES) if (line := _line(desk, typed, number)) is not None)
    at = typed.instant("try-at", desk.zone) or desk.now
    member = _one_line(typed, "try-member", MAX_MEMBER_REF)
    if amount is None or FORM in typed.errors or any(name.startswith("try-") for name in typed.errors):
        return None
    return Trial(amount, at, lines, member, terms)


def _line(desk: Desk, typed: Typed, number: int) -> Line | None:
    category, amount = _one_line(typed, f"try-category-{number}", MAX_CATEGORY), _amount(desk, typed, f"try-amount-{number}")
    if category is None and amount is None:
        return None
    if category is None:
        typed.refuse(f"try-category-{number}", N_("Fill this in."))
        return None
    if amount is None:
        typed.refuse(f"try-amount-{number}", N_("Fill this in."))
        return None
    return Line(category, amount)


def _amount(desk: Desk, typed: Typed, name: str) -> int | None:
    amount = typed.money(name, desk.program.currency)
    if amount is not None and amount > MAX_PURCHASE_AMOUNT:
        typed.refuse(name, _TOO_MUCH)
    return amount


def _one_line(typed: Typed, name: str, most: int) -> str | None:
    try:
        return normalize_line(typed.values.get(name, ""))[:most] or None
    except ValueError as wrong:
        typed.refuse(name, str(wrong))
        return None

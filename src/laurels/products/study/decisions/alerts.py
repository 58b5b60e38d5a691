"""Telling that a limit of tokens is nearly, or wholly, used: once for each window and percentage."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from laurels.ledger import Account, Draft
from laurels.products.study.facts import BudgetReached
from laurels.products.study.rules.windows import Period
from laurels.products.study.tables import BudgetAlert

TOLD_AT = (100, 80)
"""Percentages of a limit that are told, the higher first."""


class Limited(Protocol):
    """A meter with its limit."""

    @property
    def account(self) -> Account: ...
    @property
    def payer(self) -> str: ...
    @property
    def period(self) -> Period: ...
    @property
    def window(self) -> str: ...
    @property
    def limit(self) -> int: ...


def alert_rows(accounts: Iterable[Account]) -> Sequence[tuple[type, Any]]:
    """The rows that `tell_reached` reads."""
    return [(BudgetAlert, account.id) for account in accounts]


def tell_reached(draft: Draft, class_id: UUID, member: UUID, meter: Limited, *, at_least: int = 0) -> None:
    """Announce that a meter reached a percentage of its limit, unless that was told of this window.

    Args:
        at_least: tokens that count as used: a limit that refuses a call is used up, whatever is left below it.
    """
    used = max(draft.balance(meter.account), at_least)
    percent = next((percent for percent in TOLD_AT if meter.limit and used * 100 >= meter.limit * percent), None)
    if percent is None:
        return
    told = draft.find(BudgetAlert, meter.account.id)
    if told is not None and told.percent >= percent:
        return
    if told is None:
        draft.record(BudgetAlert(meter.account.id, class_id, percent, draft.at))
    else:
        draft.change(told, percent=percent, told_at=draft.at)
    whose = None if meter.payer == "sponsor" else member
    draft.announce(BudgetReached(class_id, whose, meter.payer, meter.period.value, meter.window, percent, used, meter.limit))

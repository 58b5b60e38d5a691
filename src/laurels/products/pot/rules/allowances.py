"""The weekly allowance: what weeks that have begun since the last touch bring."""

from datetime import date

from laurels.products.pot.rules.document import PotRules


def weeks_since(last: str, current: str) -> int:
    """How many weeks began after one (`2026-W47`) up to another; 0 where it is the same or later."""
    return max(0, (_monday(current) - _monday(last)).days // 7)


def allowance_due(rules: PotRules, balance: int, weeks: int) -> int:
    """Coins that so many weeks bring to a purse that nobody touched meanwhile.

    Each brings the allowance, or as much of it as fills the purse to its mark.
    """
    return max(0, min(rules.weekly_allowance * weeks, rules.allowance_up_to - balance))


def _monday(week: str) -> date:
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)

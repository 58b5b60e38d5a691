"""What a form would make, as members would see it: nothing is kept."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from laurels.products.progress.console_pages.papers import Paper
from laurels.products.progress.queries.definitions import current_rules
from laurels.products.progress.queries.spread import spread
from laurels.products.progress.rules import Measure, Rules, level_at

PREVIEWED = frozenset({"goals", "quests", "badges", "seasons"})
"""The lists whose things members see drawn."""


def preview_of(connection: Connection, paper: Paper, typed: Mapping[str, Any], row: Any = None) -> dict[str, Any]:
    """The values to draw; of a badge with how many active members have reached it, where the ledger's histogram tells.

    Args:
        typed: what was read from the form.
        row: what is being changed: what of it stays isn't typed.
    """
    fixed = {each.name: getattr(row, each.name) for each in paper.fields if row is not None and each.is_fixed}
    values: dict[str, Any] = {**typed, **fixed}
    if paper.part == "badges":
        threshold = _threshold(Rules.model_validate_json(current_rules(connection).document), values)
        values["reached"] = None if threshold is None else _at_least(connection, threshold)
    return values


def _threshold(rules: Rules, values: Mapping[str, Any]) -> int | None:
    """The points from which a badge is earned; None where it isn't given for points, or can't be reached."""
    measure, least = values["measure"], int(values["at_least"])
    if measure == Measure.TOTAL_POINTS:
        return least
    if measure == Measure.LEVEL:
        return level_at(rules, least)
    if measure == Measure.TIER and least < len(rules.tiers):
        return rules.tiers[least].at
    return None


def _at_least(connection: Connection, threshold: int) -> int:
    return spread(connection, [0, threshold])[-1] if threshold else sum(spread(connection, [0]))

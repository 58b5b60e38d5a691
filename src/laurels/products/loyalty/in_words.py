"""A program's terms in words, and what one version changed of another."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from laurels.products.loyalty.rules.terms import Cap, EarnRule, Expiry, Hours, Terms, Tier
from laurels.web.language import N_

STACKING_WORDS = {
    "best": N_("The rule that gives most"),
    "sum": N_("All rules that match"),
    "first": N_("The first by priority"),
}
ACCRUAL_WORDS = {"prorated": N_("In proportion, rounded down"), "whole_steps": N_("Whole steps only")}
WEEKDAY_WORDS = {
    "mon": N_("Mon"),
    "tue": N_("Tue"),
    "wed": N_("Wed"),
    "thu": N_("Thu"),
    "fri": N_("Fri"),
    "sat": N_("Sat"),
    "sun": N_("Sun"),
}
WINDOW_WORDS = {
    "day": N_("a day"),
    "week": N_("a week"),
    "month": N_("a month"),
    "year": N_("a year"),
    "ever": N_("in all"),
}
FULL_WORDS = {"clip": N_("Give what room is left"), "deny": N_("Give nothing if not all goes in")}
EXPIRY_WORDS = {
    "none": N_("Never"),
    "months": N_("Months after they were earned"),
    "calendar_end": N_("At the end of a calendar period"),
    "inactivity": N_("All at once, after months without earning or spending"),
}
PERIOD_WORDS = {"year": N_("Year"), "quarter": N_("Quarter"), "month": N_("Month")}
TIER_WINDOW_WORDS = {"ever": N_("All points ever earned"), "year": N_("The better of this and the last calendar year")}
RETURN_WORDS = {
    "within_balance": N_("Take what is there, and the rest out of the next points"),
    "only_pending": N_("Take only points that are still pending"),
    "allow_negative": N_("Take all, below zero if need be"),
}
UNKNOWN_WORDS = {"wait": N_("Keep the purchase until they join"), "refuse": N_("Refuse the purchase")}

_RULE_LABELS = {
    "spend_per": N_("for every"),
    "points": N_("points"),
    "accrual": N_("counting"),
    "minimum_spend": N_("minimum"),
    "categories": N_("categories"),
    "weekdays": N_("days"),
    "hours": N_("hours"),
    "priority": N_("priority"),
    "cap": N_("cap"),
}
_LABELS = {
    "stacking": N_("Where several rules match"),
    "pending_days": N_("Days pending"),
    "expiry": N_("Points expire"),
    "tier_window": N_("What counts for tiers"),
    "return_policy": N_("When goods come back"),
    "unknown_members": N_("Purchases of non-members"),
    "future_tolerance_minutes": N_("Minutes that a shop's clock may be ahead"),
}
_CHOICES: dict[str, dict[str, str]] = {
    "stacking": STACKING_WORDS,
    "accrual": ACCRUAL_WORDS,
    "tier_window": TIER_WINDOW_WORDS,
    "return_policy": RETURN_WORDS,
    "unknown_members": UNKNOWN_WORDS,
}
_EXPIRY_SENTENCES = {
    "none": N_("Points never expire."),
    "months": N_("Points expire {months} months after they were earned."),
    "inactivity": N_("All points expire after {months} months without earning or spending."),
}
_END_SENTENCES = {
    ("year", False): N_("Points expire at the end of the year."),
    ("quarter", False): N_("Points expire at the end of the quarter."),
    ("month", False): N_("Points expire at the end of the month."),
    ("year", True): N_("Points expire at the end of a year, {periods} years on."),
    ("quarter", True): N_("Points expire at the end of a quarter, {periods} quarters on."),
    ("month", True): N_("Points expire at the end of a month, {periods} months on."),
}
_NONE = "–"


class Wording:
    """Words for one program, in one language.

    Args:
        say: translates a marked sentence.
        money: writes an amount of minor units.
        unit: what points are called.
    """

    def __init__(self, *, say: Callable[[str], str], money: Callable[[int], str], unit: str) -> None:
        self._say = say
        self._money = money
        self._unit = unit

    def rule(self, rule: EarnRule) -> str:
        """What a rule gives."""
        told = {"amount": self._money(rule.spend_per), "points": rule.points, "unit": self._unit}
        if rule.accrual == "whole_steps":
            return self._say(N_("{points} {unit} for every full {amount}")).format(**told)
        return self._say(N_("{points} {unit} for every {amount}")).format(**told)

    def conditions(self, rule: EarnRule) -> list[str]:
        """When it gives it, and how much at most."""
        told: list[str] = []
        if rule.categories:
            told.append(self._say(N_("only {categories}")).format(categories=", ".join(rule.categories)))
        if rule.minimum_spend:
            told.append(self._say(N_("from {amount}")).format(amount=self._money(rule.minimum_spend)))
        if rule.weekdays:
            told.append(self._value("weekdays", rule.weekdays))
        if rule.hours:
            told.append(self._value("hours", rule.hours))
        if rule.cap:
            told.append(self._say(N_("at most {cap}")).format(cap=self._value("cap", rule.cap)))
        return told

    def expiry(self, expiry: Expiry) -> str:
        """When points expire."""
        sentence = _END_SENTENCES[expiry.period, expiry.periods > 0] if expiry.kind == "calendar_end" else _EXPIRY_SENTENCES[expiry.kind]
        return self._say(sentence).format(**expiry.model_dump())

    def changes(self, before: Terms, after: Terms) -> list[str]:
        """What one version changed of another, a sentence each."""
        told = [*self._rules(before.rules, after.rules), *self._tiers(before.tiers, after.tiers)]
        for name, label in _LABELS.items():
            was, is_now = getattr(before, name), getattr(after, name)
            if was != is_now:
                told.append(f"{self._say(label)}: {self._value(name, was)} → {self._value(name, is_now)}")
        return told

    def _rules(self, before: Sequence[EarnRule], after: Sequence[EarnRule]) -> Iterator[str]:
        known = {rule.name: rule for rule in before}
        for rule in after:
            old = known.pop(rule.name, None)
            if old is None:
                said = ", ".join([self.rule(rule), *self.conditions(rule)])
                yield self._say(N_("New rule “{rule}”: {said}")).format(rule=rule.name, said=said)
            elif old != rule:
                parts = [self._difference(name, old, rule) for name in _RULE_LABELS if getattr(old, name) != getattr(rule, name)]
                yield self._say(N_("Rule “{rule}”: {said}")).format(rule=rule.name, said="; ".join(parts))
        for name in known:
            yield self._say(N_("Rule “{rule}” is gone")).format(rule=name)
        names, were = [rule.name for rule in after], [rule.name for rule in before]
        if names != were and sorted(names) == sorted(were):
            yield self._say(N_("The rules stand in another order"))

    def _tiers(self, before: Sequence[Tier], after: Sequence[Tier]) -> Iterator[str]:
        known = {tier.name: tier for tier in before}
        for tier in after:
            old = known.pop(tier.name, None)
            if old == tier:
                continue
            new, changed = N_("New tier “{tier}”: from {threshold}, {percent}%"), N_("Tier “{tier}”: from {threshold}, {percent}%")
            sentence = new if old is None else changed
            yield self._say(sentence).format(tier=tier.name, threshold=tier.threshold, percent=tier.multiplier_percent)
        for name in known:
            yield self._say(N_("Tier “{tier}” is gone")).format(tier=name)

    def _difference(self, name: str, before: EarnRule, after: EarnRule) -> str:
        was, is_now = (self._value(name, getattr(rule, name)) for rule in (before, after))
        return f"{self._say(_RULE_LABELS[name])} {was} → {is_now}"

    def _value(self, name: str, value: Any) -> str:
        if name in _CHOICES:
            return self._say(_CHOICES[name][value])
        if name == "expiry":
            return self.expiry(value)
        if name in ("spend_per", "minimum_spend"):
            return self._money(value)
        if name == "weekdays":
            return ", ".join(self._say(WEEKDAY_WORDS[day]) for day in value) or _NONE
        if isinstance(value, Hours):
            return f"{value.begins}–{value.ends}"
        if isinstance(value, Cap):
            return f"{value.points} {self._say(WINDOW_WORDS[value.window])}"
        if isinstance(value, tuple):
            return ", ".join(value) or _NONE
        return _NONE if value is None else str(value)

"""Whether a rule is for a purchase, and the exact points it then gives."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from laurels.products.loyalty.rules.purchases import Purchase, spent_on
from laurels.products.loyalty.rules.steps import StepCode, Steps, tell
from laurels.products.loyalty.rules.terms import WEEKDAYS, EarnRule, Hours


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that is for a purchase.

    Attributes:
        counted: what was spent on what the rule counts, in minor units, from 1.
        exact: its points before rounding.
        points: the same, rounded down.
    """

    rule: EarnRule
    counted: int
    exact: Fraction
    points: int

    def limited(self, points: int) -> "Match":
        """The same with so many points, neither more nor a fraction: bonuses go by what a cap lets through."""
        return Match(self.rule, self.counted, Fraction(points), points)


def match_rule(rule: EarnRule, purchase: Purchase, local: datetime, steps: Steps) -> Match | None:
    """What a rule gives for a purchase that happened at a local time, or None where it isn't for it; says why in `steps`."""
    if not _is_in_time(rule, local, steps):
        return None
    counted = spent_on(purchase, rule.categories)
    if not counted:
        tell(steps, StepCode.NOTHING_COUNTS, rule=rule.name)
        return None
    if counted < rule.minimum_spend:
        tell(steps, StepCode.BELOW_MINIMUM, rule=rule.name, amount=counted, minimum=rule.minimum_spend)
        return None
    return _matched(rule, counted, steps)


def _is_in_time(rule: EarnRule, local: datetime, steps: Steps) -> bool:
    if rule.hours is None and not rule.weekdays:
        return True
    time = f"{local.hour:02d}:{local.minute:02d}"  # compares as text, and to the minute as hours are
    if rule.hours and not _is_within(rule.hours, time):
        tell(steps, StepCode.OTHER_HOURS, rule=rule.name, time=time)
        return False
    day = local.date()
    if rule.hours and rule.hours.ends < rule.hours.begins and time < rule.hours.ends:
        day -= timedelta(days=1)  # past midnight: the hours began the day before
    weekday = WEEKDAYS[day.weekday()]
    if rule.weekdays and weekday not in rule.weekdays:
        tell(steps, StepCode.OTHER_WEEKDAY, rule=rule.name, weekday=weekday)
        return False
    return True


def _is_within(hours: Hours, time: str) -> bool:
    if hours.begins < hours.ends:
        return hours.begins <= time < hours.ends
    return time >= hours.begins or time < hours.ends


def _matched(rule: EarnRule, counted: int, steps: Steps) -> Match:
    if rule.accrual == "whole_steps":
        whole, left = divmod(counted, rule.spend_per)
        exact = Fraction(whole * rule.points)
        tell(steps, StepCode.WHOLE_STEPS, rule=rule.name, steps=whole, left=left)
    else:
        exact = Fraction(counted * rule.points, rule.spend_per)
    points = int(exact)  # rounds down: nothing here is negative
    tell(steps, StepCode.MATCHED, rule=rule.name, amount=counted, points=points)
    return Match(rule, counted, exact, points)

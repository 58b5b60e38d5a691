"""Why a purchase earns what it earns: steps that a program can read and a person too."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class StepCode(StrEnum):
    """What was found or done. Amounts are in minor units."""

    OTHER_WEEKDAY = "other-weekday"  # the rule has weekdays, and this is none of them: rule, weekday
    OTHER_HOURS = "other-hours"  # it has hours, and this lies outside: rule, time
    NOTHING_COUNTS = "nothing-counts"  # nothing was spent on what it counts: rule
    BELOW_MINIMUM = "below-minimum"  # less was spent on it than the minimum: rule, amount, minimum
    MATCHED = "matched"  # the rule gives points, before caps and stacking: rule, amount, points
    WHOLE_STEPS = "whole-steps"  # only full steps counted: rule, steps, left
    ROUNDED_DOWN = "rounded-down"  # the part of a point that was dropped: rule, numerator, denominator
    CLIPPED = "clipped"  # the cap had less room: rule, points, room
    DENIED = "denied"  # the cap had less room, and gives nothing then: rule, points, room
    STACKED_OUT = "stacked-out"  # another rule was chosen: rule, points
    TIER_BONUS = "tier-bonus"  # the member's tier multiplies: tier, percent, points
    CAMPAIGN_OVER = "campaign-over"  # the purchase lies outside its time: campaign
    CAMPAIGN_COUNTS_NOTHING = "campaign-counts-nothing"  # nothing was spent on what it counts: campaign
    CAMPAIGN_BELOW_MINIMUM = "campaign-below-minimum"  # less was spent on it than its minimum: campaign, amount, minimum
    CAMPAIGN_BONUS = "campaign-bonus"  # it adds points, as far as its budget goes: campaign, points


_SENTENCES = {
    StepCode.OTHER_WEEKDAY: "“{rule}” isn't for this day of the week.",
    StepCode.OTHER_HOURS: "“{rule}” isn't for this time of day: {time}.",
    StepCode.NOTHING_COUNTS: "Nothing was spent on what “{rule}” counts.",
    StepCode.BELOW_MINIMUM: "“{rule}” asks for a larger purchase.",
    StepCode.MATCHED: "“{rule}” gives {points} points.",
    StepCode.WHOLE_STEPS: "“{rule}” counts full steps only: {steps}.",
    StepCode.ROUNDED_DOWN: "“{rule}” is rounded down: {numerator}/{denominator} of a point is dropped.",
    StepCode.CLIPPED: "“{rule}” would give {points} points; its cap leaves room for {room}.",
    StepCode.DENIED: "“{rule}” would give {points} points; its cap leaves room for {room}, so it gives none.",
    StepCode.STACKED_OUT: "“{rule}” would give {points} points; another rule goes before it.",
    StepCode.TIER_BONUS: "{tier}: {percent} percent, so {points} points more.",
    StepCode.CAMPAIGN_OVER: "“{campaign}” isn't on at this time.",
    StepCode.CAMPAIGN_COUNTS_NOTHING: "Nothing was spent on what “{campaign}” counts.",
    StepCode.CAMPAIGN_BELOW_MINIMUM: "“{campaign}” asks for a larger purchase.",
    StepCode.CAMPAIGN_BONUS: "“{campaign}” adds {points} points, as far as its budget goes.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the explanation.

    Attributes:
        params: what its code says it has: names as text, numbers as integers.
    """

    code: StepCode
    params: Mapping[str, str | int]

    @property
    def sentence(self) -> str:
        """In English, to be translated, with {places} for the params."""
        return _SENTENCES[self.code]


Steps: TypeAlias = list[Step] | None
"""Steps that are gathered; None where nobody reads them: a purchase that is posted needn't be explained."""


def tell(steps: Steps, code: StepCode, /, **params: str | int) -> None:
    """Add a step."""
    if steps is not None:
        steps.append(Step(code, params))

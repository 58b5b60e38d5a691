"""What a total makes a member: their tier, their level, and how far the next is.

Totals are points, 0 or more: a purse is never below zero.
"""

from bisect import bisect_right
from operator import attrgetter

from laurels.products.progress.rules.document import Rules, Skill

_at = attrgetter("at")


def tier_index(rules: Rules, total: int) -> int:
    """The place of the highest tier that a total reaches: 0 is the lowest."""
    return bisect_right(rules.tiers, total, key=_at) - 1


def level_of(rules: Rules, total: int) -> int:
    """The level, from 1; past the table one comes every `then_every` points."""
    level = bisect_right(rules.levels, total)
    if level < len(rules.levels):
        return level
    return level + (total - rules.levels[-1]) // rules.then_every


def points_to_next_tier(rules: Rules, total: int) -> int | None:
    """Points missing to the next tier; None at the top."""
    ahead = tier_index(rules, total) + 1
    return rules.tiers[ahead].at - total if ahead < len(rules.tiers) else None


def points_to_next_level(rules: Rules, total: int) -> int:
    """Points missing to the next level: there always is one."""
    return level_at(rules, level_of(rules, total) + 1) - total


def level_at(rules: Rules, level: int) -> int:
    """Points from which a member has a level, from 1."""
    past = level - len(rules.levels)
    return rules.levels[level - 1] if past <= 0 else rules.levels[-1] + past * rules.then_every


def floor_of(rules: Rules, total: int) -> int:
    """The threshold of the tier that a total reaches: decay doesn't go below it."""
    return rules.tiers[tier_index(rules, total)].at


def skill_of(rules: Rules, points: int) -> Skill:
    """The level of skill that so many points of a topic reach."""
    return rules.skills[bisect_right(rules.skills, points, key=_at) - 1]

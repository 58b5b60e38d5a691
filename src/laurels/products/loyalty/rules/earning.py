"""What a purchase earns, and why.

Each rule that matches gives points, exact as a fraction and rounded down once;
its cap clips them; stacking chooses. The member's tier and campaigns add to
what the chosen rules give: each multiplies that, never one another's bonus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.products.loyalty.rules.calendar import cap_window
from laurels.products.loyalty.rules.matching import Match, match_rule
from laurels.products.loyalty.rules.purchases import Purchase, spent_on
from laurels.products.loyalty.rules.steps import Step, StepCode, Steps, tell
from laurels.products.loyalty.rules.terms import Campaign, Cap, EarnRule, Terms, Tier

UNCAPPED: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Share:
    """What one rule gives, without bonuses.

    Attributes:
        points: from 1.
        cap: the rule's, if it has one; then `points` count in it.
        window: the cap's window that the purchase falls in, as `cap_window` names it; empty without a cap.
    """

    rule: str
    points: int
    cap: Cap | None = None
    window: str = ""


class CampaignBonus(NamedTuple):
    """What a campaign adds, as far as its budget goes."""

    campaign: UUID
    points: int


class CapInPlay(NamedTuple):
    """A cap that a purchase may run into: how much room it has decides what the rule gives."""

    rule: str
    cap: Cap
    window: str


@dataclass(frozen=True, slots=True)
class Award:
    """What a purchase earns.

    Attributes:
        shares: rules that give points, in the document's order.
        tier_bonus: what the member's tier adds.
        campaigns: what campaigns add, in the order they were given in.
        steps: why, in order; none where it wasn't to be explained.
    """

    shares: tuple[Share, ...]
    tier_bonus: int
    campaigns: tuple[CampaignBonus, ...]
    steps: tuple[Step, ...]

    @property
    def base(self) -> int:
        """What the rules give."""
        return sum(share.points for share in self.shares)

    @property
    def total(self) -> int:
        """All of it."""
        return self.base + self.tier_bonus + sum(bonus.points for bonus in self.campaigns)


def award(
    terms: Terms,
    purchase: Purchase,
    *,
    zone: ZoneInfo,
    tier: Tier | None = None,
    campaigns: Sequence[Campaign] = (),
    rooms: Mapping[str, int] = UNCAPPED,
    is_explained: bool = True,
) -> Award:
    """What a purchase earns.

    Args:
        terms: those in force when the purchase happened.
        zone: the program's.
        tier: the member's when the purchase counts.
        campaigns: any; those whose time it isn't give nothing.
        rooms: room left in the caps of `caps_in_play`, in points, by the rule's name; a rule that isn't in it is not capped.
        is_explained: whether its steps are told.
    """
    steps: Steps = [] if is_explained else None
    local = purchase.occurred_at.astimezone(zone)
    matches = [match for rule in terms.rules if (match := match_rule(rule, purchase, local, steps))]
    chosen = _stacked(terms, [_capped(match, rooms, steps) for match in matches], steps)
    if is_explained:
        for match in chosen:
            _tell_rounding(match, steps)
    shares = [_share(match, purchase.occurred_at, zone) for match in chosen if match.points]
    tier_bonus = _tier_bonus(tier, chosen, steps)
    bonuses = [_campaign_bonus(campaign, purchase, chosen, steps) for campaign in campaigns]
    return Award(tuple(shares), tier_bonus, tuple(bonus for bonus in bonuses if bonus.points), tuple(steps or ()))


def caps_in_play(terms: Terms, purchase: Purchase, zone: ZoneInfo) -> tuple[CapInPlay, ...]:
    """The caps of rules that match a purchase: read their meters, then pass the room left to `award`."""
    if all(rule.cap is None for rule in terms.rules):
        return ()
    local = purchase.occurred_at.astimezone(zone)
    return tuple(
        CapInPlay(rule.name, rule.cap, cap_window(rule.cap.window, purchase.occurred_at, zone))
        for rule in terms.rules
        if rule.cap is not None and match_rule(rule, purchase, local, None)
    )


def _capped(match: Match, rooms: Mapping[str, int], steps: Steps) -> Match:
    rule, cap = match.rule, match.rule.cap
    if cap is None or rule.name not in rooms:
        return match
    room = max(0, rooms[rule.name])
    if match.points <= room:
        return match
    is_denied = cap.when_full == "deny"
    tell(steps, StepCode.DENIED if is_denied else StepCode.CLIPPED, rule=rule.name, points=match.points, room=room)
    return match.limited(0 if is_denied else room)


def _stacked(terms: Terms, matches: Sequence[Match], steps: Steps) -> Sequence[Match]:
    if terms.stacking == "sum" or len(matches) < 2:
        return matches
    # max() keeps the first of equals: the document's order decides between equal priorities.
    if terms.stacking == "best":
        chosen = max(matches, key=lambda match: (match.exact, match.rule.priority))
    else:
        chosen = max(matches, key=lambda match: match.rule.priority)
    for match in matches:
        if match is not chosen:
            tell(steps, StepCode.STACKED_OUT, rule=match.rule.name, points=match.points)
    return [chosen]


def _tell_rounding(match: Match, steps: Steps) -> None:
    dropped = match.exact - match.points
    if dropped:
        tell(steps, StepCode.ROUNDED_DOWN, rule=match.rule.name, numerator=dropped.numerator, denominator=dropped.denominator)


def _share(match: Match, at: datetime, zone: ZoneInfo) -> Share:
    cap = match.rule.cap
    return Share(match.rule.name, match.points, cap, cap_window(cap.window, at, zone) if cap else "")


def _tier_bonus(tier: Tier | None, chosen: Sequence[Match], steps: Steps) -> int:
    """Of each rule, what the multiplied fraction rounds down to beyond the plain one: the multiplier is applied before rounding."""
    if tier is None or tier.multiplier_percent == 100:
        return 0
    points = sum(int(match.exact * tier.multiplier_percent / 100) - match.points for match in chosen)
    tell(steps, StepCode.TIER_BONUS, tier=tier.name, percent=tier.multiplier_percent, points=points)
    return points


def _campaign_bonus(campaign: Campaign, purchase: Purchase, chosen: Sequence[Match], steps: Steps) -> CampaignBonus:
    points = 0
    if _qualifies(campaign, purchase, steps):
        multiplied = Fraction(0)
        if campaign.multiplier_percent is not None:
            counted = sum((_part_in(match, purchase, campaign) for match in chosen), Fraction(0))
            multiplied = counted * (campaign.multiplier_percent - 100) / 100
        points = int(multiplied) + (campaign.extra_points or 0)
        tell(steps, StepCode.CAMPAIGN_BONUS, campaign=campaign.name, points=points)
    return CampaignBonus(campaign.id, points)


def _qualifies(campaign: Campaign, purchase: Purchase, steps: Steps) -> bool:
    if not campaign.starts_at <= purchase.occurred_at < campaign.ends_at:
        tell(steps, StepCode.CAMPAIGN_OVER, campaign=campaign.name)
        return False
    amount = spent_on(purchase, campaign.categories)
    if not amount:
        tell(steps, StepCode.CAMPAIGN_COUNTS_NOTHING, campaign=campaign.name)
        return False
    if amount < campaign.minimum_spend:
        tell(steps, StepCode.CAMPAIGN_BELOW_MINIMUM, campaign=campaign.name, amount=amount, minimum=campaign.minimum_spend)
        return False
    return True


def _part_in(match: Match, purchase: Purchase, campaign: Campaign) -> Fraction:
    """What of a rule's points comes from the campaign's categories: double points on wine don't double those on bread."""
    if not campaign.categories:
        return match.exact
    both = _both(match.rule, campaign)
    overlap = min(match.counted, spent_on(purchase, both)) if both else 0
    return match.exact * overlap / match.counted


def _both(rule: EarnRule, campaign: Campaign) -> frozenset[str]:
    wanted = frozenset(campaign.categories)
    return wanted.intersection(rule.categories) if rule.categories else wanted

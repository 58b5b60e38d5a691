"""What a program's terms say, worked out: no database, no clock, and never a float.

Invariants: points are rounded down once a purchase and rule; bonuses come on
top of what the rules give; no return takes more than was earned, and a full one
takes all; every lot can be used for a while before it expires.

Begin reading at `terms`, then `earning`.
"""

from laurels.products.loyalty.rules.calendar import cap_window, expires_at, inactive_from, usable_from
from laurels.products.loyalty.rules.earning import Award, CampaignBonus, CapInPlay, Share, award, caps_in_play
from laurels.products.loyalty.rules.forecasting import ForecastMonth, Parcel, forecast
from laurels.products.loyalty.rules.purchases import Line, Purchase, fingerprint
from laurels.products.loyalty.rules.returning import points_kept, points_to_take, stand_alone_points
from laurels.products.loyalty.rules.steps import Step, StepCode
from laurels.products.loyalty.rules.terms import Campaign, Cap, EarnRule, Terms, Tier
from laurels.products.loyalty.rules.tiering import next_tier, points_to_next, tier_for, tier_place

__all__ = [
    "Award",
    "Campaign",
    "CampaignBonus",
    "Cap",
    "CapInPlay",
    "EarnRule",
    "ForecastMonth",
    "Line",
    "Parcel",
    "Purchase",
    "Share",
    "Step",
    "StepCode",
    "Terms",
    "Tier",
    "award",
    "cap_window",
    "caps_in_play",
    "expires_at",
    "fingerprint",
    "forecast",
    "inactive_from",
    "next_tier",
    "points_kept",
    "points_to_next",
    "points_to_take",
    "stand_alone_points",
    "tier_for",
    "tier_place",
    "usable_from",
]

"""The pure rules against models that know only fractions and days: whatever is bought, whenever, both say the same."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from laurels.core.windows import month_end
from laurels.products.loyalty.rules import (
    Campaign,
    Terms,
    Tier,
    award,
    expires_at,
    forecast,
    points_kept,
    points_to_take,
    stand_alone_points,
    usable_from,
)
from products.loyalty.terms_paper import LONDON, NOON, purchase, rule, terms

ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/London", "America/Havana", "Australia/Lord_Howe", "Asia/Kolkata")]

amounts = st.integers(0, 10**7) | st.integers(0, 10**12)
rates = st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)).filter(lambda rate: rate[1] <= 10 * rate[0])
instants = st.datetimes(datetime(1970, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # Hypothesis wants them so
zones = st.sampled_from(ZONES)


@st.composite
def rule_bodies(draw: st.DrawFn) -> dict[str, Any]:
    spend_per, points = draw(rates)
    more: dict[str, Any] = {"accrual": draw(st.sampled_from(["prorated", "whole_steps"])), "priority": draw(st.integers(-2, 2))}
    return rule(spend_per=spend_per, points=points, minimum_spend=draw(st.integers(0, 10**5)), **more)


rule_lists = st.lists(rule_bodies(), min_size=1, max_size=4).map(
    lambda made: [one | {"name": str(place)} for place, one in enumerate(made)]
)
tiers = st.integers(100, 1_000).map(lambda percent: Tier(name="Gold", threshold=0, multiplier_percent=percent))


def campaign_of(percent: int | None, extra: int | None) -> Campaign:
    return Campaign(UUID(int=1), "Summer", percent, extra, NOON - timedelta(1), NOON + timedelta(1))


campaigns = st.builds(campaign_of, st.none() | st.integers(101, 1_000), st.none() | st.integers(1, 10**6))


def exactly(body: dict[str, Any], amount: int) -> Fraction | None:
    """What a rule gives by arithmetic alone; None where it isn't for the purchase."""
    if amount == 0 or amount < body["minimum_spend"]:
        return None
    steps = Fraction(amount, body["spend_per"])
    return (Fraction(floor(steps)) if body["accrual"] == "whole_steps" else steps) * body["points"]


def total(made: Terms, amount: int, **more: Any) -> int:
    return award(made, purchase(amount), zone=LONDON, **more).total


@given(rule_lists, amounts)
def test_stacking_is_the_sum_the_best_or_the_first(bodies: list[dict[str, Any]], amount: int) -> None:
    given_points = [exactly(body, amount) for body in bodies]
    matching = [(points, body) for points, body in zip(given_points, bodies, strict=True) if points is not None]
    assert total(terms(*bodies, stacking="sum"), amount) == sum(floor(points) for points, _ in matching)
    assert total(terms(*bodies, stacking="best"), amount) == max((floor(points) for points, _ in matching), default=0)
    by_priority = sorted(matching, key=lambda one: -one[1]["priority"])
    assert total(terms(*bodies, stacking="first"), amount) == (floor(by_priority[0][0]) if by_priority else 0)


@given(rule_lists, amounts, tiers, campaigns, st.sampled_from(["sum", "best", "first"]))
def test_bonuses_never_give_more_than_the_exact_product(
    bodies: list[dict[str, Any]], amount: int, tier: Tier, offer: Campaign, stacking: str
) -> None:
    made = award(terms(*bodies, stacking=stacking), purchase(amount), zone=LONDON, tier=tier, campaigns=[offer])
    named = {body["name"]: exactly(body, amount) for body in bodies}
    stacked_out = {step.params["rule"] for step in made.steps if step.code == "stacked-out"}
    exact = sum((points for name, points in named.items() if points is not None and name not in stacked_out), Fraction(0))
    multiplied = exact * tier.multiplier_percent / 100
    assert multiplied - len(bodies) < made.base + made.tier_bonus <= multiplied
    extra = offer.extra_points or 0 if amount else 0
    expected = floor(exact * ((offer.multiplier_percent or 100) - 100) / 100) + extra
    assert sum(bonus.points for bonus in made.campaigns) == expected
    assert made.total == made.base + made.tier_bonus + expected


@given(rule_lists, amounts, amounts, tiers, campaigns, st.sampled_from(["sum", "best"]))
def test_who_spends_more_never_earns_less(
    bodies: list[dict[str, Any]], one: int, other: int, tier: Tier, offer: Campaign, stacking: str
) -> None:
    made, (less, more) = terms(*bodies, stacking=stacking), sorted((one, other))
    assert total(made, less, tier=tier, campaigns=[offer]) <= total(made, more, tier=tier, campaigns=[offer])


@given(rates, amounts, st.integers(0, 10**7), st.sampled_from(["clip", "deny"]), tiers)
def test_caps_let_through_what_they_have_room_for(rate: tuple[int, int], amount: int, room: int, when_full: str, tier: Tier) -> None:
    cap = {"points": 10**9, "window": "ever", "when_full": when_full}
    made = terms(rule(spend_per=rate[0], points=rate[1], cap=cap))
    free = total(made, amount)
    got = award(made, purchase(amount), zone=LONDON, tier=tier, rooms={"Everything": room})
    assert got.base == (min(free, room) if when_full == "clip" else free if free <= room else 0)
    assert got.total <= free * tier.multiplier_percent // 100 if got.base < free else got.total >= free


@given(rates, amounts, amounts)
def test_two_purchases_earn_what_one_of_both_would_but_for_a_rounding(rate: tuple[int, int], one: int, other: int) -> None:
    made = terms(rule(spend_per=rate[0], points=rate[1]))
    assume(one + other <= 10**12)
    assert 0 <= total(made, one + other) - total(made, one) - total(made, other) <= 1


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.lists(st.integers(0, 10**9), max_size=8))
def test_returns_in_any_split_take_what_one_return_would_and_never_more_than_was_earned(earned: int, amount: int, parts: list[int]) -> None:
    returned, taken = 0, 0
    for part in parts:
        took = points_to_take(earned, amount, returned_before=returned, returned=part)
        assert took >= 0
        returned, taken = returned + part, taken + took
    assert taken == earned - points_kept(earned, amount, returned) <= earned
    assert taken >= min(Fraction(earned), Fraction(earned * returned, amount))
    assert points_to_take(earned, amount, returned_before=returned, returned=amount) == earned - taken


@given(rule_lists, amounts, st.sampled_from(["sum", "best", "first"]))
def test_return_by_itself_takes_what_the_same_purchase_earned(bodies: list[dict[str, Any]], amount: int, stacking: str) -> None:
    made = terms(*bodies, stacking=stacking)
    assert stand_alone_points(made, purchase(amount), LONDON) == total(made, amount)


def changes_of(zone: ZoneInfo) -> list[datetime]:
    """The hours of 2026 to 2028 in which a zone's clocks change."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(3 * 365 * 24)]
    offsets = [hour.astimezone(zone).utcoffset() for hour in hours]
    return [hours[place] for place in range(1, len(hours)) if offsets[place] != offsets[place - 1]]


near_changes = st.builds(
    lambda change, apart: change + apart,
    st.sampled_from([change for zone in ZONES for change in changes_of(zone)]),
    st.timedeltas(timedelta(hours=-3), timedelta(hours=3)),
)


@given(instants | near_changes, st.integers(1, 365), zones, st.booleans())
def test_pending_days_are_days_of_the_calendar(at: datetime, days: int, zone: ZoneInfo, is_end: bool) -> None:
    """Against all instants that show the wanted wall time: the first of them; or, of none, what the clock before the change says."""
    at -= timedelta(days=days if is_end else 0)  # so that clocks change at either end
    local = at.astimezone(zone)
    wanted = datetime.combine(local.date() + timedelta(days=days), local.time().replace(fold=0))
    around = [wanted.replace(tzinfo=UTC) + timedelta(hours=hours) for hours in (-36, 36)]
    offsets = [offset for one in around if (offset := one.astimezone(zone).utcoffset()) is not None]
    shown = [
        instant for offset in offsets if (instant := (wanted - offset).replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None) == wanted
    ]
    expected = min(shown) if shown else (wanted - offsets[0]).replace(tzinfo=UTC)
    assert usable_from(terms(pending_days=days), at, zone) == expected


def last_day(first: date, months: int) -> date:
    """Day by day: the same day of the month so many months on, or the last before it that there is."""
    walked, passed = first, 0
    while passed < months:
        walked += timedelta(days=1)
        passed += walked.day == 1
    return (
        max(day for number in range(31) if (day := walked + timedelta(days=number)).month == walked.month and day.day <= first.day)
        if months
        else first
    )


@given(instants, st.integers(1, 36), st.integers(0, 27), zones)
def test_months_end_with_the_same_day_or_the_last_there_is(at: datetime, months: int, pending: int, zone: ZoneInfo) -> None:
    ends = expires_at(terms(expiry={"kind": "months", "months": months}, pending_days=pending), at, zone)
    assert ends is not None
    last = last_day(at.astimezone(zone).date(), months)
    assert (ends - timedelta(microseconds=1)).astimezone(zone).date() == last
    assert ends.astimezone(zone).date() == last + timedelta(days=1)


expiries = st.builds(lambda months: {"kind": "months", "months": months}, st.integers(1, 120)) | st.builds(
    lambda period, periods: {"kind": "calendar_end", "period": period, "periods": periods},
    st.sampled_from(["month", "quarter", "year"]),
    st.integers(0, 40),
)


@given(instants, expiries, st.integers(0, 365), zones)
def test_points_can_always_be_used_for_a_while(at: datetime, expiry: dict[str, Any], pending: int, zone: ZoneInfo) -> None:
    made = terms(expiry=expiry, pending_days=pending)
    usable, ends = usable_from(made, at, zone), expires_at(made, at, zone)
    assert ends is not None
    assert at <= usable < ends


@given(instants, st.timedeltas(timedelta(0), timedelta(days=800)), expiries, zones)
def test_who_earns_later_keeps_points_as_long_or_longer(at: datetime, later: timedelta, expiry: dict[str, Any], zone: ZoneInfo) -> None:
    made = terms(expiry=expiry)
    first, second = expires_at(made, at, zone), expires_at(made, at + later, zone)
    assert first is not None and second is not None
    assert first <= second


class Lot(NamedTuple):
    usable_from: datetime
    expires_at: datetime | None
    left: int


near = st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda apart: NOON + apart)
lots = st.lists(st.builds(Lot, near, st.none() | near, st.integers(1, 1_000)), max_size=8)


@given(lots, zones, st.integers(1, 15), st.none() | near)
def test_forecast_says_what_looking_at_each_months_end_says(
    open_lots: Sequence[Lot], zone: ZoneInfo, months: int, inactive: datetime | None
) -> None:
    made = forecast(open_lots, now=NOON, zone=zone, months=months, inactive_from=inactive)
    ends_of = [(lot, min(at for at in (lot.expires_at, inactive, datetime.max.replace(tzinfo=UTC)) if at)) for lot in open_lots]
    living = [(lot, ends) for lot, ends in ends_of if ends > NOON]
    gone = 0
    for month in made:
        at = month_end(month.month, zone)
        left = [lot for lot, ends in living if ends > at]
        gone += month.expiring
        assert month.active == sum(lot.left for lot in left if lot.usable_from < at or lot.usable_from <= NOON)
        assert month.pending == sum(lot.left for lot in left if NOON < lot.usable_from >= at)
        assert gone + month.active + month.pending == sum(lot.left for lot, _ in living)

"""News that come with time alone, each told once; and purchases worked out without posting them."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from laurels.ledger.reader import preview
from laurels.ledger.tables import outbox
from laurels.products.loyalty.actions.telling import purchase_row
from laurels.products.loyalty.decisions.dry_run import DryRun
from laurels.products.loyalty.decisions.earning import EarnPoints
from laurels.products.loyalty.decisions.telling import Parcel, RefreshTier, TellNews
from laurels.products.loyalty.errors import NothingDue, ProgramClosed
from laurels.products.loyalty.jobs import expire_points, lapse_burns, refresh_tiers, tell_news
from laurels.products.loyalty.rules import Purchase
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.terms_paper import rule
from products.loyalty.town import Town

TIERS = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 10, "multiplier_percent": 200}]


def told(town: Town, name: str) -> list[dict[str, Any]]:
    """The facts of a name that were told, oldest first."""
    with town.database.read.connect() as connection:
        found = select(outbox.c.payload).where(outbox.c.name == name).order_by(outbox.c.sequence, outbox.c.position)
        return [orjson.loads(payload) for payload in connection.scalars(found)]


def refresh(counter: Counter, who: Any) -> int:
    """Bring a member's tier up to date."""
    tier: int = counter.town.post_now(RefreshTier(who.id, counter.basis())).answer.tier
    return tier


def test_what_became_active_and_what_will_expire_is_told_once(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 3, "expiry": {"kind": "months", "months": 1}})
    tell_news(town.job())
    town.earned(counter.program, ana, 20_000)
    town.later(days=3)
    tell_news(town.job())
    assert [(one["member"], one["points"]) for one in told(town, "points.activated")] == [(str(ana.id), 10)]
    tell_news(town.job())
    assert len(told(town, "points.activated")) == 1
    town.later(days=20)
    for _ in range(2):
        tell_news(town.job())
    [one] = told(town, "points.expiring")
    [lot] = counter.lots(ana)
    assert lot.expires_at is not None
    assert (one["points"], one["expires_at"]) == (10, int(lot.expires_at.timestamp() * 1_000_000))


def test_of_two_sweeps_that_read_the_same_the_second_finds_nothing(town: Town) -> None:
    counter, ana = open_counter(town)
    now, program = town.clock.at, counter.program.id
    parcels = (Parcel(ana.id, 3),), (Parcel(ana.id, 4, now),)
    first = TellNews(program, None, now, now, *parcels)
    assert town.post_now(first).answer.activated == 1
    refusal(NothingDue, lambda: town.post_now(first))
    second = TellNews(program, now, now + timedelta(hours=1), now + timedelta(hours=1))
    assert (second.reference, town.post_now(second).answer.expiring) == (program, 0)
    counter.become("archived")
    refusal(ProgramClosed, lambda: town.post_now(TellNews(program, second.until, now, now)))
    assert (len(told(town, "points.activated")), len(told(town, "points.expiring"))) == (1, 1)


def test_a_new_year_takes_a_tier_away(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS, "tier_window": "year"})
    bo = town.make_member()
    town.join(counter.program, bo)
    town.earned(counter.program, ana, 20_000)
    assert counter.member_of(ana).tier == 1
    for who in (ana, bo, town.make_member()):
        refusal(NothingDue, lambda who=who: refresh(counter, who))  # type: ignore[misc]  # mypy can't infer this lambda
    town.at(2027, 6, 1)
    refusal(NothingDue, lambda: refresh(counter, ana))
    town.at(2028, 1, 1)
    refresh_tiers(town.job())
    assert counter.member_of(ana).tier == 0
    assert [(one["before"], one["after"]) for one in told(town, "tier.changed")] == [(0, 1), (1, 0)]
    refusal(NothingDue, lambda: refresh(counter, ana))
    assert RefreshTier(ana.id, counter.basis()).reference == counter.program.id


@pytest.mark.parametrize("expiry", [{"kind": "months", "months": 1}, {"kind": "inactivity", "months": 1}])
def test_sweeps_expire_and_lapse_and_touch_nothing_twice(town: Town, expiry: dict[str, Any]) -> None:
    counter, ana = open_counter(town, {"expiry": expiry})
    town.earned(counter.program, ana, 20_000)
    counter.take(ana, 4, minutes=15)
    assert (lapse_burns(town.job()), expire_points(town.job())) == (0, 0)
    town.later(minutes=15)
    assert (lapse_burns(town.job()), lapse_burns(town.job())) == (1, 0)
    assert town.held(counter.program, ana) == {"points": 10, "earned": 10}
    town.later(days=40)
    assert (expire_points(town.job()), expire_points(town.job())) == (1, 0)
    assert town.held(counter.program, ana) == {"earned": 10}


def test_the_sweep_ends_inactive_members_points_at_the_very_instant(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": {"kind": "inactivity", "months": 1}})
    town.at(2027, 1, 31, 23)
    town.earned(counter.program, ana, 10_000)
    town.at(2027, 2, 28, 23)
    assert expire_points(town.job()) == 0
    town.at(2027, 3, 1, 0)
    assert expire_points(town.job()) == 1, "the last of January and the longer months ahead hid her until the next day"


def test_a_purchase_is_worked_out_without_being_posted(town: Town) -> None:
    capped = rule(cap={"points": 12, "window": "ever"})
    terms = {"tiers": TIERS, "pending_days": 3, "expiry": {"kind": "months", "months": 1}}
    counter, ana = open_counter(town, terms, capped)
    double = counter.campaign(budget=3)
    town.earned(counter.program, ana, 20_000)
    before = town.heads()
    sent = Purchase("T-9", ana.student_id, 20_000, "GBP", counter.now)
    decision = DryRun(EarnPoints(sent, purchase_row(counter.program.id, sent, now=counter.now), ana.id, counter.basis()))
    with town.database.read.connect() as connection:
        would = preview(connection, decision, counter.now)
    assert (would.grant.award.base, would.grant.award.tier_bonus, would.grant.campaigns) == (2, 2, 0)
    assert (would.usable_from, would.expires_at) == (counter.lots(ana)[0].usable_from, counter.lots(ana)[0].expires_at)
    assert (town.heads(), counter.budget(double), counter.left(ana)) == (before, 0, [13])

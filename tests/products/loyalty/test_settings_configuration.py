"""The settings that decisions compute with: what is kept, and when it is read anew."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from laurels.core.database import Database, open_database
from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.products.loyalty.actions.campaigns import NewCampaign, add_campaign, end_campaign
from laurels.products.loyalty.actions.programs import NewProgram, change_program, create_program
from laurels.products.loyalty.actions.rewards import NewReward, add_reward, change_reward
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.queries import configuration, configuration_of, forget
from laurels.web.etags import WHICHEVER
from products.loyalty.terms_paper import terms

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def start(database: Database, *campaigns: NewCampaign) -> UUID:
    """A program that runs."""
    new = NewProgram("Wine & Dine", "GBP", "Europe/London", terms(), campaigns=campaigns, is_active=True)
    return create_program(database, OPERATOR, new, now=NOW).id


def campaign(name: str, begins: int, ends: int) -> NewCampaign:
    """A campaign from so many days after now to so many."""
    return NewCampaign(name, NOW + ends * DAY, NOW + begins * DAY, extra_points=5)


def test_what_was_read_is_kept_until_forgotten(database: Database) -> None:
    made = start(database)
    first = configuration_of(database, made)
    assert configuration_of(database, made) is first
    forget(database, made)
    again = configuration_of(database, made)
    assert again is not first and again == first
    assert first.zone.key == "Europe/London"
    with pytest.raises(Missing):
        configuration_of(database, new_id())


def test_every_change_raises_the_version_and_is_seen_at_once(database: Database) -> None:
    made = start(database)
    seen = [configuration_of(database, made).program.version]

    def look() -> None:
        seen.append(configuration_of(database, made).program.version)

    change_program(database, OPERATOR, made, {"grace_days": 3}, expected=WHICHEVER, now=NOW)
    look()
    assert configuration_of(database, made).program.grace_days == 3
    add_terms(database, OPERATOR, made, terms(pending_days=3), valid_from=None, now=NOW)
    look()
    assert configuration_of(database, made).terms_at(NOW).terms.pending_days == 3
    added = add_campaign(database, OPERATOR, made, campaign("Now", 0, 2), now=NOW)
    look()
    assert [one.name for one in configuration_of(database, made).campaigns_at(NOW)] == ["Now"]
    end_campaign(database, OPERATOR, made, added.id, expected=WHICHEVER, now=NOW + DAY)
    look()
    assert configuration_of(database, made).campaigns_at(NOW + DAY) == ()
    bought = add_reward(database, OPERATOR, made, NewReward("Tour", 5), now=NOW)
    look()
    change_reward(database, OPERATOR, made, bought.id, {"cost": 6}, expected=WHICHEVER, now=NOW)
    look()
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_another_processs_change_shows_once_forgotten(database: Database, database_url: str) -> None:
    made = start(database)
    known = configuration_of(database, made)
    elsewhere = open_database(database_url)
    try:
        change_program(elsewhere, OPERATOR, made, {"status": "paused"}, expected=WHICHEVER, now=NOW)
        assert configuration_of(elsewhere, made).program.status == "paused"
    finally:
        elsewhere.dispose()
    assert configuration_of(database, made) is known, "that is why decisions compare the version"
    forget(database, made)
    assert (configuration_of(database, made).program.status, configuration_of(database, made).program.version) == ("paused", 2)


def test_campaigns_run_from_their_start_until_just_before_their_end(database: Database) -> None:
    made = start(database, campaign("long", 0, 9), campaign("early", 1, 3), campaign("late", 3, 5))
    found = configuration_of(database, made)
    tick = timedelta(microseconds=1)

    def at(days: int, *, before: bool = False) -> list[str]:
        return [one.name for one in found.campaigns_at(NOW + days * DAY - (tick if before else tick * 0))]

    assert [at(0, before=True), at(0)] == [[], ["long"]]
    assert [at(1, before=True), at(1)] == [["long"], ["long", "early"]]
    assert [at(3, before=True), at(3)] == [["long", "early"], ["long", "late"]]
    assert [at(9, before=True), at(9), at(99)] == [["long"], [], []]


def test_no_more_is_kept_than_the_bound(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "MAX_KEPT", 2)
    a, b, c = (start(database) for _ in range(3))
    first = configuration_of(database, a)
    second = configuration_of(database, b)
    assert configuration_of(database, a) is first
    configuration_of(database, c)
    assert configuration_of(database, a) is first
    assert configuration_of(database, b) is not second, "it was asked for longest ago"

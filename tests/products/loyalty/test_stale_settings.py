"""Settings that another process changed: whoever kept the old ones learns it, also where nothing would be done by the old ones."""

from datetime import timedelta

from laurels.identity.editing import OPERATOR
from laurels.products.loyalty.actions.dry_run import Trial, dry_run
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.jobs import expire_points, lapse_burns
from products.loyalty.counter import Counter, open_counter
from products.loyalty.terms_paper import rule, terms
from products.loyalty.till import open_till
from products.loyalty.town import Town
from support.site import refused

MONTH = {"expiry": {"kind": "months", "months": 1}}


def set_elsewhere(counter: Counter, **wanted: object) -> None:
    """Change the program as another process does."""
    with counter.town.elsewhere() as database:
        counter.town.change(counter.program, database=database, **wanted)


def test_a_dry_run_goes_by_terms_that_another_process_added(town: Town) -> None:
    counter, _ = open_counter(town)
    assert dry_run(town.place, counter.program.id, Trial(10_000, counter.now)).would.grant.total == 5
    with town.elsewhere() as database:
        add_terms(database, OPERATOR, counter.program.id, terms(rule(points=7)), valid_from=None, now=counter.now)
    tried = dry_run(town.place, counter.program.id, Trial(10_000, counter.now))
    assert (tried.would.grant.total, tried.version) == (7, 2), "the terms that this process had kept"


def test_a_purchase_isnt_refused_for_settings_that_another_process_changed(served: Town) -> None:
    till, ana = open_till(served, {"future_tolerance_minutes": 0})
    soon = served.clock.at + timedelta(minutes=10)
    refused(till.earn(ana, 10_000, "T-1", at=soon), 422, "in-the-future")
    with served.elsewhere() as database:
        add_terms(database, OPERATOR, till.program.id, terms(future_tolerance_minutes=60), valid_from=None, now=served.clock.at)
    assert till.earned(ana, 10_000, "T-1", at=soon) == 5
    one = {"transaction_id": "T-2", "member": ana.student_id, "amount": 10_000, "currency": "GBP", "occurred_at": soon.isoformat()}
    with served.elsewhere() as database:
        add_terms(database, OPERATOR, till.program.id, terms(future_tolerance_minutes=0), valid_from=None, now=served.clock.at)
    sent = served.ask(
        till.key, "POST", f"{till.path}/earn/batch", json={"events": [one, {**one, "transaction_id": "T-3", "currency": "EUR"}]}
    )
    assert [item["refusal"]["code"] for item in sent.json()["items"]] == ["in-the-future", "wrong-currency"]


def test_who_isnt_known_is_waited_for_by_terms_that_another_process_added(served: Town) -> None:
    till, _ = open_till(served, {"unknown_members": "refuse"})
    assert till.earn("late", 10_000, "T-1").json()["code"] == "unknown-member"
    served.later(minutes=1)
    with served.elsewhere() as database:
        add_terms(database, OPERATOR, till.program.id, terms(unknown_members="wait"), valid_from=None, now=served.clock.at)
    assert served.earn(till.program, "late", 10_000, transaction_id="T-2").status == "waiting"
    with served.elsewhere() as database:
        add_terms(database, OPERATOR, till.program.id, terms(unknown_members="refuse"), valid_from=None, now=served.clock.at)
    refused(till.earn("late", 10_000, "T-3"), 409, "unknown-member")


def test_a_sweep_ends_points_by_terms_that_another_process_added(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 10_000)
    with town.elsewhere() as database:
        known = terms(expiry={"kind": "inactivity", "months": 1})
        add_terms(database, OPERATOR, counter.program.id, known, valid_from=None, now=counter.now)
    town.later(days=40)
    assert expire_points(town.job()) == 1, "by the old terms there was nothing to look for, for ever"


def test_a_cancelled_burn_comes_back_for_the_days_that_another_process_set(served: Town) -> None:
    till, ana = open_till(served, MONTH, grace_days=30)
    till.earned(ana, 10_000, "T-1")
    burned = till.burn(ana, 5).json()
    set_elsewhere(till.counter, grace_days=3, confirm_minutes=15)
    served.later(days=40)
    cancelled = served.ask(ana, "POST", f"{till.path}/burn/{burned['burn_id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert [lot.expires_at for lot in till.counter.lots(ana)] == [till.counter.now + timedelta(days=3)]


def test_a_lapsed_burn_comes_back_for_the_days_that_another_process_set(town: Town) -> None:
    counter, ana = open_counter(town, MONTH, grace_days=30)
    town.earned(counter.program, ana, 10_000)
    counter.take(ana, 5, minutes=15)
    set_elsewhere(counter, grace_days=3)
    town.later(days=40)
    assert lapse_burns(town.job()) == 1
    assert [lot.expires_at for lot in counter.lots(ana)] == [counter.now + timedelta(days=3)]

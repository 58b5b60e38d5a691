"""The monthly rollover, and the timetable."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from laurels.core.errors import Unavailable
from laurels.core.settings import Settings
from laurels.identity.tables import member
from laurels.products.pot.house import open_house
from laurels.products.recognition import jobs
from laurels.products.recognition.jobs import open_months
from laurels.products.study.desk import open_desk
from laurels.reactions import WEBHOOK_SOURCES, tidy_ledger, timetable
from laurels.vouchers import open_vouchers
from laurels.webhooks import open_webhooks
from products.recognition.community import Community


def test_the_rollover_goes_through_all_in_pages(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PAGE", 3)
    served.at(2026, 10, 5)
    people = [served.join() for _ in range(10)]
    for place, who in enumerate(people):
        served.gave(people[place - 1], who, 1)
    idle = served.join()
    served.at(2026, 11, 1, 0, 0, 0)
    assert served.roll_over() == 10
    assert served.roll_over() == 0
    assert [served.held(who)["allowance"] for who in people] == [150] * 10
    assert served.held(idle) == {}, "a purse never touched has nothing to turn"


def test_only_active_members_are_turned(served: Community) -> None:
    served.at(2026, 10, 5)
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 10)
    served.gave(bo, ana, 10)
    with served.database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == bo.id).values(status="suspended"))
    served.at(2026, 11, 5)
    assert served.roll_over() == 1
    assert (served.held(ana)["allowance"], served.held(bo)["allowance"]) == (150, 90)


def test_one_suspended_meanwhile_stops_nobody(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    served.at(2026, 10, 5)
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 10)
    served.gave(bo, ana, 10)
    with served.database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == ana.id).values(status="suspended"))
    served.at(2026, 11, 5)
    monkeypatch.setattr(jobs, "_active", lambda _, ids: list(ids))
    assert served.roll_over() == 1
    assert served.held(bo)["allowance"] == 150


def test_a_job_that_the_writer_cant_serve_fails_to_be_run_again(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    served.at(2026, 10, 5)
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 10)
    served.at(2026, 11, 5)
    writer = served.app.state.context.writer
    with monkeypatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr(writer, "post_all", lambda proposals: iter([Unavailable() for _ in proposals]))
        served.roll_over()
    assert served.roll_over() == 1


def test_a_stopping_process_leaves_the_rest(served: Community) -> None:
    served.at(2026, 10, 5)
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 10)
    served.at(2026, 11, 5)
    job = served.job()
    stopping = type(job)(**{name: getattr(job, name) for name in type(job).__dataclass_fields__} | {"is_stopping": lambda: True})
    assert open_months(stopping) == 0
    assert served.roll_over() == 1


def test_the_timetable_names_what_runs(settings: Settings) -> None:
    made = timetable(
        settings.model_copy(update={"time_zone": "Asia/Kolkata"}),
        open_vouchers(settings),
        open_webhooks(settings, WEBHOOK_SOURCES),
        open_house(settings, None),
        open_desk(settings, None),
    )
    assert {(one.name, one.cron, str(one.zone)) for one in made.schedules} >= {
        ("recognition.rollover", "0 0 1 * *", "Asia/Kolkata"),
        ("recognition.rollover-rest", "5 * * * *", "Asia/Kolkata"),
        ("recognition.vouchers", "* * * * *", "UTC"),
        ("pot.answer", "* * * * *", "UTC"),
        ("ledger.tidy", "30 3 * * *", "Asia/Kolkata"),
    }
    assert ("recognition.issue", {"redemption.requested"}) in [(one.name, set(one.facts)) for one in made.readers]


def test_the_schedules_do_their_work(served: Community) -> None:
    """Each is run as the jobs' room runs it: with what it hands out, and nothing else."""
    served.at(2026, 10, 5)
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 10, key="k")
    served.at(2026, 11, 5)
    state = served.app.state
    made = timetable(state.context.settings, state.vouchers, state.webhooks, state.pot, state.study)
    for schedule in made.schedules:
        schedule.run(served.job(schedule.name))
    assert served.held(ana)["allowance"] == 150
    for reader in made.readers:
        reader.handle(served.job(), [])


def test_tidying_forgets_keys_that_ran_out_and_facts_that_all_have_read(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.reactions.KEYS_AT_ONCE", 2)
    ana, bo = served.join(), served.join()
    for number in range(5):
        served.gave(ana, bo, 1, key=f"old-{number}")
    served.clock.advance(timedelta(days=29))
    served.gave(ana, bo, 1, key="young")
    kept = served.give(ana, bo, 1, key="old-0")
    assert kept.headers["idempotency-replayed"] == "true"
    served.clock.advance(timedelta(days=1))

    def rows(name: str) -> int:
        table = member.metadata.tables[name]
        with served.database.read.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    assert (rows("request_key"), rows("outbox")) == (6, 6)
    tidy_ledger(served.job(), readers=["never begun"])
    assert (rows("request_key"), rows("outbox")) == (1, 6), "a reader that hasn't begun keeps every fact"
    tidy_ledger(served.job(), readers=[])
    assert (rows("request_key"), rows("outbox")) == (1, 1), "the last seven days' facts stay"

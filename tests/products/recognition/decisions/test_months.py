"""Months and purses, with no database."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from laurels.core.errors import Missing
from laurels.core.windows import Month
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Participant
from laurels.products.recognition.accounts import allowance, owed, received, redeeming, sent
from laurels.products.recognition.decisions import MonthOpened, MonthsClosed, OpenMonth, Purses, Quota, ReadMonths, ReadPurses, ReadQuota
from laurels.products.recognition.tables import CreditSnapshot
from products.recognition.decisions.books import ANA, NOVEMBER, NOW, OCTOBER, POLICY, Books


@pytest.mark.parametrize(("unused", "opens_with"), [(0, 100), (10, 110), (30, 130), (50, 150), (51, 150), (60, 150), (100, 150)])
def test_a_month_opens_with_the_grant_and_what_carries(unused: int, opens_with: int) -> None:
    books = Books()
    books.hold(allowance(ANA), unused, OCTOBER)
    assert books.decide(OpenMonth(ANA, POLICY)) == MonthOpened(opens_with)
    carried = min(unused, 50)
    expected = [("allowance", "lapsed", unused - carried, "lapse")] if unused > 50 else []
    expected += [("allowance", "carried", carried, "carry"), ("carried", "allowance", carried, "carry")] if carried else []
    assert books.moved() == [*expected, ("issued", "allowance", 100, "grant")]
    assert books.row(CreditSnapshot, (ANA, OCTOBER)) == CreditSnapshot(ANA, OCTOBER, unused, carried, NOW)


def test_postings_of_a_rollover_name_the_month_that_they_belong_to() -> None:
    books = Books()
    books.hold(allowance(ANA), 60, OCTOBER)
    books.decide(OpenMonth(ANA, POLICY))
    windows = [(posting.kind, posting.window) for posting in books.last.postings]
    assert windows == [("lapse", OCTOBER), ("carry", OCTOBER), ("carry", NOVEMBER), ("grant", NOVEMBER)]


def test_opening_again_does_nothing() -> None:
    books = Books()
    books.decide(OpenMonth(ANA, POLICY))
    assert books.decide(OpenMonth(ANA, POLICY)) == MonthOpened(100)
    assert (books.moved(), books.last.turns, books.last.new_rows) == ([], {}, {})


def test_idle_months_roll_one_after_another() -> None:
    books = Books()
    books.hold(allowance(ANA), 30, "2026-08")
    books.decide(OpenMonth(ANA, POLICY))
    closed = [books.row(CreditSnapshot, (ANA, month)) for month in ("2026-08", "2026-09", "2026-10")]
    assert [(one.balance_end, one.carry_forward_amount) for one in closed] == [(30, 30), (130, 50), (150, 50)]
    assert books.held(allowance(ANA)) == 150


def test_a_month_opens_by_the_communitys_zone() -> None:
    books = Books()
    kolkata = replace(POLICY, zone=ZoneInfo("Asia/Kolkata"))
    books.decide(OpenMonth(ANA, kolkata), datetime(2026, 10, 31, 18, 29, 59, tzinfo=UTC))
    assert books.last.turns == {allowance(ANA).id: "2026-10"}
    books.decide(OpenMonth(ANA, kolkata), datetime(2026, 10, 31, 18, 30, 0, tzinfo=UTC))
    assert books.last.turns == {allowance(ANA).id: "2026-11"}


def test_only_active_members_months_are_opened() -> None:
    books = Books()
    books.put(Participant(ANA, "suspended"))
    with pytest.raises(MemberInactive):
        books.decide(OpenMonth(ANA, POLICY))
    with pytest.raises(Missing):
        books.decide(OpenMonth(UUID(int=77), POLICY))
    assert OpenMonth(ANA, POLICY).reference == ANA


def test_purses_are_told_as_if_the_month_had_been_opened() -> None:
    books = Books()
    books.hold(allowance(ANA), 60, OCTOBER)
    books.hold(received(ANA), 33)
    books.hold(redeeming(ANA), 4)
    books.hold(owed(ANA), 2)
    books.hold(sent(ANA, NOVEMBER), 0)
    told = books.decide(ReadPurses(ANA, NOVEMBER, POLICY))
    assert told == Purses("2026-11", allowance=150, sent=0, limit=100, sendable=100, received=33, redeeming=4, owed=2, carries=50)


def test_what_may_be_sent_is_the_smaller_of_allowance_and_limit() -> None:
    books = Books()
    books.hold(allowance(ANA), 20, NOVEMBER)
    books.hold(sent(ANA, NOVEMBER), 30)
    told = books.decide(ReadPurses(ANA, NOVEMBER, POLICY))
    assert (told.sendable, told.carries) == (20, 20)


def test_a_quota_tells_what_was_carried_whether_or_not_the_month_was_opened() -> None:
    books = Books()
    books.hold(allowance(ANA), 70, OCTOBER)
    for _ in range(2):
        assert books.decide(ReadQuota(ANA, NOVEMBER, POLICY)) == Quota("2026-11", sent=0, limit=100, carried=50)
    raised = replace(POLICY, carry_raises_limit=True)
    assert books.decide(ReadQuota(ANA, NOVEMBER, raised)).limit == 150


def test_a_quota_of_a_first_month_has_nothing_carried() -> None:
    assert Books().decide(ReadQuota(ANA, NOVEMBER, POLICY)) == Quota("2026-11", sent=0, limit=100, carried=0)


def test_a_quota_of_a_past_month_is_its_own() -> None:
    books = Books()
    books.hold(allowance(ANA), 70, Month("2026-09"))
    books.hold(sent(ANA, OCTOBER), 12)
    assert books.decide(ReadQuota(ANA, OCTOBER, POLICY)) == Quota("2026-10", sent=12, limit=100, carried=50)


def test_months_that_nothing_closed_yet_are_told() -> None:
    books = Books()
    books.hold(allowance(ANA), 70, Month("2026-09"))
    closed = books.decide(ReadMonths(ANA, POLICY))
    assert closed == MonthsClosed((CreditSnapshot(ANA, "2026-09", 70, 50, NOW), CreditSnapshot(ANA, "2026-10", 150, 50, NOW)))
    assert books.decide(ReadMonths(ANA, POLICY)) == MonthsClosed(())

"""Giving credits and taking a gift back, with no database."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from laurels.core.errors import DomainError, Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import AlreadyReversed, BusinessKey, InsufficientBalance, LimitReached
from laurels.products.recognition.accounts import ISSUED, LAPSED, allowance, owed, received, sent, standing
from laurels.products.recognition.decisions import Given, Reversed, ReverseRecognition
from laurels.products.recognition.errors import MonthClosed, SelfRecognition, UnknownValue
from laurels.products.recognition.facts import CreditsGiven, RecognitionReversed
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import CreditSnapshot, Recognition, RecognitionValue
from products.recognition.decisions.books import ANA, BO, CY, NOVEMBER, NOW, OCTOBER, POLICY, STAFF, Books, audit_row, gift


def test_a_first_gift_opens_the_month_moves_and_counts() -> None:
    books = Books()
    answer = books.decide(gift(10))
    assert answer == Given(UUID(int=100), allowance_left=90, sendable_left=90)
    assert books.moved() == [
        ("issued", "allowance", 100, "grant"),
        ("counted", "sent", 10, "sent"),
        ("allowance", "received", 10, "gift"),
        ("counted", "standing", 10, "standing"),
        ("counted", "standing", 10, "standing"),
    ]
    assert (books.held(allowance(ANA)), books.held(received(BO)), books.held(sent(ANA, NOVEMBER))) == (90, 10, 10)
    assert (books.held(standing(BO)), books.held(standing(BO, NOVEMBER))) == (10, 10)
    made = books.row(Recognition, UUID(int=100))
    assert (made.entry, made.giver, made.receiver, made.credits, made.month, made.created_at) == (1, ANA, BO, 10, "2026-11", NOW)
    assert books.last.facts == [CreditsGiven(UUID(int=100), ANA, BO, 10)]
    assert books.last.turns == {allowance(ANA).id: "2026-11"}


def test_a_gift_names_what_it_is_about_and_where_its_key_comes_from() -> None:
    plain, imported = gift(1), gift(1, import_key=BusinessKey("row-1", "digest"))
    assert (plain.reference, plain.key, imported.key) == (UUID(int=100), None, BusinessKey("row-1", "digest"))


def test_to_oneself_is_refused() -> None:
    with pytest.raises(SelfRecognition):
        Books().decide(gift(10, receiver=ANA))


@pytest.mark.parametrize(("giver", "receiver"), [(UUID(int=77), BO), (ANA, UUID(int=77))])
def test_an_unknown_member_is_missing(giver: UUID, receiver: UUID) -> None:
    with pytest.raises(Missing):
        Books().decide(gift(10, giver=giver, receiver=receiver))


@pytest.mark.parametrize("who", [ANA, BO])
@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_member_who_isnt_active_neither_gives_nor_receives(who: UUID, status: str) -> None:
    books = Books()
    books.put(Participant(who, status))
    with pytest.raises(MemberInactive) as refusal:
        books.decide(gift(10))
    assert refusal.value.fields == {"member_id": str(who)}


def test_a_value_of_the_list_is_kept() -> None:
    books = Books()
    books.put(RecognitionValue("Teamwork", 1, is_active=True))
    books.decide(gift(10, value="Teamwork"))
    assert books.row(Recognition, UUID(int=100)).value == "Teamwork"


@pytest.mark.parametrize("value", ["Teamwork", "Retired"])
def test_a_value_that_isnt_in_the_list_is_refused(value: str) -> None:
    books = Books()
    books.put(RecognitionValue("Retired", 1, is_active=False))
    with pytest.raises(UnknownValue):
        books.decide(gift(10, value=value))


def test_the_limit_says_what_is_left_and_when_it_resets() -> None:
    books = Books()
    books.decide(gift(90))
    with pytest.raises(LimitReached) as refusal:
        books.decide(gift(11, number=101))
    assert refusal.value.fields == {"meter": "sent", "limit": 100, "used": 90, "left": 10, "resets_at": "2026-12-01T00:00:00+00:00"}
    assert books.entry == 1
    assert books.decide(gift(10, number=102)) == Given(UUID(int=102), allowance_left=0, sendable_left=0)


def test_the_limit_resets_by_the_communitys_zone() -> None:
    policy = replace(POLICY, zone=ZoneInfo("Asia/Kolkata"))
    with pytest.raises(LimitReached) as refusal:
        Books().decide(gift(101, policy=policy))
    assert refusal.value.fields["resets_at"] == "2026-11-30T18:30:00+00:00"


def test_a_limit_above_the_grant_still_needs_the_credits() -> None:
    policy = replace(POLICY, sending_limit=500)
    with pytest.raises(InsufficientBalance) as refusal:
        Books().decide(gift(101, policy=policy))
    assert refusal.value.fields == {"available": 100, "needed": 101, "purse": "allowance"}


@pytest.mark.parametrize(("raises", "most"), [(False, 100), (True, 150)])
def test_what_was_carried_raises_the_limit_where_the_policy_says_so(raises: bool, most: int) -> None:
    policy = replace(POLICY, carry_raises_limit=raises)
    books = Books()
    books.hold(allowance(ANA), 60, "2026-10")
    with pytest.raises(LimitReached):
        books.decide(gift(most + 1, policy=policy))
    assert books.decide(gift(most, policy=policy)).sendable_left == 0


def test_raised_limits_hold_through_the_month() -> None:
    """What was carried is told from allowance and sent together, so that sending doesn't use it up."""
    policy = replace(POLICY, carry_raises_limit=True)
    books = Books()
    books.hold(allowance(ANA), 60, "2026-10")
    for number in range(3):
        left = books.decide(gift(50, policy=policy, number=200 + number)).sendable_left
    assert left == 0
    with pytest.raises(LimitReached):
        books.decide(gift(1, policy=policy, number=300))


def test_what_the_receiver_owes_is_taken_first() -> None:
    books = Books()
    books.hold(owed(BO), 7)
    books.decide(gift(10))
    assert (books.held(received(BO)), books.held(owed(BO)), books.held(standing(BO))) == (3, 0, 10)
    assert ("received", "issued", 7, "recovery") in books.moved()


def test_a_purse_turned_further_is_spent_as_it_stands() -> None:
    books = Books()
    books.hold(allowance(ANA), 40, "2026-12")
    books.decide(gift(10))
    assert (books.held(allowance(ANA)), books.last.turns) == (30, {})


def test_an_imported_gift_before_the_open_month_is_refused() -> None:
    books = Books()
    books.decide(gift(10))
    earlier = datetime(2026, 10, 31, tzinfo=UTC)
    with pytest.raises(MonthClosed) as refusal:
        books.decide(gift(10, at=earlier, number=101, import_key=BusinessKey("row-1")), earlier)
    assert refusal.value.fields == {"month": "2026-10", "open_month": "2026-11"}


def test_imported_gifts_in_order_open_each_month() -> None:
    books = Books()
    for number, day in enumerate([datetime(2026, 10, 3, tzinfo=UTC), NOW]):
        books.decide(gift(10, at=day, number=101 + number, import_key=BusinessKey(f"row-{number}")), day)
    assert books.row(CreditSnapshot, (ANA, "2026-10")) == CreditSnapshot(ANA, "2026-10", 90, 50, NOW)
    assert books.held(allowance(ANA)) == 140


def reversal(credits: int, **values: object) -> ReverseRecognition:
    """Staff take back what `gift(credits)` gave."""
    known: dict[str, object] = {"month": NOVEMBER, "audit": audit_row(), "policy": POLICY}
    return ReverseRecognition(
        recognition=UUID(int=100),
        entry=1,
        giver=ANA,
        receiver=BO,
        credits=credits,
        staff=STAFF,
        reason="By mistake",
        **known | values,  # type: ignore[arg-type]  # the three above
    )


def test_a_reversal_puts_all_back_in_the_open_month() -> None:
    books = Books()
    books.decide(gift(10))
    assert books.decide(reversal(10)) == Reversed(UUID(int=100), taken=10, owed=0, returned=10)
    assert (books.held(allowance(ANA)), books.held(received(BO)), books.held(sent(ANA, NOVEMBER))) == (100, 0, 0)
    assert (books.held(standing(BO)), books.held(standing(BO, NOVEMBER))) == (0, 0)
    found = books.row(Recognition, UUID(int=100))
    assert (found.reversed_at, found.reversed_by, found.reversal_reason) == (NOW, STAFF, "By mistake")
    assert books.last.facts == [RecognitionReversed(UUID(int=100), ANA, BO)]
    assert books.last.reverses == 1
    assert books.row(StaffAction, UUID(int=900)).action == "recognition.reversed"
    assert reversal(10).reference == UUID(int=100)


def test_a_reversal_after_the_month_returns_nothing_and_the_credits_lapse() -> None:
    books = Books()
    october = datetime(2026, 10, 20, tzinfo=UTC)
    books.decide(gift(10, at=october), october)
    assert books.decide(reversal(10, month=OCTOBER)) == Reversed(UUID(int=100), taken=10, owed=0, returned=0)
    assert books.held(allowance(ANA)) == 150
    assert ("received", "lapsed", 10, "reversal") in books.moved()
    assert books.held(sent(ANA, OCTOBER)) == 0


@pytest.mark.parametrize(("month", "returned"), [(NOVEMBER, 10), (OCTOBER, 0)])
def test_what_is_redeemed_already_is_owed(month: str, returned: int) -> None:
    books = Books()
    at = NOW if month == NOVEMBER else datetime(2026, 10, 20, tzinfo=UTC)
    books.decide(gift(10, at=at), at)
    books.hold(received(BO), 4)
    issued, lapsed = books.held(ISSUED), books.held(LAPSED)
    assert books.decide(reversal(10, month=month)) == Reversed(UUID(int=100), taken=4, owed=6, returned=returned)
    assert (books.held(received(BO)), books.held(owed(BO))) == (0, 6)
    reversals = [(source, target, amount) for source, target, amount, kind in books.moved() if kind == "reversal"][:3]
    if returned:
        assert reversals == [("received", "allowance", 4), ("issued", "allowance", 6), ("counted", "owed", 6)]
        assert books.held(ISSUED) == issued - 6
    else:
        assert reversals[:2] == [("received", "lapsed", 4), ("counted", "owed", 6)]
        assert books.held(LAPSED) - lapsed == 40 + 4, "40 of October's 90 lapse with the month"


def test_a_second_reversal_is_refused() -> None:
    books = Books()
    books.decide(gift(10))
    books.decide(reversal(10))
    with pytest.raises(AlreadyReversed):
        books.decide(reversal(10))


def test_reversing_what_isnt_there_is_refused() -> None:
    with pytest.raises(Missing):
        Books().decide(reversal(10))


def test_every_refusal_leaves_the_books_alone() -> None:
    books = Books()
    books.decide(gift(100))
    before = {name: (state.balance, state.window) for name, state in books.view.accounts.items()}
    for decision in (gift(1, number=101), gift(1, giver=CY, receiver=CY), gift(1, giver=BO, value="None", number=102)):
        with pytest.raises(DomainError):
            books.decide(decision)
    known = {name: (state.balance, state.window) for name, state in books.view.accounts.items() if name in before}
    assert known == before
    assert all(state.balance == 0 for name, state in books.view.accounts.items() if name not in before)


def test_the_policys_arithmetic() -> None:
    policy = Policy()
    assert [policy.carried(unused) for unused in (0, 10, 49, 50, 51, 1000)] == [0, 10, 49, 50, 50, 50]
    assert [policy.voucher_minor(credits) for credits in (1, 10, 15)] == [500, 5000, 7500]

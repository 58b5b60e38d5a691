"""Redeeming, issuing, refunding and the stock, with no database."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import InsufficientBalance
from laurels.products.recognition.accounts import REDEEMED, SOLD, STOCK, SUPPLY, owed, received, redeeming
from laurels.products.recognition.decisions import ChangeStock, Redeemed, RequestRedemption, Settled, SettleRedemption, Stocked
from laurels.products.recognition.errors import OutOfStock, RedemptionSettledAlready
from laurels.products.recognition.facts import RedemptionRequested, RedemptionSettled
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import Redemption
from products.recognition.decisions.books import ANA, NOW, POLICY, Books, audit_row

WANTED = UUID(int=500)
LIMITED = replace(POLICY, stock_limited=True)
LATER = NOW + timedelta(seconds=30)


def request(credits: int, policy: Policy = POLICY) -> RequestRedemption:
    """Ana redeems."""
    return RequestRedemption(WANTED, ANA, credits, LATER, policy)


def settle(credits: int, **values: str) -> SettleRedemption:
    """The issuer has answered."""
    return SettleRedemption(WANTED, ANA, credits, issued_by="laurels", **values)


@pytest.fixture
def books() -> Books:
    """Ana has received 30 credits."""
    made = Books()
    made.hold(received(ANA), 30)
    return made


def test_a_request_sets_received_credits_aside(books: Books) -> None:
    assert books.decide(request(12)) == Redeemed(WANTED, received_left=18)
    assert books.moved() == [("received", "redeeming", 12, "redemption")]
    row = books.row(Redemption, WANTED)
    assert (row.status, row.credits, row.value_minor, row.currency, row.takes_stock) == ("PENDING", 12, 6000, "INR", False)
    assert (row.code_sealed, row.issued_by, row.failure, row.fulfilled_at, row.tries) == (None, None, None, None, 0)
    assert (row.created_at, row.next_try_at, row.entry) == (NOW, LATER, 1)
    assert books.last.facts == [RedemptionRequested(WANTED, ANA)]
    assert request(1).reference == WANTED


def test_more_than_was_received_is_refused(books: Books) -> None:
    with pytest.raises(InsufficientBalance) as refusal:
        books.decide(request(31))
    assert refusal.value.fields == {"available": 30, "needed": 31, "purse": "received"}


def test_unknown_and_inactive_members_redeem_nothing(books: Books) -> None:
    books.put(Participant(ANA, "suspended"))
    with pytest.raises(MemberInactive):
        books.decide(request(1))
    with pytest.raises(Missing):
        books.decide(RequestRedemption(WANTED, UUID(int=77), 1, LATER, POLICY))


def test_stock_is_taken_where_it_is_counted(books: Books) -> None:
    books.hold(STOCK, 1)
    books.decide(request(12, LIMITED))
    assert books.moved() == [("received", "redeeming", 12, "redemption"), ("stock", "sold", 1, "stock")]
    assert books.row(Redemption, WANTED).takes_stock
    with pytest.raises(OutOfStock):
        books.decide(replace(request(12, LIMITED), redemption=UUID(int=501)))
    assert books.held(received(ANA)) == 18


def test_an_issued_voucher_ends_the_redemption(books: Books) -> None:
    books.decide(request(12))
    assert books.decide(settle(12, code_sealed="sealed")) == Settled(WANTED, is_issued=True)
    assert books.moved() == [("redeeming", "redeemed", 12, "redeemed")]
    assert (books.held(redeeming(ANA)), books.held(REDEEMED)) == (0, 12)
    row = books.row(Redemption, WANTED)
    assert (row.status, row.code_sealed, row.issued_by, row.fulfilled_at, row.next_try_at) == ("ISSUED", "sealed", "laurels", NOW, None)
    assert books.last.facts == [RedemptionSettled(WANTED, ANA, is_issued=True)]
    assert settle(12).reference == WANTED


@pytest.mark.parametrize("policy", [POLICY, LIMITED])
def test_a_failure_returns_exactly_what_was_taken(books: Books, policy: Policy) -> None:
    books.hold(STOCK, 5)
    books.decide(request(12, policy))
    assert books.decide(settle(12, failure="refused")) == Settled(WANTED, is_issued=False)
    assert (books.held(received(ANA)), books.held(redeeming(ANA)), books.held(STOCK), books.held(SOLD)) == (30, 0, 5, 0)
    row = books.row(Redemption, WANTED)
    assert (row.status, row.code_sealed, row.failure, row.fulfilled_at, row.next_try_at) == ("FAILED", None, "refused", None, None)


def test_a_refund_pays_what_is_owed_meanwhile(books: Books) -> None:
    books.decide(request(30))
    books.hold(owed(ANA), 8)
    books.decide(settle(30, failure="refused"))
    assert (books.held(received(ANA)), books.held(owed(ANA))) == (22, 0)
    assert books.moved() == [
        ("redeeming", "received", 30, "refund"),
        ("received", "issued", 8, "recovery"),
        ("owed", "counted", 8, "recovery"),
    ]


def test_a_redemption_is_settled_once(books: Books) -> None:
    books.decide(request(12))
    books.decide(settle(12, code_sealed="sealed"))
    for again in (settle(12, code_sealed="another"), settle(12, failure="refused")):
        with pytest.raises(RedemptionSettledAlready) as refusal:
            books.decide(again)
        assert refusal.value.fields == {"redemption_status": "ISSUED"}
    with pytest.raises(Missing):
        Books().decide(settle(12, failure="refused"))


def test_stock_is_filled_and_taken_out_again_with_a_row_in_the_log() -> None:
    books = Books()

    def change(added: int, number: int) -> Stocked:
        return books.decide(ChangeStock(added, audit_row("stock.changed", number=number)))

    assert change(5, 900) == Stocked(5)
    assert books.row(StaffAction, UUID(int=900)).action == "stock.changed"
    assert change(-2, 901) == Stocked(3)
    assert books.held(SUPPLY) == -3
    with pytest.raises(InsufficientBalance):
        change(-4, 902)
    assert change(0, 903) == Stocked(3)

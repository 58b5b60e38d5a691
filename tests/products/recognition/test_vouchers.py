"""Redemptions over HTTP, with issuers that answer, fail and come back."""

from datetime import timedelta
from decimal import Decimal
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select, update

from laurels.core.errors import Unavailable
from laurels.identity.tables import staff_action
from laurels.ledger.outbox import Told
from laurels.products.recognition import jobs
from laurels.products.recognition.jobs import MAX_TRIES, issue_requested
from laurels.products.recognition.tables import redemption
from laurels.vouchers import IssuerUnavailable, is_code
from products.recognition.community import Community
from products.recognition.issuer import an_issuer
from support.site import refused


def rich(community: Community, credits: int = 50) -> Any:
    """A member who has received credits."""
    who = community.join()
    community.gave(community.join(), who, credits)
    return who


def row(community: Community) -> Any:
    """The one redemption's row."""
    with community.database.read.connect() as connection:
        return connection.execute(select(redemption)).one()


def test_a_code_is_shown_to_its_owner_only_and_stored_sealed(served: Community) -> None:
    ana, staff, eve = rich(served), served.join(role="staff"), served.join()
    voucher = served.redeem(ana, 10).json()
    assert is_code(voucher["voucher_code"])
    assert voucher["voucher_code"] not in row(served).code_sealed
    path = f"/redemptions/{voucher['redemption_id']}"
    assert served.get(ana, path).json()["voucher_code"] == voucher["voucher_code"]
    seen = served.get(staff, path).json()
    assert (seen["voucher_code"], seen["status"], seen["student_id"]) == (None, "ISSUED", ana.student_id)
    refused(served.get(eve, path), 404, "not-found")
    refused(served.get(ana, "/redemptions/none"), 404, "not-found")


def test_redemptions_are_listed_newest_first_in_pages(served: Community) -> None:
    ana = rich(served)
    made = []
    for credits in (1, 2, 3):
        served.clock.advance(timedelta(seconds=1))
        made.append(served.redeem(ana, credits).json())
    first = served.get(ana, "/redemptions", limit=2).json()
    rest = served.get(ana, "/redemptions", limit=2, cursor=first["next_cursor"]).json()
    assert first["items"] + rest["items"] == made[::-1]
    assert rest["next_cursor"] is None


def test_worth_and_currency_are_settings(community: Community) -> None:
    with community.open(voucher_value=Decimal("2.5"), voucher_currency="EUR"):
        ana = rich(community)
        voucher = community.redeem(ana, 3).json()
    assert (voucher["voucher_value"], voucher["voucher_value_minor"], voucher["currency"]) == (7.5, 750, "EUR")
    with community.open(voucher_value=Decimal("7"), voucher_currency="JPY"):
        assert community.get(ana, f"/redemptions/{voucher['redemption_id']}").json()["voucher_value"] == 7.5
        voucher = community.redeem(ana, 3).json()
    assert (voucher["voucher_value"], voucher["voucher_value_minor"]) == (21, 21)


def test_a_worth_that_the_currency_cant_express_is_refused(community: Community) -> None:
    with pytest.raises(ValueError, match="JPY has 0 decimals"), community.open(voucher_value=Decimal("2.5"), voucher_currency="JPY"):
        pass


def test_an_issuer_outside_is_asked_by_the_worker(community: Community) -> None:
    with an_issuer() as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        pending = community.redeem(ana, 10).json()
        assert (pending["status"], issuer.asked) == ("PENDING", [])
        assert community.issue_due() == 1
        issued = community.get(ana, f"/redemptions/{pending['redemption_id']}").json()
        assert (issued["status"], issued["voucher_code"], issued["issued_by"]) == ("ISSUED", "CODE-1", "127.0.0.1")
        assert issuer.asked == [{"redemption_id": pending["redemption_id"], "value_minor": 5000, "currency": "INR"}]
        assert issuer.keys == [pending["redemption_id"]]
        assert community.held(ana) == {"received": 40, "standing": 50}
        assert community.issue_due() == 0


def test_a_fact_has_it_issued_at_once(community: Community) -> None:
    with an_issuer() as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        community.redeem(ana, 10)
        told = [Told("recognition", 2, 0, "redemption.requested", "{}", community.clock.at)]
        issue_requested(community.job(), [], community.app.state.vouchers)
        assert row(community).status == "PENDING"
        issue_requested(community.job(), told, community.app.state.vouchers)
        assert row(community).status == "ISSUED"


@pytest.mark.parametrize("statuses", [[503, 500], [429, 302], [408, 425]])
def test_an_issuer_that_is_away_is_asked_again_later_with_the_same_id(community: Community, statuses: list[int]) -> None:
    with an_issuer(statuses=list(statuses)) as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        pending = community.redeem(ana, 10).json()
        assert community.issue_due() == 0
        assert community.issue_due() == 0, "not before a minute has passed"
        assert len(issuer.asked) == 1
        community.clock.advance(timedelta(seconds=59))
        assert community.issue_due() == 0
        assert len(issuer.asked) == 1
        community.clock.advance(timedelta(seconds=1))
        assert community.issue_due() == 0
        assert len(issuer.asked) == 2
        community.clock.advance(timedelta(minutes=2))
        assert community.issue_due() == 1
        assert {one["redemption_id"] for one in issuer.asked} == {pending["redemption_id"]}
        assert community.get(ana, f"/redemptions/{pending['redemption_id']}").json()["voucher_code"] == "CODE-1"


def test_an_issuer_that_stays_away_gives_the_credits_back(community: Community) -> None:
    with an_issuer(status=503) as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        before = community.held(ana)
        community.redeem(ana, 10)
        ended = 0
        for _ in range(MAX_TRIES):
            ended += community.issue_due()
            community.clock.advance(timedelta(hours=1))
        assert (ended, len(issuer.asked)) == (1, MAX_TRIES)
        assert (row(community).status, row(community).failure) == ("FAILED", "unavailable")
        assert community.held(ana) == before


UNREADABLE = (b"", b"[]", b'{"code": ""}', b'{"code": 5}', b'{"code": "a\\nb"}', b"x" * 20_000, b'{"code": "' + b"a" * 201 + b'"}')


@pytest.mark.parametrize("body", UNREADABLE)
def test_an_answer_that_cant_be_read_is_asked_for_again(community: Community, body: bytes) -> None:
    with an_issuer(body=body) as issuer, community.open(voucher_issuer_url=issuer.url):
        rich_one = rich(community)
        community.redeem(rich_one, 10)
        assert community.issue_due() == 0
        assert (row(community).status, row(community).tries) == ("PENDING", 1)


def test_an_issuer_that_cant_be_reached_is_asked_again(community: Community) -> None:
    with an_issuer() as issuer:
        gone = issuer.url
    with community.open(voucher_issuer_url=gone):
        ana = rich(community)
        assert community.redeem(ana, 10).json()["status"] == "PENDING"
        assert community.issue_due() == 0
        assert row(community).status == "PENDING"


def test_a_worker_that_died_leaves_its_redemption_to_the_next(community: Community) -> None:
    """The lease is all that it held; the issuer knows the id, so that its code is the same."""
    with an_issuer() as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        community.redeem(ana, 10)
        with community.database.write.begin() as connection:
            leased = community.clock.at + timedelta(minutes=2)
            connection.execute(update(redemption).values(next_try_at=leased, tries=1))
        assert community.issue_due() == 0
        community.clock.advance(timedelta(minutes=2))
        assert community.issue_due() == 1


def test_a_worker_goes_on_until_nothing_is_due(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "DUE_AT_ONCE", 2)
    with an_issuer() as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        for _ in range(5):
            community.redeem(ana, 1)
        assert community.issue_due() == 5
        assert len(issuer.codes) == 5


def test_a_worker_that_is_late_changes_nothing(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease ran out while the issuer answered, and another worker settled."""
    with an_issuer() as issuer, community.open(voucher_issuer_url=issuer.url):
        ana = rich(community)
        community.redeem(ana, 10)
        outside = community.app.state.vouchers.issuer
        ask, is_first = type(outside).issue, Event()

        def slow(self: Any, order: Any) -> str:
            code = str(ask(self, order))
            if not is_first.is_set():
                is_first.set()
                community.clock.advance(jobs.LEASE)
                assert community.issue_due() == 1
            return code

        with monkeypatch.context() as patch:
            patch.setattr(type(outside), "issue", slow)
            assert community.issue_due() == 0
        assert community.get(ana, "/redemptions").json()["items"][0]["voucher_code"] == "CODE-1"
        assert community.held(ana) == {"received": 40, "standing": 50}


def test_two_workers_at_once_ask_once(community: Community) -> None:
    with an_issuer() as issuer, community.open_wide(voucher_issuer_url=issuer.url):
        ana = rich(community)
        community.redeem(ana, 10)
        ended = community.together(*[community.issue_due] * 4)
        assert (sorted(ended), len(issuer.asked)) == ([0, 0, 0, 1], 1)


def test_a_local_issue_that_fails_is_left_to_a_worker(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the two entries looks the same: pending, and taken up half a minute later."""
    ana = rich(served)
    issuer = served.app.state.vouchers.issuer

    def away(_: object) -> str:
        raise IssuerUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(issuer), "issue", lambda self, order: away(order))
        assert served.redeem(ana, 10).json()["status"] == "PENDING"
    assert served.issue_due() == 0, "a request may still be at it"
    served.clock.advance(timedelta(seconds=30))
    assert served.issue_due() == 1
    assert served.get(ana, "/redemptions").json()["items"][0]["status"] == "ISSUED"


def test_a_writer_that_is_busy_leaves_the_settlement_to_a_worker(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = rich(served)
    writer = served.app.state.context.writer
    post = writer.post

    async def busy(proposal: Any) -> Any:
        if proposal.decision.name == "settle_redemption":
            raise Unavailable()
        return await post(proposal)

    with monkeypatch.context() as patch:
        patch.setattr(writer, "post", busy)
        assert served.redeem(ana, 10).json()["status"] == "PENDING"
    served.clock.advance(timedelta(seconds=30))
    assert served.issue_due() == 1


def test_a_worker_that_was_first_is_no_trouble(served: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both draw a code; the one stored first counts, for both answers."""
    ana = rich(served)
    issuer = served.app.state.vouchers.issuer
    draw = type(issuer).issue
    is_first = Event()

    def slow(self: Any, order: Any) -> str:
        if not is_first.is_set():
            is_first.set()
            served.clock.advance(timedelta(seconds=30))
            assert served.issue_due() == 1
        return str(draw(self, order))

    with monkeypatch.context() as patch:
        patch.setattr(type(issuer), "issue", slow)
        answer = served.redeem(ana, 10).json()
    assert answer["status"] == "ISSUED"
    assert served.get(ana, "/redemptions").json()["items"] == [answer]
    assert served.postings(ana) == [("gift", 50, 50), ("redemption", -10, 40)]


def test_a_code_under_a_lost_key_hides_no_other(community: Community, caplog: pytest.LogCaptureFixture) -> None:
    with community.open():
        ana = rich(community)
        community.redeem(ana, 10)
    with community.database.write.begin() as connection:
        connection.execute(update(redemption).values(code_sealed="v1.AAAA"))
    with community.open():
        community.redeem(ana, 5)
        items = community.get(ana, "/redemptions").json()["items"]
    assert [(one["status"], one["voucher_code"] is None) for one in sorted(items, key=lambda one: one["credits_redeemed"])] == [
        ("ISSUED", False),
        ("ISSUED", True),
    ]
    assert "can't be read" in caplog.text


def test_the_stock_is_the_staffs_to_change_and_on_record(served: Community) -> None:
    staff = served.join(role="staff")
    assert served.get(staff, "/vouchers/stock").json() == {"stock": 0, "is_limited": False}
    assert served.post(staff, "/vouchers/stock", {"added": 5}).json() == {"stock": 5, "is_limited": False}
    assert served.post(staff, "/vouchers/stock", {"added": -2}).json()["stock"] == 3
    refused(served.post(staff, "/vouchers/stock", {"added": -4}), 409, "insufficient-balance")
    with served.database.read.connect() as connection:
        rows = connection.execute(select(staff_action).order_by(staff_action.c.id)).all()
    assert [(one.action, one.after) for one in rows] == [("stock.changed", '{"added":5}'), ("stock.changed", '{"added":-2}')]


def test_without_a_limit_the_stock_is_left_alone(served: Community) -> None:
    staff, ana = served.join(role="staff"), rich(served)
    served.post(staff, "/vouchers/stock", {"added": 1})
    assert [served.redeem(ana, 1).status_code for _ in range(3)] == [201] * 3
    assert served.get(staff, "/vouchers/stock").json()["stock"] == 1

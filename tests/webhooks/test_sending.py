"""Deliveries over real connections: retries over three days, answers of every kind, disabling, slow receivers."""

from datetime import timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest

from laurels.core.clock import FixedClock
from laurels.identity.tables import staff_action
from laurels.ledger.outbox import Told
from laurels.webhooks import WebhookEvent, posting
from laurels.webhooks.deliveries import AT_ONCE_EACH
from laurels.webhooks.rules import MAX_TRIES, RETRY_AFTER
from laurels.webhooks.tables import webhook_delivery, webhook_event
from webhooks.office import Office
from webhooks.receiver import Receiver, a_receiver


def test_event_goes_to_the_endpoints_that_want_it(office: Office, clock: FixedClock) -> None:
    with a_receiver() as everything, a_receiver() as expiries, a_receiver() as of_wine, a_receiver() as of_books:
        for one, values in (
            (everything, {}),
            (expiries, {"event_types": ["points.expired"]}),
            (of_wine, {"subject": "program/wine"}),
            (of_books, {"scope": "program/books", "subject": "program/wine"}),
        ):
            office.open(one.url, **values)  # type: ignore[arg-type]
        office.tell(name="points.earned", book="wine")
        office.tell(name="points.expired", book="wine")
        office.tell(name="points.earned", book="books")
        assert office.send() == 3 + 1 + 2 + 1
        assert sorted(got.said["data"]["points"] for got in everything.got) == [1, 2, 3]
        assert sorted(got.said["data"]["points"] for got in of_wine.got) == [1, 2]
        assert [got.said["type"] for got in expiries.got] == ["points.expired"]
        assert [got.said["data"] for got in of_books.got] == [{"points": 3}], "a scope is the subject, whatever is asked"
        assert set(of_wine.ids) < set(everything.ids), "each endpoint gets an event under the same id"


def test_fact_told_twice_is_one_event(office: Office, receiver: Receiver) -> None:
    office.open(receiver.url)
    told = office.tell(3)
    office.send()
    assert office.queue(told) == 3
    assert office.send() == 0
    assert len(receiver.got) == 3 and len(set(receiver.ids)) == 3
    assert len(office.rows(webhook_event)) == len(office.rows(webhook_delivery)) == 3


def test_endpoint_gets_what_happens_after_it_was_created(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    office.open(receiver.url)
    office.tell(at=clock.now() - timedelta(seconds=1))
    office.tell(at=clock.now())
    office.send()
    assert [got.said["data"]["points"] for got in receiver.got] == [2]


def test_nothing_is_stored_while_nobody_listens(office: Office) -> None:
    office.tell(5)
    assert len(office.rows(webhook_event)) == 0


def test_failure_is_tried_ten_times_over_three_days_and_then_disables(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.status, receiver.body = 500, b"no\x00pe " * 1000
    endpoint, _ = office.open(receiver.url)
    office.tell()
    began = clock.now()
    for tries in range(1, MAX_TRIES):
        assert office.send() == 1
        (delivery,) = office.deliveries(endpoint)
        assert (delivery.status, delivery.tries, delivery.last_status, delivery.error) == ("failed", tries, 500, "status")
        assert delivery.next_try_at is not None
        pause = delivery.next_try_at - clock.now()
        assert 0.9 * RETRY_AFTER[tries - 1] <= pause <= 1.1 * RETRY_AFTER[tries - 1]
        clock.set(delivery.next_try_at - timedelta(microseconds=1))
        assert office.send() == 0, "not before it is due"
        clock.set(delivery.next_try_at)
    assert office.endpoint(endpoint).failing_since == began
    assert timedelta(hours=64) <= clock.now() - began <= timedelta(hours=79)
    office.tell(2)
    receiver.reached.clear()
    assert office.send() >= 1
    first = office.deliveries(endpoint)[-1]
    assert (first.status, first.tries, first.next_try_at) == ("dead", MAX_TRIES, None)
    stopped = office.endpoint(endpoint)
    assert (stopped.status, stopped.disabled_reason) == ("disabled", "failing")
    assert set(office.statuses(endpoint)) == {"dead"}
    attempts = office.attempts(first.id)
    assert len(attempts) == MAX_TRIES
    assert {(one.status_code, one.error) for one in attempts} == {(500, "status")}
    assert all(len(one.excerpt) <= 1024 and one.excerpt.startswith("no pe no pe") for one in attempts)
    assert set(receiver.ids[:MAX_TRIES]) == {str(first.event_id)}
    told = office.rows(staff_action)
    assert [row.actor_id for row in told if row.action == "webhook.disabled"] == [None]


def test_a_success_after_the_beginning_keeps_the_endpoint(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    receiver.status = 500
    office.tell()
    for number in range(MAX_TRIES):
        office.send()
        due = office.deliveries(endpoint)[-1].next_try_at
        if number == 5:
            receiver.status = 200
            office.tell()
            office.send()
            assert office.endpoint(endpoint).failing_since is None
            receiver.status = 500
        clock.set(due or clock.now())
    assert office.deliveries(endpoint)[-1].status == "dead"
    assert office.endpoint(endpoint).status == "active"


def test_gone_disables_at_once_and_gives_up_what_is_queued(office: Office, receiver: Receiver) -> None:
    receiver.status = 410
    endpoint, _ = office.open(receiver.url)
    office.tell(20)
    office.send()
    stopped = office.endpoint(endpoint)
    assert (stopped.status, stopped.disabled_reason) == ("disabled", "gone")
    assert set(office.statuses(endpoint)) == {"dead"}
    assert len(receiver.got) <= AT_ONCE_EACH
    office.tell()
    assert len(office.deliveries(endpoint)) == 20, "a gone endpoint isn't written down for"


def test_what_a_failing_endpoint_misses_is_kept_to_be_replayed(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.status = 500
    endpoint, _ = office.open(receiver.url)
    office.tell()
    for _ in range(MAX_TRIES):
        office.send()
        clock.set(office.deliveries(endpoint)[0].next_try_at or clock.now())
    assert office.endpoint(endpoint).disabled_reason == "failing"
    office.tell(3)
    assert office.statuses(endpoint) == ["dead"] * 4
    assert office.send() == 0


@pytest.mark.parametrize(("status", "error"), [(301, "redirect"), (302, "redirect"), (307, "redirect"), (404, "status"), (429, "status")])
def test_redirects_arent_followed_and_other_answers_are_failures(office: Office, receiver: Receiver, status: int, error: str) -> None:
    with a_receiver() as elsewhere:
        receiver.status, receiver.headers = status, {"Location": elsewhere.url}
        endpoint, _ = office.open(receiver.url)
        office.tell()
        assert office.send() == 1
        assert elsewhere.got == []
    (delivery,) = office.deliveries(endpoint)
    assert (delivery.status, delivery.last_status, delivery.error) == ("failed", status, error)


def test_retry_after_is_heeded(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.statuses, receiver.headers = [503], {"Retry-After": "600"}
    endpoint, _ = office.open(receiver.url)
    office.tell()
    office.send()
    assert office.deliveries(endpoint)[0].next_try_at == clock.now() + timedelta(minutes=10)


def test_receiver_that_isnt_there_is_a_failure(office: Office) -> None:
    with a_receiver() as gone:
        url = gone.url
    endpoint, _ = office.open(url)
    office.tell()
    office.send()
    (delivery,) = office.deliveries(endpoint)
    assert (delivery.status, delivery.last_status, delivery.error) == ("failed", None, "connection")
    assert office.attempts(delivery.id)[0].excerpt == ""


def test_receiver_that_never_answers_runs_out_of_time(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "TIMEOUT_SECONDS", 0.3)
    with a_receiver(waits=Event()) as slow:
        endpoint, _ = office.open(slow.url)
        office.tell()
        office.send()
        (delivery,) = office.deliveries(endpoint)
        assert (delivery.status, delivery.error) == ("failed", "timeout")
        assert 300 <= office.attempts(delivery.id)[0].duration_ms < 5_000


def test_slow_receiver_holds_up_nobody_else(office: Office, receiver: Receiver) -> None:
    with a_receiver(waits=Event()) as slow:
        assert slow.waits is not None
        slow_endpoint, _ = office.open(slow.url)
        quick_endpoint, _ = office.open(receiver.url)
        office.tell(30)
        sender = Thread(target=office.send)
        sender.start()
        assert slow.reached.wait(20)
        for _ in range(2_000):
            if len(receiver.got) == 30:
                break
            receiver.reached.clear()
            receiver.reached.wait(0.02)
        assert len(receiver.got) == 30, "all of the quick one's while the slow one hangs"
        assert len(slow.got) <= AT_ONCE_EACH
        slow.waits.set()
        sender.join(30)
        assert not sender.is_alive()
    assert set(office.statuses(slow_endpoint)) == set(office.statuses(quick_endpoint)) == {"delivered"}


def test_many_deliveries_all_arrive_once(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell(150)
    assert office.send() == 150
    assert len(receiver.got) == len(set(receiver.ids)) == 150
    assert set(office.statuses(endpoint)) == {"delivered"}
    assert len(office.rows(webhook_delivery)) == 150


def test_answers_body_is_neither_read_whole_nor_unpacked(office: Office, receiver: Receiver) -> None:
    receiver.headers, receiver.body = {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"\xff" * 5_000_000
    endpoint, _ = office.open(receiver.url)
    office.tell()
    office.send()
    (delivery,) = office.deliveries(endpoint)
    assert delivery.status == "delivered"
    assert len(office.attempts(delivery.id)[0].excerpt) <= 1024


def test_part_of_a_fact_is_an_event_of_its_own(office: Office) -> None:
    told = Told("wine", 1, 0, "points.earned", "{}", office.clock.now())
    made: dict[str, Any] = {"told": told, "type": "points.earned", "data": {}}
    ids = [_id(**made), _id(**made, part="1"), _id(**made, part="2"), _id(**(made | {"type": "points.expired"}))]
    assert len(set(ids)) == 4
    assert _id(**made) == ids[0]
    assert _id(**(made | {"told": Told("wine", 1, 1, "points.earned", "{}", office.clock.now())})) not in ids


def _id(**values: Any) -> UUID:
    return WebhookEvent(**values).id

"""Several workers, and workers that die: every event arrives at least once, always under its id."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from sqlalchemy import update

from laurels.core.clock import FixedClock
from laurels.webhooks.deliveries import LEASE, Taken, Tried, take_due, write_up
from laurels.webhooks.rules import MAX_TRIES, Answer, Failure
from laurels.webhooks.tables import webhook_attempt, webhook_delivery
from webhooks.office import Office
from webhooks.receiver import Receiver, a_receiver


class Killed(Exception):
    """Stands for the end of a process."""


def take(office: Office, limit: int = 10) -> list[Taken]:
    """What a worker takes that never comes back."""
    with office.database.write.begin() as connection:
        return take_due(connection, office.clock.now(), busy={}, limit=limit)


def test_two_workers_share_the_work(office: Office) -> None:
    with a_receiver() as first, a_receiver() as second:
        ids = [office.open(one.url)[0] for one in (first, second)]
        office.tell(60)
        workers = [office, office.elsewhere()]
        start = Barrier(2)

        def work(worker: Office) -> int:
            start.wait(20)
            return worker.send()

        with ThreadPoolExecutor(2) as pool:
            made = list(pool.map(work, workers))
        assert sum(made) == 120
        assert len(first.got) == len(second.got) == 60, "no delivery is made twice while nobody dies"
        assert set(first.ids) == set(second.ids)
    for endpoint in ids:
        assert office.statuses(endpoint) == ["delivered"] * 60


def test_what_a_dead_worker_held_is_sent_when_its_lease_is_over(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell(3)
    held = take(office)
    assert len(held) == 3
    assert office.send() == 0, "somebody has them"
    clock.advance(LEASE - timedelta(microseconds=1))
    assert office.send() == 0
    clock.advance(timedelta(microseconds=1))
    assert office.send() == 3
    assert set(receiver.ids) == {str(one.event) for one in held}
    assert office.statuses(endpoint) == ["delivered"] * 3
    assert {one.tries for one in office.deliveries(endpoint)} == {2}


def test_worker_that_died_after_sending_leaves_a_second_copy_of_one_id(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    office.open(receiver.url)
    office.tell()
    dying = office.elsewhere()

    def die(*_: Any) -> None:
        raise Killed

    dying.webhooks.sender._write_up = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        dying.send()
    assert len(receiver.got) == 1
    clock.advance(LEASE)
    assert office.send() == 1
    assert len(receiver.got) == 2 and len(set(receiver.ids)) == 1
    assert receiver.got[0].body == receiver.got[1].body


def test_late_worker_changes_nothing_and_its_attempt_is_told(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell()
    (late,) = take(office)
    clock.advance(LEASE)
    office.send()
    with office.database.write.begin() as connection:
        write_up(connection, [Tried(late, clock.now(), Answer(500, Failure.STATUS, 7))], clock.now())
    (delivery,) = office.deliveries(endpoint)
    assert delivery.status == "delivered"
    assert sorted(one.status_code or 0 for one in office.attempts(delivery.id)) == [200, 500]


def test_process_that_dies_in_the_last_try_leaves_no_delivery_open(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell()
    with office.database.write.begin() as connection:
        connection.execute(update(webhook_delivery).values(tries=MAX_TRIES - 1))
    assert len(take(office)) == 1
    clock.advance(LEASE)
    assert office.send() == 0
    (delivery,) = office.deliveries(endpoint)
    assert (delivery.status, delivery.error, delivery.next_try_at) == ("dead", "interrupted", None)
    assert len(office.rows(webhook_attempt)) == 0


def test_each_endpoint_gets_its_share_of_what_is_taken(office: Office) -> None:
    for number in range(3):
        office.open(f"http://127.0.0.1:{9000 + number}/")
    office.tell(20)
    taken = take(office, 64)
    counts = {one.endpoint: sum(other.endpoint == one.endpoint for other in taken) for one in taken}
    assert sorted(counts.values()) == [4, 4, 4]


def test_endpoint_that_fails_is_asked_one_at_a_time(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.statuses = [500]
    office.open(receiver.url)
    office.tell()
    office.send()
    office.tell(10)
    assert len(take(office)) == 1


def test_nudge_sends_in_the_background_and_close_ends_it(office: Office, receiver: Receiver) -> None:
    endpoint, _ = office.open(receiver.url)
    office.tell(5)
    office.webhooks.sender.nudge(office.bench)
    office.webhooks.sender.nudge(office.bench)
    assert receiver.reached.wait(20)
    for _ in range(2_000):
        if set(office.statuses(endpoint)) == {"delivered"}:
            break
        receiver.reached.clear()
        receiver.reached.wait(0.01)
    office.webhooks.close()
    assert office.statuses(endpoint) == ["delivered"] * 5
    office.tell()
    office.webhooks.sender.nudge(office.bench)
    assert len(receiver.got) == 5, "nothing is taken after the close"


def test_mistake_of_ours_ends_no_more_than_one_round(office: Office, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    office.open(receiver.url)
    office.tell()
    sender, real = office.webhooks.sender, office.webhooks.sender.send_due
    failed = Event()

    def fail(desk: Any) -> int:
        failed.set()
        raise ValueError("unforeseen")

    sender.send_due = fail  # type: ignore[method-assign]
    sender.nudge(office.bench)
    assert failed.wait(20)
    sender.send_due = real  # type: ignore[method-assign]
    for _ in range(2_000):
        sender.nudge(office.bench)
        if receiver.reached.wait(0.01):
            break
    office.webhooks.close()
    assert len(receiver.got) == 1
    assert "unforeseen" in caplog.text


def test_retry_that_is_due_soon_is_made_without_another_nudge(office: Office, receiver: Receiver, clock: FixedClock) -> None:
    receiver.statuses = [500]
    endpoint, _ = office.open(receiver.url)
    office.tell()
    office.webhooks.sender.nudge(office.bench)
    for _ in range(2_000):
        if "failed" in office.statuses(endpoint):
            break
        receiver.reached.clear()
        receiver.reached.wait(0.01)
    clock.advance(timedelta(seconds=6))
    receiver.reached.clear()
    assert receiver.reached.wait(20)
    office.webhooks.close()
    assert len(receiver.got) == 2

"""kill -9 while shops tell purchases: each earns once, and none that was acknowledged is lost."""

from collections.abc import Iterator
from contextlib import ExitStack
import random
from threading import Event, Thread
import time

import pytest

from faults.shop import Shop, open_shop, wait_until
from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from products.loyalty.town import Town
from support.applications import MakeApp
from support.members import MemberMaker, SignIn

BATCH = 1_500
"""Events of a batch: several pieces, each a commit of its own."""


@pytest.fixture
def shop(
    database: Database, clock: FixedClock, settings: Settings, make_member: MemberMaker, sign_in: SignIn, make_app: MakeApp
) -> Iterator[Shop]:
    """A shop with ten members; its servers and workers are processes of their own."""
    town = Town(database, clock, settings, make_member, sign_in, make_app)
    town.writer.start()
    opened = open_shop(town)
    town.writer.stop()
    yield opened


def test_killed_between_the_202_and_the_posting_it_earns_once(shop: Shop) -> None:
    with shop.server() as (server, client):
        assert all(shop.earn(client, number) for number in range(40))
        server.kill()
    assert shop.statuses() == {"accepted": 40}, "acknowledged, and nobody has decided yet"
    with shop.worker():
        shop.wait_for_all()
    with shop.server() as (_, client):
        assert all(shop.earn(client, number) for number in range(40)), "sent again, it is known"
    assert shop.statuses() == {"earned": 40}


def kill_a_server_during_a_batch(shop: Shop, numbers: range, *, is_waiting: bool, moment: random.Random) -> None:
    """Kill a server that takes in a batch, accepted or waited for, then send it again to another."""
    with shop.server() as (server, client):
        assert shop.earn(client, numbers[0]), "it is up"
        before = sum(shop.statuses().values())
        sending = Thread(target=lambda: shop.earn_all(client, numbers, is_waiting=is_waiting))
        sending.start()
        wait_until(lambda: sum(shop.statuses().values()) > before or not sending.is_alive(), "it has begun")
        Event().wait(moment.uniform(0, 0.3))
        server.kill()
        sending.join(60)
    with shop.server() as (_, client):
        assert shop.earn_all(client, numbers, is_waiting=not is_waiting)


def kill_the_server_during_batches(shop: Shop, *, kills: int, moment: random.Random) -> None:
    """Kill server after server, each during a batch of its own."""
    for number in range(kills):
        numbers = range(number * BATCH, (number + 1) * BATCH)
        kill_a_server_during_a_batch(shop, numbers, is_waiting=number % 2 == 1, moment=moment)
    with shop.worker():
        shop.wait_for_all()
    assert shop.statuses() == {"earned": kills * BATCH}


def kill_workers_during_a_batch(shop: Shop, *, kills: int, moment: random.Random) -> None:
    """Kill workers that decide a large batch; the last one is left alone with what is left."""
    with shop.server() as (_, client):
        assert shop.earn_all(client, range(BATCH))
    for number in range(kills):
        far = BATCH * number // (kills + 1)
        with shop.worker():
            wait_until(lambda far=far: shop.statuses().get("earned", 0) > far, "some are decided")  # type: ignore[misc]  # as above
            Event().wait(moment.uniform(0, 0.1))
    with shop.worker():
        shop.wait_for_all()
    assert shop.statuses() == {"earned": BATCH}


def kill_one_of_two_workers(shop: Shop, *, kills: int, moment: random.Random) -> None:
    """While purchases come in one by one, one of two workers is killed, and a new one comes, time after time."""
    ending = Event()
    with shop.server() as (_, client), ExitStack() as workers:
        running = [workers.enter_context(shop.worker()) for _ in range(2)]
        sent: list[int] = []

        def send() -> None:
            while not ending.is_set():
                assert shop.earn(client, len(sent))
                sent.append(len(sent))

        sending = Thread(target=send)
        sending.start()
        for number in range(kills):
            told = len(sent) + 10
            wait_until(lambda told=told: len(sent) >= told, "purchases come in")  # type: ignore[misc]  # as above
            Event().wait(moment.uniform(0, 0.2))
            running[number % 2].kill()
            if number + 1 < kills:
                running[number % 2] = workers.enter_context(shop.worker())
        ending.set()
        sending.join(60)
        shop.wait_for_all()
    assert shop.statuses() == {"earned": len(sent)}


def test_server_killed_during_batches(shop: Shop) -> None:
    kill_the_server_during_batches(shop, kills=2, moment=random.Random(2026))


def test_worker_killed_during_a_batch(shop: Shop) -> None:
    kill_workers_during_a_batch(shop, kills=2, moment=random.Random(2026))


def test_one_of_two_workers_killed(shop: Shop) -> None:
    kill_one_of_two_workers(shop, kills=2, moment=random.Random(2026))


@pytest.mark.slow
def test_killed_many_times_each_purchase_earns_once(shop: Shop) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    moment = random.Random(seed)
    kill_the_server_during_batches(shop, kills=20, moment=moment)


@pytest.mark.slow
def test_workers_killed_many_times(shop: Shop) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    kill_workers_during_a_batch(shop, kills=20, moment=random.Random(seed))


@pytest.mark.slow
def test_one_of_two_workers_killed_many_times(shop: Shop) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    kill_one_of_two_workers(shop, kills=30, moment=random.Random(seed))

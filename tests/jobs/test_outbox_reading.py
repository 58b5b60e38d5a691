"""Readers share the outbox: nothing is missed, what fails stands alone, what is done is purged."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from jobs.workplace import tell
from laurels.core.database import Database
from laurels.ledger import outbox
from laurels.ledger.outbox import Claim
from laurels.ledger.tables import outbox as outbox_table
from laurels.ledger.tables import outbox_claim

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)


def claim(
    database: Database, *, names: frozenset[str] = frozenset({"given"}), limit: int = 10, now: datetime = NOW, max_tries: int = 3
) -> Claim | None:
    with database.write.begin() as connection:
        return outbox.claim(connection, "board", names=names, limit=limit, now=now, lease=LEASE, max_tries=max_tries)


def places(held: Claim | None) -> list[tuple[int, int]]:
    assert held is not None
    return [(one.sequence, one.position) for one in held.told]


def finish(database: Database, held: Claim | None) -> bool:
    assert held is not None
    with database.write.begin() as connection:
        return outbox.finish(connection, held)


def fail(database: Database, held: Claim | None, *, now: datetime = NOW, max_tries: int = 3) -> bool:
    assert held is not None
    with database.write.begin() as connection:
        return outbox.fail(connection, held, error="KeyError: 'x'", now=now, retry_at=now + timedelta(seconds=5), max_tries=max_tries)


def has_work(database: Database, now: datetime = NOW) -> bool:
    with database.read.connect() as connection:
        return outbox.has_work(connection, "board", now=now)


def kept(database: Database) -> int:
    with database.read.connect() as connection:
        return connection.scalar(select(func.count()).select_from(outbox_table)) or 0


def test_reader_gets_each_fact_that_it_wants_once_and_in_order(database: Database) -> None:
    tell(database, ["given", "other", "given"], [], ["other"], ["given"])
    first = claim(database, limit=2)
    assert places(first) == [(1, 0), (1, 2)]
    assert places(claim(database, limit=2)) == [(4, 0)]
    assert claim(database) is None
    assert finish(database, first)
    assert [one.payload for one in first.told] == ['{"entry":1}'] * 2 if first else False


def test_batch_that_ends_inside_an_entry_goes_on_there(database: Database) -> None:
    tell(database, ["given"] * 5)
    assert places(claim(database, limit=2)) == [(1, 0), (1, 1)]
    assert places(claim(database, limit=2)) == [(1, 2), (1, 3)]
    assert places(claim(database, limit=2)) == [(1, 4)]
    assert claim(database) is None


def test_readers_dont_take_from_each_other(database: Database) -> None:
    tell(database, ["given"])
    assert claim(database) is not None
    with database.write.begin() as connection:
        other = outbox.claim(connection, "mail", names={"given"}, limit=10, now=NOW, lease=LEASE, max_tries=3)
    assert places(other) == [(1, 0)]


def test_idle_reader_has_no_work_until_an_entry_comes(database: Database) -> None:
    assert not has_work(database)
    tell(database, ["other"])
    assert has_work(database)
    assert claim(database) is None  # nothing that it wants, and that is noted
    assert not has_work(database)
    tell(database, ["given"], book_name="pot")
    assert has_work(database)
    assert claim(database) is not None


def test_books_take_turns(database: Database) -> None:
    tell(database, *[["given"]] * 4, book_name="busy")
    tell(database, ["given"], book_name="quiet")
    taken = [claim(database, limit=2) for _ in range(3)]
    assert [held.told[0].book for held in taken if held] == ["busy", "quiet", "busy"]


def test_piece_of_a_dead_worker_comes_again_fact_by_fact(database: Database) -> None:
    tell(database, ["given"], ["given"])
    dead = claim(database)
    assert claim(database, now=NOW + LEASE - timedelta(seconds=1)) is None
    late = NOW + LEASE
    assert has_work(database, late)
    again = [claim(database, now=late), claim(database, now=late)]
    assert sorted(place for held in again for place in places(held)) == [(1, 0), (2, 0)]
    assert not finish(database, dead), "a worker that comes back late can't finish what others hold"
    assert [finish(database, held) for held in again] == [True, True]
    assert not has_work(database, late + 2 * LEASE)


def test_lease_is_renewed_by_its_holder_only(database: Database) -> None:
    tell(database, ["given"])
    held = claim(database)
    assert held is not None
    later = NOW + LEASE
    with database.write.begin() as connection:
        assert outbox.renew(connection, held, until=later + LEASE)
    assert claim(database, now=later) is None
    taken = claim(database, now=later + LEASE)
    assert taken is not None
    with database.write.begin() as connection:
        assert not outbox.renew(connection, held, until=later + 3 * LEASE)


def test_poisoned_fact_is_set_aside_alone_and_the_others_go_on(database: Database) -> None:
    tell(database, ["given", "given"], ["given"])
    assert not fail(database, claim(database))
    now, handled, set_aside = NOW, set(), 0
    for _ in range(20):
        held = claim(database, now=now)
        if held is None:
            now += timedelta(seconds=5)
        elif places(held) == [(1, 1)]:
            set_aside += fail(database, held, now=now)
        else:
            handled |= set(places(held))
            assert finish(database, held)
    assert handled == {(1, 0), (2, 0)}
    assert set_aside == 1
    assert not has_work(database, now + timedelta(days=1))
    with database.write.begin() as connection:
        (given_up,) = outbox.list_set_aside(connection)
        assert (given_up.reader, given_up.sequence, given_up.position, given_up.tries) == ("board", 1, 1, 3)
        assert given_up.error == "KeyError: 'x'"
        assert outbox.retry_set_aside(connection, "board", now=now) == 1
    again = claim(database, now=now)
    assert places(again) == [(1, 1)]
    assert again is not None
    assert again.tries == 1


def test_fact_that_kills_its_workers_is_set_aside_too(database: Database) -> None:
    tell(database, ["given"])
    now = NOW
    for _ in range(3):
        assert places(claim(database, now=now)) == [(1, 0)]
        now += LEASE
    assert claim(database, now=now) is None
    with database.read.connect() as connection:
        (given_up,) = outbox.list_set_aside(connection)
    assert given_up.error == "the worker died while handling it"


def test_failed_fact_waits_for_its_pause(database: Database) -> None:
    tell(database, ["given"])
    fail(database, claim(database))
    assert claim(database, now=NOW + timedelta(seconds=4)) is None
    held = claim(database, now=NOW + timedelta(seconds=5))
    assert held is not None
    assert held.tries == 2


def test_fact_that_nobody_wants_any_more_is_let_go(database: Database) -> None:
    tell(database, ["given"])
    claim(database)
    assert claim(database, names=frozenset({"renamed"}), now=NOW + LEASE) is None
    with database.read.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(outbox_claim)) == 0


def test_purge_keeps_what_a_reader_still_needs(database: Database) -> None:
    tell(database, ["given"], ["other"], ["given"])
    after = NOW + timedelta(days=8)

    def purge(*readers: str, before: datetime = after) -> int:
        with database.write.begin() as connection:
            return outbox.purge(connection, before, readers=readers)

    assert purge("board") == 0, "the reader hasn't begun"
    held = claim(database, limit=1)
    assert purge("board") == 0, "its first fact is in hand, and the others weren't handed out"
    assert finish(database, held)
    assert purge("board", before=NOW) == 0, "it isn't old enough"
    assert purge("board") == 1
    fail(database, claim(database), max_tries=1)
    assert purge("board") == 1, "the one that nobody wanted goes, the one set aside stays"
    assert kept(database) == 1
    assert purge("board", "mail") == 0, "another reader hasn't begun"
    assert purge() == 1, "with no readers, age alone counts"


def test_purge_without_entries_is_nothing(database: Database) -> None:
    with database.write.begin() as connection:
        assert outbox.purge(connection, NOW, readers=["board"]) == 0


def test_tail_gives_whole_entries_from_where_it_was(database: Database) -> None:
    tell(database, ["a", "b"], ["c", "d"], [], ["e"])
    tell(database, ["f"], book_name="pot")
    with database.read.connect() as connection:
        first = outbox.tail(connection, {"recognition": 0}, limit=3)
        second = outbox.tail(connection, first.reached, limit=3)
        third = outbox.tail(connection, second.reached, limit=3)
    assert [one.name for one in first.told] == ["a", "b", "f"]
    assert [one.name for one in second.told] == ["c", "d", "e"]
    assert third.told == []
    assert third.reached == {"recognition": 4, "pot": 1}
    with database.read.connect() as connection:
        assert outbox.heads(connection) == third.reached


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_tail_goes_past_an_entry_with_more_facts_than_its_limit(database: Database, limit: int) -> None:
    tell(database, ["a", "b", "c", "d"], ["e"])
    reached: dict[str, int] = {}
    names: list[str] = []
    for _ in range(3):
        with database.read.connect() as connection:
            part = outbox.tail(connection, reached, limit=limit)
        names += [one.name for one in part.told]
        reached = part.reached
    assert names == ["a", "b", "c", "d", "e"]

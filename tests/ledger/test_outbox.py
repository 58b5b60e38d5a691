"""A worker whose lease ran out can't speak for a piece that another has by now."""

from datetime import timedelta
from uuid import UUID

from laurels.core.database import Database
from laurels.ledger import outbox
from ledger.toy import NOON, Give, Grant, run

LEASE = timedelta(minutes=1)


def test_piece_that_another_worker_has_by_now_is_not_failed_by_the_first(toys: Database) -> None:
    run(toys, Grant(1, 5), Give(UUID(int=1), 1, 2, 5))
    claims = []
    for now in (NOON, NOON + 2 * LEASE):
        with toys.write.begin() as connection:
            claims.append(outbox.claim(connection, "board", names=["toy.gave"], limit=10, now=now, lease=LEASE, max_tries=5))
    late, current = claims
    assert late is not None
    assert current is not None
    with toys.write.begin() as connection:
        now = NOON + 2 * LEASE
        assert outbox.fail(connection, late, error="too late", now=now, retry_at=now, max_tries=1) is False
        assert outbox.finish(connection, late) is False
        assert outbox.list_set_aside(connection) == []
        assert outbox.finish(connection, current) is True


def test_who_waits_for_one_name_in_one_book_reads_on_from_where_it_came(toys: Database) -> None:
    run(toys, Grant(1, 50), *(Give(UUID(int=number), 1, 2, 5) for number in range(1, 4)))
    with toys.read.connect() as connection:
        first = outbox.tail_of(connection, "toys", 0, names=["toy.gave"], limit=2)
        rest = outbox.tail_of(connection, "toys", first.reached["toys"], names=["toy.gave"], limit=2)
        other = outbox.tail_of(connection, "toys", 0, names=["toy.other"], limit=2)
        none = outbox.tail_of(connection, "nothing", 7, names=["toy.gave"], limit=2)
    assert [[one.sequence for one in tail.told] for tail in (first, rest, other, none)] == [[2, 3], [4], [], []]
    assert [tail.reached for tail in (rest, other, none)] == [{"toys": 4}, {"toys": 4}, {"nothing": 7}]

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

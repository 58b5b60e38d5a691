"""What became of lots, as reports read it."""

from laurels.core.database import Database
from laurels.ledger import LotKey
from laurels.ledger.reader import lot_uses, references
from ledger.parcels import DAY, Earn, Expire, SetAside, Settle, Spend
from ledger.toy import BOOK, NOON, run


def test_lots_tell_what_was_taken_and_put_back_by_kind(toys: Database) -> None:
    run(toys, Earn(1, 5, expires=1), Earn(1, 8), Earn(2, 9), Earn(1, 3))
    run(toys, Spend(1, 1), Spend(1, 1), SetAside(1, of=1, amount=6))
    run(toys, Settle(1, used=4), Spend(2, 9))
    run(toys, Expire(1), now=NOON + DAY)
    with toys.read.connect() as connection:
        found = lot_uses(connection, BOOK, [LotKey(1, 0), LotKey(2, 0), LotKey(4, 0)])
    told = {key: sorted((use.kind, use.amount) for use in uses) for key, uses in found.items()}
    assert told == {LotKey(1, 0): [("hold", 3), ("spend", 2)], LotKey(2, 0): [("hold", 3), ("release", -2)], LotKey(4, 0): []}


def test_entries_tell_what_they_are_about(toys: Database) -> None:
    run(toys, Earn(1, 5))
    with toys.read.connect() as connection:
        assert references(connection, BOOK, [1, 1, 2]) == {1: None}
        assert references(connection, BOOK, []) == {}


def test_a_book_that_was_never_opened_has_no_lots(toys: Database) -> None:
    with toys.read.connect() as connection:
        assert lot_uses(connection, "nothing", [LotKey(1, 0)]) == {LotKey(1, 0): []}
        assert references(connection, "nothing", [1]) == {}
        assert lot_uses(connection, BOOK, []) == {}

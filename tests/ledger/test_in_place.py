"""Only what is on a board is in the boards' index, so that PostgreSQL updates all other accounts in place."""

import pytest
from sqlalchemy import not_, select, text, update
from sqlalchemy.exc import DBAPIError

from laurels.core.database import Database
from laurels.ledger import tables
from laurels.ledger.reader import verify
from ledger.scores import Score, standing, total
from ledger.toy import Grant, purse, run
from ledger.world import unguarded

account = tables.account


def test_board_balance_is_the_balance_on_boards_and_none_elsewhere(toys: Database) -> None:
    run(toys, Grant(1, 5), Score(1, 7))
    run(toys, Grant(1, 4), Score(1, 2))
    with toys.read.connect() as connection:
        wanted = select(account.c.id, account.c.balance, account.c.board_balance)
        held = {row.id: (row.balance, row.board_balance) for row in connection.execute(wanted)}
        assert held[purse(1).id] == (9, None)
        assert held[total(1).id] == held[standing(1).id] == (9, 9)
        assert verify(connection).is_clean


def test_board_balance_is_written_by_nobody(toys: Database, database_url: str) -> None:
    """Also past foreign keys and CHECKs; a proof of it has nothing to find."""
    run(toys, Score(1, 7))
    with unguarded(toys, database_url) as connection, pytest.raises(DBAPIError, match="board_balance"):
        connection.execute(update(account).where(account.c.id == total(1).id).values(board_balance=8))


def test_illegible_balance_of_a_board_is_named_once_on_sqlite(sqlite_toys: tuple[Database, str]) -> None:
    run(sqlite_toys[0], Score(1, 7))
    with unguarded(*sqlite_toys) as connection:
        connection.execute(update(account).where(account.c.id == total(1).id).values(balance=text("'plenty'")))
        [finding] = verify(connection).findings
        assert str(finding).endswith("its balance isn't of the form that is written: the row was changed")


def test_account_off_the_boards_is_updated_in_place_on_postgresql(postgresql_toys: tuple[Database, str]) -> None:
    """A column in any index, of whatever rows, kept every update of it from being one in place."""
    database, _ = postgresql_toys
    run(database, *(Grant(number, 5) for number in range(1, 9)), Score(1, 7))
    with database.write.begin() as connection:
        changed = update(account).where(not_(account.c.board)).values(balance=account.c.balance + 1)
        number = connection.execute(changed).rowcount
        told = text("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'account'")
        assert tuple(connection.execute(told).one()) == (number, number)
        assert number >= 8

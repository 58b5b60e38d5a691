"""A pot as it stands, and the rounds behind it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from laurels.core.errors import Missing
from laurels.ledger.reader import balances
from laurels.products.pot.accounts import MAIN, pot_of
from laurels.products.pot.tables import Pot, pot


@dataclass(frozen=True, slots=True)
class PotNow:
    """A pot, and what is in it, in coins."""

    row: Pot
    amount: int


def find_pot(connection: Connection, pot_id: str = MAIN) -> Pot | None:
    """A pot's row; None before its first round."""
    row = connection.execute(select(pot).where(pot.c.id == pot_id)).one_or_none()
    return None if row is None else Pot(*row)


def get_pot(connection: Connection, pot_id: str = MAIN) -> Pot:
    """A pot's row.

    Raises:
        Missing: its first round hasn't begun.
    """
    row = find_pot(connection, pot_id)
    if row is None:
        raise Missing(what="pot")
    return row


def read_pot(connection: Connection, pot_id: str = MAIN) -> PotNow:
    """A pot and what is in it.

    Raises:
        Missing: its first round hasn't begun.
    """
    account = pot_of(pot_id)
    return PotNow(get_pot(connection, pot_id), balances(connection, [account])[account])

"""Those who take no part: ranks and spreads don't count them."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection, literal, select

from laurels.identity.tables import member
from laurels.ledger import Account
from laurels.ledger.reader import balances


def absent_balances(connection: Connection, account_of: Callable[[UUID], Account]) -> list[int]:
    """What those hold on a board who are suspended or gone, ascending.

    Each is looked up: where there are thousands of them, this is what a page of the board costs.
    """
    # Written out, as the partial index has it: there are few such members among many.
    inactive = select(member.c.id).where(member.c.status != literal("active", literal_execute=True))
    return sorted(balances(connection, map(account_of, connection.scalars(inactive))).values())

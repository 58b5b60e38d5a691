"""How members are spread over thresholds of points: read from the ledger's histogram, never by counting them all."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection, func, select

from laurels.identity.tables import member
from laurels.ledger.reader import number_above
from laurels.products.progress.accounts import BOOK, points
from laurels.products.progress.queries.absent import absent_balances

_PURPOSE = "points"
_ALL_TIME = ""


def spread(connection: Connection, thresholds: Sequence[int]) -> list[int]:
    """How many active members are on each rung: from its threshold to just below the next.

    Args:
        thresholds: points, ascending, the first 0.

    Returns:
        As many numbers as thresholds; their sum is the number of active members.
    """
    everybody = connection.execute(select(func.count()).select_from(member).where(member.c.status == "active")).scalar_one()
    absent = absent_balances(connection, points)
    ahead = [number_above(connection, BOOK, _PURPOSE, _ALL_TIME, threshold - 1, leaving_out=absent) for threshold in thresholds[1:]]
    at_least = [everybody, *ahead, 0]
    return [here - above for here, above in pairwise(at_least)]

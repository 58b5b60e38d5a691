"""Rounds that ended, and their draws: all that anyone needs to verify them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from laurels.core.errors import Missing
from laurels.identity.tables import member
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.errors import RoundGoesOn
from laurels.products.pot.queries.pots import find_pot
from laurels.products.pot.tables import PotRound, pot_message, pot_round

DRAWS_AT_ONCE = 1_000
"""Draws read at once where all of a round are wanted."""


@dataclass(frozen=True, slots=True)
class ShownRound:
    """A round that ended, with its winner's name; None where nobody won."""

    row: PotRound
    winner_name: str | None


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw of a round, with nothing of what was written.

    Attributes:
        number: its place in the round.
        pot_after: what was in the pot with its price in it.
    """

    number: int
    message: UUID
    member: UUID
    client_seed: str
    price_number: int
    price: int
    heat: int
    pot_after: int
    ppm: int
    prize: int


def list_rounds(connection: Connection, *, limit: int, before: int | None = None, pot_id: str = MAIN) -> tuple[list[ShownRound], bool]:
    """Rounds that ended, newest first, and whether there are more."""
    wanted = _rounds(pot_id)
    if before is not None:
        wanted = wanted.where(pot_round.c.number < before)
    rows = connection.execute(wanted.order_by(pot_round.c.number.desc()).limit(limit + 1)).all()
    return [ShownRound(PotRound(*row[:-1]), row[-1]) for row in rows[:limit]], len(rows) > limit


def find_round(connection: Connection, number: int, *, pot_id: str = MAIN) -> ShownRound | None:
    """A round that ended; None where there is none of this number, or it goes on."""
    row = connection.execute(_rounds(pot_id).where(pot_round.c.number == number)).one_or_none()
    return None if row is None else ShownRound(PotRound(*row[:-1]), row[-1])


def get_round(connection: Connection, number: int, *, pot_id: str = MAIN) -> ShownRound:
    """A round that ended.

    Raises:
        RoundGoesOn: it hasn't.
        Missing: there is none of this number.
    """
    found = find_round(connection, number, pot_id=pot_id)
    if found is not None:
        return found
    current = find_pot(connection, pot_id)
    if current is not None and current.round == number:
        raise RoundGoesOn()
    raise Missing(what="round")


def list_draws(connection: Connection, number: int, *, limit: int, after: int = 0, pot_id: str = MAIN) -> tuple[list[Draw], bool]:
    """A round's draws in their order, and whether there are more; of the round that goes on, too: without its seed they tell nothing."""
    columns = [pot_message.c[name] for name in _DRAWN]
    wanted = select(*columns).where(pot_message.c.pot == pot_id, pot_message.c.round == number, pot_message.c.number > after)
    rows = connection.execute(wanted.order_by(pot_message.c.number).limit(limit + 1)).all()
    return [Draw(*row) for row in rows[:limit]], len(rows) > limit


def each_draw(connection: Connection, number: int, *, pot_id: str = MAIN) -> Iterator[Draw]:
    """All draws of a round in their order, a thousand in memory at a time."""
    after, has_more = 0, True
    while has_more:
        draws, has_more = list_draws(connection, number, limit=DRAWS_AT_ONCE, after=after, pot_id=pot_id)
        yield from draws
        after = draws[-1].number if draws else after


def last_wins(connection: Connection, *, limit: int, pot_id: str = MAIN) -> list[ShownRound]:
    """The latest rounds that somebody won, newest first."""
    wanted = _rounds(pot_id).where(pot_round.c.ended_by == "won").order_by(pot_round.c.number.desc()).limit(limit)
    return [ShownRound(PotRound(*row[:-1]), row[-1]) for row in connection.execute(wanted)]


def _rounds(pot_id: str) -> Select[Any]:
    return select(pot_round, member.c.display_name).outerjoin(member, member.c.id == pot_round.c.winner).where(pot_round.c.pot == pot_id)


_DRAWN = ("number", "id", "member", "client_seed", "price_number", "price", "heat", "pot_after", "ppm", "prize")
"""The columns of a draw, in the order of its fields."""

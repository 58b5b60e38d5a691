"""A round's proof: one JSON document with all that anyone needs to verify its draws, made while it is sent."""

from collections.abc import Iterator
from dataclasses import asdict

import orjson

from laurels.core.database import Database
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.queries.rounds import get_round, list_draws
from laurels.products.pot.rules import label_of
from laurels.products.pot.tables import PotRound

DRAWS_IN_A_PIECE = 500
"""Draws that are made and sent together."""


def proof_of(database: Database, number: int, *, pot_id: str = MAIN) -> Iterator[bytes]:
    """The proof of a round that ended, in pieces: together they are JSON.

    `params` is the text that `params_hash` is the SHA-256 of; `seed` and the
    hashes are hex; `draws` are in their order, from 1.

    Raises:
        RoundGoesOn, Missing: at once, before the first piece is asked for.
    """
    with database.read.connect() as connection:
        row = get_round(connection, number, pot_id=pot_id).row
    return _pieces(database, row)


def _pieces(database: Database, row: PotRound) -> Iterator[bytes]:
    yield _opening(row)
    after, has_more, joined = 0, True, b""
    while has_more:
        with database.read.connect() as connection:  # one for each piece: a slow reader holds none
            draws, has_more = list_draws(connection, row.number, limit=DRAWS_IN_A_PIECE, after=after, pot_id=row.pot)
        if draws:
            yield joined + b",\n".join(orjson.dumps(asdict(draw)) for draw in draws)
            after, joined = draws[-1].number, b",\n"
    yield b"\n]}\n"


def _opening(row: PotRound) -> bytes:
    """All but the draws, up to where they begin."""
    told = {
        "pot": row.pot,
        "round": row.number,
        "label": label_of(row.number),
        "params": row.params,
        "params_hash": row.params_hash,
        "commitment": row.commitment,
        "seed": row.seed,
        "ended_by": row.ended_by,
        "winner": row.winner,
        "amount": row.amount,
    }
    return orjson.dumps(told)[:-1] + b',"draws":[\n'

"""Verifying a round by what is published of it: the commitment, every price, chance and draw, and who won.

It needs nothing but a proof: no database, no secret. docs/examples/verify_pot.py
does the same without any code of ours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from laurels.products.pot.rules.document import Params, read_params
from laurels.products.pot.rules.draw import SEED_BYTES, commitment_of, label_of, wins
from laurels.products.pot.rules.prices import ONE, Heat, PriceResets


@dataclass(frozen=True, slots=True)
class Finding:
    """What isn't as it should be.

    Attributes:
        draw: the number of the draw at fault; None: the round as a whole.
    """

    round: int
    draw: int | None
    what: str

    def __str__(self) -> str:
        place = f"round {self.round}" if self.draw is None else f"round {self.round}, draw {self.draw}"
        return f"{place}: {self.what}"


@dataclass(frozen=True, slots=True)
class PublishedRound:
    """What is published of a round that ended.

    Attributes:
        params: the text that `params_hash` is the SHA-256 of.
        seed: revealed, in hex; so are the hashes.
        winner: a member's id; None where it was reset.
        amount: what was in the pot when it ended, in coins.
    """

    number: int
    params: str
    params_hash: str
    commitment: str
    seed: str
    ended_by: str
    winner: str | None
    amount: int


class PublishedDraw(Protocol):
    """One draw, as a proof has it; `member` as text is what was drawn with."""

    @property
    def number(self) -> int: ...
    @property
    def member(self) -> object: ...
    @property
    def client_seed(self) -> str: ...
    @property
    def price_number(self) -> int: ...
    @property
    def price(self) -> int: ...
    @property
    def heat(self) -> int: ...
    @property
    def pot_after(self) -> int: ...
    @property
    def ppm(self) -> int: ...
    @property
    def prize(self) -> int: ...


def verify_round(told: PublishedRound, draws: Iterable[PublishedDraw]) -> Iterator[Finding]:
    """What is wrong with a round; nothing where it was fair.

    Draws are taken one at a time, in their order. Only a number for each member
    who drew is kept meanwhile. Demand's heat is published with each draw; how it
    came about isn't checked, because the times of messages aren't published.
    """
    try:
        seed, params = bytes.fromhex(told.seed), read_params(told.params)
    except ValueError as error:
        yield Finding(told.number, None, f"its seed or what it was drawn by can't be read: {str(error).splitlines()[0]}")
        return
    yield from (Finding(told.number, None, what) for what in _binding(told, seed))
    checking = _Checking(told, seed, params)
    for draw in draws:
        yield from (Finding(told.number, draw.number, what) for what in checking.faults_of(draw))
    yield from (Finding(told.number, None, what) for what in checking.faults_of_end())


def _binding(told: PublishedRound, seed: bytes) -> Iterator[str]:
    """Whether what was published before the round binds it."""
    if len(seed) != SEED_BYTES:
        yield f"its seed has {len(seed)} bytes, not {SEED_BYTES}"
    if sha256(told.params.encode()).hexdigest() != told.params_hash:
        yield "params_hash isn't the hash of params"
    if commitment_of(label_of(told.number), told.params_hash, seed) != told.commitment:
        yield "the commitment isn't to this seed and these params"


class _Checking:
    """A round's draws so far."""

    def __init__(self, told: PublishedRound, seed: bytes, params: Params) -> None:
        self._told, self._seed, self._params = told, seed, params
        self._label = label_of(told.number)
        self._places: dict[str, int] = {}
        self._last: PublishedDraw | None = None
        self._winning: PublishedDraw | None = None

    def faults_of(self, draw: PublishedDraw) -> Iterator[str]:
        """What is wrong with the next draw."""
        expected = self._last.number + 1 if self._last is not None else 1
        if draw.number != expected:
            yield f"number {expected} should stand here"
        if self._winning is not None:
            yield f"it comes after draw {self._winning.number}, which won"
        yield from self._faults_of_price(draw)
        yield from self._faults_of_luck(draw)
        self._last = draw

    def _faults_of_price(self, draw: PublishedDraw) -> Iterator[str]:
        member = str(draw.member)
        before = self._places.get(member, 0 if self._params.price_resets is PriceResets.ROUND else None)
        allowed = {draw.price_number} if before is None else {before + 1}
        if self._params.price_resets is PriceResets.DAY:
            allowed.add(1)
        if draw.price_number not in allowed or draw.price_number < 1:
            yield f"the n of its price is {draw.price_number}, after {before or 0} of the same member"
        self._places[member] = draw.price_number
        price = self._params.price.price(draw.price_number, Heat(draw.heat))
        if draw.price != price or draw.heat < ONE:
            yield f"its price is {draw.price}, and by the rules {price}"
        if draw.pot_after < draw.price:
            yield f"the pot had {draw.pot_after} with its price of {draw.price} in it"

    def _faults_of_luck(self, draw: PublishedDraw) -> Iterator[str]:
        if draw.pot_after < 1:
            return  # told already; odds may divide by it
        ppm = self._params.odds.odds(draw.price, draw.pot_after)
        if draw.ppm != ppm:
            yield f"its chance is {draw.ppm} in a million, and by the rules {ppm}"
        if wins(self._seed, self._label, draw.number, str(draw.member), draw.client_seed, ppm=ppm):
            self._winning = draw
            if draw.prize != draw.pot_after:
                yield f"it wins {draw.pot_after}, and its prize is {draw.prize}"
        elif draw.prize:
            yield f"it doesn't win, and its prize is {draw.prize}"

    def faults_of_end(self) -> Iterator[str]:
        """Whether the round ended as it says."""
        told, last = self._told, self._last
        has_won = last is not None and last is self._winning
        if told.ended_by == "reset" and (self._winning is not None or told.winner is not None):
            yield "it was reset, and somebody won"
        if told.ended_by == "won" and not has_won:
            yield "its last draw doesn't win"
        if told.ended_by == "won" and last is not None and (told.winner, told.amount) != (str(last.member), last.pot_after):
            yield f"{told.winner} won {told.amount}, and by its last draw {last.member} won {last.pot_after}"
        if told.ended_by not in ("won", "reset"):
            yield f"it ended by {told.ended_by!r}, which there isn't"

"""What is read out of an answer with vectors: all of it is checked, since one wrong vector would spoil every search after it."""

from collections.abc import Sequence
from math import hypot, isfinite
from struct import pack

from pydantic import BaseModel, ConfigDict

from laurels.core.text import remove_controls
from laurels.model.answers import MAX_NAME, MAX_TOKENS
from laurels.model.asking import Embedded
from laurels.model.errors import ModelUnavailable, Reason
from laurels.model.tokens import estimate_text

MAX_DIMENSION = 8192
"""More numbers than any embedder's vectors had in 2026: 4,096."""


class _Part(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class _Vector(_Part):
    index: int | None = None
    embedding: list[float]


class _Usage(_Part):
    prompt_tokens: int | None = None


class VectorAnswer(_Part):
    """A whole answer with vectors. `VectorAnswer.model_validate` reads it.

    Raises:
        ValidationError: it isn't of the protocol.
    """

    model: str | None = None
    data: list[_Vector]
    usage: _Usage | None = None


def read_vectors(answer: VectorAnswer, texts: Sequence[str], embedder: str) -> Embedded:
    """The vectors of the texts, in the texts' order, each of the length 1.

    Args:
        embedder: what was asked, by the settings; used where the server names none.

    Raises:
        ModelUnavailable: unreadable: not one for each text, of different dimensions, or with what isn't a number.
    """
    rows = _in_order([(vector.index, vector.embedding) for vector in answer.data], len(texts))
    dimension = len(rows[0])
    if not 1 <= dimension <= MAX_DIMENSION or any(len(row) != dimension for row in rows):
        raise ModelUnavailable(Reason.UNREADABLE)
    vectors = tuple(_of_length_1(row) for row in rows)
    told = answer.usage.prompt_tokens if answer.usage else None
    is_told = told is not None and 0 < told <= MAX_TOKENS
    tokens = told if told is not None and is_told else sum(map(estimate_text, texts))
    name = remove_controls(answer.model or "")[:MAX_NAME] or embedder
    return Embedded(vectors, dimension, name, tokens, is_estimated=not is_told)


def _in_order(vectors: list[tuple[int | None, list[float]]], count: int) -> list[list[float]]:
    """By their numbers, which go from 0; a server that gives none is believed to keep the order."""
    numbers = [index for index, _ in vectors]
    if len(vectors) == count and all(number is None for number in numbers):
        return [vector for _, vector in vectors]
    by_number = {index: vector for index, vector in vectors if index is not None}
    if len(vectors) != count or sorted(by_number) != list(range(count)):
        raise ModelUnavailable(Reason.UNREADABLE)
    return [by_number[number] for number in range(count)]


def _of_length_1(row: list[float]) -> bytes:
    length = hypot(*row)
    if not isfinite(length):  # nor is one of the numbers, then, or it is beyond all sense
        raise ModelUnavailable(Reason.UNREADABLE)
    return pack(f"<{len(row)}f", *(number / (length or 1.0) for number in row))

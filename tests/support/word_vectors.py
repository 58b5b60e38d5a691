"""Vectors that a test's embedder gives: texts that share words lie near each other, the same on every machine.

Each word adds +1 or -1 at a few places that a hash of it names. So the cosine of
two texts is about the share of words they have in common.
"""

from hashlib import blake2b
import re

DIMENSION = 64
_PLACES = 4


def word_vector(text: str, dimension: int = DIMENSION) -> list[float]:
    """The vector of a text, of any length; zeros for a text without a word."""
    vector = [0.0] * dimension
    for word in re.findall(r"\w+", text.casefold()):
        drawn = blake2b(word.encode(), digest_size=4 * _PLACES).digest()
        for place in range(_PLACES):
            number = int.from_bytes(drawn[4 * place : 4 * place + 4], "big")
            vector[number // 2 % dimension] += 1.0 if number % 2 else -1.0
    return vector

"""How alike vectors are, with numpy. Loaded by name (see `searching`), where there are vectors."""

from collections.abc import Sequence

import numpy as np

MILLION = 1_000_000

BLOCK = 500
"""Vectors that are looked at together: so many take a few MB as float32."""


def cosines_of(vectors: Sequence[bytes], question: bytes) -> list[int]:
    """The cosine of the angle between each vector and the question's, in millionths, rounded; 0 for one without direction.

    Args:
        vectors: shape (n, dimension), each float16, little-endian.
        question: shape (dimension,), float32, little-endian.

    Raises:
        ValueError: a vector has another dimension than the question's.
    """
    asked = np.frombuffer(question, dtype="<f4")
    asked = asked / (np.linalg.norm(asked) or 1.0)
    found: list[int] = []
    for start in range(0, len(vectors), BLOCK):
        block = vectors[start : start + BLOCK]
        if any(len(vector) != 2 * len(asked) for vector in block):
            raise ValueError(f"a vector whose dimension isn't {len(asked)}")
        rows = np.frombuffer(b"".join(block), dtype="<f2").astype(np.float32).reshape(len(block), len(asked))
        lengths = np.linalg.norm(rows, axis=1)
        lengths[lengths == 0] = 1.0
        found += np.rint(rows @ asked / lengths * MILLION).astype(np.int64).tolist()
    return found


def halved(values: bytes) -> bytes:
    """A float32 vector as float16, both little-endian: half the room, and the same order but for near ties."""
    return np.frombuffer(values, dtype="<f4").astype("<f2").tobytes()

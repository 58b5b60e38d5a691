"""The draw, provably fair: committed to before the round, revealed after it, checked by anyone.

commitment = SHA-256("pot-v1|" + round + "|" + params hash in hex + "|" + seed)
message n wins if HMAC-SHA256(seed, "round|n|member|client seed") as a number < floor(ppm x 2^256 / 10^6)
"""

from functools import lru_cache
from hashlib import sha256
import hmac

from laurels.products.pot.rules.odds import MILLION

SEED_BYTES = 32
"""The length of a round's seed."""

MAX_CLIENT_SEED = 64
"""Characters of what a member adds to their draw."""

_SPACE = 2**256
"""HMAC-SHA256 gives so many different numbers."""


def label_of(number: int) -> str:
    """How draws and commitments call a round: `r1`."""
    return f"r{number}"


def commitment_of(label: str, params_hash: str, seed: bytes) -> str:
    """What is published before a round begins, in hex: it binds to the seed and the round's rules, and tells nothing of either."""
    return sha256(f"pot-v1|{label}|{params_hash}|".encode() + seed).hexdigest()


@lru_cache(maxsize=64)
def threshold(ppm: int) -> int:
    """Below which a draw of these odds wins."""
    return ppm * _SPACE // MILLION


def draw(seed: bytes, label: str, number: int, member: str, client_seed: str) -> int:
    """The number that a message draws, evenly among 2^256: HMAC-SHA256 (RFC 2104) under the round's seed.

    Args:
        number: the message's place in the round, from 1.
    """
    text = f"{label}|{number}|{member}|{client_seed}"
    return int.from_bytes(hmac.digest(seed, text.encode(), "sha256"), "big")


def wins(seed: bytes, label: str, number: int, member: str, client_seed: str, *, ppm: int) -> bool:
    """Whether a message wins at these odds."""
    return draw(seed, label, number, member, client_seed) < threshold(ppm)

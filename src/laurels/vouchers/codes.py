"""Voucher codes that people read aloud and type: `K7QM-2XVA-9RTD-HW4E`.

Sixteen characters of an alphabet of 32 without 0, O, 1 and I: fifteen random
ones (75 bits, from the machine's secure source) and a check character by the
Luhn mod N algorithm with N = 32 (the Luhn algorithm of US patent 2,950,048,
generalised to other bases). It catches every single wrong character, and every
swap of two neighbours but that of the alphabet's first and last.
"""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RANDOM_CHARACTERS = 15
GROUP = 4
"""Characters between two hyphens."""

_PLACES = {character: place for place, character in enumerate(ALPHABET)}
_BASE = len(ALPHABET)


def draw_code() -> str:
    """A fresh code, in groups."""
    return group_code(complete_code("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))))


def complete_code(characters: str) -> str:
    """These characters and the check character that belongs to them."""
    return characters + ALPHABET[-_luhn_sum(characters, doubles_last=True) % _BASE]


def group_code(characters: str) -> str:
    """Characters in groups, with hyphens between."""
    return "-".join(characters[start : start + GROUP] for start in range(0, len(characters), GROUP))


def is_code(text: str) -> bool:
    """Whether a text is such a code, however it is spaced and cased: so that a shop can tell a slip from a forgery."""
    characters = text.replace("-", "").replace(" ", "").upper()
    if len(characters) != RANDOM_CHARACTERS + 1 or any(character not in _PLACES for character in characters):
        return False
    return _luhn_sum(characters, doubles_last=False) % _BASE == 0


def _luhn_sum(characters: str, *, doubles_last: bool) -> int:
    """Every second place counts double, its two digits (in base 32) added up; from the right."""
    total = 0
    doubles = doubles_last
    for character in reversed(characters):
        value = _PLACES[character] * (2 if doubles else 1)
        total += value // _BASE + value % _BASE
        doubles = not doubles
    return total

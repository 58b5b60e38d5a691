"""Class codes: eight characters that nobody mistakes for one another, read aloud or written on a board."""

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 and O, 1 and I: 32 characters, so that a code has 40 bits."""

LENGTH = 8

_BETWEEN = str.maketrans("", "", " -\u2010\u2011\u2013\t")


def read_code(text: str) -> str:
    """A code as it is kept, from what somebody typed: in either case, with blanks and hyphens where they like them."""
    return text.translate(_BETWEEN).upper()


def is_code(text: str) -> bool:
    """Whether a text may be a code at all."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)


def spell_code(code: str) -> str:
    """A code as it is shown: in two halves."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"

"""How the words of a card's picture fit: what draws it knows no font, so a width is estimated, and on the safe side."""

from unicodedata import category, combining, east_asian_width

CARD_WIDTH = 1040
"""Room for a line, in the picture's units."""

LARGEST = 88
SMALLEST = 36
"""Sizes of a name's letters, in the picture's units."""

_NARROW = frozenset("iljtfrI .,:;'|!()[]")
_WIDE = frozenset("mwMW@%&")


def letters_wide(text: str) -> float:
    """An upper bound of a text's width, in heights of its letters."""
    return sum(_width(character) for character in text)


def fit_line(text: str, *, room: int = CARD_WIDTH, largest: int = LARGEST, smallest: int = SMALLEST) -> tuple[str, int]:
    """A text that fits in a line, cut where it must be, and the size of its letters."""
    if letters_wide(text) * smallest > room:
        while letters_wide(text + "…") * smallest > room:
            text = text[:-1]
        text = text.rstrip() + "…"
    wide = letters_wide(text)
    return text, max(smallest, min(largest, int(room / wide))) if wide else largest


def _width(character: str) -> float:
    if combining(character) or category(character) == "Cf":
        return 0.0
    if east_asian_width(character) in "WF":
        return 1.1
    if character in _NARROW:
        return 0.36
    return 1.0 if character in _WIDE else 0.74 if character.isupper() else 0.62

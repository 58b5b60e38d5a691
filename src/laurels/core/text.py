"""Text as it is kept, whoever sent it: Unicode's normal form C, without control characters, and visible."""

import re
import unicodedata

_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They reorder what stands around them on the screen, and so can make a text say what it doesn't."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What `_is_control` says of each character, but for line breaks and tabs: whole books go through it."""

_INVISIBLE = ("Cf", "Mn", "Zs", "Zl", "Zp", "Cc")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol by their category, which are drawn as nothing: Hangul's fillers and the empty Braille cell."""


def normalize_text(text: str) -> str:
    """Text as it is kept: normal form C, line breaks as `\\n`, no blanks around it.

    Raises:
        ValueError: with what to send instead.
    """
    return _checked(text.replace("\r\n", "\n"), allowed="\n")


def normalize_line(text: str) -> str:
    """The same, for text of one line.

    Raises:
        ValueError: with what to send instead.
    """
    return _checked(text, allowed="")


def remove_controls(text: str) -> str:
    """Text that nobody can be asked to send again, without what `normalize_text` refuses; line breaks and tabs stay.

    Works on pieces of a text as on the whole.
    """
    return _CONTROLS.sub("", text)


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or character in _BIDI_CONTROLS


def _checked(text: str, *, allowed: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()  # most text, and nothing in it to look at one by one
    kept = unicodedata.normalize("NFC", text).strip()
    is_visible = False
    for character in kept:
        if character not in allowed and _is_control(character):
            raise ValueError("Send text without control characters.")
        is_visible = is_visible or (unicodedata.category(character) not in _INVISIBLE and character not in _BLANKS)
    if kept and not is_visible:
        raise ValueError("Send text that can be seen.")
    return kept


def text_pattern(*, lines: bool = False) -> str:
    """What a JSON schema says of text: no control characters, and line breaks only in lines. The functions go by Unicode's categories."""
    controls = r"\u0000-\u0009\u000b\u000c\u000e-\u001f" + ("" if lines else r"\u000a\u000d")
    return rf"^[^{controls}\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]*$"

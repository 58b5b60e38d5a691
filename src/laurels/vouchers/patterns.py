"""Voucher codes that look as a program's admins want: `WINE-####-####`."""

import secrets

from laurels.vouchers.codes import ALPHABET, draw_code

PLACE = "#"
"""Stands for one random character of `codes.ALPHABET`: five bits each."""


def draw_by(pattern: str | None) -> str:
    """A fresh code by a pattern, or by the common one where there is none.

    Args:
        pattern: characters that stay as they are, and `#` for random ones.
    """
    if pattern is None:
        return draw_code()
    return "".join(secrets.choice(ALPHABET) if character == PLACE else character for character in pattern)

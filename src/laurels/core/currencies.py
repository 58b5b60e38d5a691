"""How many decimals a currency has: what a minor unit is.

Source: the list of ISO 4217; the ouguiya and the ariary, whose minor units are
fifths, are written with two decimals, as the list has them.
"""

from decimal import Decimal

_WITHOUT = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF")
_WITH_THREE = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_WITH_FOUR = ("CLF", "UYW")
_DIGITS = {**dict.fromkeys(_WITHOUT, 0), **dict.fromkeys(_WITH_THREE, 3), **dict.fromkeys(_WITH_FOUR, 4)}


def minor_digits(currency: str) -> int:
    """Decimals of a currency's main unit: 2 of EUR (cents), 0 of JPY, 3 of KWD.

    Args:
        currency: a code of ISO 4217 in capitals; of one that isn't known, 2.
    """
    return _DIGITS.get(currency, 2)


def main_units(minor: int, currency: str) -> Decimal:
    """An amount in minor units as one in main units, exactly: 5000 EUR as 50.00."""
    return Decimal(minor).scaleb(-minor_digits(currency))

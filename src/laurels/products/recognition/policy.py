"""The policy that the settings state."""

from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from laurels.core.settings import Settings
from laurels.products.recognition.rules import Policy


def policy_of(settings: Settings) -> Policy:
    """The community's policy. Cheap: made once for the same settings.

    Raises:
        ValueError: a credit's worth has more decimals than its currency.
    """
    return _policy(
        settings.recognition_grant,
        settings.recognition_sending_limit,
        settings.recognition_carry,
        settings.recognition_carry_raises_limit,
        settings.time_zone,
        settings.recognition_giver_may_endorse,
        settings.voucher_value,
        settings.voucher_currency,
        settings.voucher_stock_limited,
    )


def minor_digits(currency: str) -> int:
    """Decimals of a currency's main unit, by the Unicode CLDR: 2 for INR, 0 for JPY."""
    digits: int = get_currency_precision(currency)
    return digits


def main_units(value_minor: int, currency: str) -> Decimal:
    """An amount in minor units as one in main units, exactly: 5000 INR as 50.00."""
    return Decimal(value_minor).scaleb(-minor_digits(currency))


@lru_cache(maxsize=8)
def _policy(
    grant: int,
    sending_limit: int,
    carry: int,
    carry_raises_limit: bool,
    time_zone: str,
    giver_may_endorse: bool,
    voucher_value: Decimal,
    currency: str,
    stock_limited: bool,
) -> Policy:
    value_minor = voucher_value.scaleb(minor_digits(currency))
    if value_minor != int(value_minor):
        digits = minor_digits(currency)
        raise ValueError(f"LAURELS_VOUCHER_VALUE is {voucher_value}, and {currency} has {digits} decimals: choose a value with no more")
    return Policy(
        grant=grant,
        sending_limit=sending_limit,
        carry=carry,
        carry_raises_limit=carry_raises_limit,
        zone=ZoneInfo(time_zone),
        giver_may_endorse=giver_may_endorse,
        voucher_value_minor=int(value_minor),
        currency=currency,
        stock_limited=stock_limited,
    )

"""Minor units, against the list that Babel carries."""

from babel import Locale
from babel.numbers import get_currency_precision
import pytest

from laurels.core.currencies import main_units, minor_digits


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("GBP", 2), ("INR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("ZZZ", 2)])
def test_minor_unit_is_what_iso_4217_says(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_currencies_with_more_than_cents_are_those_that_babel_knows() -> None:
    # Below two decimals the two differ: Unicode's list leaves out the cents that nobody uses any more.
    more = {code: get_currency_precision(code) for code in Locale("en").currencies if get_currency_precision(code) > 2}
    assert {code: minor_digits(code) for code in more} == more
    assert all(get_currency_precision(code) == 0 for code in Locale("en").currencies if minor_digits(code) == 0)


def test_main_units_are_exact() -> None:
    assert [str(main_units(5001, code)) for code in ("EUR", "JPY", "KWD")] == ["50.01", "5001", "5.001"]

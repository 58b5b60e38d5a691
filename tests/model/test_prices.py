"""What tokens cost: exactly, and rounded once a request."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
import pytest

from laurels.core.settings import Settings
from laurels.model import Cost, Prices, open_prices


def prices(**changed: str) -> Prices:
    """Prices by settings."""
    return open_prices(Settings(_env_file=None, **changed))  # type: ignore[arg-type]


def test_default_models_have_prices() -> None:
    known = prices()
    assert known.currency == "USD"
    assert known.cost("gpt-4o-mini", input_tokens=1_000_000, output_tokens=1_000_000) == Cost(750_000, True)
    assert known.cost("text-embedding-3-small", input_tokens=1_000_000) == Cost(20_000, True)


def test_date_in_a_servers_name_doesnt_matter() -> None:
    known = prices(model_prices='{"m-2026-01-02": {"input": 7}, "m": {"input": 3}}')
    assert known.cost("gpt-4o-mini-2024-07-18", input_tokens=100) == Cost(15, True)
    assert known.cost("m-2026-01-02", input_tokens=1) == Cost(7, True)
    assert known.cost("m-2025-01-02", input_tokens=1) == Cost(3, True)


@pytest.mark.parametrize("name", ["llama3.2", "", "gpt-4o-mini-large", "gpt-4o"])
def test_model_without_a_price_costs_nothing_and_says_so(name: str) -> None:
    assert prices().cost(name, input_tokens=10**6, output_tokens=10**6) == Cost(0, False)


def test_own_prices_come_first() -> None:
    known = prices(model_prices='{"gpt-4o-mini": {"input": 0, "output": 0}, "llama3.2": {"input": "0.000001", "output": 2}}')
    assert known.cost("gpt-4o-mini", input_tokens=10**6, output_tokens=5) == Cost(0, True)
    assert known.cost("llama3.2", input_tokens=10**6, output_tokens=5) == Cost(11, True)
    assert known.cost("text-embedding-3-small", input_tokens=100) == Cost(2, True)


def test_dollars_arent_told_as_another_currency() -> None:
    known = prices(model_currency="EUR", model_prices='{"a": {"input": 1}}')
    assert known.currency == "EUR"
    assert known.cost("gpt-4o-mini", input_tokens=10**6) == Cost(0, False)
    assert known.cost("a", input_tokens=10) == Cost(10, True)


def test_half_a_millionth_is_rounded_up() -> None:
    """Tokens of 0.02 each: 24 make 0.48, 25 make 0.50."""
    known = prices()
    assert [known.cost("text-embedding-3-small", input_tokens=tokens).micros for tokens in (0, 24, 25, 74, 75)] == [0, 0, 1, 1, 2]


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.integers(0, 10**12), st.integers(0, 10**12))
def test_cost_is_that_of_fractions(asked: int, answered: int, of_input: int, of_output: int) -> None:
    known = prices(model_prices=f'{{"a": {{"input": "{of_input / 10**6:.6f}", "output": "{of_output / 10**6:.6f}"}}}}')
    price = known.by_model["a"]
    exact = asked * Fraction(price.input) + answered * Fraction(price.output)
    assert known.cost("a", input_tokens=asked, output_tokens=answered).micros == (exact + Fraction(1, 2)).__floor__()


@pytest.mark.parametrize(
    "text",
    [
        "0.15",
        "{",
        "[]",
        '{"a": 1}',
        '{"a": {}}',
        '{"a": {"input": -1}}',
        '{"a": {"input": "NaN"}}',
        '{"a": {"input": "Infinity"}}',
        '{"a": {"input": 1000001}}',
        '{"a": {"input": 0.0000001}}',
        '{"a": {"input": 1, "cached": 1}}',
    ],
)
def test_prices_that_cant_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="a-model"):
        prices(model_prices=text)


@pytest.mark.parametrize("currency", ["usd", "XYZ", ""])
def test_currency_that_isnt_one_is_refused(currency: str) -> None:
    with pytest.raises(ValidationError):
        prices(model_currency=currency)

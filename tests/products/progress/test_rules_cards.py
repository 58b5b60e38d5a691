"""How a name fits on a card."""

from hypothesis import given
from hypothesis import strategies as st

from laurels.products.progress.rules.cards import CARD_WIDTH, LARGEST, SMALLEST, fit_line, letters_wide


def test_short_name_is_as_large_as_may_be() -> None:
    assert fit_line("Ana Díaz") == ("Ana Díaz", LARGEST)
    assert fit_line("") == ("", LARGEST)


def test_longer_name_is_smaller_and_then_cut() -> None:
    name, size = fit_line("Maximiliana Constantinopolitana")
    assert name == "Maximiliana Constantinopolitana" and SMALLEST < size < LARGEST
    name, size = fit_line("W" * 60)
    assert (set(name), name[-1], size) == ({"W", "…"}, "…", SMALLEST)


@given(st.text(max_size=80))
def test_every_name_fits(text: str) -> None:
    name, size = fit_line(text)
    assert SMALLEST <= size <= LARGEST
    assert letters_wide(name) * size <= CARD_WIDTH
    assert name == text or (name.endswith("…") and text.startswith(name[:-1]))

"""Numbers that cite, in a text that comes in pieces."""

from collections.abc import Iterable

from hypothesis import example, given
from hypothesis import strategies as st
import pytest

from laurels.products.study.rules.citing import LONGEST, CitationFilter


def clean_citations(pieces: Iterable[str], known: int) -> tuple[str, set[int]]:
    """A whole text without unknown numbers, and the known ones in it."""
    cleaning = CitationFilter(known)
    text = "".join([cleaning.feed(piece) for piece in pieces])
    return text + cleaning.flush(), cleaning.cited


@pytest.mark.parametrize(
    ("text", "shown", "cited"),
    [
        ("Energy is kept [1].", "Energy is kept [1].", {1}),
        ("Energy is kept [4].", "Energy is kept.", set()),
        ("Both[3][9] say so [2].", "Both[3] say so [2].", {2, 3}),
        ("Both [1, 7; 3] do.", "Both [1, 3] do.", {1, 3}),
        ("All [ 1 , 2 ] of them", "All [ 1 , 2 ] of them", {1, 2}),
        ("[0] nor [00004] nor [4][5]", " nor [00004] nor", set()),
        ("see [the book] and [1", "see [the book] and [1", set()),
        ("`rows[7]` isn't cited [7]", "`rows[7]` isn't cited", set()),
        ("```\nrows[7]\nx = [5]\n```\nbut [5] is", "```\nrows[7]\nx = [5]\n```\nbut is", set()),
        ("```\nuse ` here [5]\n```\nbut [1] and [5]", "```\nuse ` here [5]\n```\nbut [1] and", {1}),
        ("an open ` in a line\nends with it [9][1]", "an open ` in a line\nends with it[1]", {1}),
        ("", "", set()),
    ],
)
def test_unknown_numbers_are_taken_out_and_known_ones_told(text: str, shown: str, cited: set[int]) -> None:
    assert clean_citations([text], 3) == (shown, cited)
    assert clean_citations(text, 3) == (shown, cited), "letter by letter"


@given(st.text(alphabet="[]0123459, ;a`\n", max_size=120), st.data())
@example("[" + " " * LONGEST + "9]", None)
def test_pieces_make_no_difference(text: str, data: st.DataObject | None) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=20))) if data else list(range(len(text)))
    pieces = [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert clean_citations(pieces, 3) == clean_citations([text], 3)


def test_what_can_be_shown_is_shown_at_once() -> None:
    cleaning = CitationFilter(2)
    assert [cleaning.feed(piece) for piece in ("Work", " is", " force [", "2", "]", " times")] == [
        "Work",
        " is",
        " force",
        "",
        " [2]",
        " times",
    ]
    assert (cleaning.flush(), cleaning.cited) == ("", {2})


@pytest.mark.parametrize("unit", ["`", "[", "[ ", "[1,", " "])
def test_a_large_piece_of_one_sign_comes_out_as_it_is(unit: str) -> None:
    text = unit * 40_000 + "a"
    shown, cited = clean_citations([text], 3)
    assert (shown, cited) == (text, set())

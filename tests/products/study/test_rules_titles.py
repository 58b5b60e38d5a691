"""How a session is named after its first question."""

import pytest

from laurels.products.study.rules.titles import TITLE_CHARACTERS, title_of


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is\n\n  momentum?", "What is momentum?"),
        ("w" * TITLE_CHARACTERS, "w" * TITLE_CHARACTERS),
        (
            "Why is momentum conserved in every collision of two bodies, and energy isn't?",
            "Why is momentum conserved in every collision of two bodies,…",
        ),
        ("Prove " + "x" * 80, "Prove " + "x" * 54 + "…"),
        ("光" * 80, "光" * TITLE_CHARACTERS + "…"),
    ],
)
def test_a_long_question_is_cut_between_words_where_that_leaves_enough(question: str, title: str) -> None:
    assert title_of(question) == title

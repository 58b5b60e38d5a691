"""Scores in whole numbers, what is refused, and words with vectors."""

import math

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.study.rules.words import Asked, asked_of, fused, idf_of, weigh, weights_of
from laurels.products.study.rules.words.ranking import AVERAGE_TERMS, LEAST_NEEDED, MOST_NEEDED

WORDS = st.lists(st.text("abc", min_size=1, max_size=2), max_size=60)


def test_weights_are_of_the_formula() -> None:
    terms = ["light"] * 2 + ["x"] * (AVERAGE_TERMS - 2)
    assert weights_of(terms)["light"] == round(1000 * 2 * 2.2 / (2 + 1.2))
    assert weights_of(["once", *(["x"] * (AVERAGE_TERMS - 1))])["once"] == 1000


def test_a_long_passage_counts_for_less() -> None:
    assert weights_of(["light"] + ["x"] * 200)["light"] < weights_of(["light"] + ["x"] * 20)["light"]


@given(WORDS)
def test_weights_are_small_whole_numbers(terms: list[str]) -> None:
    weights = weights_of(terms)
    assert set(weights) == set(terms)
    assert all(0 < weight < 2_200 for weight in weights.values())


@given(st.integers(1, 10**7), st.data())
def test_the_rarer_a_term_the_more_it_weighs(passages: int, data: st.DataObject) -> None:
    holding = data.draw(st.integers(0, passages))
    assert 0 <= idf_of(passages, holding) <= idf_of(passages, max(holding - 1, 0)) <= 20_000


def test_idf_is_of_the_formula() -> None:
    assert idf_of(2_000, 10) == round(1000 * math.log(1 + 1990.5 / 10.5))
    assert idf_of(3, 5) >= 0, "a count that is behind the times breaks nothing"


def test_a_question_weighs_what_its_words_do() -> None:
    asked = weigh(asked_of("How do plants use light?", ["en"]), 100, {"plant": 40, "light": 3})
    assert asked.words == {("plant",): idf_of(100, 40), ("use",): idf_of(100, 0), ("light",): idf_of(100, 3)}
    assert asked.matched(["light", "plant", "other"]) == idf_of(100, 40) + idf_of(100, 3)
    assert asked.coverage(asked.whole * 1000) == 1000
    assert asked.coverage(asked.whole * 500) == 500
    assert asked.coverage(asked.whole * 2_000) == 1000


def test_of_a_words_languages_the_one_that_is_held_counts() -> None:
    asked = weigh(asked_of("Who is running?", ["en", "es"]), 100, {"run": 7})
    assert asked.words == {("run", "running"): idf_of(100, 7)}


def test_a_pair_of_characters_that_stands_nowhere_counts_half() -> None:
    asked = weigh(asked_of("光合成", ["ja"]), 100, {"光合": 5})
    assert asked.words == {("光合",): idf_of(100, 5), ("合成",): idf_of(100, 0) // 2}


def test_a_question_without_words_is_covered_by_nothing() -> None:
    asked = weigh(asked_of("What is it?", ["en"]), 100, {})
    assert asked.coverage(0) == 0 < asked.needed


@pytest.mark.parametrize("words", [1, 2, 5, 20, 40])
def test_what_is_needed_falls_with_a_questions_length(words: int) -> None:
    unseen = idf_of(1_000, 0)
    longer = [Asked({(str(word),): unseen for word in range(count)}, {}, unseen).needed for count in (words, words + 1)]
    assert MOST_NEEDED >= longer[0] >= longer[1] >= LEAST_NEEDED


def test_one_common_word_that_all_hold_is_answered() -> None:
    common = idf_of(1_000, 900)
    asked = Asked({("energi",): common}, {"energi": common}, idf_of(1_000, 0))
    assert asked.coverage(common * 900) >= asked.needed


@given(st.integers(0, 10**8), st.integers(0, 10**6), st.integers(0, 1000))
def test_the_best_of_both_is_the_best_of_all(score: int, likeness: int, share: int) -> None:
    assert fused(score, score, likeness, likeness, share=share) == (1000 - share) * 1000 * bool(score) + share * 1000 * bool(likeness)
    assert fused(score, 10**8, likeness, 10**6, share=share) <= 1_000_000


def test_what_is_unlike_counts_as_nothing() -> None:
    assert fused(50, 100, -900_000, 800_000) == fused(50, 100, 0, 800_000) == 300_000
    assert fused(0, 0, -5, -1) == 0

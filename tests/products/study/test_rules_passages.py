"""Sentences, and passages made of them."""

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.study.rules.words import MAX_WORDS, OVERLAP_WORDS, WORDS, Page, passages_of, sentences_of, words_in
from laurels.products.study.rules.words.passages import CHARACTERS_A_WORD

SIGNS = st.text(st.sampled_from("ab Zé.!?…\n\t。？！،؟।一二あ가-•1\u3000\u00a0)\"'"), max_size=1_500)


def sentences(text: str, longest: int = 1_000) -> list[str]:
    return [text[start:end] for start, end in sentences_of(text, longest=longest)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One here. Two there! Three?", ["One here.", "Two there!", "Three?"]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("Dr. Smith met J. R. Ewing at 3.14 p.m. on Fig. 2 today. Then home.", None),
        ("It cost approx. 5 euros. ¿Cuánto es? Nada.", ["It cost approx. 5 euros.", "¿Cuánto es?", "Nada."]),
        ("El Sr. López llegó. Los EE. UU. ganaron.", ["El Sr. López llegó.", "Los EE. UU. ganaron."]),
        ("ما هذا؟ هذا كتاب. انتهى", ["ما هذا؟", "هذا كتاب.", "انتهى"]),
        ("यह क्या है? यह किताब है। वह घर है।", ["यह क्या है?", "यह किताब है।", "वह घर है।"]),
        ("这是什么？这是书。那是家！", ["这是什么？", "这是书。", "那是家！"]),
        ("「はい。」と言った。次へ。", ["「はい。」", "と言った。", "次へ。"]),
        ("A heading\n\nThe text\nof a paragraph. More.", ["A heading", "The text\nof a paragraph.", "More."]),
        ("A list\n- first item\n- second item\n• third", ["A list", "- first item", "- second item", "• third"]),
        ("Photosynthesis\nPlants make sugar\nLight is needed", ["Photosynthesis", "Plants make sugar", "Light is needed"]),
        ("This line of prose is wrapped by whoever made the document, and\nGoes on here.", None),
        ("  \n\n  ", []),
    ],
)
def test_sentences_end_where_they_do(text: str, expected: list[str] | None) -> None:
    found = sentences(text)
    if text.startswith("Dr."):
        expected = ["Dr. Smith met J. R. Ewing at 3.14 p.m. on Fig. 2 today.", "Then home."]
    assert found == ([text] if expected is None else expected)


def test_a_long_sentence_is_cut_at_a_space() -> None:
    found = sentences("word " * 100, longest=48)
    assert all(len(part) <= 48 and part.startswith("word") and part.endswith("word") for part in found)
    assert sum(part.count("word") for part in found) == 100


def test_what_has_no_space_is_cut_all_the_same() -> None:
    assert [len(part) for part in sentences("一" * 100, longest=30)] == [30, 30, 30, 10]


@given(SIGNS, st.integers(20, 200))
def test_sentences_leave_only_space_between_them(text: str, longest: int) -> None:
    spans = list(sentences_of(text, longest=longest))
    assert all(0 < end - start <= longest for start, end in spans)
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    assert all(end <= start and not text[end:start].strip() for end, start in zip(ends, starts, strict=True))


def prose(count: int, length: int = 12) -> str:
    return " ".join("Word " * (length - 1) + f"number{place}." for place in range(count))


def test_passages_are_of_whole_sentences_that_overlap() -> None:
    [page] = [Page(3, prose(60))]
    found = list(passages_of([page]))
    assert len(found) > 4
    assert all(passage.page == 3 and passage.text == page.text[passage.start : passage.end] for passage in found)
    assert all(passage.text.startswith("Word") and passage.text.endswith(".") for passage in found)
    assert all(WORDS - 12 < passage.words <= WORDS for passage in found[:-1])
    shared = [one.end - other.start for one, other in pairwise(found)]
    assert all(0 < words_in(page.text[other.start : one.end]) <= OVERLAP_WORDS for one, other in pairwise(found))
    assert all(overlap > 0 for overlap in shared)


def test_no_passage_crosses_a_page() -> None:
    found = list(passages_of([Page(1, "Short."), Page(2, ""), Page(3, "Also short.")]))
    assert [(passage.page, passage.text) for passage in found] == [(1, "Short."), (3, "Also short.")]


def test_a_sentence_that_is_too_long_is_cut() -> None:
    found = list(passages_of([Page(1, "word " * 1_000)]))
    assert all(passage.words <= MAX_WORDS for passage in found)
    assert sum(passage.words for passage in found) >= 1_000


def test_characters_without_spaces_are_counted_in_pairs() -> None:
    assert words_in("光合成とは何ですか") == 5
    assert words_in("Python で学ぶ") == 3
    found = list(passages_of([Page(1, "植物は光を使って糖を作ります。" * 60)]))
    assert all(WORDS - 10 <= passage.words <= WORDS for passage in found[:-1])


@given(SIGNS)
def test_passages_hold_every_character_that_shows(text: str) -> None:
    found = list(passages_of([Page(1, text)]))
    covered = set[int]()
    for passage in found:
        assert passage.text == text[passage.start : passage.end]
        assert passage.words <= MAX_WORDS + 1  # halves of pairs are rounded up
        covered.update(range(passage.start, passage.end))
    assert all(not text[place].strip() for place in range(len(text)) if place not in covered)
    assert [passage.start for passage in found] == sorted({passage.start for passage in found})


def test_pages_are_taken_one_at_a_time() -> None:
    taken = []

    def pages() -> Iterator[Page]:
        for number in range(1, 1_000):
            taken.append(number)
            yield Page(number, "Some words.")

    passages = passages_of(pages())
    next(passages)
    assert len(taken) == 1


@pytest.mark.parametrize("unit", [" ", "\t", ".", "!)", "\n", "。", "1", "[1]", "a\u0301"])
def test_what_stands_before_a_run_of_one_sign_is_found(unit: str) -> None:
    spans = list(passages_of([Page(1, f"It is so.\n{unit * (100_000 // len(unit))}a")]))
    assert spans[0].text.startswith("It is so.")


@pytest.mark.parametrize("unit", ["QUJDREVGR0g=" * 80 + " ", "It is." + " " * 390, "It is." + " " * 4_000 + "So.\n", "x" * 900 + ".\n"])
def test_no_passage_is_long_in_characters_though_it_has_few_words(unit: str) -> None:
    text = unit * 60
    found = list(passages_of([Page(1, text)]))
    assert max(passage.end - passage.start for passage in found) <= WORDS * CHARACTERS_A_WORD + 1_500
    assert "".join(text.split()).startswith("".join(found[0].text.split()))
    covered = {place for passage in found for place in range(passage.start, passage.end)}
    assert all(place in covered for place, sign in enumerate(text) if not sign.isspace())

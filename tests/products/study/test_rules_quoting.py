"""Sentences as answers."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from laurels.products.study.rules.words import MAX_QUOTE, asked_of, quotes_of, weigh

DOCUMENT = UUID(int=1)


@dataclass(frozen=True)
class Found:
    text: str
    score: int = 1_000
    document: UUID = DOCUMENT
    page: int = 1
    start: int = 0
    language: str = "en"


ASKED = weigh(asked_of("When do plants make sugar?", ["en"]), 100, {"plant": 30, "make": 30, "sugar": 2})


def test_the_sentences_with_most_of_the_question_come_first() -> None:
    first = Found("Plants are green. Plants make sugar in light. Nothing else here. Sugar is sweet.")
    quotes = quotes_of([first], ASKED)
    assert [quote.text for quote in quotes] == ["Plants make sugar in light.", "Sugar is sweet.", "Plants are green."]
    assert all(quote.number == 1 and first.text[quote.start : quote.end] == quote.text for quote in quotes)


def test_a_quotes_place_is_in_the_page() -> None:
    [quote] = quotes_of([Found("So. Sugar it is.", start=70)], ASKED)
    assert (quote.start, quote.end) == (74, 86)


def test_a_sentence_in_two_passages_is_quoted_once() -> None:
    one, other = Found("Sugar is sweet."), Found("Sugar is sweet. Plants are green.")
    assert [(quote.number, quote.text) for quote in quotes_of([one, other], ASKED)] == [(1, "Sugar is sweet."), (2, "Plants are green.")]


def test_the_same_words_on_another_page_are_another_quote() -> None:
    pages = [Found("Sugar is sweet.", document=uuid4()) for _ in range(2)]
    assert [quote.number for quote in quotes_of(pages, ASKED)] == [1, 2]


def test_a_weak_passages_sentence_counts_for_less() -> None:
    quotes = quotes_of([Found("Plants make things."), Found("Sugar is sweet.", score=200, page=2)], ASKED)
    assert [quote.number for quote in quotes] == [1, 2]


def test_nothing_is_quoted_that_holds_nothing() -> None:
    assert quotes_of([Found("Nothing at all.")], ASKED) == []
    assert quotes_of([], ASKED) == []


def test_no_quote_is_longer_than_it_may_be() -> None:
    [first, *_] = quotes_of([Found("word " * 300 + "sugar " + "word " * 300)], ASKED)
    assert len(first.text) <= MAX_QUOTE and "sugar" in first.text


def test_so_many_are_quoted() -> None:
    assert len(quotes_of([Found(" ".join(f"Sugar number {n} is sweet." for n in range(9)))], ASKED, most=5)) == 5


def test_a_heading_is_not_quoted_beside_the_sentence_that_it_stands_above() -> None:
    [quote] = quotes_of([Found("Sugar in plants\n\nSugar is made by plants in daylight.")], ASKED)
    assert quote.text == "Sugar is made by plants in daylight."


def test_a_few_words_are_quoted_where_no_sentence_holds_as_much() -> None:
    first, second = quotes_of([Found("Plants make sugar\n\nSome things are made of green plants.")], ASKED)
    assert (first.text, second.text) == ("Plants make sugar", "Some things are made of green plants.")


def test_a_point_of_a_list_is_quoted_without_its_bullet() -> None:
    passage = Found(
        "• Plants make sugar in light.\n\uf0a7 Sugar is sweet, as everybody knows.\n- Plants are green in all seasons.", start=10
    )
    quotes = quotes_of([passage], ASKED)
    assert [quote.text[0] for quote in quotes] == ["P", "S", "P"]
    assert all(passage.text[quote.start - 10 : quote.end - 10] == quote.text for quote in quotes)

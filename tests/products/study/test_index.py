"""Searching what documents say: what is found, in which order, and what isn't."""

from collections import Counter
from math import log
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from laurels.core.ids import new_id
from laurels.products.study import index
from laurels.products.study.index.searching import MAX_HITS, MAX_SCOPES
from laurels.products.study.rules.words import Passage, terms_of
from laurels.products.study.tables import study_document, study_passage, study_scope, study_term
from products.study.library import Library, titles
from products.study.school import School
from support.plans import Plans

PLANTS = "Plants make sugar from light. The process is called photosynthesis. It happens in the leaves, where chlorophyll catches light."
CELLS = "Cells burn sugar to live. This is called respiration. Animals breathe oxygen for it, and plants do so at night."
STARS = "Stars shine because hydrogen becomes helium in their core. The light of the sun takes eight minutes to reach us."
ROME = "The Roman empire built roads. Its legions marched on them from Britain to Syria."
PLANTAS = "Las plantas fabrican azúcar con la luz. El proceso se llama fotosíntesis y ocurre en las hojas."
KOUGOUSEI = "植物は光を使って糖を作ります。これを光合成といいます。葉の中の葉緑素が光を受け取ります。"
NABAT = "تصنع النباتات السكر من الضوء. وتسمى هذه العملية التمثيل الضوئي وهي تحدث في الأوراق."


TEXTS = {"Plants": PLANTS, "Cells": CELLS, "Stars": STARS, "Rome": ROME}


@pytest.fixture
def library(school: School) -> Library:
    return Library(school)


def test_passages_come_in_the_same_order_on_every_database(library: Library) -> None:
    room = library.room()
    for title, text in TEXTS.items():
        library.add(room, title, text)
    found = library.search("Where do plants make sugar from light?", room)
    assert dict(zip(titles(found), [hit.score for hit in found], strict=True)) == scored(["plant", "make", "sugar", "light"], TEXTS)
    assert titles(found) == ["Plants", "Cells", "Stars"]
    assert found[0].coverage == 1_000 > found[1].coverage > found[2].coverage
    assert index.is_answered(found)
    [best, *_] = index.quotes(found)
    assert (best.number, best.text) == (1, "Plants make sugar from light.")


def scored(question: list[str], texts: dict[str, str]) -> dict[str, int]:
    """BM25 by its textbook formula over all terms of each text, of those that hold one of the question's."""
    held = {title: Counter(terms_of(f"{title} {text}", "en")) for title, text in texts.items()}
    scores = dict[str, int]()
    for term in question:
        holding = [title for title, terms in held.items() if terms[term]]
        idf = round(1000 * log(1 + (len(texts) - len(holding) + 0.5) / (len(holding) + 0.5)))
        for title in holding:
            times, length = held[title][term], held[title].total()
            scores[title] = scores.get(title, 0) + idf * round(1000 * times * 2.2 / (times + 1.2 * (0.25 + 0.75 * length / 75)))
    return scores


def test_equally_good_passages_come_in_the_order_of_their_numbers(library: Library) -> None:
    room = library.room()
    added = [library.add(room, "Twin", PLANTS) for _ in range(5)]
    found = library.search("photosynthesis", room, limit=3)
    assert [hit.document for hit in found] == [document.id for document in added[:3]]
    assert len({hit.score for hit in found}) == 1


def test_a_hit_tells_its_place(library: Library) -> None:
    room = library.room()
    document = library.add(room, "Nature", ROME, f"\n  {STARS}\n")
    [hit] = library.search("How long does the light of the sun take?", room)
    assert (hit.document, hit.filename, hit.page, hit.start, hit.end) == (document.id, "Nature.pdf", 2, 3, 3 + len(STARS))
    assert (hit.text, hit.language) == (STARS, "en")
    assert STARS not in repr(hit)


def test_a_title_finds_its_passages(library: Library) -> None:
    room = library.room()
    library.add(room, "Astrophysics", STARS)
    library.add(room, "History", ROME)
    found = library.search("astrophysics", room)
    assert titles(found) == ["Astrophysics"]
    assert found[0].text == STARS


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("¿Dónde ocurre la fotosintesis?", PLANTAS),
        ("光合成とは何ですか？", KOUGOUSEI),
        ("ما هي عملية التمثيل الضوئي؟", NABAT),
        ("photosynthesis leaves", PLANTS),
    ],
)
def test_each_language_finds_its_own(library: Library, question: str, text: str) -> None:
    room = library.room()
    for place, every in enumerate((PLANTS, PLANTAS, KOUGOUSEI, NABAT, ROME)):
        library.add(room, f"{place}", every)
    found = library.search(question, room)
    assert found[0].text == text
    assert index.is_answered(found)


@pytest.mark.parametrize(
    "question", ["Who won the football cup in Argentina?", "¿Quién ganó el mundial?", "量子力学は難しい", "?!", "what is it"]
)
def test_what_documents_do_not_say_is_refused(library: Library, question: str) -> None:
    room = library.room()
    library.add(room, "Plants", PLANTS)
    library.add(room, "Stars", STARS)
    found = library.search(question, room)
    assert not index.is_answered(found)
    assert index.quotes(found) == []


def test_one_word_said_often_on_a_short_slide_is_no_answer(library: Library) -> None:
    room = library.room()
    library.add(room, "Slides", "Hello world. World, hello world!")
    for text in (PLANTS, STARS, ROME):
        library.add(room, "Other", text)
    found = library.search("Who won the football cup of the world?", room)
    assert titles(found) == ["Slides"]
    assert found[0].score > found[0].asked.idfs["world"] * 1_000
    assert not index.is_answered(found)


def test_only_the_scopes_given_are_searched(library: Library) -> None:
    mine, other, session = library.room(), library.room(), new_id()
    library.add(mine, "Mine", PLANTS)
    library.add(other, "Other", PLANTS)
    library.add(mine, "Aside", PLANTS, session=session)
    assert titles(library.search("photosynthesis", mine)) == ["Mine"]
    assert titles(library.search("photosynthesis", other)) == ["Other"]
    assert titles(library.search("photosynthesis", session)) == ["Aside"]
    assert titles(library.search("photosynthesis", mine, session)) == ["Mine", "Aside"]
    assert library.search("photosynthesis", new_id()) == []


def test_how_rare_a_word_is_counts_within_the_scopes(library: Library) -> None:
    mine, other = library.room(), library.room()
    library.add(mine, "Mine", PLANTS)
    library.add(mine, "Mine too", ROME)
    [alone] = library.search("photosynthesis", mine)
    for _ in range(3):
        library.add(other, "Other", PLANTS)
    assert library.search("photosynthesis", mine) == [alone]


@pytest.mark.parametrize("scopes", [[], [new_id() for _ in range(MAX_SCOPES + 1)]])
def test_a_search_demands_its_scopes(library: Library, scopes: list[UUID]) -> None:
    with pytest.raises(ValueError, match="scopes"):
        library.search("anything", *scopes)


@pytest.mark.parametrize("limit", [0, MAX_HITS + 1])
def test_a_search_has_a_limit(library: Library, limit: int) -> None:
    with pytest.raises(ValueError, match="hits"):
        library.search("anything", new_id(), limit=limit)


@pytest.mark.parametrize("gone", [{"deleted_at": True}, {"processing_status": "PROCESSING"}, {"processing_status": "PENDING"}])
def test_a_document_that_is_gone_or_being_read_is_not_found(library: Library, gone: dict[str, object]) -> None:
    room = library.room()
    kept = [library.add(room, "Kept", text) for text in (PLANTS, STARS, ROME)]
    before = library.search("photosynthesis in plants", room)
    lost = [library.add(room, "Lost", PLANTS) for _ in range(10)]
    for document in lost:
        library.change(document, **({"deleted_at": library.school.clock.at} if "deleted_at" in gone else gone))
    assert library.search("photosynthesis in plants", room) == before, "scores are as if it weren't there"
    assert before[0].document == kept[0].id


def test_a_document_is_taken_out_in_pieces(library: Library) -> None:
    room = library.room()
    library.add(room, "Kept", STARS)
    document = library.add(room, "Lost", *[PLANTS] * 7)
    assert [library.remove(document, most=3) for _ in range(4)] == [3, 3, 1, 0]
    with library.school.database.read.connect() as connection:
        [kept] = connection.scalars(select(study_passage.c.id))
        assert set(connection.scalars(select(study_term.c.passage))) == {kept}
        assert connection.scalar(select(study_scope.c.passages)) == 1
    assert titles(library.search("photosynthesis and the sun", room)) == ["Kept"]


def test_a_document_is_written_in_pieces(library: Library) -> None:
    room = library.room()
    document = library.add(room, "Piecemeal", PLANTS, CELLS)
    more = [Passage(1, 0, 6, "Plants", 1)]
    with library.school.database.write.begin() as connection:
        assert index.add_passages(connection, document, more, title="Piecemeal", language="en", first=2) == 3
        assert index.add_passages(connection, document, [], title="Piecemeal", language="en", first=3) == 3
    with library.school.database.read.connect() as connection:
        positions = connection.scalars(select(study_passage.c.position).order_by(study_passage.c.position)).all()
        assert (positions, connection.scalar(select(study_scope.c.passages))) == ([0, 1, 2], 3)
    with pytest.raises(IntegrityError), library.school.database.write.begin() as connection:
        index.add_passages(connection, document, more, title="Piecemeal", language="en", first=2)


def test_more_passages_than_one_statement_takes_are_written(library: Library) -> None:
    room = library.room()
    library.add(room, "Long", *(f"Page {number} tells of plants and numberword{number}." for number in range(230)))
    found = library.search("numberword229", room)
    assert [hit.page for hit in found] == [230]
    with library.school.database.read.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(study_passage)) == 230


def test_a_search_asks_as_often_whatever_it_finds_and_by_indexes_alone(library: Library) -> None:
    room, session = library.room(), new_id()
    library.add(room, "Plants", PLANTS)
    few = asked(library, "photosynthesis", room, session)
    for place in range(30):
        library.add(room, f"{place}", PLANTS, CELLS, STARS)
    library.change(library.add(room, "Lost", PLANTS), deleted_at=library.school.clock.at)
    many = asked(library, "Where do plants make sugar from the light of the sun, and who breathes?", room, session)
    assert few[0] == many[0] == 4
    for _, step in many[1]:
        assert not step.startswith("SCAN study_") and "Seq Scan" not in step, step
    read = [
        step
        for statement, step in many[1]
        if "FROM study_term" in statement and ("Scan" in step or "SEARCH" in step) and "study_term" in step
    ]
    assert read and all("pk_study_term" in step or "PRIMARY KEY (scope=? AND term=?" in step for step in read), read


def asked(library: Library, question: str, *scopes: object) -> tuple[int, list[tuple[str, str]]]:
    """How many statements a search takes, and their steps."""
    plans = Plans(library.school.database.read)
    assert library.search(question, *scopes)  # type: ignore[arg-type]  # as it takes them
    count = len(plans.asked)
    return count, plans.steps(without=("seqscan", "bitmapscan", "hashjoin", "mergejoin"))


def test_a_document_row_tells_how_many_passages_count(library: Library) -> None:
    """What `read_place` relies on: a READY document's `passages` is how many the index has of it."""
    room = library.room()
    document = library.add(room, "Plants", PLANTS, CELLS)
    with library.school.database.read.connect() as connection:
        told = connection.scalar(select(study_document.c.passages).where(study_document.c.id == document.id))
        assert told == connection.scalar(select(func.count()).select_from(study_passage)) == 2

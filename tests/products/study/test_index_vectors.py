"""Vectors beside words: kept as halves, compared with their own kind alone, and scored in whole numbers."""

from math import sqrt
from struct import pack, unpack
import subprocess
import sys

import pytest
from sqlalchemy import select

from laurels.products.study import index
from laurels.products.study.index import Vector, searching, tag_of
from laurels.products.study.index.cosines import cosines_of, halved
from laurels.products.study.tables import StudyClass, study_passage
from products.study.library import Library, titles
from products.study.school import School

TAG = tag_of("text-embedding-3-small", 3)


@pytest.fixture
def library(school: School) -> Library:
    return Library(school)


def vector(*numbers: float) -> bytes:
    return pack(f"<{len(numbers)}f", *numbers)


def place(library: Library, room: StudyClass, vectors: dict[str, bytes], tag: str = TAG) -> None:
    """Documents of one passage each, by title, with their vectors."""
    for title, values in vectors.items():
        document = library.add(room, title, f"{title} stands for itself.")
        with library.school.database.write.begin() as connection:
            [(number, text)] = index.list_unplaced(connection, document.id, tag, limit=10)
            assert text == f"{title} stands for itself."
            index.keep_vectors(connection, [(number, values)], tag)
            assert index.list_unplaced(connection, document.id, tag, limit=10) == []


NORTH, EAST, UP = vector(1, 0, 0), vector(0, 1, 0), vector(0, 0, 1)


def test_what_shares_no_word_is_found_by_its_vector(library: Library) -> None:
    room = library.room()
    place(library, room, {"Alpha": NORTH, "Beta": EAST, "Gamma": UP})
    assert library.search("unheard", room) == []
    found = library.search("unheard", room, vector=Vector(TAG, vector(0.1, 0.9, 0.2)))
    assert titles(found) == ["Beta", "Gamma", "Alpha"]
    assert [hit.score for hit in found] == [400_000, 88_800, 44_400]
    assert {hit.coverage for hit in found} == {0}


def test_words_and_vectors_count_together(library: Library) -> None:
    room = library.room()
    place(library, room, {"Alpha": NORTH, "Beta": EAST, "Gamma": UP})
    found = library.search("alpha", room, vector=Vector(TAG, vector(0.6, 0.8, 0)))
    assert [(title, hit.score) for title, hit in zip(titles(found), found, strict=True)] == [
        ("Alpha", 600_000 + 400 * 750),
        ("Beta", 400_000),
        ("Gamma", 0),
    ]
    weak = library.search("alpha", room, vector=Vector(TAG, vector(0.6, 0.8, 0), share=300))
    assert weak[0].score == 700_000 + 300 * 750
    assert found[0].coverage == library.search("alpha", room)[0].coverage


def test_vectors_of_another_embedder_are_left_aside(library: Library) -> None:
    room = library.room()
    place(library, room, {"Alpha": NORTH}, tag="other/3")
    place(library, room, {"Beta": EAST})
    assert titles(library.search("unheard", room, vector=Vector(TAG, NORTH))) == ["Beta"]
    assert titles(library.search("beta", room, vector=Vector("third/3", NORTH))) == ["Beta"]


def test_a_vector_of_another_dimension_is_an_error() -> None:
    with pytest.raises(ValueError, match="dimension"):
        cosines_of([halved(NORTH)], vector(1, 0))


def test_of_very_many_the_best_by_words_are_compared(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MAX_VECTORS", 2)
    room = library.room()
    place(library, room, {"Alpha": NORTH, "Beta": EAST, "Gamma": UP})
    assert titles(library.search("alpha", room, vector=Vector(TAG, UP))) == ["Alpha"]


def test_vectors_are_searched_within_the_scopes(library: Library) -> None:
    room, other = library.room(), library.room()
    place(library, room, {"Alpha": NORTH})
    place(library, other, {"Beta": EAST})
    assert titles(library.search("unheard", room, vector=Vector(TAG, EAST))) == ["Alpha"]


def test_a_document_that_is_gone_is_not_found_by_its_vector(library: Library) -> None:
    room = library.room()
    place(library, room, {"Alpha": NORTH})
    lost = library.add(room, "Lost", "Lost.")
    with library.school.database.write.begin() as connection:
        [(number, _)] = index.list_unplaced(connection, lost.id, TAG, limit=1)
        index.keep_vectors(connection, [(number, NORTH)], TAG)
    library.change(lost, deleted_at=library.school.clock.at)
    assert titles(library.search("unheard", room, vector=Vector(TAG, NORTH))) == ["Alpha"]


def test_vectors_are_kept_as_halves(library: Library) -> None:
    room = library.room()
    place(library, room, {"Alpha": vector(sqrt(0.5), -sqrt(0.5), 0)})
    with library.school.database.read.connect() as connection:
        kept = connection.scalar(select(study_passage.c.vector))
    assert unpack("<3e", kept) == pytest.approx((0.7071, -0.7071, 0), abs=1e-3)


def test_cosines_are_of_the_angle_whatever_the_length() -> None:
    assert cosines_of([halved(vector(2, 0)), halved(vector(-3, 0)), halved(vector(0, 0)), halved(vector(1, 1))], vector(5, 0)) == [
        1_000_000,
        -1_000_000,
        0,
        707_107,
    ]
    assert cosines_of([], vector(1)) == []
    assert len(cosines_of([halved(NORTH)] * 1_201, NORTH)) == 1_201


def test_keeping_no_vectors_is_no_work(library: Library) -> None:
    with library.school.database.write.begin() as connection:
        index.keep_vectors(connection, [], TAG)


def test_without_vectors_numpy_is_not_loaded() -> None:
    loaded = "import sys; from laurels.products.study import index; index.search; print('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout == "False\n"

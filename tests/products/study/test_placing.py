"""Vectors beside passages: paid for by the uploader once, and never in the way of a document's words."""

from collections.abc import Iterator
from datetime import timedelta
import json
from uuid import UUID

import pytest
from sqlalchemy import func, select

from laurels.products.study import index
from laurels.products.study.tables import Usage, study_passage, study_usage
from products.study.extraction import files
from products.study.school import School
from products.study.shelves import add_read, read_all, row
from support.openai_bodies import Reply
from support.openai_server import EMBEDDER, OpenAIServer, an_openai_server

PAGES = 40


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A model's server."""
    with an_openai_server() as opened:
        yield opened


@pytest.fixture
def placing(school: School, server: OpenAIServer) -> Iterator[School]:
    """A school whose documents are placed by it."""
    with school.open(**server.settings):
        yield school


def script() -> bytes:
    """A document of as many passages as pages."""
    return files.pdf([[f"On page {page} stands the word number {page}."] for page in range(1, PAGES + 1)], title="Numbers")


def tags(school: School, document: UUID) -> dict[str | None, int]:
    """How many passages of a document have vectors by which embedder."""
    wanted = select(study_passage.c.vector_model, func.count().label("number")).where(study_passage.c.document == document)
    with school.database.read.connect() as connection:
        return {row.vector_model: row.number for row in connection.execute(wanted.group_by(study_passage.c.vector_model))}


def usages(school: School) -> list[Usage]:
    """What was used, oldest first."""
    with school.database.read.connect() as connection:
        return [Usage(*one) for one in connection.execute(select(study_usage).order_by(study_usage.c.id))]


def test_passages_are_placed_and_their_tokens_counted_for_the_uploader(placing: School, server: OpenAIServer) -> None:
    room, _, (ana,) = placing.with_members(1)
    document = add_read(placing, ana, room, "numbers.pdf", script())
    assert tags(placing, document) == {index.tag_of(EMBEDDER, server.dimension): PAGES}
    assert [len(asked.body["input"]) for asked in server.embedded] == [32, PAGES - 32]
    assert server.embedded[0].body["input"][0].startswith("Numbers\nOn page 1 ")
    used = usages(placing)
    words = sum(len(text.split()) for asked in server.embedded for text in asked.body["input"])
    assert sum(one.input_tokens for one in used) == words
    assert {(one.user_id, one.class_id, one.document, one.operation_type, one.status) for one in used} == {
        (ana.id, room.id, document, "EMBEDDING", "settled")
    }
    assert row(placing, document).note is None


def test_without_tokens_a_document_is_found_by_its_words(placing: School, server: OpenAIServer) -> None:
    room, _, (ana,) = placing.with_members(1)
    placing.limit(room, ana, daily=10)
    document = add_read(placing, ana, room, "numbers.pdf", script())
    assert not server.embedded
    assert tags(placing, document) == {None: PAGES}
    assert "its words alone: no tokens were left" in str(row(placing, document).note)
    with placing.database.read.connect() as connection:
        assert index.search(connection, [room.id], "On which page stands the word number 17?")[0].page == 17
    assert usages(placing) == []


def test_a_server_without_vectors_is_noted_and_asked_once(placing: School, server: OpenAIServer) -> None:
    server.embedders = set()
    room, _, (ana,) = placing.with_members(1)
    document = add_read(placing, ana, room, "numbers.pdf", script())
    assert "the server that finds by meaning doesn't take it" in str(row(placing, document).note)
    assert row(placing, document).due_at is None
    assert [one.status for one in usages(placing)] == ["released"]


def test_a_server_that_is_away_is_asked_again_while_words_are_found(placing: School, server: OpenAIServer) -> None:
    server.embeddings += [Reply(raw=b""), Reply(status=503)]
    room, _, (ana,) = placing.with_members(1)
    document = add_read(placing, ana, room, "numbers.pdf", script())
    known = row(placing, document)
    assert "for now" in str(known.note)
    assert known.due_at == placing.clock.at + timedelta(seconds=10)
    placing.clock.set(known.due_at)
    read_all(placing)
    again = row(placing, document)
    assert (again.processing_status, again.due_at) == ("READY", placing.clock.at + timedelta(seconds=20))
    assert again.due_at is not None
    placing.clock.set(again.due_at)
    read_all(placing)
    done = row(placing, document)
    assert (done.processing_status, done.note, done.due_at) == ("READY", None, None)
    assert tags(placing, document) == {index.tag_of(EMBEDDER, server.dimension): PAGES}
    assert done.ready_at == known.ready_at, "it was found by its words since"
    assert {one.status for one in usages(placing)} == {"released", "settled"}


def test_what_is_placed_is_not_placed_again(placing: School, server: OpenAIServer) -> None:
    server.dimension = 8
    placed = {"data": [{"index": number, "embedding": [1.0] * 8} for number in range(32)], "model": EMBEDDER}
    server.embeddings += [Reply(raw=json.dumps(placed).encode()), Reply(status=503)]
    room, _, (ana,) = placing.with_members(1)
    document = add_read(placing, ana, room, "numbers.pdf", script())
    known = row(placing, document)
    assert tags(placing, document) == {index.tag_of(EMBEDDER, 8): 32, None: PAGES - 32}
    assert known.due_at is not None
    server.embedded.clear()
    placing.clock.set(known.due_at)
    read_all(placing)
    (asked,) = server.embedded
    assert [text.rpartition(" ")[2] for text in asked.body["input"]] == [f"{page}." for page in range(33, PAGES + 1)]
    assert tags(placing, document) == {index.tag_of(EMBEDDER, 8): PAGES}

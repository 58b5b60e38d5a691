"""The writer: posting, batches, and facts to those who listen."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger import KeyReused, tables
from laurels.ledger import writer as writer_module
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Posted, Writer
from ledger.lanes import entries, held, together
from ledger.toy import (
    Answer,
    Disliked,
    Give,
    Grant,
    fail,
    proposed,
    refuse,
    request,
    writing,
)


def test_post_answers_and_commits(writer: Writer, toys: Database) -> None:
    assert asyncio.run(writer.post(proposed(Grant(1, 5)))) == Posted(Answer(1, 5), 1, False)
    assert writer.post_now(proposed(Grant(1, 5))) == Posted(Answer(2, 10), 2, False)
    assert held(toys) == 10


def test_post_raises_refusals_and_mistakes(writer: Writer) -> None:
    for post in (writer.post_now, lambda proposal: asyncio.run(writer.post(proposal))):
        with pytest.raises(Disliked):
            post(proposed(refuse()))
        with pytest.raises(KeyError):
            post(proposed(fail(KeyError("mistake"))))


def test_replays_and_reused_keys_come_through(writer: Writer) -> None:
    first = writer.post_now(proposed(Grant(1, 5), request=request("k")))
    again = writer.post_now(proposed(Grant(1, 5), request=request("k")))
    assert again == Posted(first.answer, first.entry, True)
    with pytest.raises(KeyReused):
        writer.post_now(proposed(Grant(1, 6), request=request("k", "other")))


def test_post_all_gives_outcomes_in_order(writer: Writer, toys: Database) -> None:
    decisions = [Grant(1, 1), refuse(), Grant(1, 2), fail(KeyError("mistake")), Grant(2, 1, book="joys")]
    outcomes = list(writer.post_all(proposed(one) for one in decisions))
    assert [type(outcome) for outcome in outcomes] == [Posted, Disliked, Posted, KeyError, Posted]
    assert held(toys) == 3


def test_post_all_of_more_than_the_queue_holds_keeps_order_and_memory(toys: Database) -> None:
    with writing(toys, batch=2) as writer:
        drawn = 0

        def proposals() -> Iterator[Any]:
            nonlocal drawn
            for _ in range(60):
                drawn += 1
                yield proposed(Grant(1, 1))

        outcomes = writer.post_all(proposals())
        first = next(outcomes)
        assert drawn <= 2 * writer_module.QUEUED_BATCHES, "it runs ahead of the database by a queue at most"
        assert [first.entry, *(outcome.entry for outcome in outcomes)] == list(range(1, 61))


def test_post_ahead_has_all_queued_before_the_first_outcome_is_read(toys: Database) -> None:
    with writing(toys, batch=2) as writer:
        ahead = writer.post_ahead(proposed(Grant(1, 1)) for _ in range(20))
        after = writer.post_now(proposed(Grant(1, 1)))
        assert after.entry == 21
        assert [outcome.entry for outcome in ahead] == list(range(1, 21))
        refused = writer.post_ahead([proposed(refuse()), proposed(fail(KeyError("mistake")))])
        assert [type(outcome) for outcome in refused] == [Disliked, KeyError]


def test_post_ahead_after_stopping_gives_unavailable(writer: Writer) -> None:
    writer.stop()
    assert list(writer.post_ahead([proposed(Grant(1, 1)), proposed(Grant(1, 1))])) == [Unavailable(), Unavailable()]


def test_what_gathers_meanwhile_is_one_batch(writer: Writer, toys: Database) -> None:
    outcomes = together(writer, *(Grant(1, 1) for _ in range(8)))
    assert [outcome.entry for outcome in outcomes] == list(range(2, 10))
    with toys.read.connect() as connection:
        assert [tuple(row) for row in connection.execute(select(tables.chain.c.first_sequence, tables.chain.c.last_sequence))] == [
            (1, 1),
            (2, 9),
        ]


def test_batch_takes_no_more_than_its_size(toys: Database) -> None:
    with writing(toys, batch=3) as writer:
        together(writer, *(Grant(1, 1) for _ in range(8)))
    with toys.read.connect() as connection:
        assert [row.last_sequence for row in connection.execute(select(tables.chain))] == [1, 4, 7, 9]


def test_lanes_share_the_books(toys: Database) -> None:
    with writing(toys, lanes=3) as writer:
        assert len(writer._lanes) == (1 if toys.is_sqlite else 3)
        books = [f"book-{number}" for number in range(8)]
        for book in books * 2:
            writer.post_now(proposed(Grant(1, 1, book=book)))
        assert writer.is_running
    assert entries(toys) == 16


# Facts


def test_listeners_hear_the_facts_of_each_commit(writer: Writer) -> None:
    heard: list[Sequence[Told]] = []
    writer.listen(heard.append)
    writer.post_now(proposed(Grant(1, 5)))
    writer.post_now(proposed(Give(UUID(int=1), 1, 2, 5)))
    writer.stop()
    assert [[(fact.sequence, fact.name) for fact in facts] for facts in heard] == [[(2, "toy.gave")]]


def test_listener_with_a_mistake_stops_nobody(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Sequence[Told]] = []

    def breaks(facts: Sequence[Told]) -> None:
        raise RuntimeError("listener")

    writer.listen(breaks)
    writer.listen(heard.append)
    writer.post_now(proposed(Grant(1, 10)))
    for number in (1, 2):
        writer.post_now(proposed(Give(UUID(int=number), 1, 2, 5)))
    writer.stop()
    assert len(heard) == 2
    assert "a listener failed" in caplog.text

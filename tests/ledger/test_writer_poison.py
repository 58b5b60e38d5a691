"""The writer and what can't be written: it fails alone."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DataError, IntegrityError

from laurels.core.database import Database
from laurels.ledger.writer import Posted, Writer
from ledger.lanes import entries, held, together
from ledger.toy import (
    NOON,
    Answer,
    Does,
    Give,
    Grant,
    Note,
    fail,
    poison,
    proposed,
)


def test_poison_fails_alone(writer: Writer, toys: Database) -> None:
    outcomes = together(writer, Grant(1, 1), poison(1), Grant(1, 2), Grant(1, 4), poison(2), Grant(1, 8), Grant(1, 16))
    assert [type(outcome) for outcome in outcomes] == [Posted, IntegrityError, Posted, Posted, IntegrityError, Posted, Posted]
    assert held(toys) == 31
    assert entries(toys) == 6


def test_words_of_a_poison_row_stay_out_of_the_log(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    """PostgreSQL quotes the row that it refuses, with the words that a person wrote."""

    def decides(draft: Any) -> Answer:
        draft.record(Note(UUID(int=1), draft.entry, 0, "a secret between friends", 0, False, NOON))
        return Answer(draft.entry, 0)

    with pytest.raises(IntegrityError):
        writer.post_now(proposed(Does(decides)))
    assert "a Does can't be written: IntegrityError" in caplog.text
    assert "secret" not in caplog.text


UNWRITABLE = {
    "an answer that JSON can't hold": Does(lambda draft: float),
    "an answer past 64 bits": Does(lambda draft: Answer(2**70, 0)),
    "an account of no owner": Does(lambda draft: Answer(0, 0), needed=lambda: None),
}


@pytest.mark.parametrize("decision", UNWRITABLE.values(), ids=UNWRITABLE.keys())
def test_what_fails_outside_of_decide_fails_alone(writer: Writer, toys: Database, decision: Does) -> None:
    """An answer that can't be encoded failed everyone in its batch."""
    outcomes = together(writer, Grant(1, 1), decision, Grant(1, 2))
    assert [type(outcome) for outcome in (outcomes[0], outcomes[2])] == [Posted, Posted]
    assert isinstance(outcomes[1], TypeError | AttributeError)
    assert held(toys) == 3


def test_text_that_the_database_cannot_hold_fails_alone(writer: Writer, toys: Database) -> None:
    """Half of a surrogate pair, as JSON may bring it: no database error, and so it failed everyone in its batch."""
    writer.post_now(proposed(Grant(1, 50)))
    odd = Give(UUID(int=1), 1, 2, 5, words="\ud800")
    outcomes = together(writer, Grant(2, 1), odd, Grant(2, 2))
    assert [type(outcome) for outcome in (outcomes[0], outcomes[2])] == [Posted, Posted]
    assert isinstance(outcomes[1], UnicodeEncodeError | DataError)
    assert held(toys, 2) == 3


def test_stop_iteration_reaches_its_caller_and_the_others_theirs(writer: Writer) -> None:
    """No future carries a StopIteration: the callers behind it in the batch waited for ever."""

    async def story() -> list[Any]:
        return await asyncio.gather(
            *(writer.post(proposed(one)) for one in (Grant(1, 1), fail(StopIteration()), Grant(1, 2))), return_exceptions=True
        )

    outcomes = asyncio.run(asyncio.wait_for(story(), 30))
    assert [type(outcome) for outcome in outcomes] == [Posted, RuntimeError, Posted]
    assert isinstance(outcomes[1].__cause__, StopIteration)

"""Endorsing, with no database."""

from dataclasses import replace
from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Participant
from laurels.products.recognition.decisions import Endorsed, EndorseRecognition
from laurels.products.recognition.errors import AlreadyEndorsed, OwnRecognition, RecognitionIsReversed
from laurels.products.recognition.facts import RecognitionEndorsed
from laurels.products.recognition.tables import Endorsement, Recognition
from products.recognition.decisions.books import ANA, BO, CY, NOW, POLICY, Books, gift

GIVEN = UUID(int=100)


@pytest.fixture
def books() -> Books:
    """Ana has thanked Bo."""
    made = Books()
    made.decide(gift(10))
    return made


def test_an_endorsement_touches_only_the_count(books: Books) -> None:
    assert books.decide(EndorseRecognition(GIVEN, CY, POLICY)) == Endorsed(GIVEN, 1)
    assert books.moved() == []
    assert books.row(Endorsement, (GIVEN, CY)) == Endorsement(GIVEN, CY, NOW)
    [(row, columns)] = books.last.changed_rows.values()
    assert (row.endorsement_count, row.updated_at, columns) == (1, NOW, {"endorsement_count", "updated_at"})
    assert books.last.facts == [RecognitionEndorsed(GIVEN, CY)]
    assert EndorseRecognition(GIVEN, CY, POLICY).reference == GIVEN


def test_the_receiver_may_endorse_and_counts_add_up(books: Books) -> None:
    books.decide(EndorseRecognition(GIVEN, CY, POLICY))
    assert books.decide(EndorseRecognition(GIVEN, BO, POLICY)) == Endorsed(GIVEN, 2)


def test_a_second_endorsement_is_refused_and_changes_nothing(books: Books) -> None:
    books.decide(EndorseRecognition(GIVEN, CY, POLICY))
    with pytest.raises(AlreadyEndorsed):
        books.decide(EndorseRecognition(GIVEN, CY, POLICY))
    assert books.row(Recognition, GIVEN).endorsement_count == 1


def test_the_giver_may_not_unless_the_policy_says_so(books: Books) -> None:
    with pytest.raises(OwnRecognition):
        books.decide(EndorseRecognition(GIVEN, ANA, POLICY))
    assert books.decide(EndorseRecognition(GIVEN, ANA, replace(POLICY, giver_may_endorse=True))) == Endorsed(GIVEN, 1)


def test_what_was_reversed_cant_be_endorsed(books: Books) -> None:
    books.put(replace(books.row(Recognition, GIVEN), reversed_at=NOW))
    with pytest.raises(RecognitionIsReversed):
        books.decide(EndorseRecognition(GIVEN, CY, POLICY))


def test_unknown_and_inactive_are_refused(books: Books) -> None:
    with pytest.raises(Missing):
        books.decide(EndorseRecognition(UUID(int=77), CY, POLICY))
    books.put(Participant(CY, "suspended"))
    with pytest.raises(MemberInactive):
        books.decide(EndorseRecognition(GIVEN, CY, POLICY))

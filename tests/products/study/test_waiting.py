"""Questions that find no room only because of what is set aside for others; and questions that are placed by their meaning."""

from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from laurels.core.ids import new_id
from laurels.jobs.timetable import UTC_ZONE
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.questions import AskQuestion
from laurels.products.study.index import tag_of
from laurels.products.study.tables import study_passage
from products.study.classroom import ELASTIC, PAGES, Classroom, without_vectors
from products.study.school import School
from support.openai_bodies import Reply
from support.openai_server import EMBEDDER, OpenAIServer
from support.site import refused
from support.word_vectors import DIMENSION

ROOM_FOR_ONE = 1_500
"""Tokens that hold one question, and don't hold two."""


def test_a_question_waits_for_what_others_hold_and_is_answered_then(school: School, model_server: OpenAIServer) -> None:
    gate = Event()
    model_server.say("First.", waits=gate)
    model_server.say("Second.")
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        school.limit(here.room, here.ana, daily=ROOM_FOR_ONE)
        session = here.begin()

        def second() -> Any:
            assert model_server.reached.wait(30)
            gate.set()
            return here.ask(session, "And then?", key="second")

        answers = school.together(lambda: here.ask(session), second)
        assert [answer.json()["answer"]["content"] for answer in answers] == ["First.", "Second."]
        assert here.used()[0] == 24


def test_a_question_that_waited_in_vain_is_told_to_come_again(
    school: School, model_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("laurels.products.study.actions.patience.HELD_SECONDS", 0.2)
    gate = Event()
    model_server.say("First.", waits=gate)
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        school.limit(here.room, here.ana, daily=ROOM_FOR_ONE)
        session = here.begin()

        def second() -> Any:
            assert model_server.reached.wait(30)
            try:
                return here.ask(session, "And then?", key="second")
            finally:
                gate.set()

        _, told = school.together(lambda: here.ask(session), second)
        problem = refused(told, 429, "tokens-held")
        assert (told.headers["retry-after"], problem["retry_after_seconds"]) == ("5", 5)
        assert school.told("study.budget_reached") == []
        assert here.ask(session, "And then?", key="second").status_code == 201, "under the same key"
        assert len(here.messages()) == 4


def place_all(school: School) -> None:
    """Give all passages vectors, as reading a document does."""
    with school.database.write.begin() as connection:
        connection.execute(update(study_passage).values(vector=b"\0" * 2 * DIMENSION, vector_model=tag_of(EMBEDDER, DIMENSION)))


def test_a_question_is_placed_and_that_is_a_call_of_its_own(school: School, model_server: OpenAIServer) -> None:
    with school.open(**model_server.settings):
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        session = here.begin()
        here.asked(session)
        assert model_server.embedded == [], "nothing there has a vector"
        place_all(school)
        answer = here.asked(session)
        assert [one.body["input"] for one in model_server.embedded] == [[ELASTIC]]
        calls = [call for call in here.calls() if call.operation_type == "EMBEDDING"]
        assert [(call.status, call.input_tokens, call.output_tokens, call.model_name) for call in calls] == [("settled", 7, 0, EMBEDDER)]
        assert [str(call.message) for call in calls] == [answer["id"]]
        assert here.used() == [12 + 12 + 7] * 3


def test_a_question_that_finds_no_place_among_the_chats_takes_no_vector(school: School, model_server: OpenAIServer) -> None:
    with school.open(**model_server.settings):
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        place_all(school)
        school.permit(here.room, here.ana, max_concurrent_chats=1)
        session = here.begin()
        at = school.clock.at
        spend = Spend(new_id(), here.room.id, here.ana.id, "CHAT", "gpt", 0, at, UTC_ZONE, at + timedelta(hours=1), takes_slot=True)
        school.post_now(AskQuestion(UUID(session), new_id(), "And this?", spend))
        refused(here.ask(session), 429, "too-many-chats")
        assert (model_server.embedded, here.calls(), len(here.messages())) == ([], [], 2)


def test_where_a_question_cant_be_placed_words_find_and_nothing_is_held(school: School, model_server: OpenAIServer) -> None:
    with school.open(**model_server.settings):
        here = Classroom(school)
        here.put("mechanics.txt", PAGES)
        place_all(school)
        model_server.embeddings.append(Reply(status=503))
        model_server.say("Energy [1].")
        answer = here.asked(here.begin())
        assert (answer["content"], answer["context_used"][0]["page"]) == ("Energy [1].", 2)
        assert sorted((call.operation_type, call.status) for call in here.calls()) == [("CHAT", "settled"), ("EMBEDDING", "released")]
        assert here.used() == [12] * 3

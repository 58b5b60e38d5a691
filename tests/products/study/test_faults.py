"""S7: whatever goes wrong while a question is answered, nothing stays set aside, and what came is kept and counted."""

from datetime import timedelta
import signal
from threading import Event
from typing import Any

import pytest

from faults.shop import wait_until
from products.study.classroom import ELASTIC, Classroom, hear, held, without_vectors
from products.study.processes import PASSWORD, servers_of
from products.study.school import School
from support.openai_server import OpenAIServer


def check_free(here: Classroom) -> None:
    """Nothing is set aside, and no chat counts as under way."""
    use = here.use()
    assert held(use.own) == [0, 0, 0]
    assert here.in_flight() == 0
    assert "held" not in {call.status for call in here.calls()}


def test_s07_a_fault_of_the_models_server_takes_nothing(school: School, model_server: OpenAIServer) -> None:
    model_server.fail(500)
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        answer = here.asked(session)
        assert (answer["status"], answer["error_code"], answer["content"]) == ("failed", "broken", "")
        [call] = here.calls()
        assert (call.status, call.input_tokens, call.output_tokens, call.cost) == ("released", 0, 0, 0)
        assert here.used() == [0, 0, 0]
        check_free(here)
        assert here.asked(session, "Once more?")["status"] == "answered"


def test_s07_a_fault_is_told_in_the_stream(school: School, model_server: OpenAIServer) -> None:
    model_server.fail(429, code="rate_limit_exceeded", headers={"Retry-After": "7"})
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        heard = here.listen(here.begin())
        assert heard.names == ["sources", "usage", "error", "done"]
        problem = heard.one("error")
        assert (problem["code"], problem["error_code"], problem["status"]) == ("answer-failed", "throttled", 503)
        assert problem["detail"].startswith("The AI model gave no whole answer: its server is asked too often.")
        check_free(here)


def test_s07_of_a_cut_stream_what_came_is_kept_and_counted(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", ends=False)
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        heard = here.listen(here.begin())
        assert (heard.text, heard.names[-1]) == ("As far as this", "done")
        answer = heard.one("done")["answer"]
        assert (answer["status"], answer["error_code"], answer["content"]) == ("failed", "connection", "As far as this")
        [call] = here.calls()
        assert (call.status, call.usage_estimated, call.output_tokens) == ("settled", True, 5)
        assert here.used()[0] == call.input_tokens + call.output_tokens > 100
        check_free(here)


def test_s07_where_no_usage_is_told_it_is_estimated_and_marked(school: School, model_server: OpenAIServer) -> None:
    model_server.say("It is so.", usage=None)
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        assert here.asked(here.begin())["status"] == "answered"
        [call] = here.calls()
        assert (call.status, call.usage_estimated, call.output_tokens) == ("settled", True, 3)
        check_free(here)


def test_s07_more_than_was_set_aside_is_counted_all_the_same(school: School, model_server: OpenAIServer) -> None:
    model_server.say("It is so.", usage=(50_000, 10))
    with school.open(**without_vectors(model_server)):
        here = Classroom(school)
        here.asked(here.begin())
        assert here.used() == [50_010] * 3
        check_free(here)


def test_s07_a_client_that_leaves_changes_nothing(school: School, model_server: OpenAIServer) -> None:
    model_server.say("It", " is", " so.")
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        with here.streaming(here.ana, "POST", f"/chat/sessions/{session}/messages", json={"content": ELASTIC, "stream": True}) as lines:
            hear(lines, until="sources")
        wait_until(lambda: here.answers()[0].status != "pending", "it is answered without its asker")
        [answer] = here.answers()
        assert (answer.status, answer.content) == ("answered", "It is so.")
        assert here.used() == [12, 12, 12]
        check_free(here)


def test_s07_a_server_that_stops_puts_its_answers_down(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", hangs=True)
    ana = school.make_member(password=PASSWORD)
    here = Classroom(school, members=0)
    school.join(here.room, ana)
    with servers_of(school, model_server, 1) as [one]:
        headers = one.headers(ana)
        session = one.http.post("/chat/sessions", json={"class_id": str(here.room.id)}, headers=headers).json()["id"]
        asking: dict[str, Any] = {"json": {"content": ELASTIC, "stream": True}, "headers": headers}
        with one.http.stream("POST", f"/chat/sessions/{session}/messages", **asking) as response:
            hear(response.iter_lines(), until="delta")
            one.running.send_signal(signal.SIGTERM)
            one.running.wait(30)
    [answer] = here.answers()
    assert (answer.status, answer.error_code, answer.content) == ("failed", "interrupted", "As far as this")
    [call] = here.calls()
    assert (call.status, call.usage_estimated) == ("settled", True)


def test_s07_after_kill_9_nothing_is_held_once_it_lapsed(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", hangs=True)
    ana = school.make_member(password=PASSWORD)
    here = Classroom(school, members=0)
    school.join(here.room, ana)
    here.ana = ana
    with servers_of(school, model_server, 1) as [one]:
        headers = one.headers(ana)
        session = one.http.post("/chat/sessions", json={"class_id": str(here.room.id)}, headers=headers).json()["id"]
        asking: dict[str, Any] = {"json": {"content": ELASTIC, "stream": True}, "headers": headers}
        with one.http.stream("POST", f"/chat/sessions/{session}/messages", **asking) as response:
            hear(response.iter_lines(), until="delta")
            one.running.kill()
            one.running.wait(30)
    [call] = here.calls()
    assert (call.status, here.in_flight()) == ("held", 1)
    school.clock.set(call.created_at + timedelta(seconds=30))
    here.lapse()
    assert here.in_flight() == 1, "not before its time"
    school.clock.set(call.created_at + timedelta(minutes=5))
    for _ in range(2):
        here.lapse()
    check_free(here)
    assert [call.status for call in here.calls()] == ["released"]
    [answer] = here.answers()
    assert (answer.status, answer.error_code) == ("failed", "lapsed")
    assert [fact["status"] for fact in school.told("study.answered")] == ["failed"]
    with school.open(**without_vectors(model_server)):
        assert here.asked(session, "Once more?")["status"] == "answered"


def test_s07_what_comes_after_it_lapsed_is_counted_and_its_words_arent_kept(school: School, model_server: OpenAIServer) -> None:
    gate = Event()
    model_server.say("Too late.", waits=gate)
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        path = f"/chat/sessions/{session}/messages"
        with here.streaming(here.ana, "POST", path, json={"content": ELASTIC, "stream": True}) as lines:
            hear(lines, until="sources")
            assert model_server.reached.wait(30)
            school.later(minutes=10)
            here.lapse()
            check_free(here)
            gate.set()
            done = hear(lines).one("done")["answer"]
        assert (done["status"], done["error_code"], done["content"]) == ("failed", "lapsed", "")
        [call] = here.calls()
        assert (call.status, call.input_tokens, call.output_tokens) == ("settled", 9, 3)
        assert here.used() == [12, 12, 12]
        check_free(here)


def test_s07_an_answer_without_a_model_lapses_too(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    with school.open():
        here = Classroom(school)
        session = here.begin()

        async def die(*_: Any) -> None:
            raise SystemError("gone")

        monkeypatch.setattr("laurels.products.study.actions.answering._put_down", die)
        assert here.asked(session)["status"] == "pending"
        assert here.in_flight() == 1
        school.later(minutes=5)
        here.lapse()
        check_free(here)
        assert [(row.status, row.error_code) for row in here.answers()] == [("failed", "lapsed")]


def test_s07_a_deleted_session_leaves_nothing_held(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", hangs=True)
    with school.open_wide(**without_vectors(model_server)):
        here = Classroom(school)
        session = here.begin()
        with here.streaming(here.ana, "POST", f"/chat/sessions/{session}/messages", json={"content": ELASTIC, "stream": True}) as lines:
            hear(lines, until="delta")
            assert school.ask(here.ana, "DELETE", f"/chat/sessions/{session}").status_code == 204
            assert hear(lines).one("error")["code"] == "not-found"
        assert here.messages() == []
        [call] = here.calls()
        assert (call.status, call.usage_estimated) == ("settled", True)
        check_free(here)

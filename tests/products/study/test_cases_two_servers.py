"""Chats with two server processes beside each other: one cap for both, and an answer that either stops or follows."""

from itertools import cycle
from typing import Any

from laurels.identity.tables import Member
from laurels.products.study.accounts import own
from products.study.classroom import ELASTIC, Classroom, hear
from products.study.processes import PASSWORD, ServerProcess, servers_of
from products.study.school import School
from products.study.test_cases_chats import CAP, TOOK, check_capped, highest, say_always
from support.openai_server import OpenAIServer


def with_password(school: School) -> tuple[Classroom, Member]:
    """A class, and a member of it who can sign in anywhere."""
    here = Classroom(school, members=0)
    here.ana = school.make_member(password=PASSWORD)
    school.join(here.room, here.ana)
    return here, here.ana


def begin(server: ServerProcess, here: Classroom, headers: dict[str, str]) -> str:
    """A session's messages, as a path."""
    answer = server.http.post("/chat/sessions", json={"class_id": str(here.room.id)}, headers=headers)
    assert answer.status_code == 201, answer.text
    return f"/chat/sessions/{answer.json()['id']}/messages"


def test_s06_of_60_parallel_chats_over_two_processes_none_gets_past_a_cap(school: School, model_server: OpenAIServer) -> None:
    say_always(model_server, 60)
    here, ana = with_password(school)
    school.permit(here.room, ana, max_concurrent_chats=50)
    school.limit(here.room, ana, daily=CAP)
    with servers_of(school, model_server, 2) as servers:
        headers = servers[0].headers(ana)
        path = begin(servers[0], here, headers)
        asking: dict[str, Any] = {"json": {"content": ELASTIC}, "headers": headers}
        turns = [server for server, _ in zip(cycle(servers), range(60), strict=False)]
        answers = school.together(*[lambda server=server: server.http.post(path, **asking) for server in turns])
    check_capped(here, answers, own(here.room.id, ana.id, here.calls()[0].day))
    assert here.in_flight() == 0
    assert highest(school, own(here.room.id, ana.id, here.calls()[0].week)) <= CAP
    assert sum(TOOK) * len(here.calls()) <= CAP


def test_an_answer_is_stopped_and_followed_from_another_process(school: School, model_server: OpenAIServer) -> None:
    model_server.say("As far as", " this", hangs=True)
    here, ana = with_password(school)
    with servers_of(school, model_server, 2) as [one, other]:
        headers = one.headers(ana)
        path = begin(one, here, headers)
        asking: dict[str, Any] = {"json": {"content": ELASTIC, "stream": True}, "headers": headers}
        with one.http.stream("POST", path, **asking) as response:
            lines = response.iter_lines()
            answer = hear(lines, until="sources").one("sources")["answer_id"]
            hear(lines, until="delta")
            assert other.http.post(f"{path}/{answer}/stop", headers=headers).status_code == 202
            with other.http.stream("GET", f"{path}/{answer}/stream", headers=headers) as elsewhere:
                followed = hear(elsewhere.iter_lines())
            done = hear(lines).one("done")["answer"]
        assert (done["status"], done["content"]) == ("stopped", "As far as this")
        assert (followed.text, followed.one("done")["answer"]["status"]) == ("As far as this", "stopped")
        assert other.http.post(f"{path}/{answer}/stop", headers=headers).status_code == 409
    [call] = here.calls()
    assert (call.status, call.usage_estimated, here.in_flight()) == ("settled", True, 0)


def test_a_question_that_is_sent_to_both_with_one_key_is_asked_once(school: School, model_server: OpenAIServer) -> None:
    here, ana = with_password(school)
    with servers_of(school, model_server, 2) as servers:
        headers = servers[0].headers(ana) | {"Idempotency-Key": "one"}
        path = begin(servers[0], here, headers)
        calls = [server for server, _ in zip(cycle(servers), range(6), strict=False)]
        asking: dict[str, Any] = {"json": {"content": ELASTIC}, "headers": headers}
        answers = school.together(*[lambda server=server: server.http.post(path, **asking) for server in calls])
    codes = {answer.json()["code"] for answer in answers if answer.status_code != 201}
    assert codes <= {"idempotency-key-in-flight"}
    assert len({answer.json()["answer"]["id"] for answer in answers if answer.status_code == 201}) == 1
    assert (len(model_server.got), len(here.messages())) == (1, 2)

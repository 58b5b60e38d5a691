"""The gateway, asked by the official client of OpenAI's protocol over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
import logging
from threading import Event
from time import monotonic
from typing import Any

import httpx
from openai import (
    APIError,
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    OpenAI,
    PermissionDeniedError,
    RateLimitError,
)
import pytest
from sqlalchemy import update

from laurels.identity.tables import Member
from laurels.products.study.tables import study_member
from products.study.classroom import ELASTIC, PAGES, Classroom, without_vectors
from products.study.school import School
from support.openai_server import OpenAIServer

QUESTION: Any = [{"role": "user", "content": ELASTIC}]


class Gateway(Classroom):
    """A class, asked by programs."""

    def __init__(self, school: School) -> None:
        super().__init__(school)
        self._clients: list[OpenAI] = []

    def key(self, who: Member | None = None) -> str:
        """A key of the class, made by a member."""
        answer = self.school.ask(who or self.ana, "POST", f"/classes/{self.room.id}/keys", json={"name": "notebook"})
        assert answer.status_code == 201, answer.text
        token: str = answer.json()["token"]
        return token

    def client(self, key: str | None = None, **more: Any) -> OpenAI:
        """The official client, pointed at the gateway; it tries once, unless told otherwise."""
        assert isinstance(self.school.http, httpx.Client)
        address = str(self.school.http.base_url).rstrip("/")
        made = OpenAI(base_url=f"{address}/v1", api_key=key or self.key(), **{"max_retries": 0, "timeout": 30, **more})
        self._clients.append(made)
        return made

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()

    def rest(self) -> None:
        """Wait until no answer is written any more."""
        for running in self.desk.answers.running:
            deadline = monotonic() + 20
            while running in self.desk.answers.running:
                assert monotonic() < deadline
                self.school.http.get("/healthz")


@contextmanager
def a_class(school: School, model_server: OpenAIServer | None = None) -> Iterator[Gateway]:
    """A class with a script of three pages, served; with a model, or without."""
    with school.open_wide(**without_vectors(model_server) if model_server else {}):
        here = Gateway(school)
        here.put("mechanics.txt", PAGES)
        try:
            yield here
        finally:
            here.close()
        is_held = [call.id for call in here.calls() if call.status == "held"]
        assert (is_held, here.in_flight()) == ([], 0), "whatever happened, nothing stays set aside"


def refusal(error: APIStatusError) -> tuple[int, Any, Any, Any]:
    """Status, type, code and param of a refusal."""
    body: Any = error.body
    assert set(body) == {"message", "type", "param", "code"} and body["message"]
    return error.status_code, body["type"], body["code"], body["param"]


# Answers


def test_answers_are_made_from_the_class_and_count_on_the_members_limits(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Kinetic", " energy is kept [", "1].", " So it is [7].")
    with a_class(school, model_server) as here:
        answer = here.client().chat.completions.create(model="laurels", messages=QUESTION, temperature=0.2, user="someone")
        assert (answer.object, answer.model, answer.choices[0].finish_reason) == ("chat.completion", "gpt-4o-mini-2024-07-18", "stop")
        said = "Kinetic energy is kept [1]. So it is.\n\nSources, with their pages:\n[1] mechanics.txt, 2"
        assert (answer.choices[0].message.role, answer.choices[0].message.content) == ("assistant", said)
        assert answer.usage is not None
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (9, 3, 12)
        about: Any = answer.model_extra
        assert [(one["number"], one["filename"], one["page"], one["text"]) for one in about["laurels"]["citations"]] == [
            (1, "mechanics.txt", 2, PAGES[1])
        ]
        assert here.used() == [12, 12, 12]
        [call] = here.calls()
        assert (call.status, call.operation_type, call.user_id, call.message, call.cost) == ("settled", "CHAT", here.ana.id, None, 3)
        assert here.messages() == [], "nothing of what is said is kept"
        asked = model_server.got[0]
        assert asked.messages[-1]["content"].endswith(f"The question:\n{ELASTIC}")
        assert f"[1] mechanics.txt, page 2\n{PAGES[1]}" in asked.messages[-1]["content"]
        assert not {"temperature", "user"} & asked.body.keys()


def test_streams_end_with_their_reason_their_sources_and_what_they_took(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Kinetic", " energy [1]", ".", finish="length")
    with a_class(school, model_server) as here:
        stream = here.client().chat.completions.create(
            model="gpt-4o-mini", messages=QUESTION, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert said == "Kinetic energy [1].\n\nSources, with their pages:\n[1] mechanics.txt, 2"
        assert chunks[0].choices[0].delta.role == "assistant"
        *_, last, usage = chunks
        assert (last.choices[0].finish_reason, usage.choices) == ("length", [])
        assert usage.usage is not None and usage.usage.total_tokens == 12
        about: Any = last.model_extra
        assert about["laurels"]["citations"][0]["page"] == 2
        assert len({chunk.id for chunk in chunks}) == 1
        assert here.used() == [12, 12, 12]


def test_without_a_model_the_documents_are_quoted_at_no_cost(school: School) -> None:
    with a_class(school) as here:
        client = here.client()
        assert [model.id for model in client.models.list()] == ["laurels", "extracts"]
        assert client.models.retrieve("extracts").id == "extracts"
        answer = client.chat.completions.create(model="extracts", messages=QUESTION)
        said = answer.choices[0].message.content or ""
        assert "> In an elastic collision kinetic energy is conserved as well. [1]" in said
        assert said.endswith("[1] mechanics.txt, 2\n[2] mechanics.txt, 1") or "[1] mechanics.txt, 2" in said
        assert (answer.model, answer.usage and answer.usage.total_tokens, here.calls()) == ("extracts", 0, [])
        streamed = client.chat.completions.create(model="laurels", messages=QUESTION, stream=True)
        assert "elastic collision" in "".join(chunk.choices[0].delta.content or "" for chunk in streamed if chunk.choices)


def test_quotes_can_be_asked_for_where_there_is_a_model_too(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        client = here.client()
        assert [model.id for model in client.models.list()] == ["laurels", "gpt-4o-mini", "extracts"]
        assert client.chat.completions.create(model="extracts", messages=QUESTION).model == "extracts"
        assert (model_server.got, here.used()) == ([], [0, 0, 0])


def test_what_was_said_before_and_what_the_tool_wants_is_told_to_the_model(school: School, model_server: OpenAIServer) -> None:
    messages: Any = [
        {"role": "system", "content": "Answer in one sentence."},
        {"role": "assistant", "content": "Hello, I am a tool."},
        {"role": "user", "content": "What is momentum?"},
        {"role": "user", "content": [{"type": "text", "text": "In short."}]},
        {"role": "assistant", "content": "Mass by velocity."},
        {"role": "user", "content": "And further:"},
        {"role": "user", "content": ELASTIC},
    ]
    with a_class(school, model_server) as here:
        here.client().chat.completions.create(model="laurels", messages=messages, max_completion_tokens=50)
        rules, besides, before, answered, asked = model_server.got[0].messages
        assert [one["role"] for one in (rules, besides, before, answered, asked)] == ["system", "system", "user", "assistant", "user"]
        assert besides["content"].endswith("\nAnswer in one sentence.")
        assert (before["content"], answered["content"]) == ("What is momentum?\n\nIn short.", "Mass by velocity.")
        assert asked["content"].endswith(f"And further:\n\n{ELASTIC}")
        most = {name: value for name, value in model_server.got[0].body.items() if name in ("max_tokens", "max_completion_tokens")}
        assert list(most.values()) == [50]


def test_who_may_not_read_is_given_no_passage(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        key = here.key()
        school.permit(here.room, here.ana, can_read=False)
        here.client(key).chat.completions.create(model="laurels", messages=QUESTION)
        assert not any(page in model_server.got[0].messages[-1]["content"] for page in PAGES)


def test_a_member_asks_by_their_own_token_naming_the_class(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        token = school.headers(here.ana)["Authorization"].removeprefix("Bearer ")
        answer = here.client(token, project=str(here.room.id)).chat.completions.create(model="laurels", messages=QUESTION)
        assert (answer.choices[0].message.content, here.used()) == ("Hello there.", [12, 12, 12])
        with pytest.raises(BadRequestError) as refused:
            here.client(token).chat.completions.create(model="laurels", messages=QUESTION)
        assert "OpenAI-Project" in str(refused.value)
        outsider = school.headers(school.make_member())["Authorization"].removeprefix("Bearer ")
        for named in (str(here.room.id), "no-id"):
            with pytest.raises(PermissionDeniedError) as denied:
                here.client(outsider, project=named).chat.completions.create(model="laurels", messages=QUESTION)
            assert refusal(denied.value) == (403, "permission_error", "not_in_class", None)


def test_keys_and_words_are_in_no_log(school: School, model_server: OpenAIServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "laurels")
    with a_class(school, model_server) as here:
        key = here.key()
        here.client(key).chat.completions.create(model="laurels", messages=QUESTION)
        model_server.fail(500)
        with pytest.raises(APIStatusError):
            here.client(key).chat.completions.create(model="laurels", messages=QUESTION)
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    assert key not in told and key.rpartition("_")[2] not in told and ELASTIC not in told


# Refusals


@pytest.mark.parametrize("key", ["lk_nonsense", "sk-test-1234", "lk_01a1f890e37a7c018a443f6d1f0f8a11_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_a_key_that_is_none_is_refused(school: School, key: str) -> None:
    with a_class(school) as here, pytest.raises(AuthenticationError) as refused:
        here.client(key).chat.completions.create(model="laurels", messages=QUESTION)
    assert refusal(refused.value) == (401, "authentication_error", "invalid_api_key", None)


def test_a_key_opens_nothing_once_it_is_revoked_or_its_member_may_not_ask(school: School) -> None:
    with a_class(school) as here:
        client = here.client()
        school.permit(here.room, here.ana, can_chat=False)
        with pytest.raises(PermissionDeniedError) as denied:
            client.chat.completions.create(model="laurels", messages=QUESTION)
        assert refusal(denied.value) == (403, "permission_error", "forbidden", None)
        school.permit(here.room, here.ana, can_chat=True)
        school.archive(here.room)
        with pytest.raises(PermissionDeniedError) as closed:
            client.chat.completions.create(model="laurels", messages=QUESTION)
        assert refusal(closed.value) == (403, "permission_error", "class_closed", None)
        school.archive(here.room, is_archived=False)
        school.remove(here.room, here.ana)
        for ask in (client.models.list, lambda: client.chat.completions.create(model="laurels", messages=QUESTION)):
            with pytest.raises(PermissionDeniedError) as gone:
                ask()
            assert refusal(gone.value) == (403, "permission_error", "not_in_class", None)
        own = here.client(here.key(here.owner))
        [listed] = school.read(here.owner, f"/classes/{here.room.id}/keys")["items"][:1]
        assert school.ask(here.owner, "DELETE", f"/classes/{here.room.id}/keys/{listed['id']}").status_code in (200, 204)
        with pytest.raises(AuthenticationError):
            own.models.list()


def test_a_suspended_members_key_is_refused(school: School) -> None:
    with a_class(school) as here:
        client = here.client()
        school.suspend(here.ana)
        with pytest.raises(PermissionDeniedError) as denied:
            client.chat.completions.create(model="laurels", messages=QUESTION)
        assert refusal(denied.value)[2] == "member_inactive"


def test_a_model_that_isnt_offered_is_told_with_those_that_are(school: School) -> None:
    with a_class(school) as here:
        client = here.client()
        for ask in (lambda: client.chat.completions.create(model="gpt-9", messages=QUESTION), lambda: client.models.retrieve("gpt-9")):
            with pytest.raises(NotFoundError) as refused:
                ask()
            assert refusal(refused.value) == (404, "invalid_request_error", "model_not_found", None)
            assert "laurels, extracts" in str(refused.value)


def test_used_up_tokens_are_told_with_when_they_are_there_again_and_not_asked_for_anew(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        school.limit(here.room, here.ana, daily=10)
        requests: list[httpx.Request] = []
        counting = httpx.Client(event_hooks={"request": [requests.append]})
        client = here.client(max_retries=2, http_client=counting)
        with pytest.raises(RateLimitError) as refused:
            client.chat.completions.create(model="laurels", messages=QUESTION)
        assert refusal(refused.value) == (429, "insufficient_quota", "insufficient_quota", None)
        until_midnight_in_madrid = 13 * 3_600
        assert refused.value.response.headers["retry-after"] == str(until_midnight_in_madrid)
        assert (len(requests), model_server.got) == (1, [])
        assert [one["percent"] for one in school.told("study.budget_reached")] == [100]


def test_more_at_once_than_a_member_may_is_told_to_come_again(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        school.permit(here.room, here.ana, max_concurrent_chats=1)
        client, go = here.client(), Event()
        model_server.say("Slow.", waits=go)
        try:
            results = school.together(lambda: _status(client), lambda: _status_once_asked(client, model_server, go))
        finally:
            go.set()
        assert results == [200, (429, "rate_limit_error", "rate_limit_exceeded", None)]


def _status(client: OpenAI) -> Any:
    client.chat.completions.create(model="laurels", messages=QUESTION)
    return 200


def _status_once_asked(client: OpenAI, model_server: OpenAIServer, go: Event) -> Any:
    assert model_server.reached.wait(20)
    try:
        with pytest.raises(RateLimitError) as refused:
            client.chat.completions.create(model="laurels", messages=QUESTION)
    finally:
        go.set()
    assert int(refused.value.response.headers["retry-after"]) >= 1
    return refusal(refused.value)


BAD = {
    "no messages": ({"messages": []}, "messages"),
    "last isn't asked": ({"messages": [*QUESTION, {"role": "assistant", "content": "Yes."}]}, None),
    "a tool's message": ({"messages": [{"role": "tool", "content": "4", "tool_call_id": "1"}, *QUESTION]}, "messages.0.role"),
    "an image": ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages.0.content"),
    "two answers": ({"n": 2}, "n"),
    "tools": ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
    "json": ({"response_format": {"type": "json_object"}}, "response_format"),
    "sound": ({"modalities": ["text", "audio"]}, "modalities"),
    "likelihoods": ({"logprobs": True}, "logprobs"),
    "no tokens": ({"max_tokens": 0}, "max_tokens"),
}


@pytest.mark.parametrize("what", sorted(BAD))
def test_what_cant_be_done_is_refused_and_says_which_field(school: School, what: str) -> None:
    body, param = BAD[what]
    with a_class(school) as here, pytest.raises(BadRequestError) as refused:
        sent: Any = {"model": "laurels", "messages": QUESTION} | body
        here.client().chat.completions.create(**sent)
    assert refusal(refused.value) == (400, "invalid_request_error", "validation_failed", param)


def test_what_asks_for_nothing_else_is_read_over(school: School) -> None:
    with a_class(school) as here:
        extra: Any = {"n": 1, "tools": [], "response_format": {"type": "text"}, "seed": 4, "stop": ["x"], "made_up": {"a": 1}}
        assert here.client().chat.completions.create(model="laurels", messages=QUESTION, extra_body=extra).choices


def test_every_refusal_below_the_gateways_path_speaks_the_protocol(school: School) -> None:
    with a_class(school) as here:
        headers = {"Authorization": f"Bearer {here.key()}"}
        asked = {
            404: school.http.get("/v1/engines", headers=headers),
            405: school.http.get("/v1/chat/completions", headers=headers),
            400: school.http.post("/v1/chat/completions", headers=headers, content=b"{", extensions={}),
            413: school.http.post("/v1/chat/completions", headers=headers, content=b" " * 2_000_000),
            401: school.http.get("/v1/models", headers={"Accept": "text/html"}),
        }
        for status, answer in asked.items():
            assert (answer.status_code, set(answer.json()["error"])) == (status, {"message", "type", "param", "code"}), answer.text


# Faults


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (500, None, (503, "server_error", "answer_failed", None)),
        (429, None, (503, "server_error", "answer_failed", None)),
        (401, "invalid_api_key", (503, "server_error", "answer_failed", None)),
        (400, "content_filter", (400, "invalid_request_error", "content_filter", None)),
        (400, "context_length_exceeded", (400, "invalid_request_error", "context_length_exceeded", None)),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_model_that_fails_is_told_and_takes_nothing(
    school: School, model_server: OpenAIServer, status: int, code: str | None, told: Any, stream: bool
) -> None:
    model_server.fail(status, code=code)
    with a_class(school, model_server) as here:
        with pytest.raises(APIStatusError) as refused:
            here.client().chat.completions.create(model="laurels", messages=QUESTION, stream=stream)
        assert refusal(refused.value) == told
        assert here.used() == [0, 0, 0]
        assert [call.status for call in here.calls()] == ["released"]


def test_a_stream_that_breaks_off_says_so_and_counts_what_came(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Kinetic", " energy", ends=False)
    with a_class(school, model_server) as here:
        heard = []
        with pytest.raises(APIError) as broken:
            for chunk in here.client().chat.completions.create(model="laurels", messages=QUESTION, stream=True):
                heard.append(chunk.choices[0].delta.content)
        assert "".join(filter(None, heard)) == "Kinetic energy"
        assert broken.value.code == "answer_failed"
        [call] = here.calls()
        assert (call.status, call.usage_estimated, call.output_tokens > 0) == ("settled", True, True)


def test_a_client_that_leaves_stops_the_model_and_leaves_nothing_held(school: School, model_server: OpenAIServer) -> None:
    model_server.say("Kinetic", " energy", hangs=True)
    with a_class(school, model_server) as here:
        stream = here.client().chat.completions.create(model="laurels", messages=QUESTION, stream=True)
        assert next(iter(stream)).choices[0].delta.content
        stream.close()
        assert model_server.left.wait(20), "the model's server is hung up on"
        here.rest()
        [call] = here.calls()
        assert (call.status, call.usage_estimated) == ("settled", True)


def test_many_at_once_never_pass_a_limit(school: School, model_server: OpenAIServer) -> None:
    with a_class(school, model_server) as here:
        school.permit(here.room, here.ana, max_concurrent_chats=50)
        client = here.client()
        client.chat.completions.create(model="laurels", messages=QUESTION)
        [call] = here.calls()
        school.limit(here.room, here.ana, daily=12 + 3 * call.held)

        def ask() -> int:
            try:
                client.chat.completions.create(model="laurels", messages=QUESTION)
            except RateLimitError as refused:
                return refused.status_code
            return 200

        statuses = school.together(*[ask] * 12)
        assert set(statuses) <= {200, 429} and statuses.count(200) >= 3
        with school.database.write.begin() as connection:
            connection.execute(update(study_member).values(daily_token_limit=10**9))
        assert here.used()[0] == 12 * (1 + statuses.count(200))

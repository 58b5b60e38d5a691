"""Vectors of texts, over real HTTP."""

import asyncio
import json
import logging
from math import hypot
from struct import unpack
from threading import Event
import traceback
from typing import Any

import pytest

from laurels.core.logging import JsonFormatter
from laurels.model import Embedded, Model, ModelFailure, ModelRefused, ModelUnavailable, Reason, estimate_text, requests_of
from laurels.model.texts import MAX_BYTES_AT_ONCE, MAX_CHARACTERS, MAX_TEXTS_AT_ONCE
from model.conftest import MESSAGES, Ask
from support.openai_server import EMBEDDER, KEY, OpenAIServer, Reply

TEXTS = ("The canary sings.", "A canary called Zéphyr-71 sings.", "Tax law of 1931")


async def embed(model: Model, *texts: str, **how: Any) -> Embedded:
    """Vectors of the texts, or of the usual ones."""
    return await model.embed(texts or TEXTS, **how)


def numbers(vector: bytes) -> tuple[float, ...]:
    """The numbers in a vector."""
    return unpack(f"<{len(vector) // 4}f", vector)


def cosine(one: bytes, other: bytes) -> float:
    """Of vectors of the length 1."""
    return sum(a * b for a, b in zip(numbers(one), numbers(other), strict=True))


def answer_of(*vectors: Any, **more: Any) -> Reply:
    """An answer of these vectors, which are whatever a test likes."""
    data = [vector if isinstance(vector, dict) else {"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return Reply(raw=json.dumps({"data": data} | more).encode())


def test_vectors_come_with_their_usage(openai_server: OpenAIServer, ask: Ask) -> None:
    embedded = ask(embed)
    assert (embedded.dimension, embedded.model, embedded.input_tokens, embedded.is_estimated) == (64, EMBEDDER, 12, False)
    assert [len(vector) for vector in embedded.vectors] == [256, 256, 256]
    (asked,) = openai_server.embedded
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert asked.body == {"model": EMBEDDER, "input": list(TEXTS), "encoding_format": "float"}
    assert openai_server.got == []


def test_texts_that_share_words_lie_nearer(ask: Ask) -> None:
    first, second, third = ask(embed).vectors
    assert cosine(first, second) > 0.4 > cosine(first, third) + 0.2


def test_each_vector_has_the_length_1(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.places = {"a": [3.0, 4.0], "b": [0.0, 0.0], "c": [1e300, 1e300]}
    a, b, c = ask(lambda model: embed(model, "a", "b", "c")).vectors
    assert numbers(a) == pytest.approx((0.6, 0.8))
    assert numbers(b) == (0, 0)
    assert hypot(*numbers(c)) == pytest.approx(1)


def test_vectors_stand_in_the_texts_order(openai_server: OpenAIServer, ask: Ask) -> None:
    openai_server.embeddings.append(answer_of({"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}))
    openai_server.embeddings.append(answer_of({"embedding": [1, 0]}, {"embedding": [0, 1]}))
    for _ in range(2):
        assert [numbers(vector) for vector in ask(lambda model: embed(model, "a", "b")).vectors] == [(1, 0), (0, 1)]


def test_call_names_its_user(openai_server: OpenAIServer, ask: Ask) -> None:
    ask(lambda model: embed(model, "a", user="pseudonym-1"))
    assert openai_server.embedded[0].body["user"] == "pseudonym-1"


@pytest.mark.parametrize("usage", [{}, {"usage": {}}, {"usage": {"prompt_tokens": 0}}, {"usage": {"prompt_tokens": 10**12}}])
def test_usage_that_isnt_told_is_estimated(openai_server: OpenAIServer, ask: Ask, usage: dict[str, Any]) -> None:
    openai_server.embeddings.append(answer_of([1], [2], **usage))
    embedded = ask(lambda model: embed(model, "abcd", "ñ"))
    assert (embedded.input_tokens, embedded.is_estimated, embedded.model) == (estimate_text("abcd") + 1, True, EMBEDDER)


@pytest.mark.parametrize(
    "vectors",
    [
        [],
        [[1.0]],
        [[1.0], [1.0], [1.0]],
        [[1.0], [1.0, 2.0]],
        [[], []],
        [[1.0], [float("nan")]],
        [[1.0], [float("inf")]],
        [[1.0], [10**400]],
        [[1.0], ["word"]],
        [[1.0], None],
        [[1.0], "AACAPw=="],
        [[1.0] * 8193] * 2,
        [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}],
        [{"index": 1, "embedding": [1.0]}, {"index": 2, "embedding": [1.0]}],
        [{"index": 0, "embedding": [1.0]}, {"embedding": [1.0]}],
    ],
)
def test_vectors_that_cant_be_right_are_unreadable(openai_server: OpenAIServer, ask: Ask, vectors: list[Any]) -> None:
    openai_server.embeddings.append(answer_of(*vectors))
    with pytest.raises(ModelUnavailable) as caught:
        ask(lambda model: embed(model, "a", "b"))
    assert caught.value.reason is Reason.UNREADABLE


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]", b'"no"', b'{"data": null}', b'{"data": [7]}', b"\xff"])
def test_answer_that_cant_be_read_is_unavailable(openai_server: OpenAIServer, ask: Ask, body: bytes) -> None:
    openai_server.embeddings.append(Reply(raw=body))
    with pytest.raises(ModelUnavailable) as caught:
        ask(embed)
    assert caught.value.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    ("status", "code", "kind", "reason"),
    [
        (429, None, ModelUnavailable, Reason.THROTTLED),
        (503, None, ModelUnavailable, Reason.BROKEN),
        (429, "insufficient_quota", ModelRefused, Reason.CREDIT),
        (400, None, ModelRefused, Reason.REQUEST),
        (413, None, ModelRefused, Reason.TOO_LONG),
        (404, None, ModelRefused, Reason.UNKNOWN),
        (501, None, ModelRefused, Reason.UNKNOWN),
    ],
)
def test_failures_are_told_apart(
    openai_server: OpenAIServer, ask: Ask, status: int, code: str, kind: type[ModelFailure], reason: Reason
) -> None:
    openai_server.embeddings.append(Reply(status=status, code=code))
    with pytest.raises(kind) as caught:
        ask(embed)
    assert caught.value.reason is reason
    assert len(openai_server.embedded) == 1, "nothing is asked twice by itself"


@pytest.mark.parametrize("embedders", [set(), {"other"}])
def test_server_that_doesnt_embed_is_told_so(openai_server: OpenAIServer, ask: Ask, embedders: set[str]) -> None:
    openai_server.embedders = embedders
    with pytest.raises(ModelRefused, match="LAURELS_EMBEDDING_MODEL") as caught:
        ask(embed)
    assert caught.value.reason is Reason.UNKNOWN
    assert ask(lambda model: model.complete(MESSAGES)).text == "Hello there."


def test_without_embedder_nothing_is_asked(openai_server: OpenAIServer, ask: Ask) -> None:
    async def nameless(model: Model) -> None:
        assert model.embedder == ""
        await embed(model)

    with pytest.raises(ModelRefused) as caught:
        ask(nameless, embedding_model="")
    assert (caught.value.reason, openai_server.embedded) == (Reason.UNKNOWN, [])


def test_vectors_that_take_too_long_are_given_up(openai_server: OpenAIServer, ask: Ask) -> None:
    late = Event()
    openai_server.embeddings.append(Reply(raw=b"{}", waits=late))
    with pytest.raises(ModelUnavailable) as caught:
        ask(embed, model_timeout_seconds=1)
    late.set()
    assert caught.value.reason is Reason.TIMEOUT


def test_jobs_thread_embeds_on_a_loop_of_its_own(openai_server: OpenAIServer, ask: Ask) -> None:
    async def apart(model: Model) -> int:
        return (await asyncio.to_thread(model.run_apart, embed)).dimension

    assert ask(apart) == 64


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_nothing_private_is_told(openai_server: OpenAIServer, ask: Ask, caplog: Any, status: int) -> None:
    """The server quotes the key and the texts in its refusal; everything is logged, as far as it can be."""
    caplog.set_level(logging.DEBUG)
    openai_server.embeddings.append(Reply(status=status))
    with pytest.raises(ModelFailure) as caught:
        ask(embed)
    written = [JsonFormatter().format(record) for record in caplog.records]
    told = "".join([*written, repr(caught.value), *traceback.format_exception(caught.value)])
    assert "Zéphyr" not in told
    assert KEY not in told


def test_vectors_arent_in_what_is_shown(ask: Ask) -> None:
    assert "vectors" not in repr(ask(embed))


@pytest.mark.parametrize("texts", [[], ["a"] * (MAX_TEXTS_AT_ONCE + 1), ["a", " \n"], [""]])
def test_texts_that_arent_one_request_are_a_mistake(openai_server: OpenAIServer, ask: Ask, texts: list[str]) -> None:
    with pytest.raises(ValueError, match=r"request|blank"):
        ask(lambda model: model.embed(texts))
    assert openai_server.embedded == []


def test_only_the_beginning_of_a_long_text_counts(openai_server: OpenAIServer, ask: Ask) -> None:
    ask(lambda model: embed(model, "é" * (MAX_CHARACTERS + 1)))
    assert openai_server.embedded[0].body["input"] == ["é" * MAX_CHARACTERS]


@pytest.mark.parametrize(
    ("texts", "sizes"),
    [
        ([], []),
        (["a"], [1]),
        (["a"] * 64, [32, 32]),
        (["a"] * 65, [32, 32, 1]),
        (["\U0001f600" * 10_000] * 21, [10, 10, 1]),
    ],
)
def test_texts_are_cut_into_requests(texts: list[str], sizes: list[int]) -> None:
    parts = list(requests_of(texts))
    assert [len(part) for part in parts] == sizes
    assert [text for part in parts for text in part] == texts
    assert all(sum(len(text[:MAX_CHARACTERS].encode()) for text in part) <= MAX_BYTES_AT_ONCE for part in parts)

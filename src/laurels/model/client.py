"""The model behind the openai package, which takes a second and 18 MB: only `parts` loads this, and only where a model is set."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

from openai import AsyncOpenAI, AsyncStream, DefaultAsyncHttpxClient, Timeout, omit

from laurels.core.clock import Clock
from laurels.core.settings import Settings
from laurels.model.answers import Answer, Gathered
from laurels.model.asking import Completion, Embedded, Message, Model
from laurels.model.errors import ModelRefused, ModelUnavailable, Reason
from laurels.model.failures import failures_told
from laurels.model.texts import beginnings
from laurels.model.vectors import VectorAnswer, read_vectors

OPENAI_URL = "https://api.openai.com/v1"
CONNECT_SECONDS = 5.0
"""Longest wait for a connection: a server that is away is noticed long before the answer's time is over."""

CHATS = "/chat/completions"

NO_KEY = "none"
"""Sent where the settings have no key: servers without keys don't look at it, and the openai package wants one."""

T = TypeVar("T")


class OpenAIModel:
    """A model by OpenAI's protocol for chats and for embeddings; see `Model` for what it does."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client = AsyncOpenAI(
            base_url=settings.openai_base_url or OPENAI_URL,
            api_key=settings.openai_api_key.get_secret_value() or NO_KEY,
            max_retries=0,  # who asks knows whether there is time for another try
            timeout=Timeout(settings.model_timeout_seconds, connect=CONNECT_SECONDS),
            # As elsewhere: no proxies from the environment, and no redirects: prompts go where the settings say.
            http_client=DefaultAsyncHttpxClient(follow_redirects=False, trust_env=False),
        )
        self._chats = self._client.chat.completions  # loads that part of the package now, not within the first request
        self._embeddings = self._client.embeddings

    @property
    def name(self) -> str:
        return self._settings.model

    @property
    def max_tokens(self) -> int:
        return self._settings.model_max_tokens

    @property
    def embedder(self) -> str:
        return self._settings.embedding_model

    async def complete(self, messages: Sequence[Message], *, max_tokens: int | None = None, user: str | None = None) -> Completion:
        gathered = Gathered(self.name)
        with failures_told(self._clock):
            async with asyncio.timeout_at(self._deadline()):
                answer = await self._chats.create(stream=False, **self._asked(messages, max_tokens, user))
            gathered.add(Answer.model_validate(answer))
            return gathered.completion(messages)

    async def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, user: str | None = None
    ) -> AsyncGenerator[str | Completion, None]:
        gathered = Gathered(self.name)
        with failures_told(self._clock):
            async with aclosing(self._pieces(gathered, self._asked(messages, max_tokens, user))) as pieces:
                async for piece in pieces:
                    yield piece
            yield gathered.completion(messages)

    async def embed(self, texts: Sequence[str], *, user: str | None = None) -> Embedded:
        sent = beginnings(texts)
        with failures_told(self._clock):
            if not self.embedder:
                raise ModelRefused(Reason.UNKNOWN)
            async with asyncio.timeout_at(self._deadline()):
                # Plain numbers: not every server knows the shorter base64.
                answer = await self._embeddings.create(model=self.embedder, input=sent, encoding_format="float", user=user or omit)
            return read_vectors(VectorAnswer.model_validate(answer), sent, self.embedder)

    def run_apart(self, work: Callable[[Model], Awaitable[T]]) -> T:
        return asyncio.run(self._work_apart(work))

    async def close(self) -> None:
        await self._client.close()

    async def _pieces(self, gathered: Gathered, asked: dict[str, Any]) -> AsyncGenerator[str, None]:
        # A timeout around a yield would cut into who reads; so each wait has its own, to one deadline.
        deadline = self._deadline()
        async with asyncio.timeout_at(deadline):
            # By address: `create` makes objects of all that OpenAI knows of each piece, which takes longer than all that is done here.
            body = asked | {"stream": True, "stream_options": {"include_usage": True}}
            chunks = await self._client.post(CHATS, body=body, cast_to=object, stream=True, stream_cls=AsyncStream[object])
        async with chunks:
            while not gathered.is_full:
                async with asyncio.timeout_at(deadline):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                if piece := gathered.add(Answer.model_validate(chunk)):
                    yield piece
        if gathered.finish is None and not gathered.is_full:
            raise ModelUnavailable(Reason.CONNECTION)  # it ended without saying that this is the end

    def _asked(self, messages: Sequence[Message], max_tokens: int | None, user: str | None) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": str(message.role), "content": message.text} for message in messages],
            limit_name(self._settings.openai_base_url): max_tokens or self.max_tokens,
        }
        return asked | ({"user": user} if user else {})

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._settings.model_timeout_seconds

    async def _work_apart(self, work: Callable[[Model], Awaitable[T]]) -> T:
        own = OpenAIModel(self._settings, self._clock)
        try:
            return await work(own)
        finally:
            await own.close()


def limit_name(base_url: str) -> str:
    """What the longest answer is called: OpenAI's newer models refuse `max_tokens`, and other servers know no other name."""
    return "max_completion_tokens" if base_url.rstrip("/") in ("", OPENAI_URL) else "max_tokens"

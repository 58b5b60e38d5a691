"""What a model is asked, what it answers, and what asks it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypeVar

T = TypeVar("T")


class Role(StrEnum):
    """Whose words a message is."""

    SYSTEM = "system"  # ours: what the model is to do
    USER = "user"  # a member's, or what is shown to the model as data
    ASSISTANT = "assistant"  # the model's own, from before


@dataclass(frozen=True, slots=True)
class Message:
    """One message of what a model is asked. Its words aren't in its `repr`, so that no log gets them by mistake."""

    role: Role
    text: str = field(repr=False)


class FinishReason(StrEnum):
    """Why an answer ends where it does."""

    STOP = "stop"  # the model was done
    LENGTH = "length"  # it had as many tokens as it was given
    FILTERED = "content_filter"  # its server left the rest out
    OTHER = "other"  # something that this version doesn't know


@dataclass(frozen=True, slots=True)
class Completion:
    """A whole answer, and what it took.

    Attributes:
        text: without control characters; never blank.
        model: what answered, by the server's own name for it.
        input_tokens: of all that was asked.
        output_tokens: of the answer.
        is_estimated: whether the tokens are an estimate of ours, because the server told none.
    """

    text: str = field(repr=False)
    model: str
    input_tokens: int
    output_tokens: int
    is_estimated: bool
    finish_reason: FinishReason


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where texts lie among all that can be said, and what finding out took.

    Attributes:
        vectors: one for each text, in their order: `dimension` numbers as float32, little-endian. Each has the length 1, so
            that the product of two is the cosine of their angle; a text that says nothing may have zeros.
        dimension: how many numbers each vector has.
        model: what answered, by the server's own name for it.
        input_tokens: of all texts.
        is_estimated: whether the tokens are an estimate of ours, because the server told none.
    """

    vectors: tuple[bytes, ...] = field(repr=False)
    dimension: int
    model: str
    input_tokens: int
    is_estimated: bool


class Model(Protocol):
    """Answers, and places texts. One per process; `complete`, `stream`, `embed` and `close` belong to one event loop: the server's.

    Attributes:
        name: what is asked for, by the settings.
        max_tokens: longest answer where a call names none.
        embedder: what places texts, by the settings; empty: nothing does. Vectors of two embedders can't be compared.
    """

    @property
    def name(self) -> str: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def embedder(self) -> str: ...

    async def complete(self, messages: Sequence[Message], *, max_tokens: int | None = None, user: str | None = None) -> Completion:
        """The answer, when all of it is there. Asked once: who wants another try asks again.

        Args:
            max_tokens: longest answer; by default the settings'.
            user: a pseudonym that lets the server tell one member's misuse from another's; none is sent by default.

        Raises:
            ModelUnavailable: no answer now.
            ModelRefused: no answer to this, now or later.
        """

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, user: str | None = None
    ) -> AsyncGenerator[str | Completion, None]:
        """The answer as it comes: pieces of text, and last a `Completion` of the whole.

        Close what you don't read to its end (`contextlib.aclosing`): that stops the model, too.

        Raises:
            ModelUnavailable: no answer now, or it broke off after some pieces.
            ModelRefused: no answer to this, now or later.
        """

    async def embed(self, texts: Sequence[str], *, user: str | None = None) -> Embedded:
        """The vectors of some texts, in one request; `laurels.model.requests_of` cuts more into so many.

        Args:
            texts: one or more, and no more than `requests_of` puts together. Of a very long one its beginning counts.
            user: as in `complete`.

        Raises:
            ModelUnavailable: no vectors now.
            ModelRefused: none now or later; with `Reason.UNKNOWN` where there is no embedder at all.
            ValueError: no text, too many at once, or a blank one.
        """

    def run_apart(self, work: Callable[["Model"], Awaitable[T]]) -> T:
        """Do work on an event loop of its own, with connections of its own: for a job's thread, which has no loop.

        model.run_apart(lambda own: own.complete(messages))
        """

    async def close(self) -> None:
        """Let go of connections."""

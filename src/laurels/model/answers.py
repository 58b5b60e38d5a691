"""What is read out of an answer, whole or in pieces: as much as is needed, and forgiving about the rest.

Servers that speak OpenAI's protocol differ in what they leave out. The openai
package checks nothing that it hands on, so the fields are checked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict

from laurels.core.text import remove_controls
from laurels.model.asking import Completion, FinishReason, Message
from laurels.model.errors import ModelRefused, ModelUnavailable, Reason
from laurels.model.tokens import estimate_prompt, estimate_text

MAX_CHARACTERS = 400_000
"""Most characters of an answer: what the most tokens that can be set hold, in any prose. A server that sends more is cut short."""

MAX_TOKENS = 100_000_000
"""More than any model reads or writes: a server that tells of more tells nonsense, and is not believed."""

MAX_NAME = 200
"""Most characters of a model's name."""


class _Part(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class _Said(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    message: _Said | None = None
    delta: _Said | None = None
    finish_reason: str | None = None


class _Usage(_Part):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Answer(_Part):
    """A whole answer, or a piece of one. `Answer.model_validate` reads it.

    Raises:
        ValidationError: it isn't of the protocol.
    """

    model: str | None = None
    choices: list[_Choice]
    usage: _Usage | None = None


@dataclass(slots=True)
class Gathered:
    """What has come of an answer so far."""

    model: str
    pieces: list[str] = field(default_factory=list)
    characters: int = 0
    finish: str | None = None
    is_refused: bool = False
    usage: tuple[int, int] | None = None

    @property
    def is_full(self) -> bool:
        """Whether more came than an answer may have."""
        return self.characters >= MAX_CHARACTERS

    def add(self, answer: Answer) -> str:
        """Take in a piece, or all; gives the text in it."""
        self.model = remove_controls(answer.model or "")[:MAX_NAME] or self.model
        self.usage = _told(answer.usage) or self.usage
        text = "".join(self._add_choice(choice) for choice in answer.choices[:1])
        text = text[: MAX_CHARACTERS - self.characters]
        self.characters += len(text)
        if text:
            self.pieces.append(text)
        return text

    def completion(self, messages: Sequence[Message]) -> Completion:
        """The whole, with what it took.

        Raises:
            ModelUnavailable: there is no word in it.
            ModelRefused: nor would there be in another one.
        """
        text = "".join(self.pieces)
        finish = self._finish_reason()
        if not text.strip():
            raise _why_empty(finish, is_refused=self.is_refused)
        used = self.usage or (estimate_prompt(messages), estimate_text(text))
        return Completion(text, self.model, *used, is_estimated=self.usage is None, finish_reason=finish)

    def _add_choice(self, choice: _Choice) -> str:
        self.finish = choice.finish_reason or self.finish
        said = choice.message or choice.delta or _Said()
        self.is_refused = self.is_refused or bool(said.refusal)
        return remove_controls(said.content or "")

    def _finish_reason(self) -> FinishReason:
        if self.is_full:
            return FinishReason.LENGTH
        known = {str(reason) for reason in FinishReason}
        return FinishReason(self.finish) if self.finish in known else FinishReason.OTHER


def _told(usage: _Usage | None) -> tuple[int, int] | None:
    """The tokens that a server tells; some tell zeros until the end, and some to the end."""
    if usage is None or usage.prompt_tokens is None or usage.completion_tokens is None:
        return None
    told = (usage.prompt_tokens, usage.completion_tokens)
    return told if all(0 < tokens <= MAX_TOKENS for tokens in told) else None


def _why_empty(finish: FinishReason, *, is_refused: bool) -> ModelRefused | ModelUnavailable:
    if is_refused or finish is FinishReason.FILTERED:
        return ModelRefused(Reason.CONTENT)
    if finish is FinishReason.LENGTH:
        return ModelRefused(Reason.NO_ROOM)
    return ModelUnavailable(Reason.EMPTY)

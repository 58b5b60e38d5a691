"""What a client of OpenAI's protocol asks: lenient where a field changes nothing here, and refusing what can't be done.

Fields that are taken: `model`, `messages`, `stream`, `stream_options`, `max_tokens`
and `max_completion_tokens`. Those that only colour an answer (`temperature`,
`top_p`, `seed`, `stop`, `user`, ...) are read over, as are unknown ones: clients
send many that they don't need. Those that ask for another kind of answer (tools,
several choices, images, sound, JSON) are refused, or a client would wait for it.
"""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from laurels.core.text import remove_controls
from laurels.products.study.bounds import MAX_GATEWAY_CHARACTERS, MAX_GATEWAY_MESSAGES
from laurels.web.language import N_

_TEXT_ALONE = N_("Send text, or parts of the type text: images, sound and files aren't taken. Upload documents to the class instead.")
_TEXT_ANSWERS = N_("Leave this field out: answers are text.")
_ONE_ANSWER = N_("Leave this field out, or send 1: there is one answer.")
_NO_TOOLS = N_("Leave this field out: no tools are called here.")
_NO_QUESTION = N_("Let the last message be a user's, and let it say something: it is what is answered.")

_MAX_PARTS = 100


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


def _text_of(content: Any) -> Any:
    """A message's text, of a plain one or of parts."""
    if not isinstance(content, list):
        return "" if content is None else content
    if len(content) > _MAX_PARTS or not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
        raise ValueError(_TEXT_ALONE)
    if any(part.get("type") != "text" for part in content):
        raise ValueError(_TEXT_ALONE)
    return "\n".join(part["text"] for part in content)


def _but(*fine: Any, why: str) -> AfterValidator:
    """Refuse a field unless it asks for nothing, or for what is done anyway."""

    def check(value: Any) -> Any:
        if value not in (None, False, [], *fine):
            raise ValueError(why)
        return value

    return AfterValidator(check)


Said: TypeAlias = Annotated[str, Field(max_length=MAX_GATEWAY_CHARACTERS), BeforeValidator(_text_of), AfterValidator(remove_controls)]


class SaidMessage(_Lenient):
    """A message of the conversation. `developer` is what newer clients call `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Said = ""


class StreamOptions(_Lenient):
    """How a stream is to be."""

    include_usage: bool = False


class ChatRequest(_Lenient):
    """The body of `POST /v1/chat/completions`."""

    model: str = Field(min_length=1, max_length=200)
    messages: list[SaidMessage] = Field(min_length=1, max_length=MAX_GATEWAY_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    n: Annotated[Any, _but(1, why=_ONE_ANSWER)] = None
    tools: Annotated[Any, _but(why=_NO_TOOLS)] = None
    functions: Annotated[Any, _but(why=_NO_TOOLS)] = None
    response_format: Annotated[Any, _but({"type": "text"}, why=_TEXT_ANSWERS)] = None
    modalities: Annotated[Any, _but(["text"], why=_TEXT_ANSWERS)] = None
    audio: Annotated[Any, _but(why=_TEXT_ANSWERS)] = None
    logprobs: Annotated[Any, _but(why=_TEXT_ANSWERS)] = None

    @model_validator(mode="after")
    def _ends_with_a_question(self) -> "ChatRequest":
        last = self.messages[-1]
        if last.role != "user" or not last.content.strip():
            raise ValueError(_NO_QUESTION)
        return self

    @property
    def most_tokens(self) -> int | None:
        """The longest answer that is wanted; None: as long as the settings allow."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with what it took."""
        return self.stream_options is not None and self.stream_options.include_usage

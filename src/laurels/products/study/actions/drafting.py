"""What an answer says: a model's words as they come, without numbers that cite nothing; or the documents' own sentences."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
import logging
import secrets

from laurels.model import Completion, FinishReason, Message, Model, ModelFailure, estimate_prompt, estimate_text
from laurels.products.study.answers import STOPPED, Running, Stopped, Words
from laurels.products.study.bounds import MAX_ANSWER
from laurels.products.study.decisions.billing import Spent
from laurels.products.study.desk import Desk
from laurels.products.study.extracts import extract
from laurels.products.study.index import quotes
from laurels.products.study.prompts import MARK_BYTES, mark_for, prompt_for
from laurels.products.study.queries.messages import Exchanged
from laurels.products.study.queries.retrieval import Given
from laurels.products.study.rules.citing import CitationFilter
from laurels.web.language import choose_language, translations

MISTAKE = "internal"
"""Why an answer failed by a mistake of ours."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """What an answer is made from.

    Attributes:
        messages: what a model is asked; none where the documents are quoted.
        locale: of whoever asked.
        max_tokens: of the answer; None: as many as the settings allow.
    """

    passages: Sequence[Given]
    messages: Sequence[Message] = field(repr=False)
    locale: str
    max_tokens: int | None = None


@dataclass(slots=True)
class Draught:
    """An answer as far as it came.

    Attributes:
        status: `answered`, `stopped` or `failed`.
        finish: why it ends where it does, as the model's server told.
        raw: what the model said, unknown numbers included: what its tokens are estimated by.
    """

    cleaning: CitationFilter
    pieces: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    status: str = "answered"
    error_code: str | None = None
    spent: Spent | None = None
    finish: FinishReason = FinishReason.STOP

    @property
    def content(self) -> str:
        """The words that are kept."""
        return "".join(self.pieces)[:MAX_ANSWER]


def messages_for(question: str, *, turns: Iterable[Exchanged], passages: Sequence[Given]) -> list[Message]:
    """What a model is asked, with a random mark around the passages."""
    mark = mark_for(passages, iter(lambda: secrets.token_urlsafe(MARK_BYTES), None))
    return prompt_for(question, turns=turns, passages=passages, mark=mark)


async def draft_answer(desk: Desk, task: Task, running: Running) -> Draught:
    """Write an answer, and tell it while it comes. How it ended is noted, and nothing raised."""
    draught = Draught(CitationFilter(len(task.passages)))
    if desk.model is None or not task.messages:
        _quote(task, draught, running)
    else:
        await _ask_model(desk, desk.model, task, draught, running)
    return draught


def _quote(task: Task, draught: Draught, running: Running) -> None:
    """The keyless answer: at once, and at no cost."""
    found = quotes([given.hit for given in task.passages])
    text = extract(found, say=translations(choose_language(task.locale, None)).gettext)
    draught.pieces.append(text)
    draught.cleaning.cited.update(quote.number for quote in found)
    running.events.put(Words(text))


async def _ask_model(desk: Desk, model: Model, task: Task, draught: Draught, running: Running) -> None:
    """Have a model write; what it took and how it ended is noted, and nothing raised."""
    try:
        completion = await running.ask(_collect(model, task, draught, running))
        draught.spent, draught.finish = _reported(desk, completion), completion.finish_reason
    except Stopped as stop:
        is_wanted = str(stop) == STOPPED
        draught.status, draught.error_code = ("stopped", None) if is_wanted else ("failed", str(stop))
    except ModelFailure as failure:
        draught.status, draught.error_code = "failed", str(failure.reason)
    except Exception:
        log.exception("an answer can't be written")
        draught.status, draught.error_code = "failed", MISTAKE
    _tell(draught, draught.cleaning.flush(), running)
    if draught.spent is None and draught.raw:
        draught.spent = _estimated(desk, model, task, draught)


async def _collect(model: Model, task: Task, draught: Draught, running: Running) -> Completion:
    async with aclosing(model.stream(task.messages, max_tokens=task.max_tokens)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Completion):
                return piece
            draught.raw.append(piece)
            _tell(draught, draught.cleaning.feed(piece), running)
    raise LookupError("a stream ended without its whole")


def _tell(draught: Draught, text: str, running: Running) -> None:
    if text:
        draught.pieces.append(text)
        running.events.put(Words(text))


def _reported(desk: Desk, completion: Completion) -> Spent:
    asked, answered = completion.input_tokens, completion.output_tokens
    cost = desk.prices.cost(completion.model, input_tokens=asked, output_tokens=answered).micros
    return Spent(asked, answered, cost, completion.is_estimated, completion.model)


def _estimated(desk: Desk, model: Model, task: Task, draught: Draught) -> Spent:
    """What an answer took of which the server told nothing, because it didn't come to its end."""
    asked, answered = estimate_prompt(task.messages), estimate_text("".join(draught.raw))
    cost = desk.prices.cost(model.name, input_tokens=asked, output_tokens=answered).micros
    return Spent(asked, answered, cost, is_estimated=True)

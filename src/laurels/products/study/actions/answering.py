"""Writing an answer: detached from its request, so that whoever leaves leaves nothing set aside.

A model's words are told as they come, without numbers that cite nothing. However
it ends, the answer is put down once, as far as it came, and what it took is
captured: by what the model's server tells, else by an estimate of what came.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import logging

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError, Unavailable
from laurels.ledger import HoldResolved
from laurels.ledger.writer import Proposal
from laurels.model import Completion, Message, Model, ModelFailure, estimate_prompt, estimate_text
from laurels.products.study.actions.following import end_of
from laurels.products.study.answers import STOPPED, Event, Failed, Running, Sources, Stopped, Words
from laurels.products.study.bounds import MAX_ANSWER
from laurels.products.study.decisions.billing import Spent
from laurels.products.study.decisions.questions import Asked, FinishAnswer
from laurels.products.study.desk import Desk
from laurels.products.study.errors import AnswerFailed
from laurels.products.study.extracts import extract
from laurels.products.study.index import quotes
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.queries.retrieval import Given
from laurels.products.study.rules.citing import CitationFilter
from laurels.web.broadcasts import is_set_within
from laurels.web.context import Context
from laurels.web.language import choose_language, translations

TRIES = 5
"""Of putting an answer down, where the ledger is busy; then its hold lapses."""

PAUSE_SECONDS = 0.5

MISTAKE = "internal"
"""Why an answer failed by a mistake of ours."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """A question as it is to be answered.

    Attributes:
        seen: the session, as its owner sees it.
        messages: what the model is asked; none where there is no model.
        at: when it was asked.
        locale: of whoever asked.
    """

    seen: SessionSeen
    asked: Asked
    passages: Sequence[Given]
    messages: Sequence[Message] = field(repr=False)
    at: datetime
    locale: str


@dataclass(slots=True)
class Draught:
    """An answer as far as it came.

    Attributes:
        status: `answered`, `stopped` or `failed`.
        raw: what the model said, unknown numbers included: what its tokens are estimated by.
    """

    cleaning: CitationFilter
    pieces: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    status: str = "answered"
    error_code: str | None = None
    spent: Spent | None = None

    @property
    def content(self) -> str:
        """The words that are kept."""
        return "".join(self.pieces)[:MAX_ANSWER]


async def write_answer(context: Context, desk: Desk, work: Work, running: Running) -> None:
    """Write an answer, tell it while it comes, put it down, and settle what it took."""
    running.events.put(Sources(running.answer, [given.cited for given in work.passages]))
    draught = Draught(CitationFilter(len(work.passages)))
    if desk.model is None:
        _quote(work, draught, running)
    else:
        await _ask_model(context, desk, desk.model, work, draught, running)
    try:
        await _put_down(context, work, draught)
    except Exception as mistake:
        running.events.put(Failed(mistake if isinstance(mistake, Unavailable) else AnswerFailed(error_code=MISTAKE)))
        raise
    running.events.put(*await run_in_threadpool(_read_end, context, work))


def _quote(work: Work, draught: Draught, running: Running) -> None:
    """The keyless answer: at once, and at no cost."""
    found = quotes([given.hit for given in work.passages])
    text = extract(found, say=translations(choose_language(work.locale, None)).gettext)
    draught.pieces.append(text)
    draught.cleaning.cited.update(quote.number for quote in found)
    running.events.put(Words(text))


async def _ask_model(context: Context, desk: Desk, model: Model, work: Work, draught: Draught, running: Running) -> None:
    """Have a model write; what it took and how it ended is noted, and nothing raised."""
    try:
        completion = await running.ask(_collect(model, work.messages, draught, running))
        draught.spent = _reported(desk, completion)
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
        draught.spent = _estimated(desk, model, work, draught)


async def _collect(model: Model, messages: Sequence[Message], draught: Draught, running: Running) -> Completion:
    async with aclosing(model.stream(messages)) as pieces:
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


def _estimated(desk: Desk, model: Model, work: Work, draught: Draught) -> Spent:
    """What an answer took of which the server told nothing, because it didn't come to its end."""
    asked, answered = estimate_prompt(work.messages), estimate_text("".join(draught.raw))
    cost = desk.prices.cost(model.name, input_tokens=asked, output_tokens=answered).micros
    return Spent(asked, answered, cost, is_estimated=True)


async def _put_down(context: Context, work: Work, draught: Draught) -> None:
    """Settle, once; again where the ledger was busy. What somebody else settled meanwhile (it had lapsed) is left as it is.

    Raises:
        Unavailable: the ledger stays busy; the hold lapses, then.
    """
    now = context.clock.now()
    finish = FinishAnswer(
        answer=work.asked.answer,
        session=work.seen.session.id,
        ticket=work.asked.ticket,
        status=draught.status,
        content=draught.content,
        spent=draught.spent,
        response_time_ms=max(0, (now - work.at) // timedelta(milliseconds=1)),
        citations=[given.cite(work.asked.answer) for given in work.passages if given.number in draught.cleaning.cited],
        error_code=draught.error_code,
    )
    for left in reversed(range(TRIES)):
        try:
            await context.writer.post(Proposal(finish, context.clock.now()))
        except HoldResolved:
            log.warning("answer %s was given up before it was finished", finish.answer)
        except Unavailable:
            if not left:
                raise
            await is_set_within(asyncio.Event(), PAUSE_SECONDS)
            continue
        return


def _read_end(context: Context, work: Work) -> list[Event]:
    """What is told once an answer is put down."""
    with context.database.read.connect() as connection:
        try:
            seen = read_session(connection, work.seen.session.id, work.seen.session.user_id, mine_only=True)
            return end_of(connection, seen, work.asked.answer, at=context.clock.now())
        except DomainError as refusal:  # the session was deleted meanwhile, or its owner put out of the class
            return [Failed(refusal)]

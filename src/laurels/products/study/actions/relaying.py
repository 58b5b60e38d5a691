"""Answering programs: what they ask is answered from the class's documents, within a member's limits, and nothing of it is kept.

The session is the program's: it sends the whole conversation each time. The
answer is written beside the request, as in chats, so that a program that leaves
leaves nothing set aside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError, Missing, Unavailable
from laurels.core.ids import new_id
from laurels.jobs import Workplace
from laurels.ledger.writer import Posted
from laurels.model import Message, Role, estimate_most
from laurels.products.study.actions.drafting import MISTAKE, Draught, Task, draft_answer, messages_for
from laurels.products.study.actions.patience import post_patiently
from laurels.products.study.actions.placing import place_question
from laurels.products.study.actions.settling import settle
from laurels.products.study.answers import Running
from laurels.products.study.bounds import MAX_QUESTION
from laurels.products.study.decisions.billing import Spend, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.desk import Desk
from laurels.products.study.errors import AnswerFailed, ClassClosed, NotInClass, UnknownModel
from laurels.products.study.extracts import MODEL_NAME
from laurels.products.study.queries.access import SessionSeen, read_standing
from laurels.products.study.queries.messages import Exchanged
from laurels.products.study.queries.retrieval import Given, find_passages, has_vectors
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ChatSession

ALIAS = "laurels"
"""A name for whatever answers here, so that a tool's settings outlive a change of the model."""

LEASE_MARGIN = timedelta(seconds=60)
"""Beyond the model's own time, after which what is set aside may lapse: to settle in."""

_RULES_OF_TOOL = "The tool that the member uses asks for this besides; where it contradicts what stands above, that counts:\n{said}"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose membership and limits apply, and who acts as the ledger tells it: the member, or a key of theirs."""

    member: UUID
    actor: str
    locale: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a program asks.

    Attributes:
        model: by which name.
        turns: earlier questions with their answers, the newest first.
        instructions: what the program tells the model to do; empty: nothing.
        max_tokens: of the answer; None: as many as the settings allow.
    """

    model: str
    question: str = field(repr=False)
    turns: Sequence[Exchanged] = field(default=(), repr=False)
    instructions: str = field(default="", repr=False)
    max_tokens: int | None = None


@dataclass(slots=True)
class Relayed:
    """An answer that is written for a program.

    Attributes:
        passages: what it is made from.
        running: what it tells while it is written; whoever leaves stops it, since nobody could come back for it.
        draught: how it ended, once it is settled.
        failure: why it couldn't be settled.
    """

    call: UUID
    model: str
    at: datetime
    passages: Sequence[Given]
    running: Running
    draught: Draught | None = None
    failure: DomainError | None = None

    @property
    def cited(self) -> Sequence[Given]:
        """The passages that it cites, so far."""
        return [one for one in self.passages if self.draught is not None and one.number in self.draught.cleaning.cited]

    def whole(self) -> Draught:
        """The answer, once nothing more is told.

        Raises:
            AnswerFailed: there is none, or not all of it.
            Unavailable: the ledger is busy.
        """
        if self.draught is None:
            raise self.failure or AnswerFailed(error_code=MISTAKE)
        if self.draught.error_code is not None:
            raise AnswerFailed(error_code=self.draught.error_code)
        return self.draught


def offered(desk: Desk) -> Sequence[str]:
    """The names of models that may be asked for."""
    return [ALIAS, MODEL_NAME] if desk.model is None else [ALIAS, desk.model.name, MODEL_NAME]


def require_model(desk: Desk, name: str) -> None:
    """Check that a model is offered.

    Raises:
        UnknownModel: it isn't.
    """
    if name not in offered(desk):
        raise UnknownModel(models=", ".join(offered(desk)))


async def find_standing(place: Workplace, asker: Asker, class_id: UUID) -> Standing:
    """Who asks, as they stand in the class.

    Raises:
        NotInClass: they aren't in it, or there is none.
        Denied: they may not ask there.
        ClassClosed: it is archived.
    """
    try:
        return await run_in_threadpool(_read_standing, place, asker, class_id)
    except Missing:
        raise NotInClass() from None


async def relay(place: Workplace, desk: Desk, asker: Asker, class_id: UUID, asked: Conversation) -> Relayed:
    """Have a program's question answered, beside the request: follow `running`, then take `whole`.

    Raises:
        UnknownModel, NotInClass, Denied, MemberInactive, ClassClosed: what may not be asked, by whom, and where.
        TooManyChats, TokensHeld: come again.
        TokensUsedUp, CommunityTokensUsedUp: a limit is reached; a member's is told, too.
        Unavailable: the process writes as many answers as it can.
    """
    require_model(desk, asked.model)
    if desk.answers.is_full:
        raise Unavailable(retry_after_seconds=5)
    call, at = new_id(), place.clock.now()
    standing = await find_standing(place, asker, class_id)
    passing = _passing_session(call, standing, at)
    quotes_only = desk.model is None or asked.model == MODEL_NAME
    passages = await _find(place, desk, asker, passing, asked, call=call, by_words=quotes_only)
    messages = [] if quotes_only else _messages(asked, passages)
    spend = _spend(place, desk, standing, messages, asked, call, at)
    try:
        held: Posted[Ticket] = await post_patiently(place, desk, standing, HoldTokens(spend, Permission.CHAT), actor=asker.actor)
    except Missing:
        raise NotInClass() from None  # they were put out of it meanwhile
    relayed = Relayed(call, spend.model_name, at, passages, Running(call, call))
    task = Task(passages, messages, asker.locale, _most_tokens(desk, asked))
    desk.answers.begin(relayed.running, partial(_write, place, desk, task, relayed, held.answer))
    return relayed


async def _write(place: Workplace, desk: Desk, task: Task, relayed: Relayed, ticket: Ticket) -> None:
    draught = await draft_answer(desk, task, relayed.running)
    try:
        await settle(place, SettleTokens(ticket, draught.spent))
    except Unavailable as failure:
        relayed.failure = failure
        raise
    relayed.draught = draught


def _read_standing(place: Workplace, asker: Asker, class_id: UUID) -> Standing:
    with place.database.read.connect() as connection:
        standing = read_standing(connection, class_id, asker.member, Permission.CHAT)
    if not standing.room.is_active:
        raise ClassClosed()
    return standing


def _passing_session(call: UUID, standing: Standing, at: datetime) -> SessionSeen:
    """The session that the program keeps, as a member's own: it has no documents, and no row."""
    session = ChatSession(call, standing.room.id, standing.mine.member, "", "", False, 0, 0, at, at)
    return SessionSeen(session, standing, is_mine=True)


async def _find(
    place: Workplace, desk: Desk, asker: Asker, seen: SessionSeen, asked: Conversation, *, call: UUID, by_words: bool
) -> Sequence[Given]:
    question, before = asked.question[:MAX_QUESTION], asked.turns[0].question[:MAX_QUESTION] if asked.turns else ""
    found = await run_in_threadpool(_find_by_words, place, desk, seen, question, before, by_words)
    if found is None:
        found = await place_question(place, desk, asker.actor, seen, question, answer=call, before=before)
    return found


def _find_by_words(place: Workplace, desk: Desk, seen: SessionSeen, question: str, before: str, by_words: bool) -> Sequence[Given] | None:
    """The passages; None where the question's vector is wanted first."""
    with place.database.read.connect() as connection:
        embedder = "" if by_words or desk.model is None else desk.model.embedder
        if embedder and has_vectors(connection, seen.scopes, embedder):
            return None
        return find_passages(connection, seen, question, before=before)


def _messages(asked: Conversation, passages: Sequence[Given]) -> Sequence[Message]:
    rules, *others = messages_for(asked.question, turns=asked.turns, passages=passages)
    besides = [Message(Role.SYSTEM, _RULES_OF_TOOL.format(said=asked.instructions))] if asked.instructions else []
    return [rules, *besides, *others]


def _spend(
    place: Workplace, desk: Desk, standing: Standing, messages: Sequence[Message], asked: Conversation, call: UUID, at: datetime
) -> Spend:
    model = desk.model if messages else None
    return Spend(
        id=call,
        class_id=standing.room.id,
        member=standing.mine.member,
        operation="CHAT",
        model_name=MODEL_NAME if model is None else model.name,
        estimate=0 if model is None else estimate_most(messages, _most_tokens(desk, asked) or model.max_tokens),
        at=at,
        zone=ZoneInfo(standing.room.time_zone),
        until=at + timedelta(seconds=place.settings.model_timeout_seconds) + LEASE_MARGIN,
        takes_slot=True,
        most_of_all=place.settings.study_tokens_of_all or None,
    )


def _most_tokens(desk: Desk, asked: Conversation) -> int | None:
    if asked.max_tokens is None or desk.model is None:
        return None
    return min(asked.max_tokens, desk.model.max_tokens)

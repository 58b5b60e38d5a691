"""Finding passages by their meaning, too: the question's vector is asked for, and billed like any call of a model."""

from collections.abc import Sequence
from datetime import timedelta
import logging
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError
from laurels.core.ids import new_id
from laurels.jobs import Workplace
from laurels.ledger.writer import Proposal
from laurels.model import Embedded, Model, ModelFailure, estimate_text
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.desk import Desk
from laurels.products.study.index import Vector, tag_of
from laurels.products.study.queries.access import SessionSeen
from laurels.products.study.queries.retrieval import Given, find_passages
from laurels.products.study.rules.permissions import Permission

LEASE_MARGIN = timedelta(seconds=30)
"""Beyond the model's own time, after which what is set aside may lapse."""

log = logging.getLogger(__name__)


async def place_question(
    place: Workplace, desk: Desk, actor: str, seen: SessionSeen, question: str, *, answer: UUID, before: str = ""
) -> Sequence[Given]:
    """The passages for a question, by its vector and by its words; by words alone where there is no vector to be had now."""
    vector = None if desk.model is None else await _vector(place, desk, desk.model, actor, seen, question, answer)
    return await run_in_threadpool(_find, place, seen, question, vector, before)


async def _vector(place: Workplace, desk: Desk, model: Model, actor: str, seen: SessionSeen, question: str, answer: UUID) -> Vector | None:
    at = place.clock.now()
    spend = Spend(
        id=new_id(),
        class_id=seen.session.class_id,
        member=seen.session.user_id,
        operation="EMBEDDING",
        model_name=model.embedder,
        estimate=estimate_text(question),
        at=at,
        zone=ZoneInfo(seen.standing.room.time_zone),
        until=at + timedelta(seconds=place.settings.model_timeout_seconds) + LEASE_MARGIN,
        message=answer,
        most_of_all=place.settings.study_tokens_of_all or None,
    )
    try:
        posted = await place.writer.post(Proposal(HoldTokens(spend, Permission.CHAT), at, actor))
    except DomainError as refusal:  # what asking itself is refused for comes up there
        log.info("no vector for a question: %s", refusal.code)
        return None
    embedded: Embedded | None = None
    try:
        embedded = await model.embed([question])
    except ModelFailure:
        log.info("no vector for a question: the model failed")
    finally:
        await _settle(place, desk, model, posted.answer, embedded)
    return None if embedded is None else Vector(tag_of(model.embedder, embedded.dimension), embedded.vectors[0])


async def _settle(place: Workplace, desk: Desk, model: Model, ticket: Ticket, embedded: Embedded | None) -> None:
    spent = None
    if embedded is not None:
        cost = desk.prices.cost(model.embedder, input_tokens=embedded.input_tokens).micros
        spent = Spent(embedded.input_tokens, 0, cost, embedded.is_estimated, embedded.model)
    await place.writer.post(Proposal(SettleTokens(ticket, spent), place.clock.now()))


def _find(place: Workplace, seen: SessionSeen, question: str, vector: Vector | None, before: str) -> Sequence[Given]:
    with place.database.read.connect() as connection:
        return find_passages(connection, seen, question, vector, before=before)

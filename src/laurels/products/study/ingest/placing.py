"""The last step, where a model places texts: vectors beside the passages that have none, paid for by who uploaded the document.

Words alone find a document, too: so one without tokens, or without a server for
vectors, is READY all the same, and says so in its note.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from laurels.core.errors import DomainError, Unavailable
from laurels.core.ids import new_id
from laurels.jobs import JobContext
from laurels.ledger.writer import Proposal
from laurels.model import Embedded, Model, ModelRefused, estimate_text, open_prices, requests_of
from laurels.products.study import index
from laurels.products.study.accounts import SYSTEM
from laurels.products.study.decisions.billing import Spend, Spent, Ticket
from laurels.products.study.decisions.calls import HoldTokens, SettleTokens
from laurels.products.study.ingest.indexing import DONE, title_of
from laurels.products.study.ingest.leases import LEASE, Held
from laurels.products.study.ingest.stopping import go_on
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import study_class, study_passage

AT_ONCE = 256
"""Passages that are looked up at once; their requests are smaller."""

NO_TOKENS = "Found by its words alone: no tokens were left to find it by its meaning, too. Read it anew when some are."
NO_SERVER = "Found by its words alone: the server that finds by meaning doesn't take it."
NOT_NOW = "Found by its words alone for now: the server that finds by meaning can't be reached."


class Unplaced(Exception):
    """A document stays without some of its vectors; the message says why, as its note."""


def place_passages(job: JobContext, model: Model, held: Held) -> None:
    """Have a model place the passages of a document that aren't placed yet.

    Raises:
        Unplaced: for good: no tokens, or the server doesn't do it.
        ModelUnavailable: not now.
        LeaseLost, Interrupted, Unavailable.
    """
    held.lease = LEASE + timedelta(seconds=job.settings.model_timeout_seconds)
    with held.writing() as connection:
        tag = _known_tag(connection, held.document.id, model.embedder)
        placed = 0
    while some := _unplaced(job, held, tag):
        for request in requests_of([_asked(held, words) for _, words in some]):
            go_on(job)
            numbers = [number for number, _ in some[: len(request)]]
            some = some[len(request) :]
            embedded = _place(job, model, held, request)
            tag = index.tag_of(model.embedder, embedded.dimension)
            placed += len(numbers)
            progress = DONE + min(4, 5 * placed // max(held.document.passages or 0, 1))
            with held.writing(progress=max(progress, held.document.progress)) as connection:
                index.keep_vectors(connection, list(zip(numbers, embedded.vectors, strict=True)), tag)


def _place(job: JobContext, model: Model, held: Held, texts: Sequence[str]) -> Embedded:
    """Ask for the vectors of one request, within the uploader's tokens: set aside before, counted once."""
    ticket = _hold(job, model, held, texts)
    try:
        embedded = model.run_apart(lambda own: own.embed(texts))
    except ModelRefused:
        _settle(job, ticket, None)
        raise Unplaced(NO_SERVER) from None
    except BaseException:
        _settle(job, ticket, None)
        raise
    tokens = embedded.input_tokens
    cost = open_prices(job.settings).cost(model.embedder, input_tokens=tokens).micros
    _settle(job, ticket, Spent(tokens, 0, cost, embedded.is_estimated, embedded.model))
    return embedded


def _hold(job: JobContext, model: Model, held: Held, texts: Sequence[str]) -> Ticket:
    document, now = held.document, job.clock.now()
    with job.database.read.connect() as connection:
        zone = connection.execute(select(study_class.c.time_zone).where(study_class.c.id == document.class_id)).scalar_one()
    spend = Spend(
        id=new_id(),
        class_id=document.class_id,
        member=document.uploaded_by,
        operation="EMBEDDING",
        model_name=model.embedder,
        estimate=sum(map(estimate_text, texts)),
        at=now,
        zone=ZoneInfo(zone),
        until=now + held.lease,
        document=document.id,
        most_of_all=job.settings.study_tokens_of_all or None,
    )
    needed = Permission.UPLOAD if document.session_id is None else Permission.CHAT
    try:
        return job.writer.post_now(Proposal(HoldTokens(spend, needed), now, SYSTEM)).answer
    except Unavailable:
        raise
    except DomainError:
        raise Unplaced(NO_TOKENS) from None  # used up; or they may no longer upload here, and so spend nothing


def _settle(job: JobContext, ticket: Ticket, spent: Spent | None) -> None:
    job.writer.post_now(Proposal(SettleTokens(ticket, spent), job.clock.now(), SYSTEM))


def _unplaced(job: JobContext, held: Held, tag: str) -> Sequence[tuple[int, str]]:
    with job.database.read.connect() as connection:
        return index.list_unplaced(connection, held.document.id, tag, limit=AT_ONCE)


def _asked(held: Held, words: str) -> str:
    """What is placed of a passage: its words below its document's title."""
    return f"{title_of(held.document)}\n{words}"


def _known_tag(connection: Connection, document_id: UUID, embedder: str) -> str:
    """What vectors of this document by this embedder are tagged with; empty: it has none."""
    wanted = select(study_passage.c.vector_model).where(study_passage.c.document == document_id, study_passage.c.vector_model.is_not(None))
    found = connection.execute(wanted.order_by(study_passage.c.position).limit(1)).scalar()
    return found if found is not None and found.rpartition("/")[0] == embedder else ""

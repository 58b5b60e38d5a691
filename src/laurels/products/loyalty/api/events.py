"""What purchases' and returns' endpoints share: who may send events, and how outcomes are told."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Request, Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.errors import InTheFuture, WrongCurrency
from laurels.products.loyalty.queries.access import require_program_admin, subject_of
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of, forget
from laurels.products.loyalty.schemas.events import Why
from laurels.web.answers import mark_replay
from laurels.web.caller import AnyCaller, Caller, Role, ServiceCaller, require_scope, service_or
from laurels.web.context import Context
from laurels.web.language import explain
from laurels.web.preferences import tell_waited
from laurels.web.problems import language_of
from laurels.web.schemas import Answer

UNDECIDED = ("accepted", "waiting")
"""Statuses of events that are yet to be decided."""

EARN = "earn"
"""The scope of keys that send purchases and returns."""

Sender = Annotated[AnyCaller, service_or(Role.MEMBER, scope=EARN)]
"""A key with the scope, or somebody who may prove to be an admin of the program."""

B = TypeVar("B")


def waited(model: type[Answer], *, is_located: bool = False) -> dict[int | str, dict[str, Any]]:
    """For the `responses` of an endpoint that honours `Prefer: wait`.

    Args:
        is_located: whether its answers say where to ask again.
    """
    found = (
        {"headers": {"Location": {"description": "Where to ask what became of it.", "schema": {"type": "string"}}}} if is_located else {}
    )
    return {200: {"model": model, "description": "Decided, with `Prefer: wait`.", **found}, 202: {**found}}


def tell_decided(request: Request, response: Response, decided: Decided, key: RequestKey | None) -> None:
    """Say of an event that was waited for: that it was, whether it is decided for good (200), and whether its key was known.

    One whose key was sent before without waiting stands where it stood, perhaps still `accepted`.
    """
    tell_waited(response)
    if decided.status not in UNDECIDED:
        response.status_code = 200
    if key is not None and decided.is_replay:
        mark_replay(request.scope)


def require_sender(context: Context, caller: AnyCaller, program_id: UUID) -> None:
    """Check that somebody may send a program's events: its keys with the scope, and its admins.

    Raises:
        Missing, ScopeMissing, Denied.
    """
    require_scope(caller, subject_of(program_id), EARN, what="program")
    if isinstance(caller, Caller):
        with context.database.read.connect() as connection:
            require_program_admin(connection, caller, program_id)


def why_of(request: Request, refusal: DomainError | None) -> Why | None:
    """A refusal in an outcome, in the caller's language."""
    return None if refusal is None else Why(code=refusal.code, detail=explain(refusal, language_of(request)))


def may_look(caller: ServiceCaller, program_id: UUID) -> None:
    """Check that a key may see what became of events: it may send them, or read.

    Raises:
        Missing, ScopeMissing.
    """
    if not caller.allows(subject_of(program_id), EARN):
        require_scope(caller, subject_of(program_id), "read", what="program")


def batch_answer(model: type[Answer], items: Sequence[Any], statuses: Sequence[str], *, is_waited: bool) -> Response:
    """A batch's answer: its outcomes, how many have each status, how many were replays, and the points in all.

    The items are right already, so that ten thousand of them aren't checked again.
    """
    counts: dict[str, Any] = {status: sum(item.status == status for item in items) for status in statuses}
    counts |= {"replayed": sum(item.is_replay for item in items), "points": sum(item.points for item in items)}
    body = model.model_construct(items=items, **counts).model_dump_json()
    response = Response(body, status_code=200 if is_waited else 202, media_type="application/json")
    if is_waited:
        tell_waited(response)
    return response


def check_events(
    context: Context, caller: AnyCaller, program_id: UUID, bodies: Sequence[B], check: Callable[[Configuration, B], None]
) -> list[DomainError | None]:
    """What is wrong with each of somebody's events by the program's settings, before any is kept. Blocks.

    Settings that are kept may be old: what they refuse is checked again by those of now.

    Raises:
        Missing, ScopeMissing, Denied: they may not send events.
    """
    require_sender(context, caller, program_id)
    wrong = _checked(configuration_of(context.database, program_id), bodies, check)
    if any(isinstance(one, WrongCurrency | InTheFuture) for one in wrong):
        forget(context.database, program_id)
        wrong = _checked(configuration_of(context.database, program_id), bodies, check)
    return wrong


def check_event(context: Context, caller: AnyCaller, program_id: UUID, body: B, check: Callable[[Configuration, B], None]) -> None:
    """The same of one event; raises what is wrong with it."""
    [refusal] = check_events(context, caller, program_id, [body], check)
    if refusal is not None:
        raise refusal


def _checked(settings: Configuration, bodies: Sequence[B], check: Callable[[Configuration, B], None]) -> list[DomainError | None]:
    found: list[DomainError | None] = []
    for body in bodies:
        try:
            check(settings, body)
        except DomainError as refusal:
            found.append(refusal)
        else:
            found.append(None)
    return found

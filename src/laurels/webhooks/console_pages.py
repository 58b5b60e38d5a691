"""The admins' pages for webhooks: endpoints, their deliveries, and each attempt.

The community's admins have them for every endpoint; a product that has admins
of its own mounts `pages` a second time, for the endpoints of one subject, with
a dependency that says whose `Office` it is.
"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.forms import Form, Sent, check_form
from laurels.identity.parts import origin_of
from laurels.web.caller import AdminOnly, Role
from laurels.web.context import Context, Ctx
from laurels.web.flash import flash
from laurels.web.language import N_
from laurels.web.pages import Pages, Section, see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of
from laurels.webhooks import actions, queries, replays
from laurels.webhooks.actions import NewEndpoint
from laurels.webhooks.offices import AtOffice, Office, open_office
from laurels.webhooks.parts import WebhookParts, Webhooks
from laurels.webhooks.rules import KEPT, OLD_SECRET_HOURS, DeliveryStatus, DisabledReason, Failure
from laurels.webhooks.schemas import EndpointBody, EndpointChange, endpoint_values
from laurels.webhooks.sources import EventType
from laurels.webhooks.tables import Endpoint

pages = APIRouter(include_in_schema=False)
"""The pages, relative to where they are mounted."""

PATH = "/console/webhooks"
ROWS = 25


async def open_admins_office(request: Request, caller: AdminOnly) -> None:
    """The community's admins manage every endpoint."""
    open_office(request, Office(caller, None, PATH))


STATUS_WORDS = {
    DeliveryStatus.PENDING: N_("Waiting"),
    DeliveryStatus.FAILED: N_("Will be tried again"),
    DeliveryStatus.DELIVERED: N_("Delivered"),
    DeliveryStatus.DEAD: N_("Given up"),
}
REASON_WORDS = {
    DisabledReason.STAFF: N_("An admin disabled it."),
    DisabledReason.GONE: N_("Its server said that it is gone for good (410)."),
    DisabledReason.FAILING: N_("Nothing arrived there for three days."),
}
FAILURE_WORDS = {
    Failure.STATUS: N_("The answer wasn't a success"),
    Failure.REDIRECT: N_("It was sent elsewhere; redirects aren't followed"),
    Failure.TIMEOUT: N_("No answer within 15 seconds"),
    Failure.CONNECTION: N_("No connection"),
    Failure.TLS: N_("The certificate doesn't hold"),
    Failure.HOST_UNKNOWN: N_("The host's name has no address"),
    Failure.ADDRESS_REFUSED: N_("The host's address isn't public"),
    Failure.URL_REFUSED: N_("The URL isn't allowed any more"),
    Failure.SEALED: N_("The secret can't be read; rotate it"),
    Failure.DISABLED: N_("The webhook was disabled"),
    Failure.MISTAKE: N_("Something went wrong here; the log has it"),
    Failure.INTERRUPTED: N_("Laurels was stopped during the last try"),
}


def add_to(to: Pages) -> None:
    """Register the templates, and the place in the console's navigation."""
    to.add_templates("webhooks", Path(__file__).parent / "templates")
    label = N_("Webhooks")
    to.add_sections(Section(label=label, short=label, icon="shield", path=PATH, role=Role.ADMIN, in_tabs=False, is_console=True, order=70))


@pages.get("")
def show_webhooks(request: Request, context: Ctx, office: AtOffice, cursor: Cursor = None) -> Response:
    """All endpoints, oldest first."""
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        rows = queries.list_endpoints(connection, office.scope, limit=ROWS + 1, after=place[0] if place else None)
        given_up = queries.count_given_up(connection, office.scope)
    return context.pages.render(
        request,
        "webhooks/pages/webhooks.html",
        caller=office.caller,
        **_frame(office),
        endpoints=[endpoint_values(row) for row in rows[:ROWS]],
        given_up=given_up,
        next_href=f"{office.path}?cursor={write_cursor(rows[ROWS - 1].id)}" if len(rows) > ROWS else "",
        first_href=office.path if cursor else "",
    )


@pages.get("/new")
def show_creation(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts) -> Response:
    """The form for a new endpoint."""
    return _draw_creation(request, context, office, webhooks, Form({}), chosen=[])


@pages.post("/new")
async def create(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, sent: Sent) -> Response:
    """Create an endpoint; the page that answers shows its secret."""
    chosen = await _chosen_types(request)
    form = check_form(EndpointBody, _without_types(sent), pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        new = NewEndpoint(form.body.url, form.body.description, chosen or None, form.body.subject)
        origin = origin_of(request).address_hash
        try:
            made, secret = await run_in_threadpool(
                actions.create_endpoint, context, webhooks, office.caller, new, scope=office.scope, address_hash=origin
            )
        except DomainError as refusal:
            status = _refuse(form, context, request, refusal)
        else:
            return await run_in_threadpool(_draw_secret, request, context, office, made, secret, is_new=True)
    return await run_in_threadpool(_draw_creation, request, context, office, webhooks, form, chosen=chosen, status=status)


@pages.get("/{webhook_id}")
def show_webhook(
    request: Request,
    context: Ctx,
    office: AtOffice,
    webhooks: WebhookParts,
    webhook_id: UUID,
    status: Annotated[str, Query(max_length=20)] = "",
    cursor: Cursor = None,
) -> Response:
    """One endpoint: how it is doing, what was sent to it, and what can be changed. An unknown status counts as any."""
    return _draw_webhook(request, context, office, webhooks, webhook_id, wanted=status, cursor=cursor)


@pages.post("/{webhook_id}")
async def change(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, webhook_id: UUID, sent: Sent) -> Response:
    """Change an endpoint. The form of its status sends that alone."""
    form = check_form(EndpointChange, _without_types(sent), pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        changes = form.body.model_dump(exclude_unset=True)
        if "url" in changes:
            changes |= {"description": form.body.description or "", "event_types": await _chosen_types(request) or None}
        origin = origin_of(request).address_hash
        try:
            await run_in_threadpool(
                actions.change_endpoint, context, webhooks, office.caller, webhook_id, changes, scope=office.scope, address_hash=origin
            )
        except DomainError as refusal:
            status = _refuse(form, context, request, refusal)
        else:
            return _lead(context, request, f"{office.path}/{webhook_id}", N_("The change is saved, and on record."))
    return await run_in_threadpool(_draw_webhook, request, context, office, webhooks, webhook_id, form=form, status_code=status)


@pages.post("/{webhook_id}/rotation")
def rotate(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, webhook_id: UUID) -> Response:
    """Draw a fresh secret, and show it."""
    origin = origin_of(request).address_hash
    changed, secret = actions.rotate_secret(context, webhooks, office.caller, webhook_id, scope=office.scope, address_hash=origin)
    return _draw_secret(request, context, office, changed, secret, is_new=False)


@pages.post("/{webhook_id}/test")
def send_test(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, webhook_id: UUID) -> Response:
    """Send a test event, and lead to its delivery."""
    queued = replays.send_test(context, webhooks, webhook_id, scope=office.scope)
    return _lead(context, request, f"{office.path}/{webhook_id}/deliveries/{queued.id}", N_("The test is on its way."))


@pages.post("/{webhook_id}/deletion")
def delete(request: Request, context: Ctx, office: AtOffice, webhook_id: UUID) -> Response:
    """Delete an endpoint."""
    actions.delete_endpoint(context, office.caller, webhook_id, scope=office.scope, address_hash=origin_of(request).address_hash)
    return _lead(context, request, office.path, N_("The webhook is deleted."))


@pages.post("/{webhook_id}/replays")
def replay_failed(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, webhook_id: UUID) -> Response:
    """Queue again all that failed or was given up, of the time that is kept."""
    until = context.clock.now() + timedelta.resolution
    origin = origin_of(request).address_hash
    replayed = replays.replay_failed(
        context, webhooks, office.caller, webhook_id, since=until - KEPT, until=until, scope=office.scope, address_hash=origin
    )
    said = N_("Sending again: {count}.") if replayed.count else N_("Nothing failed.")
    return _lead(context, request, f"{office.path}/{webhook_id}", said, count=replayed.count)


@pages.get("/{webhook_id}/deliveries/{delivery_id}")
def show_delivery(request: Request, context: Ctx, office: AtOffice, webhook_id: UUID, delivery_id: UUID) -> Response:
    """One delivery: what was sent, and what was answered."""
    with context.database.read.connect() as connection:
        endpoint = queries.get_endpoint(connection, office.scope, webhook_id)
        delivery = queries.get_delivery(connection, office.scope, webhook_id, delivery_id)
        attempts = queries.list_attempts(connection, delivery_id)
    return context.pages.render(
        request,
        "webhooks/pages/delivery.html",
        caller=office.caller,
        **_frame(office),
        endpoint=endpoint_values(endpoint),
        delivery=delivery,
        attempts=attempts,
        statuses=_words(context, request, STATUS_WORDS),
        failures=_words(context, request, FAILURE_WORDS),
    )


@pages.post("/{webhook_id}/deliveries/{delivery_id}/replay")
def replay(request: Request, context: Ctx, office: AtOffice, webhooks: WebhookParts, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Send a delivery again."""
    origin = origin_of(request).address_hash
    replays.replay_delivery(context, webhooks, office.caller, webhook_id, delivery_id, scope=office.scope, address_hash=origin)
    return _lead(context, request, f"{office.path}/{webhook_id}/deliveries/{delivery_id}", N_("It is on its way again."))


def _draw_creation(
    request: Request, context: Context, office: Office, webhooks: Webhooks, form: Form[Any], *, chosen: list[str], status: int = 200
) -> Response:
    return context.pages.render(
        request,
        "webhooks/pages/webhook_new.html",
        caller=office.caller,
        **_frame(office),
        status_code=status,
        types=_types(webhooks, office),
        chosen=chosen,
        form=form.values,
        errors=form.errors,
    )


def _draw_secret(request: Request, context: Context, office: Office, endpoint: Endpoint, secret: str, *, is_new: bool) -> Response:
    return context.pages.render(
        request,
        "webhooks/pages/secret.html",
        caller=office.caller,
        **_frame(office),
        status_code=201 if is_new else 200,
        endpoint=endpoint_values(endpoint),
        secret=secret,
        is_new=is_new,
        old_hours=OLD_SECRET_HOURS,
    )


def _draw_webhook(
    request: Request,
    context: Context,
    office: Office,
    webhooks: Webhooks,
    webhook_id: UUID,
    *,
    wanted: str = "",
    cursor: str | None = None,
    form: Form[Any] | None = None,
    status_code: int = 200,
) -> Response:
    narrowed = DeliveryStatus(wanted) if wanted in set(DeliveryStatus) else None
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        endpoint = endpoint_values(queries.get_endpoint(connection, office.scope, webhook_id))
        rows = queries.list_deliveries(connection, webhook_id, status=narrowed, limit=ROWS + 1, before=place[0] if place else None)
    here = f"{office.path}/{webhook_id}"
    kept = {"status": narrowed.value} if narrowed else {}
    following = {**kept, "cursor": write_cursor(rows[ROWS - 1].id)} if len(rows) > ROWS else None
    return context.pages.render(
        request,
        "webhooks/pages/webhook.html",
        caller=office.caller,
        **_frame(office),
        status_code=status_code,
        endpoint=endpoint,
        reason=_words(context, request, REASON_WORDS).get(endpoint["disabled_reason"], ""),
        deliveries=rows[:ROWS],
        statuses=_words(context, request, STATUS_WORDS),
        failures=_words(context, request, FAILURE_WORDS),
        wanted=narrowed or "",
        types=_types(webhooks, office),
        form={"url": endpoint["url"], "description": endpoint["description"], **(form.values if form else {})},
        errors=form.errors if form else {},
        next_href=f"{here}?{urlencode(following)}" if following else "",
        first_href=f"{here}?{urlencode(kept)}" if cursor else "",
    )


def _frame(office: Office) -> dict[str, Any]:
    scoped = {"layout": office.layout, "level": office.level, "webhooks_path": office.path, "is_scoped": office.scope is not None}
    return {**office.frame, **scoped}


def _types(webhooks: Webhooks, office: Office) -> list[EventType]:
    return [kind for kind in webhooks.catalogue.types if office.types is None or kind.name in office.types]


async def _chosen_types(request: Request) -> list[str]:
    """The types whose boxes are ticked; none means all."""
    return [value for value in (await request.form()).getlist("event_types") if isinstance(value, str)]


def _without_types(sent: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in sent.items() if name != "event_types"}


def _refuse(form: Form[Any], context: Context, request: Request, refusal: DomainError) -> int:
    """Put a refusal beside its field; gives the status."""
    form.errors[str(refusal.fields.get("field", "form"))] = context.pages.explain(request, refusal)
    return status_of(type(refusal))


def _words(context: Context, request: Request, words: dict[Any, str]) -> dict[str, str]:
    return {str(key): context.pages.translate(request, word) for key, word in words.items()}


def _lead(context: Context, request: Request, path: str, said: str, **values: int) -> Response:
    response = see_other(path)
    flash(response, context.pages.translate(request, said).format(**values), request=request)
    return response


router = APIRouter(include_in_schema=False)
router.include_router(pages, prefix=PATH, dependencies=[Depends(open_admins_office)])

"""A program's service keys: for shops' backends. A key's text is shown once, by the page that answers its making."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.key_schemas import ServiceKeyBody
from laurels.identity.parts import IdentityParts
from laurels.identity.service_keys import MAX_KEYS, create_key, list_keys, revoke_key
from laurels.identity.tables import ServiceKey
from laurels.products.loyalty import queries
from laurels.products.loyalty.console_pages.desk import PATH, AtDesk, Desk
from laurels.products.loyalty.errors import Archived
from laurels.products.loyalty.queries.access import SCOPES
from laurels.web.language import N_
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.typed import Typed, sent_fields

router = APIRouter(prefix=f"{PATH}/{{program_id}}/keys")

SCOPE_WORDS = {
    "earn": N_("Tell purchases and returns"),
    "burn": N_("Spend points for members"),
    "read": N_("Read points and settings"),
}


@router.get("")
def show_keys(desk: AtDesk, cursor: Cursor = None) -> Response:
    """A program's keys, newest first, revoked ones too."""
    return _draw(desk, desk.typed({"scopes": "earn read"}), cursor=cursor)


@router.post("")
async def make_key(desk: AtDesk, identity: IdentityParts) -> Response:
    """Make a key; the page that answers shows it."""
    typed = desk.typed({"scopes": "", **await sent_fields(desk.request)})
    known: dict[str, Any] = {
        "name": typed.text("name"),
        "scopes": typed.values["scopes"].split(),
        "expires_at": typed.instant("expires_at", desk.zone),
    }
    body, status = typed.check(ServiceKeyBody, known, place=lambda name: name.partition(".")[0]), 422
    if "scopes" in typed.errors:
        typed.errors["scopes"] = desk.say(N_("Choose at least one."))
    if body is not None:
        try:
            if desk.program.status == "archived":
                raise Archived()
            made = await run_in_threadpool(
                create_key,
                identity,
                subject=queries.subject_of(desk.program.id),
                name=body.name,
                scopes=body.scopes,
                by=desk.caller.member_id,
                expires_at=body.expires_at,
                known_scopes=SCOPES,
                address_hash=desk.editor.address_hash,
            )
        except DomainError as refusal:
            status = desk.refuse(typed, refusal)
        else:
            return await run_in_threadpool(desk.draw, "key", status=201, key=made.key, token=made.token)
    return await run_in_threadpool(_draw, desk, typed, status=status)


@router.post("/{key_id}/revocation")
async def revoke(desk: AtDesk, identity: IdentityParts, key_id: UUID) -> Response:
    """End a key for good."""
    subject, by = queries.subject_of(desk.program.id), desk.caller.member_id
    await run_in_threadpool(revoke_key, identity, subject=subject, key_id=key_id, by=by, address_hash=desk.editor.address_hash)
    return desk.lead("/keys", N_("The key is revoked: it opens nothing any more."))


def _draw(desk: Desk, typed: Typed, *, cursor: str | None = None, status: int = 200) -> Response:
    place = read_cursor(cursor, UUID)
    subject = queries.subject_of(desk.program.id)
    with desk.context.database.read.connect() as connection:
        rows = list_keys(connection, subject, limit=MAX_KEYS + 1, before_id=place[0] if place else None)
    here = f"{desk.path}/keys"
    return desk.draw(
        "keys",
        status=status,
        keys=[(row, _state(row, desk)) for row in rows[:MAX_KEYS]],
        form=typed.values,
        errors=typed.errors,
        scopes=desk.choices(SCOPE_WORDS),
        next_href=f"{here}?cursor={write_cursor(rows[MAX_KEYS - 1].id)}" if len(rows) > MAX_KEYS else "",
        first_href=here if cursor else "",
    )


def _state(key: ServiceKey, desk: Desk) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= desk.now else "live"

"""Keys of a class: for programs that speak OpenAI's protocol, and ask as the member who made the key, within that member's limits.

A key's text is shown once, by the page that answers its making. Who may ask in the class may make keys; managers see and end all.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.parts import IdentityParts
from laurels.identity.tables import ServiceKey
from laurels.products.study.actions.keys import create_class_key, revoke_class_key
from laurels.products.study.queries.classes import names_of
from laurels.products.study.queries.keys import list_class_keys
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.schemas.members import ClassKeyBody
from laurels.products.study.visits import CLASSES, AtClass, Visit
from laurels.web.context import site_address
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import GATEWAY_PREFIX, address
from laurels.web.typed import Typed, sent_fields

PATH = f"{CLASSES}/{{class_id}}/keys"
router = APIRouter()

KEYS = 25
"""Keys of one page."""
CHANGES_PER_MINUTE = 20


@router.get(PATH)
def show_keys(visit: AtClass, cursor: Cursor = None) -> Response:
    """One's own keys of the class, a manager sees all: the newest first, revoked ones too."""
    visit.standing.require(Permission.CHAT)
    return _draw(visit, visit.typed({}), cursor=cursor)


@router.post(PATH, dependencies=[limited("make-class-key", per_minute=CHANGES_PER_MINUTE)])
async def make_key(visit: AtClass, identity: IdentityParts) -> Response:
    """Make a key; the page that answers shows it."""
    visit.standing.require(Permission.CHAT)
    typed = visit.typed(await sent_fields(visit.request))
    known = {"name": typed.text("name"), "expires_at": typed.instant("expires_at", visit.zone)}
    body, status = typed.check(ClassKeyBody, known), 422
    if body is not None:
        try:
            made = await run_in_threadpool(
                create_class_key,
                visit.context.database,
                identity,
                visit.caller,
                visit.editor,
                visit.room.id,
                name=body.name,
                expires_at=body.expires_at,
            )
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return await run_in_threadpool(visit.draw, "manage/key", status=201, key=made.key, token=made.token, **_usage_words(visit))
    return await run_in_threadpool(_draw, visit, typed, status=status)


@router.post(f"{PATH}/{{key_id}}/revocation", dependencies=[limited("revoke-class-key", per_minute=CHANGES_PER_MINUTE)])
async def revoke(visit: AtClass, identity: IdentityParts, key_id: UUID) -> Response:
    """End a key for good."""
    database, room = visit.context.database, visit.room
    await run_in_threadpool(revoke_class_key, database, identity, visit.caller, visit.editor, room.id, key_id)
    return visit.lead("/keys", N_("The key is revoked: it opens nothing any more."))


def _draw(visit: Visit, typed: Typed, *, cursor: str | None = None, status: int = 200) -> Response:
    place, here = read_cursor(cursor, UUID), f"{visit.path}/keys"
    with visit.context.database.read.connect() as connection:
        rows = list_class_keys(connection, visit.standing, limit=KEYS + 1, before_id=place[0] if place else None)
        makers = names_of(connection, {row.created_by for row in rows if row.created_by is not None})
    return visit.draw(
        "manage/keys",
        status=status,
        keys=[(row, _state(row, visit)) for row in rows[:KEYS]],
        makers=makers,
        form=typed.values,
        errors=typed.errors,
        next_href=address(here, {"cursor": write_cursor(rows[KEYS - 1].id)}) if len(rows) > KEYS else "",
        first_href=here if cursor else "",
        **_usage_words(visit),
    )


def _usage_words(visit: Visit) -> dict[str, Any]:
    base_url = site_address(visit.context, visit.request) + GATEWAY_PREFIX.rstrip("/")
    return {"gateway": base_url, "model_name": visit.context.settings.model}


def _state(key: ServiceKey, visit: Visit) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= visit.now else "live"

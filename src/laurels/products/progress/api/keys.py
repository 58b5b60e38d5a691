"""/progress/keys: service keys for what awards points or reads activities from outside."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.errors import TooManyKeys
from laurels.identity.key_schemas import NewServiceKeyAnswer, ServiceKeyAnswer
from laurels.identity.parts import IdentityParts, origin_of
from laurels.identity.service_keys import create_key, list_keys, revoke_key
from laurels.products.progress.queries.access import SCOPES, SUBJECT
from laurels.products.progress.schemas.keys import ProgressKeyBody
from laurels.web.caller import StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor

router = APIRouter(prefix="/progress/keys")


async def key_of_path(key_id: OpaqueId) -> UUID:
    """The service key's id."""
    return known_id(key_id, what="service key")


@router.post("", status_code=201, responses=documented(Denied, Invalid, TooManyKeys))
def create_progress_key(body: ProgressKeyBody, caller: StaffOnly, identity: IdentityParts, request: Request) -> NewServiceKeyAnswer:
    """Make a service key: for staff. Its text is told this once.

    Its scopes are `award` (awards, and steps of quests) and `read` (activities).
    """
    made = create_key(
        identity,
        subject=SUBJECT,
        name=body.name,
        scopes=body.scopes,
        by=caller.member_id,
        expires_at=body.expires_at,
        known_scopes=SCOPES,
        address_hash=origin_of(request).address_hash,
    )
    return NewServiceKeyAnswer.of_new(made)


@router.get("", responses=documented(Denied, CursorInvalid))
def list_progress_keys(caller: StaffOnly, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[ServiceKeyAnswer]:
    """Progress's service keys, newest first, revoked ones too, without their secrets: for staff."""
    before = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        rows = list_keys(connection, SUBJECT, limit=limit + 1, before_id=before[0] if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=ServiceKeyAnswer.of)


@router.delete("/{key_id}", status_code=204, responses=documented(Missing, Denied))
def revoke_progress_key(
    key_id: Annotated[UUID, Depends(key_of_path)], caller: StaffOnly, identity: IdentityParts, request: Request
) -> None:
    """End a service key for good; it opens nothing from the next request on: for staff."""
    revoke_key(identity, subject=SUBJECT, key_id=key_id, by=caller.member_id, address_hash=origin_of(request).address_hash)

"""/recognitions: give, read, endorse, take back."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
import orjson

from laurels.core.errors import Missing
from laurels.core.windows import Month
from laurels.identity.errors import MemberInactive
from laurels.identity.parts import origin_of
from laurels.ledger import AlreadyReversed, InsufficientBalance, LimitReached
from laurels.ledger.writer import RequestKey
from laurels.products.recognition import actions, queries
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.errors import AlreadyEndorsed, OwnRecognition, RecognitionIsReversed, SelfRecognition, UnknownValue
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.rules import MAX_VALUE_NAME
from laurels.products.recognition.schemas import (
    EndorsementAnswer,
    EndorserAnswer,
    GiftAnswer,
    GiftBody,
    PersonAnswer,
    RecognitionAnswer,
    ReversalAnswer,
    ReversalBody,
)
from laurels.web.caller import Signed, StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.schemas import Month as MonthText
from laurels.web.schemas import PlainLine

router = APIRouter(prefix="/recognitions")

GIVES_PER_MINUTE = 30
ENDORSEMENTS_PER_MINUTE = 60

_GIVEN = created("recognition_id", "read_recognition", "endorse_recognition", "list_endorsements", "reverse_recognition")
_FOLLOWED = created("recognition_id", "read_recognition")


@router.post(
    "",
    status_code=201,
    response_model=GiftAnswer,
    dependencies=[limited("give", per_minute=GIVES_PER_MINUTE, book=BOOK)],
    responses=_GIVEN | documented(SelfRecognition, UnknownValue, Missing, MemberInactive, LimitReached, InsufficientBalance),
)
async def give_recognition(
    body: GiftBody, caller: Signed, context: Ctx, request: Request, key: Annotated[RequestKey | None, keyed("give")]
) -> Response:
    """Thank a member with credits.

    They leave your allowance and count against the month's sending limit; the
    receiver can redeem them.
    """
    gift = actions.Gift(known_id(body.receiver_id, what="member"), body.credits, body.message, body.value)
    gave = await actions.give_credits(context, caller, gift, request=key)
    tell_replay(request, gave.posted)
    headers = {"Location": f"{API_PREFIX}/recognitions/{gave.recognition.id}"}
    # Written out here: this is the busiest endpoint, and validating our own answer would cost a tenth of it.
    return Response(_gift_json(gave), 201, headers, "application/json")


@router.get("", responses=documented(CursorInvalid))
def list_recognitions(
    caller: Signed,
    context: Ctx,
    giver: Annotated[UUID | None, Query(description="Given by this member.")] = None,
    receiver: Annotated[UUID | None, Query(description="Received by this member.")] = None,
    value: Annotated[PlainLine | None, Query(max_length=MAX_VALUE_NAME, description="For this value.")] = None,
    month: Annotated[MonthText | None, Query(description="Of this month of the community.")] = None,
    text: Annotated[PlainLine, Query(max_length=queries.MAX_SEARCH, description="With these words in it, whatever their case.")] = "",
    limit: PageSize = 20,
    cursor: Cursor = None,
) -> Page[RecognitionAnswer]:
    """The feed, newest first.

    A search for words looks through a thousand messages a page: a page may
    hold few or none and still have a next one.
    """
    narrowed = queries.FeedFilter(giver=giver, receiver=receiver, value=value, month=Month(month) if month else None, text=text)
    before = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        found = queries.list_feed(
            connection, caller, narrowed, policy=policy_of(context.settings), limit=limit, before=(before[0], before[1]) if before else None
        )
    return Page(items=[_recognition(one) for one in found.items], next_cursor=write_cursor(*found.following) if found.following else None)


@router.get("/{recognition_id}", responses=documented(Missing))
def read_recognition(recognition_id: OpaqueId, caller: Signed, context: Ctx) -> RecognitionAnswer:
    """One recognition. A reversed one is there for staff and the two concerned only."""
    wanted = known_id(recognition_id, what="recognition")
    with context.database.read.connect() as connection:
        return _recognition(queries.get_thanks(connection, caller, wanted, policy=policy_of(context.settings)))


@router.post(
    "/{recognition_id}/endorsements",
    status_code=201,
    dependencies=[limited("endorse", per_minute=ENDORSEMENTS_PER_MINUTE, book=BOOK)],
    responses=_FOLLOWED | documented(Missing, MemberInactive, OwnRecognition, AlreadyEndorsed, RecognitionIsReversed),
)
async def endorse_recognition(
    recognition_id: OpaqueId,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("endorse")],
) -> EndorsementAnswer:
    """Agree with a recognition, once. It moves no credits."""
    posted = await actions.endorse(context, caller, known_id(recognition_id, what="recognition"), request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/recognitions/{posted.answer.recognition}"
    return EndorsementAnswer(recognition_id=posted.answer.recognition, endorsement_count=posted.answer.endorsement_count)


@router.get("/{recognition_id}/endorsements", responses=documented(Missing, CursorInvalid))
def list_endorsements(
    recognition_id: OpaqueId, caller: StaffOnly, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[EndorserAnswer]:
    """Who endorsed it, the first first: for staff. Everyone sees the count."""
    after = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        found = queries.list_endorsers(
            connection, known_id(recognition_id, what="recognition"), limit=limit, after=(after[0], after[1]) if after else None
        )
    items = [EndorserAnswer(member=person_answer(one.person), created_at=one.created_at) for one in found.items]
    return Page(items=items, next_cursor=write_cursor(*found.following) if found.following else None)


@router.post("/{recognition_id}/reversal", status_code=201, responses=_FOLLOWED | documented(Missing, AlreadyReversed))
async def reverse_recognition(
    recognition_id: OpaqueId,
    body: ReversalBody,
    caller: StaffOnly,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("reverse")],
) -> ReversalAnswer:
    """Take a recognition back, once: for staff.

    Its credits leave the receiver and return to the giver's allowance if the
    month they were sent in is still open. What is redeemed already is owed.
    """
    wanted = known_id(recognition_id, what="recognition")
    posted = await actions.reverse(context, caller, wanted, body.reason, address_hash=origin_of(request).address_hash, request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/recognitions/{posted.answer.recognition}"
    done = posted.answer
    return ReversalAnswer(recognition_id=done.recognition, taken=done.taken, owed=done.owed, returned=done.returned)


def person_answer(person: queries.Person) -> PersonAnswer:
    """A person as answers show them."""
    return PersonAnswer(**asdict(person))


def _recognition(found: queries.Thanks) -> RecognitionAnswer:
    return RecognitionAnswer(
        recognition_id=found.id,
        sender_id=found.giver.id,
        receiver_id=found.receiver.id,
        credits_transferred=found.credits,
        message=found.message,
        value=found.value,
        endorsement_count=found.endorsement_count,
        created_at=found.created_at,
        updated_at=found.updated_at,
        month_bucket=found.month,
        sender=person_answer(found.giver),
        receiver=person_answer(found.receiver),
        is_endorsed_by_me=found.endorsed_by_me,
        is_reversed=found.is_reversed,
        reversed_at=found.reversed_at,
        reversal_reason=found.reversal_reason,
    )


def _gift_json(gave: actions.Gave) -> bytes:
    """A `GiftAnswer` as JSON."""
    given, left = gave.recognition, gave.posted.answer
    return orjson.dumps(
        {
            "recognition_id": given.id,
            "sender_id": given.giver,
            "receiver_id": given.receiver,
            "credits_transferred": given.credits,
            "message": given.message,
            "value": given.value,
            "endorsement_count": given.endorsement_count,
            "created_at": given.created_at,
            "updated_at": given.updated_at,
            "month_bucket": given.month,
            "allowance_left": left.allowance_left,
            "sendable_left": left.sendable_left,
        }
    )

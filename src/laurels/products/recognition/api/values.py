"""/recognitions/values, and /recognitions/patterns: what staff look after."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from laurels.core.errors import Missing
from laurels.core.windows import Month, month_of
from laurels.identity.parts import origin_of
from laurels.products.recognition import actions, queries
from laurels.products.recognition.api.recognitions import person_answer
from laurels.products.recognition.errors import TooManyValues
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.rules import MAX_VALUE_NAME
from laurels.products.recognition.schemas import FindingAnswer, PatternAnswer, PatternsAnswer, ValueAnswer, ValueBody, ValueList
from laurels.products.recognition.tables import RecognitionValue
from laurels.web.caller import Role, Signed, StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.schemas import Month as MonthText
from laurels.web.schemas import PlainLine

router = APIRouter(prefix="/recognitions")

ValueName = Annotated[PlainLine, Path(min_length=1, max_length=MAX_VALUE_NAME, examples=["Teamwork"])]


@router.get("/values")
def list_recognition_values(caller: Signed, context: Ctx) -> ValueList:
    """What a recognition can be for. Staff see retired values, too."""
    with context.database.read.connect() as connection:
        found = queries.list_values(connection, with_retired=caller.role.covers(Role.STAFF))
    return ValueList(items=[_value(one) for one in found])


_ADDED: dict[int | str, dict[str, Any]] = {201: {"description": "Added", "model": ValueAnswer}}


@router.put("/values/{name}", responses=_ADDED | documented(TooManyValues))
def save_recognition_value(
    name: ValueName, body: ValueBody, caller: StaffOnly, context: Ctx, request: Request, response: Response
) -> ValueAnswer:
    """Add a value, or change its place or whether it can be chosen: for staff."""
    saved, is_new = actions.save_value(
        context, caller, name, position=body.position, is_active=body.is_active, address_hash=origin_of(request).address_hash
    )
    response.status_code = 201 if is_new else 200
    return _value(saved)


@router.delete("/values/{name}", status_code=204, responses=documented(Missing))
def remove_recognition_value(name: ValueName, caller: StaffOnly, context: Ctx, request: Request) -> None:
    """Take a value off the list: for staff. Recognitions that have it keep it."""
    actions.remove_value(context, caller, name, address_hash=origin_of(request).address_hash)


@router.get("/patterns")
def list_patterns(
    caller: StaffOnly, context: Ctx, month: Annotated[MonthText | None, Query(description="By default the current one.")] = None
) -> PatternsAnswer:
    """Patterns of a month that deserve a look: numbers for staff, not verdicts.

    - `mutual`: two gave each other at least 30 credits, the smaller sum at least half of the larger.
    - `same-words`: one giver sent the same words at least five times.
    - `late`: 80% of the month's grant was sent in its last two days.
    - `favourite`: 60% of the grant went to one person, this month and the one before.
    - `ring`: three gave one another in a circle, at least 10 credits each.
    """
    policy = policy_of(context.settings)
    wanted = Month(month) if month else month_of(context.clock.now(), policy.zone)
    with context.database.read.connect() as connection:
        found = queries.find_patterns(connection, wanted, policy=policy)
    items = [PatternAnswer(pattern=pattern, findings=[_finding(one) for one in findings]) for pattern, findings in found.items()]
    return PatternsAnswer(month_bucket=wanted, items=items)


def _finding(found: queries.Finding) -> FindingAnswer:
    return FindingAnswer(members=[person_answer(one) for one in found.members], numbers=dict(found.numbers))


def _value(found: RecognitionValue) -> ValueAnswer:
    return ValueAnswer(name=found.name, position=found.position, is_active=found.is_active)

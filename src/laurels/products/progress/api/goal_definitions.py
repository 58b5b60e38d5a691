"""/progress/goal-definitions: the weekly goals as staff set them. A member's own are in `goals`."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from laurels.core.errors import Invalid, Missing
from laurels.identity.editors import StaffEditing, tell_saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.goals import add_goal, change_goal
from laurels.products.progress.api.definition_paths import GoalType
from laurels.products.progress.errors import ListFull, NameTaken
from laurels.products.progress.queries.definitions import GOALS, get_definition, list_definitions
from laurels.products.progress.schemas.goal_definitions import (
    GoalDefinitionAnswer,
    GoalDefinitionBody,
    GoalDefinitionChange,
    GoalDefinitionList,
)
from laurels.products.progress.tables import GoalRow
from laurels.web.caller import StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.idempotency import keyed

router = APIRouter(prefix="/progress/goal-definitions")


@router.get("")
def list_goal_definitions(caller: StaffOnly, context: Ctx) -> GoalDefinitionList:
    """The weekly goals as they are set, those put aside too: for staff."""
    with context.database.read.connect() as connection:
        return GoalDefinitionList.of(list_definitions(connection, GOALS))


@router.get("/{goal_type}", responses=versioned(is_read=True) | documented(Missing))
def read_goal_definition(
    caller: StaffOnly, goal_type: GoalType, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> GoalDefinitionAnswer:
    """One weekly goal as it is set: for staff."""
    return _answer(response, _get(context, goal_type), if_none_match)


@router.post(
    "",
    status_code=201,
    responses=created("goal_type", "read_goal_definition", "change_goal_definition") | documented(NameTaken, ListFull, Invalid),
)
def add_goal_definition(
    body: GoalDefinitionBody,
    editor: StaffEditing,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("add-goal")],
) -> GoalDefinitionAnswer:
    """Add a weekly goal, which counts from now on: for staff."""
    saved = add_goal(context.database, editor, body.new(), now=context.clock.now(), request=key)
    tell_saved(request, response, saved, f"/progress/goal-definitions/{body.goal_type}")
    return _answer(response, _get(context, body.goal_type))


@router.patch("/{goal_type}", responses=versioned() | documented(Missing, ListFull, Invalid, *CONDITIONAL))
def change_goal_definition(
    editor: StaffEditing, goal_type: GoalType, body: GoalDefinitionChange, expected: IfMatch, context: Ctx, response: Response
) -> GoalDefinitionAnswer:
    """Change a weekly goal, put it aside or take it back: for staff. Goals of a week that was opened keep target and reward."""
    now = context.clock.now()
    return _answer(response, change_goal(context.database, editor, goal_type, body.wanted(), expected=expected, now=now))


def _get(context: Context, goal_type: str) -> GoalRow:
    with context.database.read.connect() as connection:
        return get_definition(connection, GOALS, goal_type)


def _answer(response: Response, row: GoalRow, if_none_match: str | None = None) -> GoalDefinitionAnswer:
    tell_version(response, etag_of(row.version), if_none_match)
    return GoalDefinitionAnswer.of(row)

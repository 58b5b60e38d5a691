"""/progress/reactions: what things that happen elsewhere in the community award."""

from fastapi import APIRouter, Response

from laurels.core.errors import Missing
from laurels.identity.editors import StaffEditing
from laurels.products.progress.actions.reactions_set import change_reaction
from laurels.products.progress.api.definition_paths import Trigger
from laurels.products.progress.queries.definitions import REACTIONS, get_definition, list_definitions
from laurels.products.progress.schemas.reactions import ReactionAnswer, ReactionBody, ReactionList
from laurels.products.progress.tables import ReactionRow
from laurels.web.caller import StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned

router = APIRouter(prefix="/progress/reactions")


@router.get("")
def list_reactions(caller: StaffOnly, context: Ctx) -> ReactionList:
    """What each trigger awards: for staff."""
    with context.database.read.connect() as connection:
        return ReactionList.of(list_definitions(connection, REACTIONS))


@router.get("/{trigger}", responses=versioned(is_read=True) | documented(Missing))
def read_reaction(
    caller: StaffOnly, trigger: Trigger, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> ReactionAnswer:
    """What a trigger awards: for staff."""
    with context.database.read.connect() as connection:
        return _answer(response, get_definition(connection, REACTIONS, trigger), if_none_match)


@router.put("/{trigger}", responses=versioned() | documented(Missing, *CONDITIONAL))
def set_reaction(
    editor: StaffEditing, trigger: Trigger, body: ReactionBody, expected: IfMatch, context: Ctx, response: Response
) -> ReactionAnswer:
    """Say what a trigger awards from now on: for staff."""
    now = context.clock.now()
    return _answer(response, change_reaction(context.database, editor, trigger, body.wanted(), expected=expected, now=now))


def _answer(response: Response, row: ReactionRow, if_none_match: str | None = None) -> ReactionAnswer:
    tell_version(response, etag_of(row.version), if_none_match)
    return ReactionAnswer.of(row)

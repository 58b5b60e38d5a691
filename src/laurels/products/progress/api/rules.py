"""/progress/rules: tiers, levels, caps and all else that totals mean and members may claim."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from laurels.core.errors import Missing
from laurels.identity.editors import StaffEditing
from laurels.products.progress.actions.rules import change_rules
from laurels.products.progress.bounds import MAX_RULES_VERSIONS
from laurels.products.progress.errors import ListFull
from laurels.products.progress.queries.definitions import current_rules, get_rules, list_rules
from laurels.products.progress.queries.spread import spread
from laurels.products.progress.rules import PRESETS, Rules, preset
from laurels.products.progress.schemas.rules import PresetList, PreviewAnswer, RulesVersionAnswer, Spread
from laurels.products.progress.tables import ProgressRules
from laurels.web.caller import Signed, StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.schemas import PLAINLY

router = APIRouter(prefix="/progress/rules")

RulesVersion = Annotated[int, Path(ge=1, le=MAX_RULES_VERSIONS), PLAINLY]


@router.get("", responses=versioned(is_read=True))
def read_rules(caller: Signed, context: Ctx, response: Response, if_none_match: IfNoneMatch = None) -> Rules:
    """The rules in force."""
    with context.database.read.connect() as connection:
        return _answer(response, current_rules(connection), if_none_match)


@router.put("", responses=versioned() | documented(ListFull, *CONDITIONAL))
def set_rules(body: Rules, editor: StaffEditing, expected: IfMatch, context: Ctx, response: Response) -> Rules:
    """Put rules in force, as a new version: for staff. What was awarded stays; totals mean what the new rules say."""
    return _answer(response, change_rules(context.database, editor, body, expected=expected, now=context.clock.now()))


@router.post("/preview")
def preview_rules(body: Rules, caller: StaffOnly, context: Ctx) -> PreviewAnswer:
    """How rules would spread today's active members over tiers and levels: for staff. Nothing changes."""
    with context.database.read.connect() as connection:
        known = Rules.model_validate_json(current_rules(connection).document)
        now, then = (
            Spread.of(rules, spread(connection, [tier.at for tier in rules.tiers]), spread(connection, rules.levels))
            for rules in (known, body)
        )
    return PreviewAnswer(members=sum(tier.members for tier in now.tiers), now=now, then=then)


@router.get("/presets")
def list_rules_presets(caller: StaffOnly) -> PresetList:
    """The rules that ship, to begin with: for staff."""
    return PresetList(items=[preset(name) for name in PRESETS])


@router.get("/versions", responses=documented(CursorInvalid))
def list_rules_versions(caller: StaffOnly, context: Ctx, limit: PageSize = 20, cursor: Cursor = None) -> Page[RulesVersionAnswer]:
    """The versions of the rules, the last one first: for staff."""
    before = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        rows = list_rules(connection, limit=limit + 1, before=before[0] if before else None)
    return page_of(rows, limit, cursor=lambda row: (row.version,), item=RulesVersionAnswer.of)


@router.get("/versions/{version}", responses=versioned(is_read=True) | documented(Missing))
def read_rules_version(
    version: RulesVersion, caller: StaffOnly, context: Ctx, response: Response, if_none_match: IfNoneMatch = None
) -> RulesVersionAnswer:
    """One version of the rules: for staff. It never changes."""
    with context.database.read.connect() as connection:
        found = get_rules(connection, version)
    tell_version(response, etag_of(found.version), if_none_match)
    return RulesVersionAnswer.of(found)


def _answer(response: Response, row: ProgressRules, if_none_match: str | None = None) -> Rules:
    tell_version(response, etag_of(row.version), if_none_match)
    return Rules.model_validate_json(row.document)

"""/pot/rules: what coins are had for, what messages cost and how likely they win."""

from fastapi import APIRouter, Response

from laurels.identity.editors import StaffEditing
from laurels.products.pot import queries
from laurels.products.pot.actions import change_rules
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.rules import PotRules, read_params
from laurels.products.pot.rules import read_rules as rules_of
from laurels.products.pot.schemas.rules import RulesForecastAnswer, RulesPreviewAnswer
from laurels.products.pot.tables import Pot
from laurels.web.caller import Signed, StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.etags import CONDITIONAL, IfMatch, IfNoneMatch, etag_of, tell_version, versioned

router = APIRouter(prefix="/pot/rules")


@router.get("", responses=versioned(is_read=True))
def read_pot_rules(caller: Signed, context: Ctx, house: OpenHouse, response: Response, if_none_match: IfNoneMatch = None) -> PotRules:
    """The rules in force. The round that goes on keeps the prices and odds that it began with: those are in `GET /pot`."""
    return _answer(response, _pot(context), if_none_match)


@router.put("", responses=versioned() | documented(*CONDITIONAL))
def set_pot_rules(body: PotRules, editor: StaffEditing, expected: IfMatch, context: Ctx, house: OpenHouse, response: Response) -> PotRules:
    """Put rules in force: for staff. Prices and odds hold from the next round on, all else at once."""
    return _answer(response, change_rules(context.database, editor, body, expected=expected, now=context.clock.now()))


@router.post("/preview")
def preview_pot_rules(body: PotRules, caller: StaffOnly, context: Ctx, house: OpenHouse) -> RulesPreviewAnswer:
    """What a member's first messages would cost under rules, and how likely they would win: for staff. Nothing changes."""
    row = _pot(context)
    now, then = RulesForecastAnswer.of(read_params(row.params)), RulesForecastAnswer.of(body.params())
    return RulesPreviewAnswer(from_round=row.round + 1, now=now, then=then)


def _pot(context: Context) -> Pot:
    with context.database.read.connect() as connection:
        return queries.get_pot(connection)


def _answer(response: Response, row: Pot, if_none_match: str | None = None) -> PotRules:
    tell_version(response, etag_of(row.version), if_none_match)
    return rules_of(row.rules)

"""A member's progress: goals first, then where they stand and what is next; claiming an activity, buying a freeze.

Every form works as a plain POST that leads on to a page. Quests and the list
of activities have modules of their own: `quest_pages` and `activity_pages`.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.identity.parts import origin_of
from laurels.ledger.writer import RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.awarding import Award, award_points, office_of
from laurels.products.progress.actions.freezes import buy_freeze
from laurels.products.progress.actions.permits import Asked, giving_of
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION
from laurels.products.progress.forms import ClaimForm, field_of
from laurels.products.progress.in_words import WORDS, claim_limits, goals_paid, type_options
from laurels.products.progress.queries.badges import ShownBadge, list_badges
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.definitions import TOPICS, list_definitions
from laurels.products.progress.queries.freezes import read_freezes
from laurels.products.progress.queries.goals import goal_titles, list_goals
from laurels.products.progress.queries.quests import QuestFilter, list_quests
from laurels.products.progress.queries.skills import list_skills
from laurels.products.progress.queries.status import reached, read_status, read_total
from laurels.products.progress.queries.streaks import read_streak, read_week_days
from laurels.products.progress.queries.weeks import read_weeks
from laurels.products.progress.rules import QuestStatus, Rules
from laurels.products.progress.upgrades import find_upgrade, note_shown
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import Pages, Section
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

PROGRESS = "/progress"
FREEZE = "/progress/freeze"

WEEKS_SHOWN = 8
LATEST_SHOWN = 6
QUESTS_SHOWN = 4
BADGES_AHEAD = 4
"""Badges yet to be earned that are shown, the nearest first."""
CHANGES_PER_MINUTE = 30

Values = dict[str, Any]


@router.get(PROGRESS)
def show_progress(request: Request, context: Ctx, caller: Signed) -> Response:
    """Where a member stands."""
    return _draw(request, context, caller)


@router.get("/progress/now")
def show_now(request: Request, context: Ctx, caller: Signed) -> Response:
    """All that changes with a member's points, for a script to put in place."""
    values = _read_mine(request, context, caller)
    response = context.pages.render_partial(request, "progress/partials/now.html", caller=caller, **values)
    note_shown(request, response, caller.member_id, values["status"].reached)
    return response


@router.post("/progress/claims", dependencies=[limited("claim", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def claim_points(request: Request, context: Ctx, caller: Signed, key: Annotated[RequestKey | None, keyed("claim")]) -> Response:
    """Claim points for an activity of a type that members report themselves."""
    form, now = ClaimForm.of(await request.form()), context.clock.now()
    rules = await run_in_threadpool(_read_rules, context)
    problems, kind, amount = form.problems(rules), form.kind, form.amount(rules)
    if problems or kind is None or amount is None:
        said = {field: context.pages.translate(request, sentence) for field, sentence in problems.items()}
        return await run_in_threadpool(_draw, request, context, caller, form, said, 422)
    asked = Asked(amount, kind, form.kept_description, form.topic or None)
    try:
        giving = giving_of(caller, caller.member_id, asked, now=now)
        award = Award(giving, address_hash=origin_of(request).address_hash)
        posted = await award_points(office_of(context), award, at=now, actor=caller.actor, request=key)
    except DomainError as refusal:
        said = {field_of(refusal): context.pages.explain(request, refusal)}
        return await run_in_threadpool(_draw, request, context, caller, form, said, status_of(type(refusal)))
    return context.pages.lead(request, PROGRESS, N_("Noted: +{points}."), points=posted.answer.amount)


@router.get(FREEZE)
def confirm_freeze(request: Request, context: Ctx, caller: Signed) -> Response:
    """What a freeze costs and does, before anything happens."""
    return _draw_freeze(request, context, caller)


@router.post(FREEZE, dependencies=[limited("buy-freeze", per_minute=CHANGES_PER_MINUTE, book=BOOK)])
async def take_freeze(request: Request, context: Ctx, caller: Signed, key: Annotated[RequestKey | None, keyed("buy-freeze")]) -> Response:
    """Buy a freeze."""
    try:
        await buy_freeze(context, caller, request=key)
    except DomainError as refusal:
        return await run_in_threadpool(_draw_freeze, request, context, caller, refusal)
    return context.pages.lead(request, PROGRESS, N_("The freeze is yours."))


def read_card(context: Context, caller: Caller) -> Values:
    """What home shows of progress: the member's points and streak, and what waits for them."""
    now, who = context.clock.now(), caller.member_id
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        quests = list_quests(connection, who, QuestFilter(status=QuestStatus.IN_PROGRESS), at=now, limit=QUESTS_SHOWN)
        return {
            "reached": reached(basis.rules, read_total(connection, who)),
            "streak": read_streak(connection, who, at=now),
            "goals": list_goals(connection, basis, who, at=now),
            "ready_quests": [quest for quest in quests if quest.is_ready],
        }


def _read_mine(request: Request, context: Context, caller: Caller) -> Values:
    """What a member has, as of one moment."""
    now, who = context.clock.now(), caller.member_id
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        status = read_status(connection, basis, who, at=now, activities=LATEST_SHOWN)
        quests = list_quests(connection, who, QuestFilter(status=QuestStatus.IN_PROGRESS), at=now, limit=QUESTS_SHOWN + 1)
        badges, topics = list_badges(connection, basis, who), list_definitions(connection, TOPICS)
        return {
            "status": status,
            "rules": basis.rules,
            "upgrade": find_upgrade(request, who, status.reached),
            "goals": list_goals(connection, basis, who, at=now),
            "goal_titles": goal_titles(connection, basis, goals_paid(status.activities)),
            "quests": quests[:QUESTS_SHOWN],
            "has_more_quests": len(quests) > QUESTS_SHOWN,
            "earned": sorted((one for one in badges if one.earned_at), key=lambda one: str(one.earned_at), reverse=True),
            "ahead": _nearest([one for one in badges if not one.earned_at]),
            "freezes": read_freezes(connection, basis, who, at=now),
            "days": read_week_days(connection, who, caller.time_zone, at=now),
            "weeks": read_weeks(connection, who, basis.zone, at=now, number=WEEKS_SHOWN),
            "skills": list_skills(connection, basis.rules, who),
            "topics_offered": [(topic.slug, topic.title) for topic in topics if topic.is_active],
            "topic_titles": {topic.slug: topic.title for topic in topics},
            **WORDS,
        }


def _nearest(badges: list[ShownBadge]) -> list[ShownBadge]:
    """The badges of which the greatest part is done."""
    return sorted(badges, key=lambda one: (-one.current * 1_000 // one.badge.at_least, one.badge.position))[:BADGES_AHEAD]


def _read_rules(context: Context) -> Rules:
    with context.database.read.connect() as connection:
        return current_basis(connection, context.database, context.settings.zone).rules


def _draw(
    request: Request,
    context: Context,
    caller: Caller,
    form: ClaimForm | None = None,
    errors: Mapping[str, str] | None = None,
    status_code: int = 200,
) -> Response:
    values, formats = _read_mine(request, context, caller), context.pages.formats(request, caller)
    rules: Rules = values["rules"]

    def say(sentence: str) -> str:
        return context.pages.translate(request, sentence)

    response = context.pages.render(
        request,
        "progress/pages/progress.html",
        caller=caller,
        status_code=status_code,
        topics="me",
        form=form or ClaimForm(activity_type=rules.self_reported[0] if rules.self_reported else ""),
        errors=errors or {},
        claimable=type_options(say, rules.self_reported),
        claim_limits=claim_limits(say, formats.number, rules),
        max_description=MAX_ACTIVITY_DESCRIPTION,
        **values,
    )
    note_shown(request, response, caller.member_id, values["status"].reached)
    return response


def _draw_freeze(request: Request, context: Context, caller: Caller, refusal: DomainError | None = None) -> Response:
    now = context.clock.now()
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        freezes = read_freezes(connection, basis, caller.member_id, at=now)
    return context.pages.render(
        request,
        "progress/pages/freeze.html",
        caller=caller,
        status_code=status_of(type(refusal)) if refusal else 200,
        freezes=freezes,
        errors={"form": context.pages.explain(request, refusal)} if refusal else {},
    )


def add_to(pages: Pages) -> None:
    """Register progress's place in the navigation; its templates come with its boards."""
    pages.add_sections(Section(label=N_("Progress"), short=N_("Progress"), icon="chart", path=PROGRESS, order=15))

"""A program's campaigns and their budgets. What has begun keeps its terms: purchases were promised them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
import json
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update

from laurels.core.database import Database
from laurels.core.errors import Invalid, Missing
from laurels.core.ids import new_id
from laurels.identity.editing import Editor, Saved, audit_row, changes_of, require_near
from laurels.ledger.reader import balances
from laurels.ledger.writer import Posted, Proposal, RequestKey, post_within
from laurels.products.loyalty.accounts import budget
from laurels.products.loyalty.actions.changes import hold_program, note, raise_version, require_open, require_room
from laurels.products.loyalty.bounds import MAX_CAMPAIGNS, MAX_LIVE_CAMPAIGNS
from laurels.products.loyalty.decisions.settings import FundCampaign, Funded
from laurels.products.loyalty.queries.access import subject_of
from laurels.products.loyalty.queries.configuration import forget
from laurels.products.loyalty.tables import CampaignRow, Program, campaign
from laurels.web.etags import Expected

CHANGEABLE = frozenset({"name", "ends_at", "has_budget"})
"""What of a campaign may still change once it has begun."""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign to be added.

    Attributes:
        starts_at: None for now.
        multiplier_percent: above 100; or `extra_points`, one of the two.
        budget: points that it may give; None for as many as purchases earn.
    """

    name: str
    ends_at: datetime
    starts_at: datetime | None = None
    multiplier_percent: int | None = None
    extra_points: int | None = None
    minimum_spend: int = 0
    categories: tuple[str, ...] = ()
    budget: int | None = None


def add_campaign(
    database: Database, editor: Editor, program_id: UUID, new: NewCampaign, *, now: datetime, request: RequestKey | None = None
) -> Saved:
    """Add a campaign, with its budget. It begins now or later; in a draft, which has no purchases yet, at any time.

    Raises:
        Missing, Denied: see `hold_program`.
        Archived: the program doesn't change any more.
        Invalid: its times or its bonus can't be.
        TooMany: too many haven't ended, or there were too many ever.
    """
    made_id = new_id()
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        noted = note(connection, editor, held, about=made_id, action="campaign.added", after=_logged(new), now=now, request=request)
        if not noted.is_replay:
            require_open(held)
            of_program = campaign.c.program == program_id
            require_room(connection, campaign, of_program, campaign.c.ends_at > now, limit=MAX_LIVE_CAMPAIGNS, what="live campaigns")
            require_room(connection, campaign, of_program, limit=MAX_CAMPAIGNS, what="campaigns")
            insert_campaign(connection, editor, held, made_id, new, now=now)
            raise_version(connection, held, now)
    forget(database, program_id)
    return Saved(noted.answer.id, 0, noted.is_replay)


def insert_campaign(connection: Connection, editor: Editor, held: Program, made_id: UUID, new: NewCampaign, *, now: datetime) -> None:
    """Write a campaign, and move its points into its budget.

    Raises:
        Invalid: its times or its bonus can't be.
    """
    made = CampaignRow(
        id=made_id,
        program=held.id,
        name=new.name,
        starts_at=new.starts_at or now,
        ends_at=new.ends_at,
        multiplier_percent=new.multiplier_percent,
        extra_points=new.extra_points,
        minimum_spend=new.minimum_spend,
        categories=categories_json(new.categories),
        has_budget=new.budget is not None,
        version=1,
        created_at=now,
        updated_at=now,
    )
    if held.status != "draft" and made.starts_at < now:
        raise Invalid(field="starts_at", reason="send an instant that hasn't passed, or none for now")
    _check(made, now)
    connection.execute(insert(campaign).values(asdict(made)))
    if new.budget:
        _post_funds(connection, editor, held.id, made_id, new.budget, now=now)


def change_campaign(
    database: Database,
    editor: Editor,
    program_id: UUID,
    campaign_id: UUID,
    wanted: Mapping[str, Any],
    *,
    expected: Expected,
    now: datetime,
) -> CampaignRow:
    """Change a campaign: all of it before it begins (and in a draft); then its name, its end, and whether a budget bounds it.

    Args:
        wanted: values by the names of `CampaignRow`'s fields.

    Raises:
        Missing, Denied: see `hold_program`; or the program has no such campaign.
        Archived: the program doesn't change any more.
        Invalid: its times or its bonus can't be, or it has begun, or ended.
        PreconditionFailed: the campaign was changed since.
    """
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        before = _get(connection, program_id, campaign_id)
        expected.check(before.version)
        require_open(held)
        changes = changes_of(before, wanted)
        if not changes:
            return before
        changed = replace(before, **changes, version=before.version + 1, updated_at=now)
        if held.status != "draft":
            _check_promise(before, changes, now)
        _check(changed, now)
        connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(asdict(changed)))
        was = {name: getattr(before, name) for name in changes}
        note(connection, editor, held, about=campaign_id, action="campaign.changed", before=was, after=changes, now=now)
        raise_version(connection, held, now)
    forget(database, program_id)
    return changed


def end_campaign(
    database: Database, editor: Editor, program_id: UUID, campaign_id: UUID, *, expected: Expected, now: datetime
) -> CampaignRow | None:
    """End a campaign that runs, or remove one that hasn't begun (gives None), with its budget. One that has ended stays as it is.

    Raises:
        Missing, Denied: see `hold_program`; or the program has no such campaign.
        Archived: the program doesn't change any more.
        PreconditionFailed: the campaign was changed since.
    """
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        before = _get(connection, program_id, campaign_id)
        expected.check(before.version)
        require_open(held)
        if before.ends_at <= now:
            return before
        ended = None
        if before.starts_at < now:
            ended = replace(before, ends_at=now, version=before.version + 1, updated_at=now)
            connection.execute(update(campaign).where(campaign.c.id == campaign_id).values(asdict(ended)))
        else:
            purse = budget(program_id, campaign_id)
            if left := balances(connection, [purse])[purse]:
                _post_funds(connection, editor, program_id, campaign_id, -left, now=now)
            connection.execute(delete(campaign).where(campaign.c.id == campaign_id))
        action = "campaign.ended" if ended else "campaign.removed"
        note(connection, editor, held, about=campaign_id, action=action, before={"ends_at": before.ends_at}, after={}, now=now)
        raise_version(connection, held, now)
    forget(database, program_id)
    return ended


def fund_campaign(
    database: Database,
    editor: Editor,
    program_id: UUID,
    campaign_id: UUID,
    points: int,
    *,
    now: datetime,
    request: RequestKey | None = None,
) -> Posted[Funded]:
    """Add points to a campaign's budget, or (negative) take back what it has left.

    Raises:
        Missing, Denied: see `hold_program`; or the program has no such campaign.
        Archived: the program doesn't change any more.
        Invalid: the campaign has no budget.
        InsufficientBalance: more is to be taken back than is left.
    """
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        posted = _post_funds(connection, editor, program_id, campaign_id, points, now=now, request=request)
        if not posted.is_replay:
            require_open(held)
        return posted


def categories_json(categories: tuple[str, ...] | list[str]) -> str:
    """Categories as they are stored."""
    return json.dumps(list(categories), ensure_ascii=False)


def _get(connection: Connection, program_id: UUID, campaign_id: UUID) -> CampaignRow:
    row = connection.execute(select(campaign).where(campaign.c.id == campaign_id, campaign.c.program == program_id)).one_or_none()
    if row is None:
        raise Missing(what="campaign")
    return CampaignRow(*row)


def _post_funds(
    connection: Connection,
    editor: Editor,
    program_id: UUID,
    campaign_id: UUID,
    points: int,
    *,
    now: datetime,
    request: RequestKey | None = None,
) -> Posted[Funded]:
    audit = audit_row(editor, subject_of(program_id), action="budget.changed", after={"id": str(campaign_id), "points": points}, now=now)
    return post_within(connection, Proposal(FundCampaign(program_id, campaign_id, points, audit), now, editor.actor, request), now)


def _check(made: CampaignRow, now: datetime) -> None:
    require_near(made.starts_at, now, field="starts_at")
    require_near(made.ends_at, now, field="ends_at")
    if made.ends_at <= made.starts_at:
        raise Invalid(field="ends_at", reason="send an instant after starts_at")
    if (made.multiplier_percent is None) == (made.extra_points is None):
        raise Invalid(field="multiplier_percent", reason="send either it or extra_points")


def _check_promise(before: CampaignRow, changes: Mapping[str, Any], now: datetime) -> None:
    """What purchases may count on stays: the past of a campaign never changes."""
    if before.starts_at < now and (fixed := sorted(changes.keys() - CHANGEABLE)):
        raise Invalid(field=fixed[0], reason="the campaign has begun: only its name, its end and has_budget can change")
    if "starts_at" in changes and changes["starts_at"] < now:
        raise Invalid(field="starts_at", reason="send an instant that hasn't passed")
    if "ends_at" in changes and (before.ends_at <= now or changes["ends_at"] < now):
        raise Invalid(field="ends_at", reason="what has ended stays so: send an instant that hasn't passed, of a campaign that runs")


def _logged(new: NewCampaign) -> dict[str, Any]:
    told = {"multiplier_percent": new.multiplier_percent, "extra_points": new.extra_points, "budget": new.budget}
    return {**told, "starts_at": new.starts_at, "ends_at": new.ends_at}

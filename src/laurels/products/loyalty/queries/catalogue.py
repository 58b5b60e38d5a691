"""Campaigns with what they may still give, and rewards with what is left of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, or_, select, tuple_

from laurels.core.errors import Missing
from laurels.ledger.reader import balances
from laurels.products.loyalty.accounts import budget, stock
from laurels.products.loyalty.tables import CampaignRow, Reward, campaign, reward


@dataclass(frozen=True, slots=True)
class ShownCampaign:
    """A campaign and the points that it may still give; None where no budget bounds it."""

    row: CampaignRow
    budget_left: int | None


@dataclass(frozen=True, slots=True)
class ShownReward:
    """A reward and the pieces that are left; None where they aren't counted."""

    row: Reward
    stock_left: int | None


def list_campaigns(
    connection: Connection, program_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None, live_at: datetime | None = None
) -> list[ShownCampaign]:
    """A program's campaigns, the last to begin first; `before` is the (starts_at, id) of the last one of the page before.

    Args:
        live_at: only those that haven't ended by then.
    """
    wanted = select(campaign).where(campaign.c.program == program_id)
    if live_at is not None:
        wanted = wanted.where(campaign.c.ends_at > live_at)
    if before is not None:
        place = tuple_(*before, types=[campaign.c.starts_at.type, campaign.c.id.type])
        wanted = wanted.where(tuple_(campaign.c.starts_at, campaign.c.id) < place)
    rows = connection.execute(wanted.order_by(campaign.c.starts_at.desc(), campaign.c.id.desc()).limit(limit))
    return _with_budgets(connection, [CampaignRow(*row) for row in rows])


def get_campaign(connection: Connection, program_id: UUID, campaign_id: UUID) -> ShownCampaign:
    """One campaign of a program.

    Raises:
        Missing: it has no such campaign.
    """
    row = connection.execute(select(campaign).where(campaign.c.id == campaign_id, campaign.c.program == program_id)).one_or_none()
    if row is None:
        raise Missing(what="campaign")
    return _with_budgets(connection, [CampaignRow(*row)])[0]


def list_rewards(
    connection: Connection,
    program_id: UUID,
    *,
    limit: int,
    after: tuple[int, UUID] | None = None,
    on_sale_at: datetime | None = None,
    with_archived: bool = False,
) -> list[ShownReward]:
    """A program's rewards, the cheapest first; `after` is the (cost, id) of the last one of the page before.

    Args:
        on_sale_at: only those that can be taken then, sold out or not.
        with_archived: archived ones too.
    """
    wanted = select(reward).where(reward.c.program == program_id)
    if not with_archived:
        wanted = wanted.where(reward.c.is_archived.is_(False))
    if on_sale_at is not None:
        wanted = wanted.where(
            or_(reward.c.on_sale_from.is_(None), reward.c.on_sale_from <= on_sale_at),
            or_(reward.c.on_sale_until.is_(None), reward.c.on_sale_until > on_sale_at),
        )
    if after is not None:
        wanted = wanted.where(tuple_(reward.c.cost, reward.c.id) > tuple_(*after, types=[reward.c.cost.type, reward.c.id.type]))
    rows = connection.execute(wanted.order_by(reward.c.cost, reward.c.id).limit(limit))
    return _with_stocks(connection, [Reward(*row) for row in rows])


def get_reward(connection: Connection, program_id: UUID, reward_id: UUID) -> ShownReward:
    """One reward of a program, archived ones too.

    Raises:
        Missing: it has no such reward.
    """
    row = connection.execute(select(reward).where(reward.c.id == reward_id, reward.c.program == program_id)).one_or_none()
    if row is None:
        raise Missing(what="reward")
    return _with_stocks(connection, [Reward(*row)])[0]


def _with_budgets(connection: Connection, rows: Sequence[CampaignRow]) -> list[ShownCampaign]:
    purses = {row.id: budget(row.program, row.id) for row in rows if row.has_budget}
    held = balances(connection, purses.values())
    return [ShownCampaign(row, held[purses[row.id]] if row.has_budget else None) for row in rows]


def _with_stocks(connection: Connection, rows: Sequence[Reward]) -> list[ShownReward]:
    purses = {row.id: stock(row.program, row.id) for row in rows if row.has_stock}
    held = balances(connection, purses.values())
    return [ShownReward(row, held[purses[row.id]] if row.has_stock else None) for row in rows]

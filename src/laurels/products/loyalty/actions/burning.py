"""Burning points: reserve, confirm, cancel; vouchers are drawn here, and sealed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Unavailable
from laurels.core.ids import new_id
from laurels.core.seal import Seal
from laurels.ledger import Decision
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.loyalty.actions.current import post_current
from laurels.products.loyalty.decisions.burning import Burned, BurnPoints, CancelBurn, ConfirmBurn, Price, Settled
from laurels.products.loyalty.errors import NoBurnRate, ProgramChanged, WorthNothing
from laurels.products.loyalty.queries.burns import ShownBurn, get_burn, get_reward_row
from laurels.products.loyalty.queries.configuration import Configuration, basis_at, configuration_of, forget
from laurels.products.loyalty.queries.current import MAX_CHANGES
from laurels.products.loyalty.tables import Reward
from laurels.vouchers.patterns import draw_by
from laurels.web.caller import AnyCaller
from laurels.web.context import Context


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be burned: a reward, or so many points at the program's burn rate.

    Attributes:
        at_once: whether it is final; else it is reserved, to be confirmed.
    """

    member: UUID
    reward: UUID | None = None
    points: int = 0
    at_once: bool = False


async def burn_points(
    context: Context, seal: Seal, caller: AnyCaller, program: UUID, wish: Wish, *, request: RequestKey | None = None
) -> Posted[Burned]:
    """Burn points, at once or to be confirmed.

    Raises:
        DomainError: what `BurnPoints` refuses.
        NoBurnRate, WorthNothing: points can't be burned freely, or so few of them.
    """
    for _ in range(MAX_CHANGES):
        now = context.clock.now()
        decision = await run_in_threadpool(_burn, context, seal, program, wish, now)
        try:
            return await context.writer.post(Proposal(decision, now, caller.actor, request))
        except ProgramChanged:
            forget(context.database, program)
    raise Unavailable()


def _burn(context: Context, seal: Seal, program: UUID, wish: Wish, now: datetime) -> BurnPoints:
    configuration = configuration_of(context.database, program)
    reward = None
    if wish.reward is not None:
        with context.database.read.connect() as connection:
            reward = get_reward_row(connection, program, wish.reward)
    burn = new_id()
    price = _priced(reward) if reward is not None else free_price(configuration, wish.points)
    confirm_by = None if wish.at_once else now + timedelta(minutes=configuration.program.confirm_minutes)
    code, until = _voucher(seal, burn, reward, now) if wish.at_once else (None, None)
    basis = basis_at(configuration, now, now)
    return BurnPoints(burn, wish.member, price, basis, confirm_by, code_sealed=code, voucher_until=until)


def _priced(reward: Reward) -> Price:
    return Price(reward.cost, reward.id, has_stock=reward.has_stock, per_member=reward.per_member)


def free_price(configuration: Configuration, points: int) -> Price:
    """What points are worth at a program's burn rate, rounded down to the minor unit.

    Raises:
        NoBurnRate: the program has none.
        WorthNothing: so few aren't worth a minor unit.
    """
    program = configuration.program
    if program.burn_points is None or program.burn_minor is None:
        raise NoBurnRate()
    value = points * program.burn_minor // program.burn_points
    if value < 1:
        raise WorthNothing(points=points, least=-(-program.burn_points // program.burn_minor))
    return Price(points, value_minor=value)


def _voucher(seal: Seal, burn: UUID, reward: Reward | None, now: datetime) -> tuple[str | None, datetime | None]:
    """A fresh voucher's sealed code, and how long it holds; none for a free amount."""
    if reward is None:
        return None, None
    until = None if reward.voucher_days is None else now + timedelta(days=reward.voucher_days)
    return seal.close(burn, draw_by(reward.voucher_pattern)), until


async def confirm_burn(
    context: Context, seal: Seal, caller: AnyCaller, shown: ShownBurn, *, request: RequestKey | None = None
) -> Posted[Settled]:
    """Spend what a burn set aside.

    Raises:
        DomainError: what `ConfirmBurn` refuses.
    """
    now, row = context.clock.now(), shown.row
    reward = None if row.reward is None else await run_in_threadpool(_read_reward, context, row.program, row.reward)
    code, until = _voucher(seal, row.id, reward, now)
    return await context.writer.post(Proposal(ConfirmBurn(row.program, row.id, row.member, code, until), now, caller.actor, request))


async def cancel_burn(context: Context, caller: AnyCaller, shown: ShownBurn, *, request: RequestKey | None = None) -> Posted[Settled]:
    """Give back what a burn set aside.

    Raises:
        DomainError: what `CancelBurn` refuses.
    """
    row = shown.row

    def decision_for(configuration: Configuration) -> Decision[Settled]:
        program = configuration.program
        return CancelBurn(program.id, row.id, row.member, program.version, timedelta(days=program.grace_days))

    return await post_current(context, caller, row.program, decision_for, request=request)


def _read_reward(context: Context, program: UUID, reward: UUID) -> Reward:
    with context.database.read.connect() as connection:
        return get_reward_row(connection, program, reward)


def read_burn(context: Context, program: UUID, burn: UUID) -> ShownBurn:
    """A program's burn as it stands.

    Raises:
        Missing: the program has none with this id.
    """
    with context.database.read.connect() as connection:
        return get_burn(connection, program, burn)

"""Redeeming, issuing, and the stock."""

from dataclasses import dataclass
from datetime import timedelta
import logging
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Unavailable
from laurels.core.ids import new_id
from laurels.identity.audit_log import new_action
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.recognition.actions.actors import actor_of
from laurels.products.recognition.decisions import ChangeStock, Redeemed, RequestRedemption, SettleRedemption, Stocked
from laurels.products.recognition.errors import RedemptionSettledAlready
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.queries import Voucher, get_voucher
from laurels.vouchers import IssuerRefused, IssuerUnavailable, Order, Vouchers
from laurels.web.caller import Caller
from laurels.web.context import Context

log = logging.getLogger(__name__)

WORKER_WAITS = timedelta(seconds=30)
"""How long a worker leaves a redemption to the request that issues it at once."""

REFUSED = "refused"
"""A redemption's failure: the issuer said no."""

UNAVAILABLE = "unavailable"
"""A redemption's failure: the issuer couldn't be reached for too long."""


@dataclass(frozen=True, slots=True)
class VoucherRequested:
    """A redemption that was accepted, as it stands now."""

    posted: Posted[Redeemed]
    voucher: Voucher


async def redeem(
    context: Context, vouchers: Vouchers, caller: Caller, credits: int, *, request: RequestKey | None = None
) -> VoucherRequested:
    """Set received credits aside for a voucher, and issue it at once where the issuer is local; else a worker does.

    Raises:
        DomainError: what `RequestRedemption` refuses.
    """
    at = context.clock.now()
    is_local = vouchers.issuer.is_local
    policy = policy_of(context.settings)
    decision = RequestRedemption(new_id(), caller.member_id, credits, at + WORKER_WAITS if is_local else at, policy)
    posted = await context.writer.post(Proposal(decision, at, actor_of(caller), request))
    if is_local and not posted.is_replay:
        order = Order(decision.redemption, policy.voucher_minor(credits), policy.currency)
        await _issue_at_once(context, vouchers, order, caller.member_id, credits)
    return VoucherRequested(posted, await run_in_threadpool(_read, context, vouchers, caller, posted.answer.redemption))


def issue(vouchers: Vouchers, order: Order, *, member: UUID, credits: int) -> SettleRedemption:
    """Ask the issuer; gives the decision that ends the redemption, with a sealed code or a refund.

    Raises:
        IssuerUnavailable: nobody knows; ask again later with the same order.
    """
    name = vouchers.issuer.name
    try:
        code = vouchers.issuer.issue(order)
    except IssuerRefused as refusal:
        log.warning("no voucher for redemption %s: %s", order.id, refusal)
        return SettleRedemption(order.id, member, credits, issued_by=name, failure=REFUSED)
    return SettleRedemption(order.id, member, credits, issued_by=name, code_sealed=vouchers.seal.close(order.id, code))


async def change_stock(
    context: Context, caller: Caller, added: int, *, address_hash: str, request: RequestKey | None = None
) -> Posted[Stocked]:
    """Add vouchers to the stock, or take unsold ones out: for staff.

    Raises:
        InsufficientBalance: more is to be taken out than is there.
    """
    at = context.clock.now()
    audit = new_action(
        actor_id=caller.member_id,
        action="stock.changed",
        subject="vouchers",
        before={},
        after={"added": added},
        now=at,
        address_hash=address_hash,
    )
    return await context.writer.post(Proposal(ChangeStock(added, audit), at, actor_of(caller), request))


async def _issue_at_once(context: Context, vouchers: Vouchers, order: Order, member: UUID, credits: int) -> None:
    """Try to end a redemption within its request. Whatever hinders that leaves it to a worker: it is accepted already."""
    try:
        settlement = issue(vouchers, order, member=member, credits=credits)
        await context.writer.post(Proposal(settlement, context.clock.now()))
    except (IssuerUnavailable, Unavailable) as hindrance:
        log.warning("redemption %s is left to a worker: %s", order.id, hindrance)
    except RedemptionSettledAlready:
        log.info("a worker was first with redemption %s", order.id)


def _read(context: Context, vouchers: Vouchers, caller: Caller, redemption_id: UUID) -> Voucher:
    with context.database.read.connect() as connection:
        return get_voucher(connection, caller, redemption_id, seal=vouchers.seal)

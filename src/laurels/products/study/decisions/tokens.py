"""Tokens: set aside before a model is asked, captured once by what it took.

Whoever asks is billed on their own limits. A sponsored member is billed to the
class's owner first, within the owner's budget and the member's share of it;
where that refuses, the whole goes to the member's own limits (`is_overflow`),
never a part. All windows are fixed when tokens are set aside, so that a
question asked before midnight counts in the day that it was asked in.
"""

from collections.abc import Sequence
from typing import Any

from laurels.ledger import Draft, HoldResolved, Needs, Take
from laurels.products.study.accounts import chats, everyone, own, share, sponsored
from laurels.products.study.decisions.alerts import alert_rows, tell_reached
from laurels.products.study.decisions.billing import (
    Meter,
    Spend,
    Spent,
    Ticket,
    make_ticket,
    meters_of_member,
    meters_of_owner,
    meters_of_ticket,
)
from laurels.products.study.decisions.guards import Standing, standing_rows
from laurels.products.study.errors import CommunityTokensUsedUp, TokensHeld, TokensUsedUp, TooManyChats
from laurels.products.study.rules.windows import Window, windows_at
from laurels.products.study.tables import ClassMember, StudyClass, Usage

BEYOND = "beyond the estimate"
"""What tokens are counted as that weren't set aside."""


def spend_needs(spend: Spend) -> Needs:
    """What `place_tokens` reads and moves, with who asks."""
    names = [window.name for window in windows_at(spend.at, spend.zone)]
    accounts = [chats(spend.class_id, spend.member)]
    alerts: Sequence[tuple[type, Any]] = ()
    if spend.estimate:
        paid_by_owner = [sponsored(spend.class_id, name) for name in names] + [share(spend.class_id, spend.member, name) for name in names]
        accounts += [*paid_by_owner, *(own(spend.class_id, spend.member, name) for name in names), everyone(names[-1])]
        alerts = alert_rows(paid_by_owner)
    return Needs(accounts, [*standing_rows(spend.class_id, spend.member), *alerts])


def place_tokens(draft: Draft, standing: Standing, spend: Spend, *, is_patient: bool = False) -> Ticket:
    """Set aside the most that a call may take, on the day, the week and the month at once, and its place among the member's chats.

    Args:
        is_patient: whether tokens that are lacking may be waited for.

    Raises:
        TooManyChats: the member has as many chats as they may.
        TokensUsedUp: a limit would be passed, of whoever could be billed.
        TokensHeld: the same, where it may be waited for: no request key remembers that.
        CommunityTokensUsedUp: all members together would use more than the operator allows.
    """
    windows = windows_at(spend.at, spend.zone)
    places = [_place(draft, standing.mine)] if spend.takes_slot else []
    if not spend.estimate:
        if places:
            draft.hold(spend.id, spend.until, *places)
        return make_ticket(spend, windows, is_sponsored=False, is_overflow=False)
    of_all = _of_all(draft, spend, windows[-1])
    is_backed = standing.mine.is_sponsored and not standing.is_owner
    refusing = _first_without_room(draft, meters_of_owner(standing, windows), spend.estimate) if is_backed else None
    is_sponsored = is_backed and refusing is None
    meters = meters_of_owner(standing, windows) if is_sponsored else meters_of_member(standing.mine, windows)
    if not is_sponsored:
        _require_room(draft, meters, windows, spend.estimate, is_patient=is_patient)
    if refusing is not None:
        tell_reached(draft, standing.room.id, standing.mine.member, refusing, at_least=refusing.limit)
    draft.hold(spend.id, spend.until, *places, of_all, *(Take(meter.account, spend.estimate, limit=meter.limit) for meter in meters))
    ticket = make_ticket(spend, windows, is_sponsored=is_sponsored, is_overflow=refusing is not None)
    draft.record(_usage(spend, ticket, standing))
    return ticket


def settle_needs(ticket: Ticket) -> Needs:
    """What `settle_tokens` reads and moves."""
    if not ticket.held:
        return Needs(holds=[ticket.id])
    accounts = [everyone(ticket.month), *(meter.account for meter in meters_of_ticket(ticket))]
    rows: list[tuple[type, Any]] = [
        (Usage, ticket.id),
        (StudyClass, ticket.class_id),
        (ClassMember, (ticket.class_id, ticket.member)),
        *alert_rows(accounts),
    ]
    return Needs(accounts, rows, holds=[ticket.id])


def settle_tokens(draft: Draft, ticket: Ticket, spent: Spent | None) -> None:
    """Capture what a call took, or, with None, give all of it back.

    What was taken beyond the estimate is counted, too: the books say what was
    used, whatever was foreseen. So is what comes after its hold has lapsed.

    Raises:
        HoldResolved: it was settled already; and there is nothing to count late.
    """
    used = 0 if spent is None else spent.tokens
    held = draft.find_hold(ticket.id)
    if held is None:
        return
    usage = draft.find(Usage, ticket.id) if ticket.held else None
    is_late = not held.is_open
    if is_late and (not used or usage is None or usage.status != "released"):
        raise HoldResolved()
    if not is_late:
        draft.settle(ticket.id, min(used, ticket.held))
    if usage is None:
        return
    meters = meters_of_ticket(ticket, draft.find(StudyClass, ticket.class_id), draft.find(ClassMember, (ticket.class_id, ticket.member)))
    beyond = used if is_late else max(0, used - ticket.held)
    draft.count(everyone(ticket.month), beyond, BEYOND)
    for meter in meters:
        draft.count(meter.account, beyond, BEYOND)
        tell_reached(draft, ticket.class_id, ticket.member, meter)
    _close(draft, usage, spent)


def _place(draft: Draft, mine: ClassMember) -> Take:
    """A place among a member's chats, lent until the answer is settled."""
    account, limit = chats(mine.class_id, mine.member), mine.max_concurrent_chats
    if draft.balance(account) >= limit:
        raise TooManyChats(limit=limit)
    return Take(account, 1, limit=limit, is_lent=True)


def _of_all(draft: Draft, spend: Spend, month: Window) -> Take:
    """What is set aside of what all members share: counted always, limited where the operator says so."""
    account, limit = everyone(month.name), spend.most_of_all
    if limit is not None and draft.balance(account) + spend.estimate > limit:
        raise CommunityTokensUsedUp(limit=limit, resets_at=month.resets_at.isoformat())
    return Take(account, spend.estimate, limit=limit)


def _first_without_room(draft: Draft, meters: Sequence[Meter], estimate: int) -> Meter | None:
    return next((meter for meter in meters if draft.balance(meter.account) + estimate > meter.limit), None)


def _require_room(draft: Draft, meters: Sequence[Meter], windows: Sequence[Window], estimate: int, *, is_patient: bool) -> None:
    full = [meter for meter in meters if draft.balance(meter.account) + estimate > meter.limit]
    if not full:
        return
    if is_patient:
        raise TokensHeld()
    last = full[-1]  # the longest period: until that resets, waiting for a shorter one doesn't help
    resets_at = next(window.resets_at for window in windows if window.period is last.period)
    raise TokensUsedUp(
        period=last.period.value,
        limit=last.limit,
        used=draft.balance(last.account),
        needed=estimate,
        resets_at=resets_at.isoformat(),
    )


def _usage(spend: Spend, ticket: Ticket, standing: Standing) -> Usage:
    return Usage(
        id=spend.id,
        class_id=spend.class_id,
        user_id=spend.member,
        billed_to_user_id=standing.room.owner_id if ticket.is_sponsored else spend.member,
        message=spend.message,
        document=spend.document,
        operation_type=spend.operation,
        model_name=spend.model_name,
        status="held",
        held=spend.estimate,
        input_tokens=0,
        output_tokens=0,
        cost=0,
        is_sponsored=ticket.is_sponsored,
        is_overflow=ticket.is_overflow,
        usage_estimated=False,
        day=ticket.day,
        week=ticket.week,
        month=ticket.month,
        created_at=spend.at,
    )


def _close(draft: Draft, usage: Usage, spent: Spent | None) -> None:
    if spent is None:
        draft.change(usage, status="released", settled_at=draft.at)
        return
    draft.change(
        usage,
        status="settled",
        model_name=spent.model_name or usage.model_name,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cost=spent.cost,
        usage_estimated=spent.is_estimated,
        settled_at=draft.at,
    )

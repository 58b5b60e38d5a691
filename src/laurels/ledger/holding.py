"""How a sheet sets value aside, and what becomes of it.

    hold      account -> held of the account     (of lots: from the first to expire)
    capture   held -> target                     (of lots: the parts that expire first)
    release   held -> account                    (of lots: into the lots that it came from)

Meters are counted up, and back by what wasn't used.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from laurels.ledger.account import Nature, held_of
from laurels.ledger.holds import Placed, Take, Taken
from laurels.ledger.lots import Lot, Part, split_parts
from laurels.ledger.sheet import Sheet

HELD = "hold"
RELEASED = "release"


def place(sheet: Sheet, id: UUID, until: datetime, takes: Iterable[Take]) -> Placed:
    """Set aside all takes, or raise and leave the sheet as it was.

    Raises:
        InsufficientBalance, LimitReached: what a take meets.
        ValueError: a take makes no sense, or `until` has no zone.
    """
    if until.tzinfo is None:
        raise ValueError("a hold's time needs a zone")
    before = sheet.mark()
    try:
        return Placed(id, sheet.entry, until, tuple(_take(sheet, take) for take in takes if take.amount != 0))
    except Exception:
        sheet.go_back(before)
        raise


def _take(sheet: Sheet, take: Take) -> Taken:
    _check(take)
    account, position = take.account, len(sheet.postings)
    if account.nature is Nature.METER:
        sheet.count(account, take.amount, HELD, limit=take.limit, resets_at=take.resets_at)
        return Taken(position, account, None, None, take.amount, take.is_lent)
    held = held_of(account)
    sheet.move(account, held, take.amount, HELD)
    if take.to is not None:
        sheet.touch(take.to)  # whoever settles finds it by its id alone
    return Taken(position, account, held, take.to, take.amount, take.is_lent, sheet.taken_at(position))


def _check(take: Take) -> None:
    account, to = take.account, take.to
    if account.nature is Nature.METER:
        is_sound = to is None and take.amount > 0
    elif to is None:
        is_sound = take.is_lent
    else:
        is_sound = to.nature is not Nature.LOTS and (to.book, to.asset) == (account.book, account.asset) and take.limit is None
    if account.nature is Nature.SYSTEM or not is_sound:
        raise ValueError(f"{take.amount} of {account} can't be held for {to}")


def settle(sheet: Sheet, placed: Placed, captured: int, *, grace: timedelta | None, kind: str) -> None:
    """Move each take on, up to `captured` of it, and the rest back."""
    for take in placed.takes:
        kept = 0 if take.is_lent else min(captured, take.amount)
        if take.held is None:
            sheet.count(take.account, kept - take.amount, RELEASED)
            continue
        if take.target is not None:
            sheet.move(take.held, take.target, kept, kind)
        if take.account.nature is Nature.LOTS:
            _, rest = split_parts(sheet.parts_now(take.account, take.parts), kept)
            _restore(sheet, take, rest, grace)
        else:
            sheet.move(take.held, take.account, take.amount - kept, RELEASED)


def _restore(sheet: Sheet, take: Taken, parts: list[Part], grace: timedelta | None) -> None:
    """Give parts back to their lots; with grace, those of expired lots to new ones, each by a posting of its own."""
    assert take.held is not None, "a meter keeps no lots"
    restored: list[Part] = []
    for lot, amount in parts:
        if grace is not None and lot.is_expired(sheet.at):
            sheet.move(take.held, take.account, amount, RELEASED, lot=Lot(lot.earned_at, sheet.at, sheet.at + grace))
        else:
            restored.append((lot, amount))
    sheet.put_back(take.held, take.account, restored, RELEASED)

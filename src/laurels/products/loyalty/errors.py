"""What loyalty refuses."""

import orjson

from laurels.core.errors import DomainError, Kind


class ProgramClosed(DomainError):
    """The program is a draft, paused or archived."""

    code = "program-closed"
    kind = Kind.CONFLICT
    detail = "This program is {program_status}. Nothing can be earned or burned until its admins activate it."

    def __init__(self, *, status: str) -> None:
        super().__init__(program_status=status)


class NotAMember(DomainError):
    """Somebody who hasn't joined, or has left."""

    code = "not-a-member"
    kind = Kind.CONFLICT
    detail = "This person isn't a member of the program. Let them join first."


class InvitationNeeded(DomainError):
    """The program is joined by invitation."""

    code = "invitation-needed"
    kind = Kind.DENIED
    detail = "One joins this program by invitation. Ask its admins for one."


class AlreadyJoined(DomainError):
    """One membership for a member and program."""

    code = "already-joined"
    kind = Kind.CONFLICT
    detail = "You are a member of this program already. Open it to see your points."


class ReservationsOpen(DomainError):
    """Points are set aside for a reward that is yet to be confirmed."""

    code = "reservations-open"
    kind = Kind.CONFLICT
    detail = "{points} points are reserved. Confirm or cancel that first."

    def __init__(self, *, points: int) -> None:
        super().__init__(points=points)


class PurchaseConflict(DomainError):
    """A transaction id came again with other details."""

    code = "purchase-conflict"
    kind = Kind.CONFLICT
    detail = "The purchase {transaction_id} is known with other details. Send it as it was, correct it by a return, or use another id."

    def __init__(self, *, transaction_id: str) -> None:
        super().__init__(transaction_id=transaction_id)


class ReturnConflict(DomainError):
    """A return id came again with other details."""

    code = "return-conflict"
    kind = Kind.CONFLICT
    detail = "The return {return_id} is known with other details. Send it as it was, or use another id."

    def __init__(self, *, return_id: str) -> None:
        super().__init__(return_id=return_id)


class WrongCurrency(DomainError):
    """A purchase in another currency than the program's."""

    code = "wrong-currency"
    kind = Kind.INVALID
    detail = "This program counts in {expected}, not in {currency}. Convert the amount, or send it to another program."

    def __init__(self, *, expected: str, currency: str) -> None:
        super().__init__(expected=expected, currency=currency)


class InTheFuture(DomainError):
    """A purchase's time lies ahead by more than clocks differ."""

    code = "in-the-future"
    kind = Kind.INVALID
    detail = "The time {occurred_at} lies more than {tolerance_minutes} minutes ahead. Check the clock and its zone."

    def __init__(self, *, occurred_at: str, tolerance_minutes: int) -> None:
        super().__init__(occurred_at=occurred_at, tolerance_minutes=tolerance_minutes)


class UnknownMember(DomainError):
    """Nobody here is known by what the shop sent, and the program doesn't keep such purchases."""

    code = "unknown-member"
    kind = Kind.CONFLICT
    detail = "Nobody in this program is known as {member}. Let them join first, then send the purchase again under the same id."

    def __init__(self, *, member: str) -> None:
        super().__init__(member=member)


class RewardUnavailable(DomainError):
    """A reward that isn't on sale now."""

    code = "reward-unavailable"
    kind = Kind.CONFLICT
    detail = "This reward isn't on sale now. Choose another from the catalogue."


class RewardSoldOut(DomainError):
    """No piece of a reward is left."""

    code = "reward-sold-out"
    kind = Kind.CONFLICT
    detail = "Nothing of this reward is left. Your points are untouched."


class NoBurnRate(DomainError):
    """The program takes points for rewards only."""

    code = "no-burn-rate"
    kind = Kind.INVALID
    detail = "This program takes points for rewards only. Name one from the catalogue."


class WorthNothing(DomainError):
    """So few points are worth less than the smallest coin."""

    code = "worth-nothing"
    kind = Kind.INVALID
    detail = "{points} points are worth nothing yet. Choose at least {least}."

    def __init__(self, *, points: int, least: int) -> None:
        super().__init__(points=points, least=least)


class BurnSettled(DomainError):
    """A burn is confirmed or cancelled once."""

    code = "burn-settled"
    kind = Kind.CONFLICT
    detail = "This burn is {burn_status} already, and nothing was changed. Burn again for another."

    def __init__(self, *, status: str) -> None:
        super().__init__(burn_status=status)


class ReservationLapsed(DomainError):
    """A reservation wasn't confirmed in time."""

    code = "reservation-lapsed"
    kind = Kind.CONFLICT
    detail = "The reservation ran out at {confirm_by}. Burn again."

    def __init__(self, *, confirm_by: str) -> None:
        super().__init__(confirm_by=confirm_by)


class Archived(DomainError):
    """An archived program doesn't change any more."""

    code = "program-archived"
    kind = Kind.CONFLICT
    detail = "This program is archived and can't be changed. Create a new one."


class TooMany(DomainError):
    """A list of a program's settings is full."""

    code = "too-many"
    kind = Kind.LIMITED
    detail = "A program has at most {limit} {what}. Remove one first."

    def __init__(self, *, what: str, limit: int) -> None:
        super().__init__(what=what, limit=limit)


class NotEarnedYet(DomainError):
    """A return's purchase isn't decided yet."""

    code = "not-earned-yet"
    kind = Kind.CONFLICT
    detail = "The purchase {transaction_id} isn't decided yet. The return waits for it."

    def __init__(self, *, transaction_id: str) -> None:
        super().__init__(transaction_id=transaction_id)


class NothingDue(DomainError):
    """A sweep found nothing to do: somebody else was first."""

    code = "nothing-due"
    kind = Kind.CONFLICT
    detail = "There is nothing to do."


class ProgramChanged(Exception):
    """A decision was made by settings that have changed since: make it again by the new ones. Never leaves this product."""


def fields_of(refusal: DomainError) -> str | None:
    """A refusal's fields as they are noted with an event; not who was meant, which the event says itself."""
    told = {name: value for name, value in refusal.fields.items() if name != "member"}
    return orjson.dumps(told).decode() if told else None


def refusal_of(code: str | None, fields: str | None, *, member: str | None) -> DomainError | None:
    """A refusal that was noted with an event; None where there was none.

    Args:
        member: who was meant, as the event says.
    """
    return None if code is None else DomainError.restore(code, {**(orjson.loads(fields) if fields else {}), "member": member})

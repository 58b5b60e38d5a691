"""What recognition refuses."""

from laurels.core.errors import DomainError, Kind


class SelfRecognition(DomainError):
    """Giver and receiver are one."""

    code = "self-recognition"
    kind = Kind.INVALID
    detail = "You can't thank yourself. Choose somebody else."


class UnknownValue(DomainError):
    """The value isn't in the community's list."""

    code = "unknown-value"
    kind = Kind.INVALID
    detail = "There is no such value. Choose one from the list, or leave it out."


class MonthClosed(DomainError):
    """An imported gift lies before the giver's open month."""

    code = "month-closed"
    kind = Kind.CONFLICT
    detail = "The giver's month {month} is closed: their purse stands in {open_month}. Import gifts in the order of their time."

    def __init__(self, *, month: str, open_month: str) -> None:
        super().__init__(month=month, open_month=open_month)


class AlreadyEndorsed(DomainError):
    """One endorsement for a member and recognition."""

    code = "already-endorsed"
    kind = Kind.CONFLICT
    detail = "You endorsed this already."


class OwnRecognition(DomainError):
    """A giver doesn't endorse what they gave."""

    code = "own-recognition"
    kind = Kind.DENIED
    detail = "You gave this recognition; others may endorse it."


class RecognitionIsReversed(DomainError):
    """A reversed recognition can't be endorsed."""

    code = "recognition-reversed"
    kind = Kind.CONFLICT
    detail = "This recognition was reversed."


class OutOfStock(DomainError):
    """No voucher is left."""

    code = "out-of-stock"
    kind = Kind.CONFLICT
    detail = "No voucher is left. Your credits are untouched; try again when the stock is filled."


class RedemptionSettledAlready(DomainError):
    """A redemption is settled once."""

    code = "redemption-settled"
    kind = Kind.CONFLICT
    detail = "This redemption is settled: {redemption_status}."

    def __init__(self, *, status: str) -> None:
        super().__init__(redemption_status=status)


class TooManyValues(DomainError):
    """The list of values is full."""

    code = "too-many-values"
    kind = Kind.LIMITED
    detail = "The list holds at most {limit} values. Remove one first."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)

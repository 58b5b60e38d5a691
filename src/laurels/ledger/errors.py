"""What the ledger itself refuses."""

from laurels.core.errors import DomainError, Kind


class InsufficientBalance(DomainError):
    """A purse holds less than is to leave it."""

    code = "insufficient-balance"
    kind = Kind.INSUFFICIENT
    detail = "There are {available} available and {needed} are needed. Choose a smaller amount."

    def __init__(self, *, available: int, needed: int, purse: str) -> None:
        super().__init__(available=available, needed=needed, purse=purse)


class LimitReached(DomainError):
    """Counting on would pass a limit."""

    code = "limit-reached"
    kind = Kind.LIMITED
    detail = "The limit is {limit} and {used} are used: {left} are left. Choose a smaller amount, or wait until the limit resets."

    def __init__(self, *, meter: str, limit: int, used: int, resets_at: str | None = None) -> None:
        super().__init__(meter=meter, limit=limit, used=used, left=max(0, limit - used), resets_at=resets_at)


class KeyReused(DomainError):
    """A request key came again with another body."""

    code = "idempotency-key-reused"
    kind = Kind.INVALID
    detail = "This Idempotency-Key was used for another request. Send a new key with a new request."


class KeyInFlight(DomainError):
    """The first request with this key isn't answered yet."""

    code = "idempotency-key-in-flight"
    kind = Kind.CONFLICT
    detail = "The first request with this Idempotency-Key is still being worked on. Send it again in a second."


class AlreadyRecorded(DomainError):
    """A business id came again with other details."""

    code = "already-recorded"
    kind = Kind.CONFLICT
    detail = "{key} is recorded already, with other details. Correct it by a reversal, or use another id."

    def __init__(self, *, key: str) -> None:
        super().__init__(key=key)


class AlreadyReversed(DomainError):
    """An entry is reversed once."""

    code = "already-reversed"
    kind = Kind.CONFLICT
    detail = "This was reversed already."


class HoldResolved(DomainError):
    """A hold is settled once: captured, released or lapsed."""

    code = "hold-resolved"
    kind = Kind.CONFLICT
    detail = "This was settled already: confirmed, cancelled or lapsed."

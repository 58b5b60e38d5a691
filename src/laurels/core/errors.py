"""Refusals that explain themselves.

A `DomainError` is the only way a rule says no. It carries a stable `code`, a
`kind`, and fields (limit, used, resets_at, ...) so that clients can react
without reading prose. `laurels.web.problems` alone turns kinds into statuses.
"""

from enum import StrEnum
from typing import ClassVar, TypeAlias

Field: TypeAlias = str | int | bool | None
"""A refusal's fields are scalars: they are stored beside request keys and replayed."""


class Kind(StrEnum):
    """What sort of refusal it is; decides the HTTP status."""

    INVALID = "invalid"  # the request itself is wrong: 422
    UNAUTHENTICATED = "unauthenticated"  # nobody is signed in: 401
    DENIED = "denied"  # signed in, but may not: 403
    MISSING = "missing"  # isn't there, or isn't for the asker: 404
    CONFLICT = "conflict"  # at odds with what already is: 409
    STALE = "stale"  # made for a state that has changed since: 412
    UNCONDITIONAL = "unconditional"  # doesn't say which state it is made for: 428
    INSUFFICIENT = "insufficient"  # a purse holds too little: 409
    LIMITED = "limited"  # a limit of the rules is used up: 409
    THROTTLED = "throttled"  # too many requests: 429 with Retry-After
    UNAVAILABLE = "unavailable"  # try again later: 503


class DomainError(Exception):
    """Base of every refusal.

    Subclasses set `code` (stable, kebab-case, documented), `kind`, and `detail`
    (an English sentence with {field} places, translatable, that says what to do).
    """

    code: ClassVar[str]
    kind: ClassVar[Kind]
    detail: ClassVar[str]

    registry: ClassVar[dict[str, type["DomainError"]]] = {}

    def __init__(self, **fields: Field) -> None:
        super().__init__(self.code)
        self.fields = fields
        self.is_replay = False

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        code = cls.__dict__.get("code")
        if code is None:
            return
        known = DomainError.registry.setdefault(code, cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"two refusals share the code {code!r}: {known} and {cls}")

    def __str__(self) -> str:
        return self.detail.format(**self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DomainError) and (self.code, self.fields) == (other.code, other.fields)

    __hash__ = Exception.__hash__

    @staticmethod
    def restore(code: str, fields: dict[str, Field]) -> "DomainError":
        """Rebuild a stored refusal, so that a replay raises what the first try raised."""
        kind = DomainError.registry[code]
        error = kind.__new__(kind)
        DomainError.__init__(error, **fields)
        error.is_replay = True
        return error


class Unavailable(DomainError):
    """Nothing was promised; the same request, with the same key, may be sent again."""

    code = "unavailable"
    kind = Kind.UNAVAILABLE
    detail = "Laurels is busy. Send the same request again in {retry_after_seconds} s, with the same Idempotency-Key."

    def __init__(self, *, retry_after_seconds: int = 1) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)


class Missing(DomainError):
    """There is no such thing, or none that the asker may know of."""

    code = "not-found"
    kind = Kind.MISSING
    detail = "There is no such {what}. Check the id."

    def __init__(self, *, what: str) -> None:
        super().__init__(what=what)


class Denied(DomainError):
    """The asker is known and may not do this."""

    code = "forbidden"
    kind = Kind.DENIED
    detail = "You may not do this. It needs: {needs}."

    def __init__(self, *, needs: str) -> None:
        super().__init__(needs=needs)


class Invalid(DomainError):
    """A field's value can't be accepted; `field` names it and `reason` says what to send instead."""

    code = "invalid"
    kind = Kind.INVALID
    detail = "{field}: {reason}"

    def __init__(self, *, field: str, reason: str) -> None:
        super().__init__(field=field, reason=reason)

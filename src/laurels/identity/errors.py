"""What identity refuses."""

from laurels.core.errors import DomainError, Kind


class MemberInactive(DomainError):
    """A member who is suspended or deleted takes part in nothing."""

    code = "member-inactive"
    kind = Kind.CONFLICT
    detail = "This member isn't active, so nothing was changed. Choose another member, or ask staff to restore this one."

    def __init__(self, *, member_id: str) -> None:
        super().__init__(member_id=member_id)


class WrongCredentials(DomainError):
    """Name and password don't belong together. The same answer, after the same work, where there is no such name."""

    code = "wrong-credentials"
    kind = Kind.UNAUTHENTICATED
    detail = "This name and password don't belong together. Check both and try again."


class MemberSuspended(DomainError):
    """The right password of a suspended member."""

    code = "member-suspended"
    kind = Kind.DENIED
    detail = "This account is suspended, so it can't sign in. Ask the staff of your community about it."


class SignInThrottled(DomainError):
    """Too many failed attempts for this name, or from this address."""

    code = "sign-in-throttled"
    kind = Kind.THROTTLED
    detail = "Too many attempts failed. Wait {retry_after_seconds} s, then try again."

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)


class RefreshRefused(DomainError):
    """The refresh token is unknown, expired, or its session has ended."""

    code = "refresh-refused"
    kind = Kind.UNAUTHENTICATED
    detail = "This refresh token opens nothing any more. Sign in again."


class RefreshReused(DomainError):
    """A refresh token came a second time: somebody may have copied it, so its session has ended."""

    code = "refresh-reused"
    kind = Kind.UNAUTHENTICATED
    detail = "This refresh token was used before, so its session has ended for safety. Sign in again."


class NameTaken(DomainError):
    """Another member has this username or student id (staff are told of an email, too)."""

    code = "name-taken"
    kind = Kind.CONFLICT
    detail = "Another member has this {field}. Choose another, or ask staff if it is yours."

    def __init__(self, *, field: str) -> None:
        super().__init__(field=field)


class RegistrationClosed(DomainError):
    """Here only staff create members."""

    code = "registration-closed"
    kind = Kind.DENIED
    detail = "Registration is closed in this community. Ask its staff for an account."


class LastAdmin(DomainError):
    """A community keeps at least one active admin."""

    code = "last-admin"
    kind = Kind.CONFLICT
    detail = "This is the last active admin. Make another member an admin first."


class TooManyKeys(DomainError):
    """There are as many live service keys for this as there may be."""

    code = "too-many-service-keys"
    kind = Kind.LIMITED
    detail = "There are {limit} service keys for this already. Revoke one that isn't used any more."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)

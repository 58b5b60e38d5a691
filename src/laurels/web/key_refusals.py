"""What a request with a service key is refused for."""

from laurels.core.errors import DomainError, Kind


class KeyRefused(DomainError):
    """The service key is unknown, expired or revoked."""

    code = "service-key-refused"
    kind = Kind.UNAUTHENTICATED
    detail = "This service key opens nothing: it is unknown, expired or revoked. Ask an admin for a new one."


class MembersOnly(DomainError):
    """A service key was sent to an endpoint that is for members."""

    code = "members-only"
    kind = Kind.DENIED
    detail = "A service key can't do this. Sign in as a member and send the access token instead."


class ScopeMissing(DomainError):
    """The service key is good, and lacks the scope that this needs."""

    code = "scope-missing"
    kind = Kind.DENIED
    detail = "This service key lacks the scope {scope}. Send one that has it."

    def __init__(self, *, scope: str) -> None:
        super().__init__(scope=scope)

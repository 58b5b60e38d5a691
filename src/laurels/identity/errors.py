"""What identity refuses."""

from laurels.core.errors import DomainError, Kind


class MemberInactive(DomainError):
    """A member who is suspended or deleted takes part in nothing."""

    code = "member-inactive"
    kind = Kind.CONFLICT
    detail = "This member isn't active, so nothing was changed. Choose another member, or ask staff to restore this one."

    def __init__(self, *, member_id: str) -> None:
        super().__init__(member_id=member_id)

"""Names that only one member may have: student id, username, email."""

from uuid import UUID

from sqlalchemy import Connection, or_, select

from laurels.identity.errors import NameTaken
from laurels.identity.tables import member


def require_names_free(
    connection: Connection, *, student_id: str | None = None, username: str | None = None, email: str | None = None, but: UUID | None = None
) -> None:
    """Check that nobody, except perhaps one, has these names.

    A username that is another's student id counts as taken, and the other way
    round: members sign in with either.

    Raises:
        NameTaken: with the first field that is.
    """
    checks = (
        ("student_id", student_id, (member.c.student_id, member.c.username)),
        ("username", username, (member.c.username, member.c.student_id)),
        ("email", email, (member.c.email,)),
    )
    for field, value, columns in checks:
        if value is None:
            continue
        others = select(member.c.id).where(or_(*(column == value for column in columns)))
        if connection.execute(others.where(member.c.id != but) if but else others).first() is not None:
            raise NameTaken(field=field)

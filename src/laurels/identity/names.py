"""Names that only one member may have: student id, username, email."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, or_, select

from laurels.identity.errors import NameTaken
from laurels.identity.tables import member


def require_names_free(
    connection: Connection, *, student_id: str | None = None, username: str | None = None, email: str | None = None, but: UUID | None = None
) -> None:
    """Check that nobody, except perhaps one, has these names.

    A username that is another's student id counts as taken, and the other way
    round: members sign in with either, and are thanked by either. Usernames
    are kept in lower case, so case makes no difference: `s-1042` is taken by
    the student id `S-1042`.

    Raises:
        NameTaken: with the first field that is.
    """
    checks: tuple[tuple[str, str | None, Callable[[str], ColumnElement[bool]]], ...] = (
        ("student_id", student_id, lambda value: or_(member.c.student_id == value, member.c.username == value.lower())),
        # Both spellings that ids come in, each found by the index; whoever has another one still signs in by it: it goes before a username.
        ("username", username, lambda value: or_(member.c.username == value, member.c.student_id.in_((value, value.upper())))),
        ("email", email, lambda value: member.c.email == value),
    )
    for field, value, has_it in checks:
        if value is None:
            continue
        others = select(member.c.id).where(has_it(value))
        if connection.execute(others.where(member.c.id != but) if but else others).first() is not None:
            raise NameTaken(field=field)

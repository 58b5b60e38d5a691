"""The fixtures for members."""

from argon2 import PasswordHasher

from laurels.core.database import Database
from laurels.identity.queries import find_credentials, find_member
from support.members import MemberMaker, SignIn


def test_make_member_writes_what_it_gives(database: Database, make_member: MemberMaker) -> None:
    staff = make_member("7", role="staff", password="correct horse battery")
    with database.read.connect() as connection:
        assert find_member(connection, staff.id) == staff
        found = find_credentials(connection, "7")
    assert found is not None
    assert PasswordHasher().verify(found[1], "correct horse battery")


def test_sign_in_gives_each_member_a_session_of_their_own(make_member: MemberMaker, sign_in: SignIn) -> None:
    first, second = sign_in(make_member()), sign_in(make_member())
    assert first.headers["Authorization"].startswith("Bearer ")
    assert first.headers != second.headers
    assert first.cookies != second.cookies

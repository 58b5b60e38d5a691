"""Members for tests: written as registration leaves them, without its cost of hashing a password."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from itertools import count
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.secrets import secret_key
from laurels.core.settings import Settings
from laurels.identity.rules import student_order
from laurels.identity.sessions import Origin, start_session
from laurels.identity.tables import Member, member, member_password
from laurels.identity.tokens import Keys, issue_access_token
from laurels.identity.words import index_members
from laurels.web.caller import SESSION_COOKIE

ORIGIN = Origin(client="tests")
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


class MemberMaker:
    """`make_member("7", role="staff")`: writes a member; what isn't said is made up, alike in every run."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._numbers = count(1)

    def __call__(self, student_id: str | None = None, *, password: str | None = None, **values: Any) -> Member:
        """Write a member. With a password they can sign in by it; otherwise `sign_in` signs them in all the same."""
        number = next(self._numbers)
        student_id = student_id or str(1000 + number)
        now = self._clock.now()
        made = Member(
            id=new_id(),
            student_id=student_id,
            student_order=student_order(student_id),
            username=f"user{number}",
            email=f"user{number}@example.org",
            full_name=f"Full Name {number}",
            display_name=f"Member {number}",
            status="active",
            role="member",
            preferred_ai_tier="standard",
            locale="en",
            time_zone="UTC",
            created_at=now,
            updated_at=now,
        )
        made = replace(made, **values)
        with self._database.write.begin() as connection:
            connection.execute(insert(member).values(asdict(made)))
            index_members(connection, [made])
            if password is not None:
                connection.execute(insert(member_password).values(member_id=made.id, hash=_CHEAP.hash(password), changed_at=now))
        return made


@dataclass(frozen=True)
class SignedIn:
    """A session that was begun for a test.

    Attributes:
        headers: for API calls: `client.get(path, headers=session.headers)`.
        cookies: for pages, with the header that a browser would add to its forms.
    """

    headers: dict[str, str]
    cookies: dict[str, str]


SignIn = Callable[[Member], SignedIn]


def sign_in_with(database: Database, settings: Settings, clock: Clock) -> SignIn:
    """A function that begins sessions for members, one for the API and one for pages, as signing in does."""
    keys = Keys.of(secret_key(settings))

    def sign_in(who: Member) -> SignedIn:
        now = clock.now()
        with database.write.begin() as connection:
            bearer = start_session(connection, keys, member_id=who.id, via="bearer", origin=ORIGIN, now=now, days=settings.session_days)
            cookie = start_session(connection, keys, member_id=who.id, via="cookie", origin=ORIGIN, now=now, days=settings.session_days)
        token = issue_access_token(keys, session_id=bearer.session.id, member_id=who.id, now=now, minutes=settings.access_token_minutes)
        return SignedIn(headers={"Authorization": f"Bearer {token}"}, cookies={SESSION_COOKIE: cookie.secret})

    return sign_in

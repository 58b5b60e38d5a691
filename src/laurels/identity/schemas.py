"""Identity's requests and answers."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import AliasChoices, ConfigDict, Field, model_validator

from laurels.identity.fields import (
    MAX_EMAIL,
    MAX_PASSWORD_SENT,
    DisplayName,
    Email,
    FullName,
    Locale,
    Password,
    StudentId,
    TimeZone,
    Username,
)
from laurels.identity.tables import Member, MemberSession, StaffAction
from laurels.web.language import N_
from laurels.web.schemas import Answer, Body, PlainLine, UtcInstant, example

Status: TypeAlias = Literal["active", "suspended", "deleted"]
RoleName: TypeAlias = Literal["member", "staff", "admin"]

REGISTERED = "Sign in with your password. If the address had an account already, its owner got a mail instead."

CampusUid = Annotated[
    StudentId, Field(validation_alias=AliasChoices("student_id", "campus_uid"), description="The institution's; also taken as campus_uid.")
]
SentPassword = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_SENT, json_schema_extra={"format": "password"})]
"""A password that is compared, not chosen: any that fits may be sent."""

_ID = "0192f4a0-5b1e-7c33-9c1d-3f6d1f0f8a11"
_MEMBER: dict[str, Any] = {
    "id": _ID,
    "student_id": "S-1042",
    "campus_uid": "S-1042",
    "username": "ana.diaz",
    "email": "ana@example.org",
    "full_name": "Ana Díaz López",
    "display_name": "Ana Díaz",
    "status": "active",
    "role": "member",
    "preferred_ai_tier": "standard",
    "locale": "en",
    "time_zone": "Europe/Madrid",
    "created_at": "2026-11-20T10:00:00+00:00",
    "updated_at": "2026-11-20T10:00:00+00:00",
}


class Registration(Body):
    """A newcomer. Only student id, email and password are needed; the rest has sensible defaults."""

    model_config = example(
        {
            "student_id": "S-1042",
            "username": "ana.diaz",
            "email": "ana@example.org",
            "password": "seven quiet lanterns",
            "full_name": "Ana Díaz",
        }
    )

    student_id: CampusUid
    email: Email
    password: Password
    username: Username | None = None
    full_name: FullName | None = None
    display_name: Annotated[DisplayName | None, Field(description="What others see; by default the full name, else the username.")] = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None


class Registered(Answer):
    """The same answer whether or not the address had an account already."""

    model_config = example({"status": "accepted", "detail": REGISTERED})

    status: Literal["accepted"]
    detail: str


class SignInRequest(Body):
    """Name and password; the name may come as username, email or student_id."""

    model_config = example({"username": "ana@example.org", "password": "seven quiet lanterns"})

    username: Annotated[
        PlainLine,
        Field(
            min_length=1,
            max_length=MAX_EMAIL,
            validation_alias=AliasChoices("username", "email", "student_id"),
            description="Username, email address or student id.",
        ),
    ]
    password: SentPassword


class Tokens(Answer):
    """What a program needs to call the API, as in OAuth 2 (RFC 6749, 5.1)."""

    model_config = example(
        {
            "access_token": "eyJhbGciOi...",
            "token_type": "bearer",
            "expires_in": 900,
            "refresh_token": "AZL0oFse...",
            "member_id": _ID,
            "session_id": _ID,
        }
    )

    access_token: str = Field(description="Send it as Authorization: Bearer.")
    token_type: Literal["bearer"]
    expires_in: int = Field(description="Seconds until the access token ends.", examples=[900])
    refresh_token: str = Field(description="Exchange it, once, at /api/v1/auth/refresh.")
    member_id: UUID
    session_id: UUID


class RefreshRequest(Body):
    """The refresh token of the answer before."""

    model_config = example({"refresh_token": "AZL0oFse..."})

    refresh_token: Annotated[str, Field(min_length=1, max_length=1024)]


class MemberAnswer(Answer):
    """A member, as they and the staff see them."""

    model_config = example(_MEMBER)

    id: UUID
    student_id: str
    campus_uid: str = Field(description="The student id, under its other name.")
    username: str | None
    email: str | None
    full_name: str
    display_name: str
    status: Status
    role: RoleName
    preferred_ai_tier: str
    locale: str
    time_zone: str
    created_at: UtcInstant
    updated_at: UtcInstant

    @staticmethod
    def of(member: Member) -> "MemberAnswer":
        """The answer for a row."""
        return MemberAnswer(
            id=member.id,
            student_id=member.student_id,
            campus_uid=member.student_id,
            username=member.username,
            email=member.email,
            full_name=member.full_name,
            display_name=member.display_name,
            status=member.status,
            role=member.role,
            preferred_ai_tier=member.preferred_ai_tier,
            locale=member.locale,
            time_zone=member.time_zone,
            created_at=member.created_at,
            updated_at=member.updated_at,
        )


class ProfileChange(Body):
    """What members change of themselves; what isn't sent stays. The email and the student id are the staff's to change."""

    model_config = example({"display_name": "Ana", "time_zone": "Europe/Madrid"})

    username: Username | None = None
    full_name: FullName | None = None
    display_name: DisplayName | None = None
    preferred_ai_tier: Literal["standard"] | None = None
    locale: Locale | None = None
    time_zone: TimeZone | None = None

    def changes(self) -> dict[str, str]:
        """What was sent, by column."""
        return self.model_dump(exclude_none=True)


class PasswordChange(Body):
    """The old password and the new."""

    model_config = example({"current_password": "seven quiet lanterns", "new_password": "eight bright lanterns"})

    current_password: SentPassword
    new_password: Password


class SessionAnswer(Answer):
    """One signed-in device or program."""

    model_config = example(
        {
            "id": _ID,
            "via": "bearer",
            "client": "curl/8.9",
            "is_current": True,
            "created_at": "2026-11-20T10:00:00+00:00",
            "last_used_at": "2026-11-20T10:00:00+00:00",
            "expires_at": "2026-12-20T10:00:00+00:00",
        }
    )

    id: UUID
    via: Literal["bearer", "cookie"]
    client: str = Field(description="What the browser or program called itself.")
    is_current: bool = Field(description="Whether it is the one that asks.")
    created_at: UtcInstant
    last_used_at: UtcInstant
    expires_at: UtcInstant

    @staticmethod
    def of(session: MemberSession, *, current: UUID) -> "SessionAnswer":
        """The answer for a row."""
        return SessionAnswer(
            id=session.id,
            via=session.via,
            client=session.client,
            is_current=session.id == current,
            created_at=session.created_at,
            last_used_at=session.last_used_at,
            expires_at=session.expires_at,
        )


class SessionList(Answer):
    """All live sessions, at most 50."""

    model_config = example({"items": []})

    items: list[SessionAnswer]


class ExportAnswer(Answer):
    """Everything that is kept about the caller, by room; each product adds its own part."""

    model_config = ConfigDict(
        extra="allow", json_schema_extra={"examples": [{"exported_at": "2026-11-20T10:00:00+00:00", "identity": {"member": _MEMBER}}]}
    )

    exported_at: UtcInstant
    identity: dict[str, Any]


class Person(Answer):
    """What every member may know of another."""

    model_config = example({"id": _ID, "display_name": "Ana Díaz", "student_id": "S-1042"})

    id: UUID
    display_name: str
    student_id: str

    @staticmethod
    def of(member: Member) -> "Person":
        """The answer for a row."""
        return Person(id=member.id, display_name=member.display_name, student_id=member.student_id)


class PersonList(Answer):
    """Members found, at most 20."""

    model_config = example({"items": [{"id": _ID, "display_name": "Ana Díaz", "student_id": "S-1042"}]})

    items: list[Person]


class MemberCreation(Body):
    """A member created by staff. Without a password they can't sign in yet."""

    model_config = example({"student_id": "S-1042", "email": "ana@example.org", "full_name": "Ana Díaz"})

    student_id: CampusUid
    email: Email | None = None
    username: Username | None = None
    password: Password | None = None
    full_name: FullName | None = None
    display_name: DisplayName | None = None
    role: RoleName = "member"
    locale: Locale | None = None
    time_zone: TimeZone | None = None


class MemberChange(Body):
    """What staff change of a member; what isn't sent stays. A new password ends the member's sessions."""

    model_config = example({"status": "suspended"}, {"role": "staff"})

    status: Literal["active", "suspended"] | None = None
    role: RoleName | None = None
    student_id: StudentId | None = None
    username: Username | None = None
    email: Email | None = None
    full_name: FullName | None = None
    display_name: DisplayName | None = None
    password: Password | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "MemberChange":
        if not self.model_dump(exclude_none=True):
            raise ValueError(N_("Send at least one field to change."))
        return self


class AuditRow(Answer):
    """One change by staff."""

    model_config = example(
        {
            "id": _ID,
            "recorded_at": "2026-11-20T10:00:00+00:00",
            "actor_id": _ID,
            "action": "member.suspended",
            "subject": f"member/{_ID}",
            "before": '{"status":"active"}',
            "after": '{"status":"suspended"}',
            "address_hash": "5d41402abc4b2a76b9719d911017c592",
        }
    )

    id: UUID
    recorded_at: UtcInstant
    actor_id: UUID | None = Field(description="Who; null where the command line did it.")
    action: str
    subject: str
    before: str = Field(description="JSON of what was, as far as it changed.")
    after: str = Field(description="JSON of what is.")
    address_hash: str = Field(description="From where: the same address gives the same hash, and no address.")

    @staticmethod
    def of(row: StaffAction) -> "AuditRow":
        """The answer for a row."""
        return AuditRow(
            id=row.id,
            recorded_at=row.recorded_at,
            actor_id=row.actor_id,
            action=row.action,
            subject=row.subject,
            before=row.before,
            after=row.after,
            address_hash=row.address_hash,
        )

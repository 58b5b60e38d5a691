"""Identity's tables. What names a person is in `member`, `member_word` and `member_session` only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of, view_of

member = Table(
    "member",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("student_id", CodePointText, nullable=False, unique=True),
    Column("student_order", CodePointText, nullable=False, unique=True),
    Column("username", CodePointText, unique=True),
    Column("email", CodePointText, unique=True),
    Column("full_name", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("preferred_ai_tier", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("status IN ('active', 'suspended', 'deleted')", name="status_known"),
    CheckConstraint("role IN ('member', 'staff', 'admin')", name="role_known"),
    CheckConstraint("status <> 'deleted' OR (username IS NULL AND email IS NULL AND full_name = '')", name="deleted_is_anonymous"),
    # Few among many: boards count them out.
    Index("ix_member_inactive", "id", postgresql_where=text("status <> 'active'"), sqlite_where=text("status <> 'active'")),
)


@row_of(member)
class Member:
    """Somebody of the community.

    Attributes:
        id: opaque; the ledger knows members by nothing else.
        student_id: the institution's, unique; a deleted member's says so and names nobody.
        student_order: sorts as `student_id` should: see `rules.student_order`.
        username: unique, lower case; None for imported and deleted members.
        email: unique, lower case; None for imported and deleted members.
        full_name: for staff.
        display_name: for everyone.
        status: active, suspended or deleted.
        role: member, staff or admin.
        preferred_ai_tier: `standard` is the only one so far.
        locale: `en`, `es`, ...: the language of pages and mails.
        time_zone: IANA zone that times are shown in.
    """

    id: UUID
    student_id: str
    student_order: str
    username: str | None
    email: str | None
    full_name: str
    display_name: str
    status: str
    role: str
    preferred_ai_tier: str
    locale: str
    time_zone: str
    created_at: datetime
    updated_at: datetime


@view_of(member)
class Participant:
    """What a decision may know of a member: whether they take part. No name reaches the ledger."""

    id: UUID
    status: str


member_password = Table(
    "member_password",
    metadata,
    Column("member_id", Uuid(), ForeignKey("member.id"), primary_key=True),
    Column("hash", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)
"""Apart from `member`, so that no decision, template or log ever holds a hash. No row: can't sign in."""

member_word = Table(
    "member_word",
    metadata,
    Column("word", CodePointText, primary_key=True),
    Column("member_id", Uuid(), ForeignKey("member.id"), primary_key=True),
    Column("is_private", Boolean, nullable=False),
    Index("ix_member_word_member_id", "member_id"),
)
"""The folded words that a member is found by; private ones (of the full name) by staff only."""

member_session = Table(
    "member_session",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("member_id", Uuid(), ForeignKey("member.id"), nullable=False),
    Column("via", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("client", Text, nullable=False),
    Column("address_hash", Text, nullable=False),
    CheckConstraint("via IN ('bearer', 'cookie')", name="via_known"),
    Index("ix_member_session_member_id", "member_id"),
    Index("ix_member_session_expires_at", "expires_at"),
    Index("ix_member_session_last_used_at", "last_used_at", "id"),
)


@row_of(member_session)
class MemberSession:
    """One signed-in device or program. Ending a session deletes its row: what isn't here opens nothing.

    Attributes:
        via: `cookie` for pages, `bearer` for the API.
        secret_hash: of the cookie's secret, or of the one refresh token that is still good.
        generation: how often the refresh token was rotated; an older one that comes again is a theft.
        client: what the browser or program called itself, shortened.
        address_hash: a keyed hash of the address that signed in.
    """

    id: UUID
    member_id: UUID
    via: str
    secret_hash: str
    generation: int
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    client: str
    address_hash: str


service_key = Table(
    "service_key",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("subject", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("created_by", Uuid(), ForeignKey("member.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    CheckConstraint("scopes <> ''", name="scopes_named"),
    Index("ix_service_key_subject", "subject", "id"),
)


@row_of(service_key)
class ServiceKey:
    """A key by which a program, such as a shop's backend, calls without a member. Revoked ones stay, to be told of.

    Attributes:
        id: public: a part of the key itself.
        subject: what it is for: `program/<id>`, `progress`, ...
        name: what an admin calls it.
        scopes: what it may do there: words in order, with a blank between, as in OAuth (RFC 6749, 3.3).
        secret_hash: a keyed hash of the secret, which nobody has but the program.
        created_by: the admin; None where the command line made it.
        last_used_at: to the minute or so; None where it never was.
        expires_at: None for never.
        revoked_at: None while it isn't.
    """

    id: UUID
    subject: str
    name: str
    scopes: str
    secret_hash: str
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("key", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    Index("ix_sign_in_attempt_since", "since"),
)
"""Attempts not followed by success, by a keyed hash of the account's name or of the address."""

staff_action = Table(
    "staff_action",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("actor_id", Uuid()),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("address_hash", Text, nullable=False),
    Index("ix_staff_action_actor_id", "actor_id", "id"),
    Index("ix_staff_action_subject", "subject", "id"),
)


@row_of(staff_action)
class StaffAction:
    """One change by staff. Ids, numbers and statuses only: the log outlives the people in it.

    Attributes:
        id: time-ordered, so that the log sorts by it.
        actor_id: who; None where the command line or an import did it.
        action: `member.suspended`, `recognition.reversed`, ...
        subject: `member/<id>`, `recognition/<id>`, ...
        before: JSON of what was, as far as it changed.
        after: JSON of what is.
        address_hash: from where: a keyed hash of the address.
    """

    id: UUID
    recorded_at: datetime
    actor_id: UUID | None
    action: str
    subject: str
    before: str
    after: str
    address_hash: str

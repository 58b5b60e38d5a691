"""Registering, by oneself or by staff.

A taken email answers as a free one does, after the same work, and its owner
gets a mail. So the answer can't carry the new member: whoever registered signs
in next.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from laurels.identity.actions import NewMember, add_member, record_creation
from laurels.identity.errors import NameTaken, RegistrationClosed
from laurels.identity.mail import Mail
from laurels.identity.names import require_names_free
from laurels.identity.parts import Identity
from laurels.identity.passwords import check_password
from laurels.identity.queries import find_member_by_name
from laurels.identity.rules import require_may_create
from laurels.identity.sessions import Origin
from laurels.identity.tables import Member
from laurels.identity.throttle import count_attempt
from laurels.web.caller import Caller
from laurels.web.language import translations


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who registers says of themselves, cleaned by `fields`."""

    student_id: str
    email: str
    password: str
    username: str | None = None
    full_name: str | None = None
    display_name: str | None = None
    locale: str | None = None
    time_zone: str | None = None


async def register(identity: Identity, newcomer: Newcomer, origin: Origin) -> None:
    """Create a member who may sign in, unless the email is taken: then its owner is told, and nobody else.

    Raises:
        RegistrationClosed: only staff create members here.
        Invalid: the password is too weak.
        NameTaken: another has the student id or username.
        Unavailable: too many passwords are being hashed.
    """
    if not identity.settings.registration_open:
        raise RegistrationClosed()
    check_password(newcomer.password, newcomer.student_id, newcomer.username, newcomer.email)
    password_hash = await identity.passwords.hash(newcomer.password)
    new = NewMember(
        student_id=newcomer.student_id,
        username=newcomer.username,
        email=newcomer.email,
        full_name=newcomer.full_name or "",
        display_name=newcomer.display_name or "",
        locale=newcomer.locale or "en",
        time_zone=newcomer.time_zone or "",
        password_hash=password_hash,
    )
    await run_in_threadpool(_register, identity, new, origin)


async def create_by_staff(identity: Identity, caller: Caller, new: NewMember, *, password: str | None, origin: Origin) -> Member:
    """Create a member for somebody, with its audit row. Staff see addresses anyway, so a taken one is told.

    Raises:
        Denied: only admins make staff and admins.
        Invalid: the password is too weak.
        NameTaken: another has the student id, username or email.
    """
    require_may_create(new.role, actor_role=caller.role.value)
    password_hash = None
    if password is not None:
        check_password(password, new.student_id, new.username, new.email)
        password_hash = await identity.passwords.hash(password)

    def store() -> Member:
        with identity.database.write.begin() as connection:
            created = add_member(connection, identity, new.with_password(password_hash))
            record_creation(connection, created, actor_id=caller.member_id, address_hash=origin.address_hash)
            return created

    return await run_in_threadpool(store)


def _register(identity: Identity, new: NewMember, origin: Origin) -> None:
    try:
        with identity.database.write.begin() as connection:
            # First what may be told, so that it is told whether or not the email is taken.
            require_names_free(connection, student_id=new.student_id, username=new.username)
            add_member(connection, identity, new)
    except NameTaken as taken:
        if taken.fields["field"] != "email" or new.email is None:
            raise
        _tell_owner(identity, new.email, origin)


def _tell_owner(identity: Identity, email: str, origin: Origin) -> None:
    with identity.database.write.begin() as connection:
        # Takes about as long as writing a member, and keeps anybody from filling somebody's mailbox.
        wait = count_attempt(connection, identity.keys, name=f"told/{email}", address_hash=origin.address_hash, now=identity.now())
        owner = find_member_by_name(connection, email)
    if owner is not None and not wait:
        identity.mails.put(_mail(identity, email, translations(owner.locale).gettext))


def _mail(identity: Identity, email: str, gettext: Callable[[str], str]) -> Mail:
    community = identity.settings.community_name
    subject = gettext("You have an account at {community} already").format(community=community)
    body = gettext(
        "Somebody, perhaps you, tried to register at {community} with this address. "
        "It belongs to your account already, so nothing was changed.\n\n"
        "If it was you: sign in with the password that you chose, or ask the staff to set a new one.\n"
        "If it wasn't: you needn't do anything."
    ).format(community=community)
    return Mail(to=email, subject=subject, body=body + "\n")

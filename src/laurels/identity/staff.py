"""What staff do to members: checked, written and logged in one transaction."""

from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing
from laurels.identity.actions import change_member, lock_member, store_password
from laurels.identity.audit_log import record_action
from laurels.identity.parts import Identity
from laurels.identity.passwords import check_password
from laurels.identity.queries import get_member
from laurels.identity.rules import require_may_change
from laurels.identity.sessions import Origin, end_sessions
from laurels.identity.tables import Member
from laurels.web.caller import Caller


async def change_by_staff(
    identity: Identity, caller: Caller, member_id: UUID, changes: dict[str, str], *, password: str | None = None, origin: Origin
) -> Member:
    """Change a member's status, role, names, or password. A new password ends their sessions, as suspending does.

    Raises:
        Missing: there is no such member, or they deleted their account.
        Denied: see `rules.require_may_change`.
        Invalid: the password is too weak.
        NameTaken: another has the student id, username or email.
        LastAdmin: there would be no active admin left.
    """
    password_hash = None
    if password is not None:
        target = await run_in_threadpool(_read, identity, member_id)
        check_password(password, target.student_id, target.username, target.email)
        password_hash = await identity.passwords.hash(password)
    return await run_in_threadpool(_change, identity, caller, member_id, changes, password_hash, origin)


def _read(identity: Identity, member_id: UUID) -> Member:
    with identity.database.read.connect() as connection:
        return get_member(connection, member_id)


def _change(
    identity: Identity, caller: Caller, member_id: UUID, changes: dict[str, str], password_hash: str | None, origin: Origin
) -> Member:
    with identity.database.write.begin() as connection:
        before = lock_member(connection, member_id, with_admins=True)
        if before.status == "deleted":
            raise Missing(what="member")
        named = {name for name, value in changes.items() if getattr(before, name) != value}
        named |= {"password"} if password_hash is not None else set()
        require_may_change(before, named, actor_id=caller.member_id, actor_role=caller.role.value)
        after = change_member(connection, identity, before, changes, actor_id=caller.member_id, address_hash=origin.address_hash)
        if password_hash is not None:
            store_password(connection, member_id, password_hash, identity=identity)
            end_sessions(connection, member_id)
            record_action(
                connection,
                actor_id=caller.member_id,
                action="member.password_set",
                subject=f"member/{member_id}",
                before={},
                after={},
                now=identity.now(),
                address_hash=origin.address_hash,
            )
        return after

"""Identity's own part of what is kept about a member."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.identity.queries import get_member
from laurels.identity.schemas import MemberAnswer
from laurels.identity.sessions import MAX_SESSIONS
from laurels.identity.tables import member_session, staff_action

MAX_ACTIONS = 10_000
"""Most rows of the audit log in one export, newest first."""


def export_identity(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """The member's row, their sessions, and what staff did to them."""
    table = member_session
    sessions = select(table.c.id, table.c.via, table.c.client, table.c.created_at, table.c.last_used_at, table.c.expires_at)
    sessions = sessions.where(table.c.member_id == member_id).order_by(table.c.id).limit(MAX_SESSIONS)
    actions = select(staff_action.c.recorded_at, staff_action.c.action, staff_action.c.before, staff_action.c.after)
    actions = actions.where(staff_action.c.subject == f"member/{member_id}").order_by(staff_action.c.id.desc()).limit(MAX_ACTIONS)
    return {
        "member": MemberAnswer.of(get_member(connection, member_id)).model_dump(mode="json"),
        "sessions": [dict(row) for row in connection.execute(sessions).mappings()],
        "staff_actions": [dict(row) for row in connection.execute(actions).mappings()],
    }

"""What every decision of a program asks first."""

from typing import Literal
from uuid import UUID

from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import Draft
from laurels.products.loyalty.errors import NotAMember, ProgramChanged, ProgramClosed
from laurels.products.loyalty.tables import Membership, ProgramState

RUNNING: tuple[str, ...] = ("active",)
"""A program in which points may be earned and burned."""

KEPT: tuple[str, ...] = ("active", "paused")
"""A program that is still settled: returns, cancellations, expiry."""

ANY_STATUS: tuple[str, ...] = ("draft", *KEPT, "archived")
"""Whatever the program is."""

Needed = list[tuple[type, object]]


def program_rows(program: UUID, member: UUID | None = None) -> Needed:
    """The rows that `require_program` and `require_membership` read."""
    rows: Needed = [(ProgramState, program)]
    if member is not None:
        rows += [(Membership, (program, member)), (Participant, member)]
    return rows


def require_program(draft: Draft, program: UUID, *, version: int | None = None, allowed: tuple[str, ...] = RUNNING) -> None:
    """Check that a program runs, by the very settings that the decision was made by.

    Raises:
        Missing: there is none.
        ProgramChanged: its settings changed since: the action makes the decision again.
        ProgramClosed: its status doesn't allow this.
    """
    state = draft.row(ProgramState, program)
    if version is not None and state.version != version:
        raise ProgramChanged(program)
    if state.status not in allowed:
        raise ProgramClosed(status=state.status)


def require_membership(draft: Draft, program: UUID, member: UUID) -> Membership:
    """The membership of somebody who is active, in the community and in the program.

    Raises:
        NotAMember, MemberInactive.
    """
    found = find_membership(draft, program, member)
    if found is None:
        raise NotAMember()
    require_active(draft.row(Participant, member))
    return found


def find_membership(draft: Draft, program: UUID, member: UUID) -> Membership | None:
    """A membership that wasn't left, or None."""
    found = draft.find(Membership, (program, member))
    return found if found is not None and found.status == ACTIVE else None


ACTIVE: Literal["active"] = "active"

"""Taking an activity back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from laurels.core.errors import Unavailable
from laurels.identity.audit_log import new_action
from laurels.identity.tables import StaffAction
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.progress.actions.awarding import MAX_CHANGES, Office
from laurels.products.progress.decisions.reversing import ReverseActivity, Reversed
from laurels.products.progress.decisions.traces import Traces
from laurels.products.progress.errors import ProgressChanged
from laurels.products.progress.queries.configuration import basis_of, forget
from laurels.products.progress.queries.traces import read_traces


@dataclass(frozen=True, slots=True)
class Reverser:
    """Who takes an activity back, and why.

    Attributes:
        actor: whose entry it is, as the ledger tells it.
        staff: the member of the staff, for whom it is logged; None: nobody of them.
        address_hash: from where: `identity.parts.origin_of(request).address_hash`.
        request: the request key, if one was sent.
    """

    actor: str
    reason: str
    staff: UUID | None = None
    address_hash: str = ""
    request: RequestKey | None = None


def reverse_activity(office: Office, activity_id: UUID, by: Reverser, *, at: datetime) -> Posted[Reversed]:
    """Take an activity back, once, and what follows from it: for a thread that may wait. See `ReverseActivity`.

    The caller has checked that the asker is of the staff.

    Raises:
        Missing: there is no such activity.
        NothingToReverse: it was reversed before.
        NotReversible: it is what decay took.
        Unavailable: the member is awarded points all the time.
    """
    for _ in range(MAX_CHANGES):
        basis = basis_of(office.database, office.zone)
        with office.database.read.connect() as connection:
            traces = read_traces(connection, basis, activity_id)
        decision = ReverseActivity(traces, basis, by.reason, by.staff, _audit(by, traces, at))
        try:
            return office.writer.post_now(Proposal(decision, at, by.actor, by.request))
        except ProgressChanged:
            forget(office.database)
    raise Unavailable()


def _audit(by: Reverser, traces: Traces, at: datetime) -> StaffAction | None:
    if by.staff is None:
        return None
    return new_action(
        actor_id=by.staff,
        action="activity.reversed",
        subject=f"activity/{traces.activity.id}",
        before={"is_reversed": False},
        after={"is_reversed": True, "points": traces.activity.amount},
        now=at,
        address_hash=by.address_hash,
    )

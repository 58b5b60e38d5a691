"""Usage as tables: what members used, and each call of a model; the same over HTTP and on the command line."""

from collections.abc import Sequence

from laurels.products.study.queries.members import MemberSeen
from laurels.products.study.queries.usage import Used
from laurels.products.study.tables import Usage
from laurels.web.csv_answers import Cell

_PERIODS = ("daily", "weekly", "monthly")
MEMBER_COLUMNS = (
    "user_id",
    "student_id",
    "display_name",
    "is_sponsored",
    *(f"{payer}_{period}_{what}" for payer in ("own", "share") for period in _PERIODS for what in ("used", "held", "limit")),
)
RECORD_COLUMNS = (
    *("created_at", "settled_at", "id", "user_id", "class_id", "operation_type", "model_name", "status", "held"),
    *("input_tokens", "output_tokens", "cost_millionths", "currency", "billed_to_user_id"),
    *("is_sponsored", "is_overflow", "usage_estimated", "message_id", "document_id"),
)


def member_line(row: MemberSeen) -> Sequence[Cell]:
    """A member's line of the table of members."""
    told = [*row.use.own, *(row.use.share or (None, None, None))]
    cells = [cell for used in told for cell in _used_cells(used)]
    return str(row.mine.member), row.student_id, row.display_name, int(row.mine.is_sponsored), *cells


def record_line(row: Usage, currency: str) -> Sequence[Cell]:
    """A call's line of the table of records."""
    return (
        row.created_at.isoformat(),
        None if row.settled_at is None else row.settled_at.isoformat(),
        *(str(row.id), str(row.user_id), str(row.class_id), row.operation_type, row.model_name, row.status, row.held),
        *(row.input_tokens, row.output_tokens, row.cost, currency, str(row.billed_to_user_id)),
        *(int(row.is_sponsored), int(row.is_overflow), int(row.usage_estimated)),
        *(None if one is None else str(one) for one in (row.message, row.document)),
    )


def _used_cells(used: Used | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if used is None else (used.used, used.held, used.limit)

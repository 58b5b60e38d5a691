"""/console: what the staff see of everything: overview, ledger, audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from laurels.core.windows import day_of, last_months, month_of, month_start
from laurels.identity.audit_log import list_actions
from laurels.identity.tables import StaffAction
from laurels.ledger.reader import Verified, heads, verify
from laurels.portal.queries import credits_by_month, display_names, read_counts
from laurels.products.progress.queries.monitoring import read_days
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.queries import find_patterns
from laurels.web.caller import Caller, Role, StaffOnly
from laurels.web.context import Context, Ctx
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.webhooks.queries import count_given_up

router = APIRouter(include_in_schema=False)

AUDIT_ROWS = 50
MONTHS_SHOWN = 6


@router.get("/console")
def show_console(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """How the community is doing."""
    zone = context.settings.zone
    months = last_months(month_of(context.clock.now(), zone), MONTHS_SHOWN)
    with context.database.read.connect() as connection:
        totals = credits_by_month(connection, months, month_start(months[0], zone))
        counts = read_counts(connection, totals[months[-1]])
        patterns = find_patterns(connection, months[-1], policy=policy_of(context.settings))
        points = sum(row.points for row in read_days(connection, day_of(context.clock.now(), zone), 1))
        given_up = count_given_up(connection, None) if caller.role.covers(Role.ADMIN) else 0  # only admins can mend it
    formats = context.pages.formats(request, caller)
    bars = [(formats.short_month(month), totals[month][1]) for month in months]
    findings = sum(len(found) for found in patterns.values())
    return context.pages.render(
        request,
        "portal/pages/console.html",
        caller=caller,
        counts=counts,
        points=points,
        months=bars,
        findings=findings,
        given_up=given_up,
    )


@router.get("/console/ledger")
def show_ledger(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """Where each book stands."""
    return _ledger(request, context, caller, verified=None)


@router.post("/console/ledger/verify", dependencies=[limited("verify", per_minute=6)])
def verify_ledger(request: Request, context: Ctx, caller: StaffOnly) -> Response:
    """Replay every book and say whether all is in order. It changes nothing, so the answer is the page itself."""
    with context.database.read.connect() as connection:
        seen = verify(connection)
    return _ledger(request, context, caller, verified=seen)


def _ledger(request: Request, context: Context, caller: Caller, *, verified: Verified | None) -> Response:
    with context.database.read.connect() as connection:
        books = heads(connection)
    return context.pages.render(request, "portal/pages/ledger.html", caller=caller, heads=books, verified=verified)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the audit page."""

    at: datetime
    who: str | None
    action: str
    subject: str
    before: str
    after: str


@router.get("/console/audit")
def show_audit(request: Request, context: Ctx, caller: StaffOnly, cursor: Cursor = None) -> Response:
    """What the staff changed, newest first."""
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        found = list_actions(connection, limit=AUDIT_ROWS + 1, before_id=place[0] if place else None)
        names = display_names(connection, list({row.actor_id for row in found if row.actor_id}))
    rows = found[:AUDIT_ROWS]
    next_href = f"/console/audit?cursor={write_cursor(rows[-1].id)}" if len(found) > AUDIT_ROWS else ""
    return context.pages.render(
        request,
        "portal/pages/audit.html",
        caller=caller,
        rows=_lines(rows, names),
        next_href=next_href,
        first_href="/console/audit" if cursor else "",
    )


def _lines(rows: Sequence[StaffAction], names: dict[UUID, str]) -> list[AuditLine]:
    return [
        AuditLine(row.recorded_at, names.get(row.actor_id) if row.actor_id else None, row.action, row.subject, row.before, row.after)
        for row in rows
    ]

"""A program's points as a whole: where they came from, what became of them, and whether that balances.

Each sum is read from where it is kept: the ledger's accounts, its lots, its
postings, and the rows of purchases and returns. So the identities that
`Report.checks` spells out hold only if all of these agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case, func, select

from laurels.core.errors import Missing
from laurels.ledger import held_of
from laurels.ledger.reader import balances, board, lot, number_of, posting
from laurels.products.loyalty import accounts
from laurels.products.loyalty.queries.access import find_program
from laurels.products.loyalty.tables import Program, membership, purchase, purchase_return

_NOBODY = UUID(int=0)
_POINTS = accounts.points(_NOBODY, _NOBODY)
_HELD = held_of(_POINTS).purpose
_OWED = accounts.owed(_NOBODY, _NOBODY).purpose
_BUDGET = accounts.budget(_NOBODY, _NOBODY).purpose


@dataclass(frozen=True, slots=True)
class Check:
    """Two ways to the same sum.

    Attributes:
        says: the identity: `issued = pending + active + ...`.
    """

    says: str
    left: int
    right: int

    @property
    def is_met(self) -> bool:
        """Whether both ways lead there."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class ReturnsSum:
    """Returns of one status and policy.

    Attributes:
        policy: which they were decided by; None where they aren't decided.
        amount: what came back, in minor units.
        points: due for it: `taken` at once, `owed` out of the next earnings.
    """

    status: str
    policy: str | None
    returns: int
    amount: int
    points: int
    taken: int
    owed: int


@dataclass(frozen=True, slots=True)
class Report:
    """A program's points at an instant.

    Attributes:
        members: who belongs to it now.
        purchases: that earned, also those that earned 0 points; `spent` on them, in minor units.
        issued: points ever given to members: `from_rules`, `from_tiers` and `from_campaigns`.
        expired: also those whose time is up, and which no sweep has posted yet: `unswept`.
        cancelled: `returned` at once, `recovered` for returns from later earnings, or `given_up` by leaving.
        owed: what returns will take out of the next earnings.
        budgets: what campaigns may still give; none of it is issued.
    """

    program: Program
    at: datetime
    members: int
    purchases: int
    spent: int
    issued: int
    from_rules: int
    from_tiers: int
    from_campaigns: int
    pending: int
    active: int
    reserved: int
    redeemed: int
    expired: int
    unswept: int
    cancelled: int
    returned: int
    recovered: int
    given_up: int
    owed: int
    budgets: int
    returns: tuple[ReturnsSum, ...]
    checks: tuple[Check, ...]

    @property
    def is_balanced(self) -> bool:
        """Whether every check is met."""
        return all(check.is_met for check in self.checks)


def read_report(connection: Connection, program_id: UUID, *, at: datetime) -> Report:
    """A program's points at an instant, in a transaction in which nothing moves; what was posted later counts too.

    Reads each lot that isn't spent and each posting that cancelled points: for reports, not for every page.

    Raises:
        Missing: there is no such program.
    """
    found = find_program(connection, program_id)
    if found is None:
        raise Missing(what="program")
    gone = _gone(connection, program_id)
    lots, purses = _lots(connection, program_id, at), _purses(connection, program_id)
    kinds = _cancellations(connection, program_id)
    bought, returns = _purchases(connection, program_id), _returns(connection, program_id)
    report = Report(
        program=found,
        at=at,
        members=_members(connection, program_id),
        purchases=bought["purchases"],
        spent=bought["spent"],
        issued=gone["issued"] - purses.get(_BUDGET, 0),
        from_rules=bought["from_rules"],
        from_tiers=bought["from_tiers"],
        from_campaigns=bought["from_campaigns"],
        pending=lots["pending"],
        active=lots["active"],
        reserved=purses.get(_HELD, 0),
        redeemed=gone["redeemed"],
        expired=gone["expired"] + lots["unswept"],
        unswept=lots["unswept"],
        cancelled=gone["cancelled"],
        returned=kinds.get("return", 0),
        recovered=kinds.get("recovery", 0),
        given_up=kinds.get("left", 0),
        owed=purses.get(_OWED, 0),
        budgets=purses.get(_BUDGET, 0),
        returns=returns,
        checks=(),
    )
    return replace(report, checks=_checks(report, purses.get(_POINTS.purpose, 0)))


def _checks(report: Report, in_purses: int) -> tuple[Check, ...]:
    ends = report.reserved + report.redeemed + report.expired + report.cancelled
    return (
        Check(
            "issued = pending + active + reserved + redeemed + expired + cancelled", report.issued, report.pending + report.active + ends
        ),
        Check("issued = from rules + from tiers + from campaigns", report.issued, _earned(report)),
        Check("cancelled = returned + recovered + given up", report.cancelled, report.returned + report.recovered + report.given_up),
        Check("returned = what returns say that they took", report.returned, sum(one.taken for one in report.returns)),
        Check(
            "recovered + owed = what returns say that they are owed",
            report.recovered + report.owed,
            sum(one.owed for one in report.returns),
        ),
        Check("pending + active + unswept = what is in members' purses", report.pending + report.active + report.unswept, in_purses),
    )


def _earned(report: Report) -> int:
    return report.from_rules + report.from_tiers + report.from_campaigns


def _gone(connection: Connection, program_id: UUID) -> dict[str, int]:
    """What the program's own accounts say: what was given out (with what waits in budgets), and where points ended."""
    ends = {
        account.purpose: account for make in (accounts.redeemed, accounts.expired, accounts.cancelled) for account in [make(program_id)]
    }
    source = accounts.issued(program_id)
    found = balances(connection, [source, *ends.values()])
    return {"issued": -found[source], **{name: found[account] for name, account in ends.items()}}


def _purses(connection: Connection, program_id: UUID) -> dict[str, int]:
    """Sums over members' and campaigns' accounts, by what they are for."""
    wanted = [_POINTS.purpose, _HELD, _OWED, _BUDGET]
    statement = (
        select(board.c.purpose, func.sum(board.c.balance))
        .where(board.c.book == number_of(accounts.book_of(program_id)), board.c.purpose.in_(wanted))
        .group_by(board.c.purpose)
    )
    return {purpose: int(total) for purpose, total in connection.execute(statement)}


def _lots(connection: Connection, program_id: UUID, at: datetime) -> dict[str, int]:
    """What is left in lots: usable later, usable now, or past its time."""
    state = case((lot.c.expires_at <= at, "unswept"), (lot.c.usable_from > at, "pending"), else_="active")
    statement = (
        select(state, func.sum(lot.c.left)).where(lot.c.book == number_of(accounts.book_of(program_id)), lot.c.left > 0).group_by(state)
    )
    return {"pending": 0, "active": 0, "unswept": 0} | {name: int(total) for name, total in connection.execute(statement)}


def _cancellations(connection: Connection, program_id: UUID) -> dict[str, int]:
    """What was cancelled, by the kind of posting."""
    target = accounts.cancelled(program_id).id
    statement = select(posting.c.kind, func.sum(posting.c.amount)).where(posting.c.target == target).group_by(posting.c.kind)
    return {kind: int(total) for kind, total in connection.execute(statement)}


def _purchases(connection: Connection, program_id: UUID) -> Mapping[str, int]:
    sums = {
        "purchases": func.count(),
        "spent": func.sum(purchase.c.amount),
        "from_rules": func.sum(purchase.c.base_points),
        "from_tiers": func.sum(purchase.c.tier_points),
        "from_campaigns": func.sum(purchase.c.campaign_points),
    }
    earned = select(*sums.values()).where(purchase.c.program == program_id, purchase.c.status == "earned")
    return {name: int(total or 0) for name, total in zip(sums, connection.execute(earned).one(), strict=True)}


def _returns(connection: Connection, program_id: UUID) -> tuple[ReturnsSum, ...]:
    table = purchase_return
    sums = [func.coalesce(func.sum(column), 0) for column in (table.c.amount, table.c.points, table.c.taken, table.c.owed)]
    statement = (
        select(table.c.status, table.c.policy, func.count(), *sums)
        .where(table.c.program == program_id)
        .group_by(table.c.status, table.c.policy)
        .order_by(table.c.status, table.c.policy)
    )
    return tuple(ReturnsSum(status, policy, *map(int, numbers)) for status, policy, *numbers in connection.execute(statement))


def _members(connection: Connection, program_id: UUID) -> int:
    belongs = membership.c.program == program_id, membership.c.status == "active"
    return connection.execute(select(func.count()).select_from(membership).where(*belongs)).scalar_one()

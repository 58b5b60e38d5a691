"""Rows become events, decided in the file's order, each at its own time and once for ever by its own id."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeAlias, TypeGuard
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from laurels.core.errors import DomainError, Unavailable
from laurels.core.imports import ImportStopped, Refused, Tell
from laurels.core.text_files import FileUnusable
from laurels.jobs.timetable import Workplace
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.events import check_sent
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.events import DECIDED, Event
from laurels.products.loyalty.errors import ProgramClosed
from laurels.products.loyalty.imports.people import bring_people, strangers
from laurels.products.loyalty.imports.rows import FileRow, PurchaseRow, ReturnRow, Skipped, Why
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of
from laurels.products.loyalty.queries.events import purchases_by_id, returns_by_id
from laurels.products.loyalty.rules import Line, Purchase

ACTOR = "import"
"""Who acts, in the entries of an import."""

ROWS_AT_ONCE = 5_000
"""Rows whose people are looked up together."""

MAX_PEOPLE = 1_000_000
"""Most people that one file may name: what it names them by is kept in memory."""

MAX_WAITING = 1_000_000
"""Most events of one file that may have to wait: their ids are kept in memory."""

WAITING_AT_ONCE = 1_000

SoundRow: TypeAlias = PurchaseRow | ReturnRow


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a file is taken in.

    Attributes:
        makes_members: whether whoever it names is made a member, of the community and of the program.
        applies_returns: whether its returns count; else they are left out.
    """

    makes_members: bool = True
    applies_returns: bool = True


@dataclass(slots=True)
class Summary:
    """What a file held, and what became of it.

    Attributes:
        purchases: in the file, but for those that can't be read; and so are `returns`, unless they are left out.
        earned: purchases that earned now, also those of which that was 0 points.
        reversed: returns that were applied now.
        replayed: purchases and returns that were decided before.
        refused: rows that brought nothing, by the code of what refused them.
        left_out: lines that name no customer, and returns where they aren't wanted.
        waiting: events that wait for their member or their purchase.
        points: what the purchases counted as `earned` earned; returns don't lower it.
        people: whom the file names, but for returns that name a purchase.
        created: of them, made members of the community by this import; of a program: `joined`.
    """

    purchases: int = 0
    returns: int = 0
    earned: int = 0
    reversed: int = 0
    replayed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    points: int = 0
    people: int = 0
    created: int = 0
    joined: int = 0


def import_purchases(
    workplace: Workplace, program: UUID, rows: Iterable[FileRow], wishes: Wishes, *, tell: Tell = lambda refused: None
) -> Summary:
    """Post a file's rows: purchases earn and returns take back, each at its own time, untold; blocks.

    A row whose event was decided before changes nothing. The members who
    join by it join at the time of their first event in its part of the file.

    Args:
        tell: called with each row that brought nothing.

    Raises:
        Missing: there is no such program.
        ProgramClosed: it doesn't run: a draft, paused or archived.
        FileUnusable: it names more than `MAX_PEOPLE` people, or more than `MAX_WAITING` events wait.
        ImportStopped: the writer or the database failed; what was posted stands.
    """
    run = _Import(workplace, _running(workplace, program), wishes, tell)
    try:
        for decided in decide_events(workplace, program, run.events(rows), Manner(ACTOR, at=None, is_told=False)):
            run.settle(decided)
        run.settle_waiting()
    except (Unavailable, SQLAlchemyError) as error:
        raise ImportStopped(run.line) from error
    return run.summary


def survey_purchases(
    workplace: Workplace, program: UUID, rows: Iterable[FileRow], wishes: Wishes, *, tell: Tell = lambda refused: None
) -> Summary:
    """Read a file and count what an import would meet, as far as that shows without deciding; writes nothing.

    `created` and `joined` tell how many would be.

    Raises:
        Missing, ProgramClosed, FileUnusable: as `import_purchases` does.
    """
    run = _Import(workplace, _running(workplace, program), wishes, tell)
    run.survey(rows)
    return run.summary


def _running(workplace: Workplace, program: UUID) -> Configuration:
    found = configuration_of(workplace.database, program)
    if found.program.status != "active":
        raise ProgramClosed(status=found.program.status)
    return found


class _Import:
    """One run: who is known, which rows wait for their outcome."""

    def __init__(self, workplace: Workplace, configuration: Configuration, wishes: Wishes, tell: Tell) -> None:
        self.summary = Summary()
        self._workplace = workplace
        self._configuration = configuration
        self._program = configuration.program.id
        self._wishes = wishes
        self._tell = tell
        self._people: set[str] = set()
        self._lines: deque[int] = deque()
        self._waiting: list[UUID] = []

    @property
    def line(self) -> int:
        """The first line of the file of which it isn't known what became."""
        return self._lines[0] if self._lines else 1

    def events(self, rows: Iterable[FileRow]) -> Iterator[Event]:
        """The events of the sound rows, in the file's order; whoever they name is met before."""
        for page in self._pages(rows):
            newcomers = self._newcomers(page)
            if newcomers and self._wishes.makes_members:
                brought = bring_people(self._workplace, self._program, newcomers, actor=ACTOR)
                self.summary.created += brought.created
                self.summary.joined += brought.joined
            for row in page:
                self._lines.append(row.line)
                yield self._event(row)

    def survey(self, rows: Iterable[FileRow]) -> None:
        """Count the sound rows, and whom they name that would have to be made a member."""
        for page in self._pages(rows):
            newcomers = self._newcomers(page)
            if newcomers and self._wishes.makes_members:
                found = strangers(self._workplace, self._program, newcomers)
                self.summary.joined += len(found)
                self.summary.created += sum(member is None for member in found.values())

    def settle(self, decided: Decided) -> None:
        """Count what became of the row that has waited longest."""
        line = self._lines.popleft()
        if decided.refusal is not None:
            self._refuse(line, decided.refusal.code, str(decided.refusal))
        elif decided.status == "waiting":
            if len(self._waiting) >= MAX_WAITING:
                raise FileUnusable(f"more than {MAX_WAITING:,} of its events wait for members who haven't joined: have them join first")
            self._waiting.append(decided.event.id)
        elif decided.is_replay:
            self.summary.replayed += 1
        else:
            self._count(decided.status, decided.points)

    def settle_waiting(self) -> None:
        """Count what became of events that had to wait: of a return whose purchase stands further down in the file, say."""
        for start in range(0, len(self._waiting), WAITING_AT_ONCE):
            ids = self._waiting[start : start + WAITING_AT_ONCE]
            with self._workplace.database.read.connect() as connection:
                found: list[Event] = [*purchases_by_id(connection, ids).values(), *returns_by_id(connection, ids).values()]
            for event in found:
                if event.status in DECIDED:
                    self._count(event.status, event.points)
                else:
                    self.summary.waiting += 1

    def _pages(self, rows: Iterable[FileRow]) -> Iterator[list[SoundRow]]:
        stream = iter(rows)
        while page := list(islice(stream, ROWS_AT_ONCE)):
            yield [row for row in page if self._is_sound(row)]

    def _is_sound(self, row: FileRow) -> TypeGuard[SoundRow]:
        """Count a row, and tell whether it can be decided; if not, why."""
        match row:
            case Skipped(why=Why.NO_CUSTOMER):
                self.summary.left_out[row.why] += 1
                return False
            case Skipped():
                self._refuse(row.line, row.why, row.reason)
                return False
            case ReturnRow() if not self._wishes.applies_returns:
                self.summary.left_out["returns"] += 1
                return False
            case ReturnRow():
                self.summary.returns += 1
            case _:
                self.summary.purchases += 1
        try:
            check_sent(self._configuration, row.currency, row.occurred_at, self._workplace.clock.now())
        except DomainError as refusal:
            self._refuse(row.line, refusal.code, str(refusal))
            return False
        if isinstance(row, ReturnRow) and not row.amount:
            self._refuse(row.line, "worthless", f"{row.return_id}: a return of nothing: there is nothing to take back")
            return False
        return True

    def _newcomers(self, page: Iterable[SoundRow]) -> dict[str, datetime]:
        """Whom a page is the first to name, with the time of their first event in it."""
        found: dict[str, datetime] = {}
        for row in page:
            # A return that names its purchase is whosever the purchase is.
            if row.member not in self._people and not (isinstance(row, ReturnRow) and row.purchase is not None):
                found[row.member] = min(row.occurred_at, found.get(row.member, row.occurred_at))
        if len(self._people) + len(found) > MAX_PEOPLE:
            raise FileUnusable(f"the file names more than {MAX_PEOPLE:,} people: import it in parts")
        self._people.update(found)
        self.summary.people = len(self._people)
        return found

    def _event(self, row: SoundRow) -> Event:
        program, now = self._program, self._workplace.clock.now()
        if isinstance(row, PurchaseRow):
            lines = tuple(Line(category, amount) for category, amount in row.lines)
            sent = Purchase(row.transaction_id, row.member, row.amount, row.currency, row.occurred_at, lines)
            return purchase_row(program, sent, now=now)
        whose, purchase = (row.member, None) if row.purchase is None else (None, row.purchase)
        return return_row(
            program,
            row.return_id,
            amount=row.amount,
            occurred_at=row.occurred_at,
            now=now,
            transaction_id=purchase,
            member_ref=whose,
        )

    def _count(self, status: str, points: int) -> None:
        if status == "earned":
            self.summary.earned += 1
            self.summary.points += points
        else:
            self.summary.reversed += 1

    def _refuse(self, line: int, code: str, reason: str) -> None:
        self.summary.refused[code] += 1
        self._tell(Refused(line, code, reason))

"""Rows become awards: posted in order, each at its own time, once for ever by its event id."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from laurels.core.delimited import Unreadable
from laurels.core.errors import DomainError, Missing, Unavailable
from laurels.core.ids import new_id
from laurels.core.imports import ImportStopped, Refused, Tell
from laurels.core.text_files import FileUnusable
from laurels.identity.actions import ensure_members
from laurels.jobs.timetable import Workplace
from laurels.ledger.writer import Posted
from laurels.products.progress.actions.awarding import Award, Office, award_all, event_key
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.imports.rows import ActivityRow
from laurels.products.progress.queries.whose import members_named
from laurels.products.progress.rules import Source
from laurels.web.forms import uuid_of

ACTOR = "import"
"""Who acts, in the entries of an import."""

ROWS_AT_ONCE = 5_000
"""Rows whose members are looked up together."""

MAX_PEOPLE = 1_000_000
"""Most people that one file may name: their ids are kept in memory."""


@dataclass(slots=True)
class Summary:
    """What became of a file's rows.

    Attributes:
        awarded: rows that brought points now.
        replayed: rows that were awarded before.
        refused: rows that brought nothing, by the code of what refused them.
        points: what the rows counted as `awarded` brought, after multipliers and caps.
        people: whom the file names and who are members; `created`: of them, made by this import.
    """

    awarded: int = 0
    replayed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    points: int = 0
    people: int = 0
    created: int = 0


def import_activities(workplace: Workplace, rows: Iterable[ActivityRow | Unreadable], *, tell: Tell = lambda refused: None) -> Summary:
    """Award a file's activities, each at its own time, untold; blocks. Rows awarded before change nothing.

    They extend streaks and count on the boards of their time. They complete
    no goal or quest, and their days pay no bonus. Whoever isn't here becomes a
    member by student id, without a password.

    Args:
        tell: called with each row that brought nothing.

    Raises:
        FileUnusable: it names more than `MAX_PEOPLE` people.
        ImportStopped: the writer or the database failed; what was posted stands.
    """
    run = _Import(workplace, tell)
    office = Office(workplace.database, workplace.writer, workplace.settings.zone)
    try:
        for outcome in award_all(office, run.awards(rows), at=None, actor=ACTOR, is_past=True, is_told=False):
            run.settle(outcome)
    except (Unavailable, SQLAlchemyError) as error:
        raise run.stopped() from error
    return run.summary


class _Import:
    """One run: who is known, which rows wait for their outcome."""

    def __init__(self, workplace: Workplace, tell: Tell) -> None:
        self.summary = Summary()
        self._workplace = workplace
        self._tell = tell
        self._people: dict[str, UUID] = {}
        self._lines: deque[int] = deque()

    def awards(self, rows: Iterable[ActivityRow | Unreadable]) -> Iterator[Award]:
        """The awards of the sound rows, in the file's order; whoever they name is a member by then."""
        stream = iter(rows)
        while page := list(islice(stream, ROWS_AT_ONCE)):
            sound = [row for row in page if isinstance(row, ActivityRow)]
            self._know({row.member for row in sound})
            for row in page:
                if (award := self._award(row)) is not None:
                    self._lines.append(row.line)
                    yield award

    def settle(self, outcome: Posted[Any] | Exception) -> None:
        """Count what became of the row that has waited longest.

        Raises:
            ImportStopped: it couldn't be written.
        """
        if isinstance(outcome, Exception) and (isinstance(outcome, Unavailable) or not isinstance(outcome, DomainError)):
            raise self.stopped() from outcome
        line = self._lines.popleft()
        if isinstance(outcome, DomainError):
            self._refuse(line, outcome.code, str(outcome))
        elif isinstance(outcome, Posted) and outcome.is_replay:
            self.summary.replayed += 1
        elif isinstance(outcome, Posted):
            self.summary.awarded += 1
            self.summary.points += outcome.answer.amount

    def stopped(self) -> ImportStopped:
        """That the row that has waited longest couldn't be written."""
        line = self._lines[0] if self._lines else 1
        return ImportStopped(line)

    def _know(self, named: set[str]) -> None:
        """Look up whom rows name, and make members of those who aren't here; of nobody's member id nobody is made."""
        unknown = named - self._people.keys()
        if len(self._people) + len(unknown) > MAX_PEOPLE:
            raise FileUnusable(f"it names more than {MAX_PEOPLE:,} people: import it in parts")
        if not unknown:
            return
        with self._workplace.database.read.connect() as connection:
            known = members_named(connection, unknown)
        missing = sorted(name for name in unknown - known.keys() if uuid_of(name) is None)
        if missing:
            zone = self._workplace.settings.time_zone
            with self._workplace.database.write.begin() as connection:
                known |= ensure_members(connection, missing, now=self._workplace.clock.now(), time_zone=zone)
        self._people |= known
        self.summary.people = len(self._people)
        self.summary.created += len(missing)

    def _award(self, row: ActivityRow | Unreadable) -> Award | None:
        """What a row asks for; a row that can't be awarded is told."""
        if isinstance(row, Unreadable):
            self._refuse(row.line, "unreadable", row.reason)
        elif row.occurred_at > self._workplace.clock.now():
            self._refuse(row.line, "in-future", "its time hasn't come yet: leave the row out until then")
        elif (who := self._people.get(row.member)) is None:
            self._refuse(row.line, Missing.code, f"there is no member {row.member}: write a student id, or the id of a member who is here")
        else:
            giving = Giving(
                activity=new_id(),
                member=who,
                asked=row.points,
                kind=row.kind,
                description=row.description,
                occurred_at=row.occurred_at,
                source=Source.IMPORT.value,
                topic=row.topic,
            )
            return Award(giving, event_key(row.event_id, giving))
        return None

    def _refuse(self, line: int, code: str, reason: str) -> None:
        self.summary.refused[code] += 1
        self._tell(Refused(line, code, reason))

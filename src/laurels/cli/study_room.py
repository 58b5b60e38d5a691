"""What study's commands work with: a database, a writer and study's parts, without a server; and classes and members by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, and_, select

from laurels.cli.opening import CommandFailed, opened_for_writing
from laurels.core.clock import SystemClock
from laurels.core.settings import Settings
from laurels.identity.queries import find_member, find_member_by_name
from laurels.identity.tables import Member
from laurels.jobs import JobContext
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Writer
from laurels.model import open_model
from laurels.products.study.desk import Desk, open_desk
from laurels.products.study.jobs import read_documents
from laurels.products.study.queries.classes import find_by_code
from laurels.products.study.rules.codes import read_code
from laurels.products.study.tables import StudyClass, study_class
from laurels.web.caller import Caller, Role


@dataclass(frozen=True, slots=True)
class StudyRoom:
    """A workplace, and study's parts in it."""

    place: Workshop
    desk: Desk

    def read(self) -> None:
        """Read the documents that are due, as the worker does; those that another process reads are left to it."""
        now = self.place.clock.now()
        read_documents(
            JobContext(self.place.settings, self.place.clock, self.place.database, self.place.writer, now, "cli", now, lambda: False),
            self.desk,
        )


@contextmanager
def opened_study(settings: Settings) -> Iterator[StudyRoom]:
    """Study's parts, while the block runs.

    Raises:
        CommandFailed: the schema must be migrated first.
    """
    with opened_for_writing(settings) as database:
        clock = SystemClock()
        writer = Writer(database, clock)
        writer.start()
        try:
            yield StudyRoom(Workshop(settings, clock, database, writer), open_desk(settings, open_model(settings, clock=clock)))
        finally:
            writer.stop()


def named_class(connection: Connection, named: str) -> StudyClass:
    """A class by its id or its code.

    Raises:
        CommandFailed: there is none.
    """
    class_id = _as_id(named) or find_by_code(connection, read_code(named))
    there = and_(study_class.c.id == class_id, study_class.c.deleted_at.is_(None))
    row = None if class_id is None else connection.execute(select(study_class).where(there)).one_or_none()
    if row is None:
        raise CommandFailed(f"There is no class {named}. List them: laurels study classes")
    return StudyClass(*row)


def named_member(connection: Connection, named: str | None, room: StudyClass) -> Member:
    """A member by email, student id or username; None: the class's owner.

    Raises:
        CommandFailed: there is none.
    """
    found = find_member(connection, room.owner_id) if named is None else find_member_by_name(connection, named)
    if found is None:
        raise CommandFailed(f"There is no member {named}. Write an email, a student id or a username.")
    return found


def acting_as(who: Member) -> Caller:
    """A member as actions know callers; no session vouches for it, but whoever may use this machine."""
    return Caller(who.id, Role(who.role), who.id, who.student_id, who.display_name or "", who.time_zone, who.locale, "bearer")


def _as_id(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None

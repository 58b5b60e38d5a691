"""study classes, upload, ask, reprocess and usage: classes from the command line."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
import sys
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import select
from starlette.datastructures import UploadFile
import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, read_settings
from laurels.cli.showing import progress, remarks, say, say_json, say_table
from laurels.cli.study_room import StudyRoom, acting_as, named_class, named_member, opened_study
from laurels.core.clock import SystemClock
from laurels.core.database import among
from laurels.core.errors import DomainError
from laurels.ledger.writer import Proposal
from laurels.products.study.actions.documents import upload as take_in
from laurels.products.study.actions.drafting import Draught
from laurels.products.study.actions.relaying import ALIAS, Asker, Conversation, Relayed, relay
from laurels.products.study.bounds import MAX_QUESTION
from laurels.products.study.decisions.documents import ReprocessDocument, Shelf
from laurels.products.study.queries.members import MemberSeen, walk_members
from laurels.products.study.queries.monitoring import ClassRow, list_class_rows
from laurels.products.study.queries.usage_records import RecordFilter, walk_records
from laurels.products.study.rules.windows import windows_at
from laurels.products.study.schemas.lines import MEMBER_COLUMNS, RECORD_COLUMNS, member_line, record_line
from laurels.products.study.tables import StudyClass, StudyDocument, study_class, study_document
from laurels.web.caller import Caller
from laurels.web.csv_answers import Cell, csv_pieces

MAX_LISTED = 1_000
MAX_RECORDS = 100_000
"""Most calls of one table; older ones are left out."""

ClassName = Annotated[str, typer.Argument(metavar="CLASS", help="Its id or its code, as `classes` lists them.")]
MemberName = Annotated[str | None, typer.Option(help="Email, student id or username of whoever acts; by default the class's owner.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Look after classes: their documents, questions and tokens.")
    group.command(epilog="Example: **laurels study classes --json**")(classes)
    group.command(epilog="Example: **laurels study upload EC9L-GY26 slides/*.pdf**")(upload)
    group.command(epilog='Example: **laurels study ask EC9L-GY26 "What is a keystone species?"**')(ask)
    group.command(epilog="Example: **laurels study reprocess --failed**")(reprocess)
    group.command(epilog="Example: **laurels study usage EC9L-GY26 --csv > usage.csv**")(usage)
    app.add_typer(group, name="study")


def classes(as_json: AsJson = False) -> None:
    """List classes, the newest first, with their documents and the tokens of this month."""
    settings = read_settings()
    since = windows_at(SystemClock().now(), settings.zone)[2].last_reset
    with opened_for_reading(settings) as connection:
        rows, has_more = list_class_rows(connection, since=since, limit=MAX_LISTED)
        wanted = among(connection.dialect, study_class.c.id, [row.id for row in rows])
        codes = {row.id: row.class_code for row in connection.execute(select(study_class.c.id, study_class.c.class_code).where(wanted))}
    if as_json:
        say_json([{**_told(row), "class_code": codes[row.id]} for row in rows])
        return
    header = ("id", "code", "name", "owner", "members", "documents", "failed", "tokens", "")
    say_table(header, [_line(row, codes[row.id]) for row in rows])
    if has_more:
        remarks.print(f"There are more: only the newest {MAX_LISTED} are shown.")


def upload(
    named: ClassName,
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, readable=True, help="PDF, Word, PowerPoint, text, HTML.")],
    member: MemberName = None,
) -> None:
    """Upload documents to a class, and read them.

    A file that is refused keeps none of the others back; then the exit code is 1.
    """
    with opened_study(read_settings()) as room:
        with room.place.database.read.connect() as connection:
            of_class = named_class(connection, named)
            who = named_member(connection, member, of_class)
        added = asyncio.run(_upload(room, of_class, acting_as(who), files))
        with progress("Reading", None):
            room.read()
        _show(room, added)
    if len(added) < len(files):
        raise typer.Exit(1)


async def _upload(room: StudyRoom, of_class: StudyClass, caller: Caller, files: Sequence[Path]) -> list[UUID]:
    """Take files in, one after another; gives the documents of those that weren't refused."""
    added: list[UUID] = []
    with progress("Uploading", len(files)) as advance:
        for file in files:
            try:
                with file.open("rb") as opened:
                    sent = UploadFile(opened, filename=file.name)
                    posted = await take_in(room.place, room.desk, caller, Shelf(of_class.id), sent)
                added.append(posted.answer.document)
            except DomainError as refusal:
                say(f"{file}: {refusal}")
            advance(1)
    return added


def ask(
    named: ClassName,
    question: Annotated[str, typer.Argument(help="What to ask the class's documents.")],
    member: MemberName = None,
    as_json: AsJson = False,
) -> None:
    """Ask as a member, within their limits: by the model, or, without one, by quoting the documents. No chat is kept."""
    if not 0 < len(question.strip()) <= MAX_QUESTION:
        raise CommandFailed(f"Ask in 1 to {MAX_QUESTION} characters.", code=2)
    with opened_study(read_settings()) as room:
        with room.place.database.read.connect() as connection:
            of_class = named_class(connection, named)
            who = named_member(connection, member, of_class)
        asker = Asker(who.id, f"member/{who.id}", who.locale)
        relayed, draught = asyncio.run(_ask(room, of_class, asker, Conversation(ALIAS, question)))
    tokens = 0 if draught.spent is None else draught.spent.tokens
    if as_json:
        sources = [
            {"number": one.number, "document": one.hit.document, "filename": one.filename, "page": one.page} for one in relayed.cited
        ]
        say_json({"answer": draught.content, "model": relayed.model, "tokens": tokens, "sources": sources})
        return
    say(draught.content)
    for one in relayed.cited:
        say(f"[{one.number}] {one.filename}, {one.page}")
    remarks.print(f"{relayed.model}, {tokens} tokens")


async def _ask(room: StudyRoom, of_class: StudyClass, asker: Asker, asked: Conversation) -> tuple[Relayed, Draught]:
    try:
        relayed = await relay(room.place, room.desk, asker, of_class.id, asked)
        async for _ in relayed.running.events.read():
            pass  # it is shown whole
        return relayed, relayed.whole()
    finally:
        await room.desk.answers.close()
        if room.desk.model is not None:
            await room.desk.model.close()


def reprocess(
    documents: Annotated[list[UUID] | None, typer.Argument(metavar="[DOCUMENT]...", help="Their ids.", show_default=False)] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that couldn't be read.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="All, also those that were read: after an upgrade that reads better.")] = False,
) -> None:
    """Read documents anew from their files. They aren't found meanwhile; those of archived classes stay as they are."""
    if sum((bool(documents), failed, everything)) != 1:
        raise CommandFailed("Say which: documents' ids, --failed or --all.", code=2)
    with opened_study(read_settings()) as room:
        wanted = list(_to_read_anew(room, documents or [], is_failed_alone=failed))
        again, refused = 0, 0
        for outcome in room.place.writer.post_all(wanted):
            if isinstance(outcome, Exception) and not isinstance(outcome, DomainError):
                raise outcome
            again += not isinstance(outcome, Exception)
            refused += isinstance(outcome, Exception)
        with progress("Reading", None):
            room.read()
    say(f"again={again} refused={refused}")
    if len(documents or []) > again:
        raise typer.Exit(1)


def _to_read_anew(room: StudyRoom, documents: Sequence[UUID], *, is_failed_alone: bool) -> Iterator[Proposal[Any]]:
    """As the members who may have them read: a class's owner, and whoever uploaded to a chat of theirs."""
    row, now = study_document.c, room.place.clock.now()
    found = select(study_document, study_class.c.owner_id).join(study_class, study_class.c.id == row.class_id)
    found = found.where(row.deleted_at.is_(None), study_class.c.deleted_at.is_(None))
    with room.place.database.read.connect() as connection:
        if documents:
            found = found.where(among(connection.dialect, row.id, documents))
        else:
            found = found.where(row.processing_status.in_(("FAILED",) if is_failed_alone else ("FAILED", "READY")))
        rows = connection.execute(found.order_by(row.created_at, row.id)).all()
    for one in rows:
        document = StudyDocument(*one[:-1])
        who = one.owner_id if document.session_id is None else document.uploaded_by
        yield Proposal(ReprocessDocument(document.id, Shelf(document.class_id, document.session_id), who), now, f"member/{who}")


def usage(
    named: ClassName,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write what members used, with their limits, as a table for spreadsheets.")] = False,
    records: Annotated[bool, typer.Option("--records", help="Write each call of a model instead, as such a table.")] = False,
) -> None:
    """Tell what the members of a class used of their tokens: today, this week and this month in the class's zone."""
    settings = read_settings()
    with opened_for_reading(settings) as connection:
        room = named_class(connection, named)

        def connect() -> nullcontext[Any]:
            return nullcontext(connection)

        if records:
            lines = (
                record_line(row, settings.model_currency) for row in walk_records(connect, RecordFilter(None, room.id), most=MAX_RECORDS)
            )
            _write_csv(RECORD_COLUMNS, lines)
            return
        members = walk_members(connect, room, at=SystemClock().now())
        if as_csv:
            _write_csv(MEMBER_COLUMNS, (member_line(row) for row in members))
            return
        rows = [(row.student_id or "", row.display_name or "", *_used(row)) for row in members]
    say_table(("student id", "name", "today", "this week", "this month"), rows)


def _used(row: MemberSeen) -> list[int]:
    """What a member used or has set aside, whoever pays: of the day, the week and the month."""
    payers = [row.use.own, *([row.use.share] if row.use.share else [])]
    return [sum(used.used + used.held for used in period) for period in zip(*payers, strict=True)]


def _write_csv(header: Sequence[str], lines: Iterator[Sequence[Cell]]) -> None:
    for piece in csv_pieces(header, lines):
        sys.stdout.write(piece.decode())


def _show(room: StudyRoom, added: Sequence[UUID]) -> None:
    row = study_document.c
    with room.place.database.read.connect() as connection:
        found = select(study_document).where(among(connection.dialect, row.id, added)).order_by(row.created_at, row.id)
        documents = [StudyDocument(*one) for one in connection.execute(found)]
    lines = [
        (one.id, one.filename, one.processing_status, one.pages or 0, one.passages or 0, one.error or one.note or "") for one in documents
    ]
    if lines:
        say_table(("id", "file", "status", "pages", "passages", ""), lines)


def _told(row: ClassRow) -> dict[str, Any]:
    """A class with the fields that the API gives it, as far as it has them."""
    told = {"id": row.id, "name": row.name, "owner": row.owner_name, "is_active": row.is_active, "created_at": row.created_at}
    return {**told, "members": row.members, "documents": row.documents, "tokens": row.tokens, "cost_millionths": row.cost}


def _line(row: ClassRow, code: str) -> tuple[Any, ...]:
    documents = sum(row.documents.values())
    state = "" if row.is_active else "archived"
    failed = row.documents.get("FAILED", 0)
    return row.id, code, row.name, row.owner_name or "-", row.members, documents, failed, row.tokens, state

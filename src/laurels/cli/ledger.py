"""ledger verify, ledger statement: the books, read."""

from typing import Annotated

import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, read_settings
from laurels.cli.showing import progress, remarks, say, say_json, say_table
from laurels.core.errors import Missing
from laurels.identity.queries import find_member_by_name
from laurels.ledger.reader import Movement, heads, journal, verify
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.queries import list_statement

MAX_LINES = 1_000

Limit = Annotated[int, typer.Option(min=1, max=MAX_LINES, help="Most lines.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Prove the books, and read them.")
    group.command("verify", epilog="Example: **laurels ledger verify --expect 63fe06a8…** (a hash that it printed earlier)")(verify_books)
    group.command("statement", epilog="Example: **laurels ledger statement --member 323 --limit 20**")(show_statement)
    app.add_typer(group, name="ledger")


def verify_books(
    expect: Annotated[str | None, typer.Option(help="A head's hash noted earlier: tells entries that were cut off since.")] = None,
) -> None:
    """Replay every posting and the hash chain; the last line says `ok`, or the rows at fault are named.

    Note the heads that it prints, somewhere else: with `--expect` they prove later that nothing before them was rewritten.
    """
    with opened_for_reading(read_settings()) as connection:
        total = sum(head.sequence for head in heads(connection))
        with progress("Replaying", total) as advance:
            seen = verify(connection, expect=expect, progress=advance)
    for name, digest in sorted(seen.heads.items()):
        say(f"head of {name}: {digest}")
    if not seen.is_clean:
        for finding in seen.findings:
            say(str(finding))
        noun = "fault" if seen.faults == 1 else "faults"
        raise CommandFailed(
            f"The ledger isn't as it was written: {seen.faults} {noun}. Keep a copy of the database, then restore a backup."
        )
    say(f"ok: {seen.entries} entries, {seen.postings} postings, {seen.accounts} accounts, {seen.books} books")


def show_statement(
    member: Annotated[str | None, typer.Option(help="Whose credits: an email, username or student id.")] = None,
    book: Annotated[str, typer.Option(help="Without a member: every posting of this book.")] = "recognition",
    limit: Limit = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Show postings, newest first: of a member's credits, or of a whole book."""
    settings = read_settings()
    with opened_for_reading(settings) as connection:
        if member is None:
            _show_journal(journal(connection, book, limit=limit), as_json=as_json)
            return
        found = find_member_by_name(connection, member)
        if found is None:
            raise Missing(what="member")
        lines = list_statement(connection, found.id, policy=policy_of(settings), limit=limit).items
    if as_json:
        say_json(list(lines))
        return
    rows = [
        (
            f"{line.created_at:%Y-%m-%d %H:%M}",
            line.kind.value,
            line.purse,
            f"{line.credits_delta:+d}",
            line.running_balance,
            line.source_ref or "",
        )
        for line in lines
    ]
    say_table(("at (UTC)", "kind", "purse", "credits", "balance", "about"), rows)


def _show_journal(movements: list[Movement], *, as_json: bool) -> None:
    if as_json:
        say_json(movements)
        return
    if not movements:
        remarks.print("No postings yet.")
    rows = [
        (one.sequence, f"{one.occurred_at:%Y-%m-%d %H:%M}", one.name, one.kind, one.amount, one.source, one.target) for one in movements
    ]
    say_table(("entry", "at (UTC)", "decision", "kind", "amount", "from", "to"), rows)

"""pot verify, pot show: the rounds checked, and the one that goes on."""

from pathlib import Path
from typing import Annotated

import typer

from laurels.cli.opening import CommandFailed, opened_for_reading, read_settings
from laurels.cli.showing import progress, say, say_json, say_table
from laurels.products.pot.queries import PotNow, Verified, find_pot, read_pot, verify_pot
from laurels.products.pot.rules import MAX_PROOF_BYTES, read_params, read_proof

FINDINGS_SHOWN = 100


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    group = typer.Typer(no_args_is_help=True, help="Look at the pot, and prove that its draws were fair.")
    group.command("verify", epilog="Example: **laurels pot verify --round 3**")(verify_rounds)
    group.command("show", epilog="Example: **laurels pot show --json**")(show_pot)
    app.add_typer(group, name="pot")


def verify_rounds(
    number: Annotated[int | None, typer.Option("--round", min=1, help="Only this round, which has ended.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="A proof that was downloaded: checked by what it says, without a database.", show_default=False)
    ] = None,
) -> None:
    """Verify every round that ended: its commitment, each price, chance and draw, who won, and that the ledger moved the same coins.

    The last line counts what was seen. Findings name the draw at fault; then the exit code is 1.
    """
    if file is not None and number is not None:
        raise CommandFailed("--round and --file: a file holds one round already. Name one of them.", code=2)
    seen = _verify_database(number) if file is None else _verify_file(file)
    for finding in seen.findings[:FINDINGS_SHOWN]:
        say(str(finding))
    if seen.faults > FINDINGS_SHOWN:
        say(f"... and {seen.faults - FINDINGS_SHOWN} findings more")
    if seen.paid_in is not None:
        say(f"in={seen.paid_in} out={seen.paid_out} coins")
    say(f"rounds={seen.rounds} draws={seen.draws} wins={seen.wins} findings={seen.faults}")
    if seen.faults:
        raise typer.Exit(1)


def _verify_database(number: int | None) -> Verified:
    with opened_for_reading(read_settings()) as connection:
        current = find_pot(connection)
        total = 1 if number is not None else current.round - 1 if current is not None else 0
        with progress("Verifying", total) as advance:
            return verify_pot(connection, number=number, advance=advance)


def _verify_file(file: Path) -> Verified:
    if file.stat().st_size > MAX_PROOF_BYTES:
        raise CommandFailed(f"{file}: a proof has at most {MAX_PROOF_BYTES // 10**6} MB.")
    try:
        proof = read_proof(file.read_bytes())
    except ValueError as error:
        raise CommandFailed(f"{file} isn't a proof: {error}. Download it again: GET /api/v1/pot/rounds/{{number}}/proof.") from None
    seen = Verified(rounds=1, draws=len(proof.draws), wins=int(proof.ended_by == "won"))
    for finding in proof.findings():
        seen.note(finding)
    return seen


def show_pot(as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False) -> None:
    """Show what is in the pot, and what the round that goes on is bound by. Its seed stays secret until it ends."""
    with opened_for_reading(read_settings()) as connection:
        now = read_pot(connection)
    told = _told(now)
    if as_json:
        say_json(told)
    else:
        say_table(("what", "is"), [(name, str(value)) for name, value in told.items()])


def _told(now: PotNow) -> dict[str, object]:
    """A pot with the fields that the API gives it."""
    row, params = now.row, read_params(now.row.params)
    return {
        "pot": now.amount,
        "round": row.round,
        "messages": row.messages,
        "paid": row.paid,
        "contributed": row.contributed,
        **params.model_dump(mode="json"),
        "commitment": row.commitment,
        "params_hash": row.params_hash,
        "opened_at": row.opened_at,
    }

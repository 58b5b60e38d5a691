"""Rounds verified: fair ones pass everywhere, and whatever is changed afterwards is found."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
import hashlib
import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import Table, update

from laurels.core.ids import new_id
from laurels.identity.audit_log import new_action
from laurels.ledger.tables import posting
from laurels.products.pot.decisions import Contribute, RefundMessage, ResetPot
from laurels.products.pot.errors import RoundGoesOn
from laurels.products.pot.queries import Verified, proof_of, verify_pot
from laurels.products.pot.rules import DEFAULT_RULES, MILLION, canonical, commitment_of, hash_of, read_proof, wins
from laurels.products.pot.rules.verifying import PublishedRound, verify_round
from laurels.products.pot.tables import pot, pot_message, pot_round
from products.pot.parlour import FIRST_SEED, Parlour

SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "verify_pot.py"
PRICES = (
    {"kind": "linear", "step": 5},
    {"kind": "capped", "step": 5, "most": 12},
    {"kind": "demand", "step": 5, "target": 2, "window_minutes": 10},
)


def test_vector_wins_where_it_should() -> None:
    assert [n for n in range(60) if wins(FIRST_SEED, "r1", n, "u1", "abc", ppm=100_000)] == [9, 23, 29, 47, 48, 54]


@pytest.mark.parametrize("ppm", [100_000, 12_345])
def test_million_draws_win_as_often_as_they_should(ppm: int) -> None:
    """A two-sided binomial test at the level of 5%, by the normal approximation: the seed is fixed, so it's the same each time."""
    draws = MILLION
    won = sum(wins(FIRST_SEED, "r7", n, "u1", "abc", ppm=ppm) for n in range(1, draws + 1))
    expected, variance = draws * ppm / MILLION, draws * ppm / MILLION * (1 - ppm / MILLION)
    assert abs(won - expected) <= 1.96 * variance**0.5


def reset(parlour: Parlour) -> None:
    """An admin empties the pot."""
    audit = new_action(actor_id=None, action="pot.reset", subject="pot/main", before={}, after={}, now=parlour.clock.at)
    parlour.post_now(ResetPot("main", "a test", audit, parlour.seeds, parlour.seeds.fresh()))


def play(parlour: Parlour, **rules: Any) -> None:
    """Three rounds: one that is won at its seventh message, one that is reset, and one that goes on."""
    parlour.begin(**rules)
    anna, ben = parlour.make_member(), parlour.make_member()
    for who in (anna, ben):
        parlour.give(who, 100_000)
    never, luck = parlour.unlucky(anna, until=6), parlour.lucky(ben, wins_at=7)
    for _ in range(3):
        parlour.send(anna, client_seed=never)
        parlour.send(ben, client_seed=parlour.unlucky(ben, until=6))
    parlour.post_now(Contribute(new_id(), anna.id, 40, parlour.clock.at, parlour.place.settings.zone))
    assert parlour.send(ben, client_seed=luck).prize
    rest(parlour, anna)


def rest(parlour: Parlour, anna: Any) -> None:
    """The rounds after the first: their seeds are drawn, so it takes as long as it takes until two messages in one win nothing."""
    while parlour.pot().messages < 2:
        parlour.send(anna)
    taken = parlour.send(anna, answer=None)
    if not taken.prize:
        row = parlour.message(taken.message)
        parlour.post_now(RefundMessage(row.id, row.member, row.pot, row.day))
    reset(parlour)
    parlour.send(anna)


def seen(parlour: Parlour, number: int | None = None) -> Verified:
    with parlour.database.read.connect() as connection:
        return verify_pot(connection, number=number)


def proof(parlour: Parlour, number: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(proof_of(parlour.database, number)))
    return found


def run_script(path: Path, told: dict[str, Any]) -> "subprocess.CompletedProcess[str]":
    path.write_text(json.dumps(told), "utf-8")
    return subprocess.run([sys.executable, "-I", str(SCRIPT), str(path)], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("price", PRICES, ids=lambda price: price["kind"])
@pytest.mark.parametrize("odds", ["flat", "falling"])
def test_fair_rounds_pass_by_every_verifier(parlour: Parlour, tmp_path: Path, price: dict[str, Any], odds: str) -> None:
    parlour.begin(seed=None, price=price, odds={"kind": odds, "ppm": 100_000}, daily_limit=None)
    anna, ben = parlour.make_member(), parlour.make_member()
    for who in (anna, ben):
        parlour.give(who, 1_000_000)
    for turn in range(30):
        parlour.later(minutes=1)
        parlour.send((anna, ben)[turn % 2], client_seed=f"turn {turn}")
    reset(parlour)
    assert seen(parlour).findings == []
    for ended in parlour.rounds():
        told = proof(parlour, ended.number)
        assert read_proof(json.dumps(told).encode()).findings() == []
        done = run_script(tmp_path / "proof.json", told)
        assert (done.returncode, f"{ended.messages} draws" in done.stdout) == (0, True), done.stderr


def test_whole_is_counted_and_balanced(parlour: Parlour, tmp_path: Path) -> None:
    play(parlour)
    all_seen, ended = seen(parlour), parlour.rounds()
    assert all_seen.findings == []
    assert (all_seen.rounds, all_seen.draws) == (len(ended), sum(one.messages for one in ended))
    assert all_seen.wins == sum(one.ended_by == "won" for one in ended) >= 1
    assert {one.ended_by for one in ended} == {"won", "reset"}
    assert all_seen.paid_in is not None and all_seen.paid_out is not None
    assert all_seen.paid_in - all_seen.paid_out == parlour.in_pot()
    emptied = next(one for one in ended if one.ended_by == "reset")
    done = run_script(tmp_path / "proof.json", proof(parlour, emptied.number))
    assert (done.returncode, "ended by: reset" in done.stdout) == (0, True), done.stderr


def test_round_that_goes_on_cannot_be_verified_yet(parlour: Parlour) -> None:
    play(parlour)
    with pytest.raises(RoundGoesOn):
        seen(parlour, parlour.pot().round)
    assert (seen(parlour, 1).rounds, seen(parlour, 1).paid_in) == (1, None)


def other_params(told: dict[str, Any]) -> None:
    told["params"] = told["params"].replace('"ppm":100000', '"ppm":100001')


def other_params_with_their_hash(told: dict[str, Any]) -> None:
    other_params(told)
    told["params_hash"] = hashlib.sha256(told["params"].encode()).hexdigest()


def dearer(told: dict[str, Any]) -> None:
    told["draws"][2]["price"] += 5


def dearer_by_its_place(told: dict[str, Any]) -> None:
    told["draws"][2]["price"] += 5
    told["draws"][2]["price_number"] += 1


def less_likely(told: dict[str, Any]) -> None:
    told["draws"][3]["ppm"] = 1


def prize_for_nothing(told: dict[str, Any]) -> None:
    told["draws"][3]["prize"] = told["draws"][3]["pot_after"]


def prize_withheld(told: dict[str, Any]) -> None:
    told["draws"][-1]["prize"] = 0


def prize_cut(told: dict[str, Any]) -> None:
    told["draws"][-1]["prize"] -= 1
    told["amount"] -= 1


def draw_left_out(told: dict[str, Any]) -> None:
    del told["draws"][4]


def draw_left_out_and_renumbered(told: dict[str, Any]) -> None:
    del told["draws"][2]
    for number, draw in enumerate(told["draws"], 1):
        draw["number"] = number


def win_left_out(told: dict[str, Any]) -> None:
    del told["draws"][-1]


def draw_after_the_win(told: dict[str, Any]) -> None:
    told["draws"].append(deepcopy(told["draws"][-1]) | {"number": 8, "price_number": 5, "price": 25, "prize": 0})


def another_winner(told: dict[str, Any]) -> None:
    told["winner"] = told["draws"][0]["member"]


def win_called_a_reset(told: dict[str, Any]) -> None:
    told["ended_by"], told["winner"] = "reset", None


def other_seed_of_a_client(told: dict[str, Any]) -> None:
    member = told["draws"][-1]["member"]
    unlucky = (text for n in range(1_000) if not wins(FIRST_SEED, "r1", 7, member, text := f"other-{n}", ppm=100_000))
    told["draws"][-1]["client_seed"] = next(unlucky)


def other_commitment(told: dict[str, Any]) -> None:
    told["commitment"] = "0" * 64


def other_seed(told: dict[str, Any]) -> None:
    told["seed"] = "f" + told["seed"][1:]


def shorter_pot(told: dict[str, Any]) -> None:
    told["draws"][1]["pot_after"] = 0


TAMPERED: tuple[tuple[Callable[[dict[str, Any]], None], str], ...] = (
    (other_params, "params_hash isn't the hash"),
    (other_params_with_their_hash, "the commitment isn't"),
    (other_commitment, "the commitment isn't"),
    (other_seed, "the commitment isn't"),
    (dearer, "draw 3: its price"),
    (dearer_by_its_place, "draw 3: the n of its price"),
    (less_likely, "draw 4: its chance"),
    (prize_for_nothing, "draw 4: it doesn't win"),
    (prize_withheld, "draw 7: it wins"),
    (prize_cut, "draw 7: it wins"),
    (draw_left_out, "draw 6: number 5 should"),
    (draw_left_out_and_renumbered, "draw 4: the n of its price"),
    (win_left_out, "its last draw doesn't win"),
    (draw_after_the_win, "draw 8: it comes after draw 7"),
    (another_winner, "by its last draw"),
    (win_called_a_reset, "it was reset, and somebody won"),
    (other_seed_of_a_client, "draw 7: it doesn't win"),
    (shorter_pot, "draw 2: the pot had 0"),
)


def test_whatever_is_changed_in_a_proof_is_found(parlour: Parlour, tmp_path: Path) -> None:
    play(parlour)
    fair = proof(parlour)
    for change, told_so in TAMPERED:
        told = deepcopy(fair)
        change(told)
        findings = [str(finding) for finding in read_proof(json.dumps(told).encode()).findings()]
        assert any(told_so in finding for finding in findings), (change.__name__, findings)
        done = run_script(tmp_path / "proof.json", told)
        assert (done.returncode, "NOT FAIR" in done.stderr) == (1, True), change.__name__


@pytest.mark.parametrize(
    ("text", "told_so"),
    [
        ("{", "Invalid JSON"),
        ("{}", "pot: Field required"),
        ('{"label": "r2"}', "pot: Field required"),
    ],
)
def test_file_that_is_no_proof_says_so(text: str, told_so: str) -> None:
    with pytest.raises(ValueError, match=told_so):
        read_proof(text.encode())


def test_label_of_another_round_is_refused(parlour: Parlour) -> None:
    play(parlour)
    with pytest.raises(ValueError, match="the label of round 1 is r1, not r2"):
        read_proof(json.dumps(proof(parlour) | {"label": "r2"}).encode())


BEHIND: tuple[tuple[Table, dict[str, Any], dict[str, Any], str], ...] = (
    (pot_message, {"round": 1, "number": 3}, {"price": 20, "price_number": 4}, "draw 3: the ledger moved other coins"),
    (pot_message, {"round": 1, "number": 3}, {"pot_after": 21}, "draw 3: the ledger moved other coins"),
    (pot_message, {"round": 1, "number": 3}, {"prize": 7}, "draw 3: the ledger moved other coins"),
    (pot_round, {"number": 1}, {"amount": 1}, "won 1, and by its last draw"),
    (pot_round, {"number": 1}, {"messages": 8}, "it tells 8 messages"),
    (pot_round, {"number": 1}, {"contributed": 41}, "of kind contribution the ledger moved 40 coins, and the rows tell 41"),
    (pot, {"id": "main"}, {"messages": 5}, "it tells 5 messages"),
    (pot, {"id": "main"}, {"round": 90}, "it goes on, and"),
    (posting, {"kind": "contribution"}, {"amount": 39}, "of kind contribution the ledger moved 39 coins, and the rows tell 40"),
    (posting, {"kind": "contribution"}, {"kind": "gift"}, "of kind gift the ledger moved 40 coins, and the rows tell 0"),
)


@pytest.fixture
def tampered(parlour: Parlour) -> Any:
    """`tampered(table, where, values)`: what is found once a row is changed behind the program's back; then it is put back."""

    def change(table: Table, where: dict[str, Any], values: dict[str, Any]) -> list[str]:
        matches = [table.c[name] == value for name, value in where.items()]
        with parlour.database.write.connect() as connection:
            connection.execute(update(table).where(*matches).values(values))
            found = [str(finding) for finding in verify_pot(connection).findings]
            connection.rollback()
        return found

    return change


def test_whatever_is_changed_in_the_tables_is_found(parlour: Parlour, tampered: Any) -> None:
    play(parlour)
    for table, where, values, told_so in BEHIND:
        found = tampered(table, where, values)
        assert any(told_so in finding for finding in found), (table.name, values, found)
    assert seen(parlour).findings == []


@pytest.mark.parametrize(
    ("changes", "told_so"),
    [
        ({"seed": "zz"}, "can't be read"),
        ({"params": "{}x"}, "can't be read"),
        ({"seed": "00" * 31}, "its seed has 31 bytes, not 32"),
        ({"ended_by": "magic"}, "it ended by 'magic', which there isn't"),
    ],
)
def test_round_that_makes_no_sense_is_told(changes: dict[str, Any], told_so: str) -> None:
    params = canonical(DEFAULT_RULES.params())
    hash_, seed = hash_of(params), bytes(32)
    told = PublishedRound(1, params, hash_, commitment_of("r1", hash_, seed), seed.hex(), "reset", None, 0)
    assert list(verify_round(told, [])) == []
    assert told_so in " ".join(str(finding) for finding in verify_round(replace(told, **changes), []))

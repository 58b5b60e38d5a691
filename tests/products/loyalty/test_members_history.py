"""A member's history, and the statement as a table."""

import csv
from io import StringIO
from typing import Any

import pytest

from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.products.loyalty.actions.rewards import NewReward, add_reward
from laurels.products.loyalty.queries import history
from laurels.products.loyalty.tables import Program
from products.loyalty.town import Town
from support.site import refused


def lines(town: Town, program: Program, member: Member, **query: Any) -> list[tuple[str, int, int]]:
    """A history's lines, oldest first: kind, points, balance."""
    found = town.pages(member, f"/programs/{program.id}/history", **query)
    return [(line["kind"], line["points"], line["balance"]) for line in reversed(found)]


def table(town: Town, program: Program, who: Member, **query: Any) -> list[dict[str, str]]:
    """The statement's rows."""
    answer = town.get(who, f"/programs/{program.id}/statement.csv", **query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="statement-{program.id}.csv"'
    return list(csv.DictReader(StringIO(answer.text, newline="")))


@pytest.fixture
def busy(served: Town) -> tuple[Town, Program, Member]:
    """A member to whom everything has happened that can."""
    ana = served.make_member()
    program = served.make_program({"expiry": {"kind": "months", "months": 1}}, [ana])
    mug = add_reward(served.database, OPERATOR, program.id, NewReward(name="A blue Mug", description="", cost=6), now=served.clock.at).id
    served.at(2026, 9, 1)
    served.earned(program, ana, 20_000, transaction_id="Till-1")
    served.at(2026, 10, 1)
    served.burn(program, ana, 6, reward=mug)
    served.give_back(program, 20_000, transaction_id="Till-1", return_id="Back-1")
    served.at(2026, 11, 1)
    served.earned(program, ana, 30_000, transaction_id="Till-2")
    served.cancel(program, ana, served.burn(program, ana, 5, confirm_minutes=5))
    served.at(2026, 12, 2)
    served.expire(program, ana)
    return served, program, ana


def test_the_history_names_every_movement(busy: tuple[Town, Program, Member]) -> None:
    town, program, ana = busy
    assert lines(town, program, ana) == [
        ("earn", 10, 10),
        ("burn", -6, 4),
        ("return", -4, 0),
        ("earn", 15, 15),
        ("recovery", -6, 9),
        ("burn", -5, 4),
        ("cancellation", 5, 9),
        ("expiry", -9, 0),
    ]


def test_a_line_tells_what_it_is_about(busy: tuple[Town, Program, Member]) -> None:
    town, program, ana = busy
    newest = town.pages(ana, f"/programs/{program.id}/history")
    expiry, cancellation, _, recovery, _, returned, burned, earned = newest
    assert (earned["transaction_id"], earned["amount"], earned["purchased_at"]) == ("Till-1", 20_000, "2026-09-01T12:00:00+00:00")
    assert (burned["reward"], burned["burn_status"], burned["transaction_id"]) == ("A blue Mug", "fulfilled", None)
    assert (returned["return_id"], returned["transaction_id"], returned["amount"]) == ("Back-1", "Till-1", 20_000)
    assert returned["purchase_id"] == earned["purchase_id"]
    assert recovery["transaction_id"] == "Till-2"
    assert (cancellation["burn_status"], cancellation["reward"]) == ("cancelled", None)
    about = ("purchase_id", "transaction_id", "return_id", "burn_id", "burn_status", "reward", "amount", "purchased_at")
    assert expiry == {"kind": "expiry", "points": -9, "balance": 0, "occurred_at": "2026-12-02T12:00:00+00:00", **dict.fromkeys(about)}


@pytest.mark.parametrize("limit", [1, 3, 8, 100])
@pytest.mark.parametrize("narrowed", [{}, {"text": "till-1"}, {"kind": "burn"}])
def test_pages_join_without_gap_or_overlap(busy: tuple[Town, Program, Member], limit: int, narrowed: dict[str, str]) -> None:
    town, program, ana = busy
    whole = lines(town, program, ana, limit=50, **narrowed)
    assert lines(town, program, ana, limit=limit, **narrowed) == whole
    assert len(whole) == {"": 8, "till-1": 2, "burn": 2}["".join(narrowed.values())]


@pytest.mark.parametrize(
    ("narrowed", "points"),
    [
        ({"kind": "earn"}, [10, 15]),
        ({"kind": "return"}, [-4]),
        ({"kind": "leaving"}, []),
        ({"text": "back-"}, [-4]),
        ({"text": "MUG"}, [-6]),
        ({"text": "%"}, []),
        ({"from": "2026-10-01T12:00:00Z", "to": "2026-11-01T12:00:00Z"}, [-6, -4]),
        ({"from": "2026-10-01T12:00:00.000001Z", "kind": "earn"}, [15]),
        ({"to": "2026-09-01T12:00:00+00:00"}, []),
        ({"to": "2026-09-01T14:00:01+02:00"}, [10]),
    ],
)
def test_a_history_is_narrowed(busy: tuple[Town, Program, Member], narrowed: dict[str, str], points: list[int]) -> None:
    town, program, ana = busy
    assert [amount for _, amount, _ in lines(town, program, ana, **narrowed)] == points


def test_a_narrowed_page_looks_through_a_bounded_number_of_lines(
    busy: tuple[Town, Program, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    town, program, ana = busy
    monkeypatch.setattr(history, "MAX_SCANNED", 3)
    page = town.read(ana, f"/programs/{program.id}/history", kind="earn")
    assert (page["items"], page["next_cursor"] is not None) == ([], True)
    assert lines(town, program, ana, kind="earn") == [("earn", 10, 10), ("earn", 15, 15)]


@pytest.mark.parametrize("cursor", ["W10", "WzFd", "WyJhIiwxXQ", "!"])
def test_a_cursor_of_another_list_is_refused(served: Town, cursor: str) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    for path in ("history", "lots"):
        assert served.get(ana, f"/programs/{program.id}/{path}", cursor=cursor).status_code == 422


def test_the_statement_is_the_history_as_a_table(busy: tuple[Town, Program, Member]) -> None:
    town, program, ana = busy
    rows = table(town, program, ana)
    assert [(row["kind"], int(row["points"]), int(row["balance"])) for row in reversed(rows)] == lines(town, program, ana)
    assert rows[-1] == {
        "occurred_at": "2026-09-01T12:00:00+00:00",
        "kind": "earn",
        "points": "10",
        "balance": "10",
        "transaction_id": "Till-1",
        "return_id": "",
        "reward": "",
        "amount": "200.00",
        "currency": "GBP",
        "purchased_at": "2026-09-01T12:00:00+00:00",
    }
    october = table(town, program, ana, **{"from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z"})
    assert [row["kind"] for row in october] == ["return", "burn"]


def test_the_statement_is_read_in_pieces_without_gap(busy: tuple[Town, Program, Member], monkeypatch: pytest.MonkeyPatch) -> None:
    town, program, ana = busy
    whole = table(town, program, ana)
    monkeypatch.setattr(history, "MAX_SCANNED", 3)
    assert table(town, program, ana) == whole
    assert len(whole) == 8


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@A1", '=HYPERLINK("http://evil.example","x")'])
def test_what_a_shop_sent_is_no_formula_in_a_spreadsheet(served: Town, name: str) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    served.earned(program, ana, 20_000, transaction_id=name)
    [row] = table(served, program, ana)
    assert row["transaction_id"] == f"'{name}"
    [line] = served.pages(ana, f"/programs/{program.id}/history")
    assert line["transaction_id"] == name


def test_the_statement_of_a_currency_without_decimals(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana], currency="JPY")
    served.earned(program, ana, 20_000)
    assert [(row["amount"], row["currency"]) for row in table(served, program, ana)] == [("20000", "JPY")]


def test_an_instant_without_a_zone_is_refused(served: Town) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    refused(served.get(ana, f"/programs/{program.id}/history", **{"from": "2026-10-01T00:00:00"}), 422, "validation-failed")

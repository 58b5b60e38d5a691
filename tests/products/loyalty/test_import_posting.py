"""A shop's files, posted: made-up rows. `test_import_retail` does it with the whole of Online Retail."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from threading import current_thread, main_thread
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update

from laurels.identity.editing import OPERATOR
from laurels.identity.tables import member
from laurels.ledger.outbox import tail
from laurels.ledger.writer import Writer
from laurels.products.loyalty.actions.programs import change_program
from laurels.products.loyalty.decisions.memberships import LeaveProgram
from laurels.products.loyalty.errors import ProgramClosed
from laurels.products.loyalty.imports import FileRow, FileUnusable, PurchaseRow, ReturnRow, Skipped, Why, posting
from laurels.products.loyalty.imports.posting import ImportStopped, Refused, Summary, Wishes, import_purchases, survey_purchases
from laurels.products.loyalty.queries import configuration_of
from laurels.products.loyalty.queries.report import read_report
from laurels.products.loyalty.tables import Program, membership, program, purchase, purchase_return
from laurels.web.etags import WHICHEVER
from products.loyalty.town import Town
from support.site import Place

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def sale(identifier: str, who: str, amount: int, *, days: float = 0, line: int = 2, currency: str = "GBP") -> PurchaseRow:
    """A purchase that a file tells."""
    return PurchaseRow(line, identifier, who, amount, currency, START + timedelta(days=days), ())


def refund(identifier: str, who: str, amount: int, *, of: str | None = None, days: float = 1, line: int = 9) -> ReturnRow:
    """A return that a file tells."""
    return ReturnRow(line, identifier, of, who, amount, "GBP", START + timedelta(days=days))


def bring(town: Town, into: Program, rows: Iterable[FileRow], **wishes: bool) -> tuple[Summary, list[Refused]]:
    """Import rows; gives what became of them, and what was refused."""
    refused: list[Refused] = []
    return import_purchases(town.place, into.id, rows, Wishes(**wishes), tell=refused.append), refused


def earned(summary: Summary) -> tuple[int, int, int, int]:
    """What the last line tells, but for what was refused."""
    return summary.earned, summary.reversed, summary.replayed, summary.points


def belonging(town: Town) -> dict[str, tuple[str, datetime]]:
    """Who belongs to a program, or did, and since when, by student id."""
    with town.database.read.connect() as connection:
        wanted = select(member.c.student_id, membership.c.status, membership.c.joined_at).join(member, member.c.id == membership.c.member)
        return {who: (status, since) for who, status, since in connection.execute(wanted)}


def statuses(town: Town) -> dict[str, str]:
    """What became of every event that is kept, by the shop's id."""
    with town.database.read.connect() as connection:
        found = dict(tuple(row) for row in connection.execute(select(purchase.c.transaction_id, purchase.c.status)))
        return found | dict(tuple(row) for row in connection.execute(select(purchase_return.c.return_id, purchase_return.c.status)))


# What is posted


def test_rows_are_posted_at_their_own_time_and_people_join_with_their_first(town: Town) -> None:
    into = town.make_program()
    rows = [sale("T-1", "7", 20_000, days=3), sale("T-2", "7", 10_000, days=2), sale("T-3", "8", 9_999, days=5), refund("R-1", "8", 2_000)]
    summary, refused = bring(town, into, rows)
    assert (earned(summary), refused) == ((3, 1, 0, 19), [])
    assert (summary.purchases, summary.returns, summary.people, summary.created, summary.joined) == (3, 1, 2, 2, 2)
    assert belonging(town) == {"7": ("active", START + timedelta(days=2)), "8": ("active", START + timedelta(days=1))}
    with town.database.read.connect() as connection:
        kept = connection.execute(select(purchase.c.transaction_id, purchase.c.points, purchase.c.decided_at)).all()
    assert {row.transaction_id: (row.points, row.decided_at) for row in kept} == {
        "T-1": (10, START + timedelta(days=3)),
        "T-2": (5, START + timedelta(days=2)),
        "T-3": (4, START + timedelta(days=5)),
    }


def test_points_are_untold_and_joining_is_told(town: Town) -> None:
    into = town.make_program()
    bring(town, into, [sale("T-1", "7", 20_000), refund("R-1", "7", 10_000)])
    with town.database.read.connect() as connection:
        assert [fact.name for fact in tail(connection, {}, 10).told] == ["loyalty.joined"]


def test_again_changes_nothing(town: Town) -> None:
    into = town.make_program()
    rows = [sale("T-1", "7", 20_000), sale("T-2", "8", 10_000), refund("R-1", "7", 5_000), refund("R-2", "8", 1_000, of="T-2")]
    first, _ = bring(town, into, rows)
    before = town.heads()
    again, refused = bring(town, into, rows)
    assert (earned(first), earned(again), refused) == ((2, 2, 0, 15), (0, 0, 4, 0), [])
    assert (again.created, again.joined, again.people) == (0, 0, 2)
    assert town.heads() == before
    longer, _ = bring(town, into, [*rows, sale("T-3", "9", 10_000)])
    assert earned(longer) == (1, 0, 4, 5)


def test_event_twice_in_a_file_counts_once(town: Town) -> None:
    into = town.make_program()
    summary, _ = bring(town, into, [sale("T-1", "7", 20_000), sale("T-1", "7", 20_000), refund("R-1", "7", 100), refund("R-1", "7", 100)])
    assert earned(summary) == (1, 1, 2, 10)


def test_event_with_other_details_is_refused_and_the_rest_is_posted(town: Town) -> None:
    into = town.make_program()
    bring(town, into, [sale("T-1", "7", 20_000), refund("R-1", "7", 5_000)])
    rows = [sale("T-1", "7", 20_001, line=2), refund("R-1", "7", 5_001, line=3), sale("T-2", "7", 10_000, line=4)]
    summary, refused = bring(town, into, rows)
    assert earned(summary) == (1, 0, 0, 5)
    assert [(one.line, one.code) for one in refused] == [(2, "purchase-conflict"), (3, "return-conflict")]


def test_rows_that_bring_nothing_are_told_with_their_line_and_why(town: Town) -> None:
    into = town.make_program()
    rows = [
        Skipped(2, Why.NO_CUSTOMER, "names no customer"),
        Skipped(3, Why.UNREADABLE, "amount: expected a number"),
        sale("T-1", "7", 10_000, currency="EUR", line=4),
        sale("T-2", "7", 10_000, days=400, line=5),
        refund("R-1", "7", 0, line=6),
        sale("T-3", "7", 10_000, line=7),
    ]
    summary, refused = bring(town, into, rows)
    assert earned(summary) == (1, 0, 0, 5)
    assert [(one.line, one.code) for one in refused] == [(3, "unreadable"), (4, "wrong-currency"), (5, "in-the-future"), (6, "worthless")]
    assert summary.refused.total() == 4 and summary.left_out == {"no-customer": 1}
    assert all(one.reason for one in refused)
    assert statuses(town) == {"T-3": "earned"}


def test_returns_are_left_out_on_request(town: Town) -> None:
    into = town.make_program()
    summary, _ = bring(town, into, [sale("T-1", "7", 20_000), refund("R-1", "8", 20_000)], applies_returns=False)
    assert (earned(summary), summary.left_out, summary.returns) == ((1, 0, 0, 10), {"returns": 1}, 0)
    assert list(belonging(town)) == ["7"], "nobody joins by what is left out"


# Returns that name a purchase


def test_return_finds_its_purchase_wherever_it_stands_in_the_file(town: Town) -> None:
    into = town.make_program()
    rows = [
        refund("R-0", "7", 5_000, of="T-1"),
        sale("T-1", "7", 20_000),
        refund("R-1", "7", 5_000, of="T-1"),
        sale("T-2", "7", 20_000),
        refund("R-2", "7", 20_000, of="T-2"),
    ]
    summary, _ = bring(town, into, rows)
    assert (earned(summary), summary.waiting) == ((2, 3, 0, 20), 0)
    assert set(statuses(town).values()) == {"earned", "applied"}
    assert report(town, into).cancelled == 5 + 10


def test_return_without_its_purchase_waits_and_noting_that_again_writes_nothing(town: Town) -> None:
    into = town.make_program()
    summary, refused = bring(town, into, [refund("R-1", "7", 5_000, of="T-1")])
    assert (earned(summary), summary.waiting, refused) == ((0, 0, 0, 0), 1, [])
    assert belonging(town) == {}, "it is whosever the purchase is"
    before = town.heads()
    assert bring(town, into, [refund("R-1", "7", 5_000, of="T-1")])[0].waiting == 1
    assert town.heads() == before
    assert earned(bring(town, into, [sale("T-1", "7", 20_000)])[0]) == (1, 0, 0, 10)
    assert statuses(town) == {"R-1": "applied", "T-1": "earned"}


# People


def test_whoever_does_not_belong_waits_where_nobody_is_to_be_made(town: Town) -> None:
    into = town.make_program(members=[town.make_member("7")])
    rows = [sale("T-1", "7", 20_000), sale("T-2", "8", 10_000)]
    summary, refused = bring(town, into, rows, makes_members=False)
    assert (earned(summary), summary.waiting, refused) == ((1, 0, 0, 10), 1, [])
    assert (summary.people, summary.created, summary.joined) == (2, 0, 0)
    before = town.heads()
    assert bring(town, into, rows, makes_members=False)[0].waiting == 1
    assert town.heads() == before, "that it waits is noted once"
    assert earned(bring(town, into, rows)[0]) == (1, 0, 1, 5)


def test_whoever_does_not_belong_is_refused_where_terms_say_so(town: Town) -> None:
    into = town.make_program({"unknown_members": "refuse"})
    summary, refused = bring(town, into, [sale("T-1", "8", 10_000)], makes_members=False)
    assert (earned(summary), [one.code for one in refused]) == ((0, 0, 0, 0), ["unknown-member"])
    assert statuses(town) == {}


def test_members_are_found_by_their_own_id_and_nobody_is_made_of_one(town: Town) -> None:
    ana = town.make_member("7")
    into = town.make_program()
    nobody = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
    rows = [sale("T-1", str(ana.id), 20_000, days=2), sale("T-2", "7", 10_000, days=1), sale("T-3", nobody, 10_000)]
    summary, _ = bring(town, into, rows)
    assert (earned(summary), summary.waiting, summary.created, summary.joined) == ((2, 0, 0, 15), 1, 0, 1)
    assert belonging(town) == {"7": ("active", START + timedelta(days=1))}


def test_whoever_left_or_is_suspended_is_not_brought_back(town: Town) -> None:
    ana, bo = town.make_member("7"), town.make_member("8", status="suspended")
    into = town.make_program(members=[ana])
    known = configuration_of(town.database, into.id)
    town.post_now(LeaveProgram(into.id, ana.id, known.terms_at(START).terms, known.program.version, known.zone))
    summary, _ = bring(town, into, [sale("T-1", "7", 20_000), sale("T-2", bo.student_id, 10_000), sale("T-3", "9", 10_000)])
    assert (earned(summary), summary.waiting, summary.joined) == ((1, 0, 0, 5), 2, 1)
    assert {who: status for who, (status, _) in belonging(town).items()} == {"7": "left", "9": "active"}


def test_program_joined_by_invitation_takes_people_in_too(town: Town) -> None:
    into = town.make_program(joining="invitation")
    assert earned(bring(town, into, [sale("T-1", "7", 20_000)])[0]) == (1, 0, 0, 10)


def test_pages_do_not_part_what_belongs_together(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(posting, "WAITING_AT_ONCE", 1)
    into = town.make_program()
    rows = [refund(f"R-{number}", "7", 1_000, of=f"T-{number}") for number in range(3)]
    summary, _ = bring(town, into, [*rows, *(sale(f"T-{number}", str(number % 2), 10_000) for number in range(5))])
    assert (earned(summary), summary.people, summary.joined) == ((5, 3, 0, 25), 2, 2)


def test_statements_are_by_the_set_and_not_by_the_row(town: Town) -> None:
    into = town.make_program()
    bring(town, into, [sale("T-0", "0", 10_000)])
    few, many = counted_statements(town, into, 1, 10), counted_statements(town, into, 100, 550)
    assert 0 < many <= few, (few, many)


def counted_statements(town: Town, into: Program, first: int, end: int) -> int:
    """How many statements so many newcomers' purchases and returns take, but for the writer's own, which go by its batches."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if current_thread() is main_thread():
            seen.append(statement)

    rows = [sale(f"T-{number}", str(number), 10_000) for number in range(first, end)]
    event.listen(Engine, "before_cursor_execute", note)
    try:
        bring(town, into, [*rows, *(refund(f"R-{row.transaction_id}", row.member, 5_000) for row in rows)])
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


# What stops an import


@pytest.mark.parametrize("status", ["draft", "paused", "archived"])
def test_program_that_does_not_run_takes_nothing_in(town: Town, status: str) -> None:
    into = town.make_program()
    with town.database.write.begin() as connection:
        connection.execute(update(program).values(status=status, version=2))
    before = town.heads()
    for take_in in (import_purchases, survey_purchases):
        with pytest.raises(ProgramClosed):
            take_in(town.place, into.id, [sale("T-1", "7", 20_000)], Wishes())
    assert (town.heads(), town.count(member)) == (before, 0)


def test_settings_that_change_meanwhile_are_met(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ROWS_AT_ONCE", 2)
    into = town.make_program()

    def rows() -> Iterator[FileRow]:
        for number in range(6):
            change_program(town.database, OPERATOR, into.id, {"name": f"Name {number}"}, expected=WHICHEVER, now=town.clock.at)
            yield sale(f"T-{number}", str(number), 10_000)

    assert earned(bring(town, into, rows())[0]) == (6, 0, 0, 30)


def test_import_that_was_stopped_goes_on_from_there(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.products.loyalty.actions.deciding.AT_ONCE", 2)
    monkeypatch.setattr(posting, "ROWS_AT_ONCE", 2)
    into = town.make_program()
    rows = [sale(f"T-{number}", str(number), 10_000, line=number) for number in range(6)]
    broken = Writer(town.database, town.clock)
    broken.start()

    def failing() -> Iterator[FileRow]:
        yield from rows[:4]
        broken.stop()
        yield from rows[4:]

    with pytest.raises(ImportStopped, match=r"What came before stands: run the same command again"):
        import_purchases(Place(town.place.settings, town.clock, town.database, broken), into.id, failing(), Wishes())
    assert statuses(town) == dict.fromkeys(["T-0", "T-1", "T-2", "T-3"], "earned")
    assert earned(bring(town, into, rows)[0]) == (2, 0, 4, 10)


def test_file_that_names_too_many_people_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MAX_PEOPLE", 2)
    into = town.make_program()
    with pytest.raises(FileUnusable, match="more than 2 people"):
        bring(town, into, [sale(f"T-{number}", str(number), 10_000) for number in range(3)])


def test_file_of_too_much_that_waits_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "MAX_WAITING", 1)
    into = town.make_program()
    with pytest.raises(FileUnusable, match="more than 1 of its events wait"):
        bring(town, into, [sale(f"T-{number}", "7", 10_000) for number in range(2)], makes_members=False)


# Looking first


def test_survey_counts_and_writes_nothing(town: Town) -> None:
    into = town.make_program(members=[town.make_member("7")])
    town.make_member("8")
    before = town.heads()
    rows = [
        *(sale(f"T-{who}", who, 20_000) for who in "789"),
        refund("R-1", "9", 5_000),
        refund("R-2", "10", 5_000, of="T-1"),
        sale("T-3", "7", 1, currency="EUR"),
        Skipped(5, Why.NEGATIVE, "worth less than nothing"),
    ]
    told: list[Refused] = []
    summary = survey_purchases(town.place, into.id, rows, Wishes(), tell=told.append)
    assert (summary.purchases, summary.returns, summary.people, summary.created, summary.joined) == (4, 2, 3, 1, 2)
    assert summary.refused == {"wrong-currency": 1, "negative": 1} and len(told) == 2
    assert (town.heads(), statuses(town), town.count(member)) == (before, {}, 2)
    assert survey_purchases(town.place, into.id, rows, Wishes(makes_members=False)).created == 0


def report(town: Town, of: Program) -> Any:
    """The program's report, which must balance."""
    with town.database.read.connect() as connection:
        found = read_report(connection, of.id, at=town.clock.at)
    assert found.is_balanced, found.checks
    return found

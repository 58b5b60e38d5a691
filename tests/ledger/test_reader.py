"""Reading: previews, balances now and then, statements."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from laurels.core.database import Database
from laurels.ledger import Account, AlreadyReversed, Draft, InsufficientBalance, LimitReached, Needs, meter, reader, tables
from laurels.ledger.keys import REQUEST_KEY_LIFE, RequestKey, forget_requests
from laurels.ledger.reader import (
    balance_as_of,
    balances,
    is_request_known,
    journal,
    last_sequences,
    number_of,
    preview,
    purses_behind,
    statement,
)
from ledger.toy import BOOK, NOON, Answer, Does, Give, Grant, TakeBack, issued, member, proposed, purse, request, run, sent

LATER = NOON + timedelta(hours=1)
TOMORROW = NOON + timedelta(days=1)


def gift(number: int, **values: object) -> Give:
    """Member 1 gives member 2 five credits."""
    return Give(**{"note": UUID(int=number), "giver": 1, "receiver": 2, "amount": 5, **values})  # type: ignore[arg-type]


@pytest.fixture
def story(toys: Database) -> Database:
    """Noon: 1 gets 20. Later: two gifts to 2. Tomorrow: the first is taken back."""
    run(toys, Grant(1, 20), now=NOON)
    run(toys, gift(1), gift(2, amount=3), now=LATER)
    run(toys, TakeBack(2, UUID(int=1), 1, 2, 5), Grant(1, 9, book="joys"), now=TOMORROW)
    return toys


def test_preview_decides_and_writes_nothing(story: Database) -> None:
    with story.read.connect() as connection:
        before = connection.scalar(select(func.count()).select_from(tables.entry))
        assert preview(connection, gift(9, filled=0), TOMORROW) == Answer(0, 12, UUID(int=9))
        assert preview(connection, gift(9, filled=4, window="2026-12"), TOMORROW) == Answer(0, 16, UUID(int=9))
        with pytest.raises(InsufficientBalance):
            preview(connection, gift(9, amount=100), TOMORROW)
        with pytest.raises(LimitReached):
            preview(connection, gift(9, limit=7), TOMORROW)
        assert connection.scalar(select(func.count()).select_from(tables.entry)) == before


def test_preview_in_a_book_that_is_not_there_yet(toys: Database) -> None:
    with toys.read.connect() as connection:
        assert preview(connection, gift(1, filled=10), NOON) == Answer(0, 5, UUID(int=1))


def test_preview_of_a_reversal_knows_what_is_reversed(story: Database) -> None:
    """It said yes to what the posting then refused."""
    with story.read.connect() as connection:
        assert preview(connection, TakeBack(3, UUID(int=2), 1, 2, 3), TOMORROW) == Answer(0, 20, UUID(int=2))
        with pytest.raises(AlreadyReversed):
            preview(connection, TakeBack(2, UUID(int=1), 1, 2, 5), TOMORROW)
        with pytest.raises(InsufficientBalance):  # nothing was sent in a book that isn't there
            preview(connection, TakeBack(2, UUID(int=1), 1, 2, 5, book="not there"), TOMORROW)


def test_balances_tell_all_that_were_asked_for(story: Database) -> None:
    with story.read.connect() as connection:
        found = balances(connection, iter([purse(1), purse(2), purse(77), issued(), sent(1, "2026-11")]))
        assert found == {purse(1): 17, purse(2): 3, purse(77): 0, issued(): -20, sent(1, "2026-11"): 3}
        assert balances(connection, []) == {}


def test_balance_as_of_is_by_recorded_time(story: Database) -> None:
    tick = timedelta(microseconds=1)
    expected = {NOON - tick: 0, NOON: 20, LATER - tick: 20, LATER: 12, TOMORROW - tick: 12, TOMORROW: 17, TOMORROW + timedelta(days=99): 17}
    with story.read.connect() as connection:
        assert {at: balance_as_of(connection, purse(1), at) for at in expected} == expected
        assert balance_as_of(connection, purse(77), TOMORROW) == 0
        assert balance_as_of(connection, purse(1, "no such book"), TOMORROW) == 0
        assert balance_as_of(connection, purse(1, "joys"), TOMORROW) == 9
        assert balance_as_of(connection, purse(1, "joys"), LATER) == 0


def test_balance_as_of_takes_the_last_of_batches_at_one_instant(toys: Database) -> None:
    for amount in (1, 2, 4):
        run(toys, Grant(1, amount), Grant(2, 1), now=NOON)
    with toys.read.connect() as connection:
        assert balance_as_of(connection, purse(1), NOON) == 7
        assert balance_as_of(connection, issued(), NOON) == -10


def test_statement_is_newest_first_and_tells_the_entry(story: Database) -> None:
    with story.read.connect() as connection:
        lines = statement(connection, [purse(1)], limit=10)
    assert [(line.name, line.kind, line.amount, line.balance) for line in lines] == [
        ("toy_take_back", "back", 5, 17),
        ("toy_give", "gift", -3, 12),
        ("toy_give", "gift", -5, 15),
        ("toy_grant", "grant", 20, 20),
    ]
    newest = lines[0]
    assert (newest.account_id, newest.other_id, newest.reference) == (purse(1).id, purse(2).id, UUID(int=1))
    assert (newest.occurred_at, newest.recorded_at, newest.actor) == (TOMORROW, TOMORROW, "system")


def test_statement_pages_meet_without_gap_or_overlap(story: Database) -> None:
    accounts = [purse(1), sent(1, "2026-11"), purse(77)]
    with story.read.connect() as connection:
        whole = statement(connection, accounts, limit=100)
        paged, before = [], None
        while page := statement(connection, accounts, limit=2, before=before):
            assert len(page) <= 2
            paged += page
            before = (page[-1].sequence, page[-1].position)
    assert paged == whole
    assert len(whole) == 7


def test_statement_between_two_of_its_accounts_has_both_sides(story: Database) -> None:
    with story.read.connect() as connection:
        lines = statement(connection, [purse(1), purse(2)], limit=2)
    assert [(line.account_id, line.amount, line.balance) for line in lines] == [(purse(2).id, -5, 3), (purse(1).id, 5, 17)]


@pytest.mark.parametrize(
    "accounts", [[], [purse(1), purse(1, "joys")], [purse(number) for number in range(17)]], ids=["none", "books", "many"]
)
def test_statement_of_no_or_too_many_accounts_or_books_is_a_mistake(toys: Database, accounts: list[Account]) -> None:
    with toys.read.connect() as connection, pytest.raises(ValueError, match="1 to 16 accounts of one book"):
        statement(connection, accounts, limit=1)


def test_journal_names_both_accounts_of_each_posting_newest_first(story: Database) -> None:
    with story.read.connect() as connection:
        whole = journal(connection, BOOK, limit=100)
        assert journal(connection, BOOK, limit=2) == whole[:2]
        assert journal(connection, "no such book", limit=2) == []
    mine, theirs = f"credit/member/{member(1)}/purse", f"credit/member/{member(2)}/purse"
    shown = [(one.sequence, one.position, one.source, one.target, one.amount, one.kind, one.name) for one in whole]
    assert shown == [
        (4, 1, f"meter/member/{member(1)}/sent/2026-11", "meter/system/counted", 5, "back", "toy_take_back"),
        (4, 0, theirs, mine, 5, "back", "toy_take_back"),
        (3, 1, mine, theirs, 3, "gift", "toy_give"),
        (3, 0, "meter/system/counted", f"meter/member/{member(1)}/sent/2026-11", 3, "sent", "toy_give"),
        (2, 1, mine, theirs, 5, "gift", "toy_give"),
        (2, 0, "meter/system/counted", f"meter/member/{member(1)}/sent/2026-11", 5, "sent", "toy_give"),
        (1, 0, "credit/system/issued", mine, 20, "grant", "toy_grant"),
    ]
    assert (whole[0].actor, whole[0].reference, whole[0].occurred_at, whole[0].recorded_at) == ("system", UUID(int=1), TOMORROW, TOMORROW)


def test_known_request_keys_are_told(toys: Database) -> None:
    run(toys, proposed(Grant(1, 5), request=request("accepted")), proposed(gift(1, giver=9), request=request("refused")))
    with toys.read.connect() as connection:
        known = {key: is_request_known(connection, BOOK, request(key)) for key in ("accepted", "refused", "never")}
        assert known == {"accepted": True, "refused": True, "never": False}
        assert not is_request_known(connection, "joys", request("accepted"))
        assert not is_request_known(connection, BOOK, RequestKey("another", "accepted", "same"))


def test_purses_behind_are_those_turned_to_an_earlier_window(toys: Database) -> None:
    windows = {1: "2026-09", 2: "2026-10", 3: "2026-11", 4: "2026-10"}
    run(toys, *(gift(number, giver=number, receiver=9, window=window, filled=10) for number, window in windows.items()))
    run(toys, gift(50, giver=5, receiver=9, window="2026-09", filled=10, book="joys"))
    with toys.read.connect() as connection:
        found = purses_behind(connection, BOOK, "purse", "2026-11", limit=2)
        assert found == [member(1), member(2)]
        assert purses_behind(connection, BOOK, "purse", "2026-11", limit=2, after=found[-1]) == [member(4)]
        assert purses_behind(connection, BOOK, "purse", "2026-09", limit=2) == []
        assert purses_behind(connection, BOOK, "other", "2026-11", limit=2) == []


def test_heads_tell_where_the_books_stand(story: Database) -> None:
    with story.read.connect() as connection:
        heads = reader.heads(connection)
    assert [(head.name, head.sequence, head.recorded_at) for head in heads] == [("joys", 1, TOMORROW), (BOOK, 4, TOMORROW)]
    assert {len(head.hash) for head in heads} == {64}


def test_board_ranks_the_accounts_of_one_book(toys: Database) -> None:
    """The same purpose in another book is another board."""

    def standing(number: int, book: str) -> Account:
        return meter(book, f"member/{member(number)}", "standing", board=True)

    def counts(number: int, book: str, amount: int) -> Does:
        def decides(draft: Draft) -> Answer:
            draft.count(standing(number, book), amount, "standing")
            return Answer(draft.entry, 0)

        return Does(decides, needed=lambda: Needs([standing(number, book)]), book=book)

    run(toys, counts(1, BOOK, 5), counts(2, BOOK, 9), counts(3, "joys", 7), Grant(4, 100))
    board = reader.board
    ranked = select(board.c.owner_id).where(board.c.board, board.c.book == number_of(BOOK)).order_by(board.c.board_balance.desc())
    with toys.read.connect() as connection:
        assert connection.scalars(ranked).all() == [member(2), member(1)]


def test_request_keys_that_ran_out_are_forgotten_oldest_first(toys: Database) -> None:
    for place in range(4):
        run(toys, proposed(Grant(1, 5), request=request(f"k{place}")), now=NOON + timedelta(hours=place))
    with toys.write.begin() as connection:
        assert forget_requests(connection, NOON + REQUEST_KEY_LIFE + timedelta(hours=2), limit=2) == 2
        assert [is_request_known(connection, BOOK, request(f"k{place}")) for place in range(4)] == [False, False, True, True]
        assert forget_requests(connection, NOON + REQUEST_KEY_LIFE + timedelta(hours=2), limit=2) == 1
        assert forget_requests(connection, NOON + REQUEST_KEY_LIFE + timedelta(hours=2), limit=2) == 0


def test_last_sequences_are_of_the_instants_in_their_order(story: Database) -> None:
    """What is recorded at an instant itself comes after it: a day begins with its midnight."""
    moment = timedelta(microseconds=1)
    with story.read.connect() as connection:
        asked = [TOMORROW + moment, NOON, NOON + moment, TOMORROW, LATER, LATER + moment]
        assert last_sequences(connection, BOOK, asked) == [4, 0, 1, 3, 1, 3]
        assert last_sequences(connection, "joys", [TOMORROW, TOMORROW + moment]) == [0, 1]
        assert last_sequences(connection, "nobody's", [TOMORROW]) == [0]
        assert last_sequences(connection, BOOK, []) == []

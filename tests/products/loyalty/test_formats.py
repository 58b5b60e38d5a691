"""Files of any shop, by a mapping of columns: amounts, times, returns, lines, and every oddity."""

from datetime import UTC, datetime, timedelta
from functools import partial
import gzip
from pathlib import Path
import tracemalloc
from zoneinfo import ZoneInfo

import pytest

from laurels.products.loyalty.imports import COLUMNS, FileShape, FileUnusable, PurchaseRow, ReturnRow, Skipped, Why, read_purchases
from products.loyalty.purchase_files import Reading, bought, read_text, skipped

CSV = "transaction_id,member,amount,occurred_at\n"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Writes a file and gives its rows."""
    return partial(read_text, tmp_path / "purchases")


def test_line_is_a_purchase(read: Reading) -> None:
    text = '\ufeffoccurred_at,amount,note,member,transaction_id\r\n2026-11-01T14:00:00+02:00,12.50,"so, ""well""\nthen",Zoë,T–1\r\n'
    assert read("csv", text) == [PurchaseRow(3, "T–1", "Zoë", 1250, "EUR", NOON, ())]


def test_columns_and_delimiter_are_the_files_own(read: Reading) -> None:
    text = "InvoiceNo;Customer;Paid;Coin;When\n1;S-1;12.5;jpy;01.11.2026 12:00\n".replace("12.5", "1250")
    names = {"transaction_id": "InvoiceNo", "member": "Customer", "amount": "Paid", "currency": "Coin", "occurred_at": "When"}
    rows = read("csv", text, columns=names, delimiter=";", time_format="%d.%m.%Y %H:%M", zone="Europe/Paris")
    assert rows == [PurchaseRow(2, "1", "S-1", 1250, "JPY", NOON - timedelta(hours=1), ())]


@pytest.mark.parametrize("delimiter", ["tab", "\\t", "\t"])
def test_delimiter_may_be_a_tab(read: Reading, delimiter: str) -> None:
    assert read("csv", CSV.replace(",", "\t") + "1\tS-1\t1.00\t2026-11-01T12:00Z\n", delimiter=delimiter) == [
        PurchaseRow(2, "1", "S-1", 100, "EUR", NOON, ())
    ]


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [("EUR", "12.5", 1250), ("EUR", "12.500", 1250), ("EUR", "+0", 0), ("EUR", " 7 ", 700), ("JPY", "1250", 1250), ("KWD", "1.234", 1234)],
)
def test_amount_is_in_main_units(read: Reading, currency: str, written: str, minor: int) -> None:
    (row,) = read("csv", f"{CSV}1,S-1,{written},2026-11-01T12:00Z\n", currency=currency)
    assert bought(row).amount == minor


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "CLF"])
def test_amount_in_minor_units_is_taken_as_it_is(read: Reading, currency: str) -> None:
    text = CSV.replace("amount", "amount_minor") + "1,S-1,1250,2026-11-01T12:00Z\n2,S-1,-3,2026-11-01T12:00Z\n"
    first, second = read("csv", text, currency=currency)
    assert bought(first).amount == 1250
    assert isinstance(second, ReturnRow) and second.amount == 3


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,S-1,12.345,2026-11-01T12:00Z", "amount: EUR has 2 decimals, and this has more"),
        ("1,S-1,0.001,2026-11-01T12:00Z", "amount: EUR has 2 decimals"),
        ('1,S-1,"1,234.50",2026-11-01T12:00Z', "amount: expected a number such as 12.50"),
        ('1,S-1,"12,50",2026-11-01T12:00Z', "with a point"),
        ("1,S-1,€5,2026-11-01T12:00Z", "amount: expected a number"),
        ("1,S-1,NaN,2026-11-01T12:00Z", "amount: expected a number"),
        ("1,S-1,-inf,2026-11-01T12:00Z", "amount: expected a number"),
        ("1,S-1,1e3,2026-11-01T12:00Z", "amount: expected a number"),
        ("1,S-1,,2026-11-01T12:00Z", "amount: expected a number"),
        ("1,S-1,10000000000.01,2026-11-01T12:00Z", "amounts are at most 1000000000000 minor units"),
        ("1,S-1,5,yesterday", "time: expected ISO 8601, such as"),
        ("1,S-1,5,2026-02-29T12:00Z", "time: expected ISO 8601"),
        ("1,S-1,5,1969-12-31T23:59:59Z", "time: expected a year from 1970 to 2999"),
        ("1,S-1,5,1970-01-01T00:00:00+01:00", "time: expected a year from 1970"),
        (",S-1,5,2026-11-01T12:00Z", "transaction_id: expected 1 to 200 characters"),
        (f"{'x' * 201},S-1,5,2026-11-01T12:00Z", "transaction_id: expected 1 to 200 characters"),
        ("a\u200bb,S-1,5,2026-11-01T12:00Z", "transaction_id: expected 1 to 200 characters that can be printed"),
        ("a\u0007b,S-1,5,2026-11-01T12:00Z", "transaction_id: Send text without control characters"),
        ("1,,5,2026-11-01T12:00Z", "member: Send at least one character"),
        (f"1,{'x' * 65},5,2026-11-01T12:00Z", "member: at most 64 characters"),
        ("1,S-1,5", "3 cells, and the header has 4"),
        ('1,"S"-1,5,2026-11-01T12:00Z', "expected after"),
    ],
)
def test_line_that_cannot_be_read_says_why_and_stops_nothing(read: Reading, line: str, reason: str) -> None:
    rows = read("csv", f"{CSV}{line}\n2,S-1,5,2026-11-01T12:00Z\n")
    refused = skipped(rows[0])
    assert refused.line == 2 and reason in refused.reason
    assert refused.why == (Why.TOO_LARGE if "at most 1000000000000" in reason else Why.UNREADABLE)
    assert [bought(row).transaction_id for row in rows[1:]] == ["2"]


@pytest.mark.parametrize("written", ["12.5", "", "1e3", "9" * 17])
def test_minor_amount_that_is_not_whole_is_refused(read: Reading, written: str) -> None:
    (row,) = read("csv", f"{CSV.replace('amount', 'amount_minor')}1,S-1,{written},2026-11-01T12:00Z\n")
    assert "amount_minor: expected a whole number of minor units" in skipped(row).reason


@pytest.mark.parametrize("written", ["E", "EURO", "€€€", "", "ÄÖÜ"])
def test_currency_that_is_none_is_refused(read: Reading, written: str) -> None:
    (row,) = read("csv", f"{CSV[:-1]},currency\n1,S-1,1,2026-11-01T12:00Z,{written}\n")
    assert "currency: expected three letters" in skipped(row).reason


@pytest.mark.parametrize(
    ("zone", "written", "instant"),
    [
        ("America/Havana", "2026-11-01 00:30", "2026-11-01T04:30:00+00:00"),  # comes twice: the first
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00+00:00"),  # a midnight that is left out
        ("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00+00:00"),  # half an hour comes twice
        ("America/Havana", "2026-11-01T00:30:00-05:00", "2026-11-01T05:30:00+00:00"),  # an offset says which
    ],
)
def test_times_without_an_offset_are_walls_of_the_zone(read: Reading, zone: str, written: str, instant: str) -> None:
    (row,) = read("csv", f"{CSV}1,S-1,1,{written}\n", zone=zone)
    assert bought(row).occurred_at.isoformat() == instant


def test_time_format_may_tell_an_offset(read: Reading) -> None:
    (row,) = read("csv", f"{CSV}1,S-1,1,11/01/26 02:00 PM +0200\n", time_format="%m/%d/%y %I:%M %p %z", zone="Asia/Tokyo")
    assert bought(row).occurred_at == NOON
    (row,) = read("csv", f"{CSV}1,S-1,1,2026-11-01\n", time_format="%m/%d/%Y")
    assert skipped(row).reason == "time: expected a time as %m/%d/%Y says"


@pytest.mark.parametrize("time_format", ["%H:%M", "%Y-%m", "%Q", "%", "%Y-%m-%d %d", "", "2026"])
def test_time_format_without_a_date_is_refused(read: Reading, time_format: str) -> None:
    with pytest.raises(FileUnusable, match="doesn't tell year, month and day"):
        read("csv", f"{CSV}1,S-1,1,2026-11-01T12:00Z\n", time_format=time_format)


# Returns in a CSV

RETURNS = "transaction_id,member,amount,occurred_at,kind,returns\n"


@pytest.mark.parametrize(
    ("cells", "purchase"),
    [("-5.00,{at},,", None), ("5.00,{at},,1", "1"), ("-5.00,{at},,1", "1"), ("5.00,{at},Return,", None), ("-5.00,{at}, refund ,1", "1")],
)
def test_kind_or_purchase_or_sign_make_a_return(read: Reading, cells: str, purchase: str | None) -> None:
    (row,) = read("csv", f"{RETURNS}R-1,S-1,{cells.format(at='2026-11-01T12:00Z')}\n")
    assert row == ReturnRow(2, "R-1", purchase, "S-1", 500, "EUR", NOON)


@pytest.mark.parametrize("kind", ["purchase", "SALE", ""])
def test_kind_may_say_that_it_is_a_purchase(read: Reading, kind: str) -> None:
    (row,) = read("csv", f"{RETURNS}1,S-1,5,2026-11-01T12:00Z,{kind},\n")
    assert bought(row).amount == 500


@pytest.mark.parametrize(
    ("cells", "why", "reason"),
    [
        ("-5,2026-11-01T12:00Z,purchase,", Why.NEGATIVE, "a purchase worth less than nothing (-5)"),
        ("5,2026-11-01T12:00Z,gift,", Why.UNREADABLE, "kind: expected one of purchase, sale, return, refund"),
        ("5,2026-11-01T12:00Z,purchase,2", Why.UNREADABLE, "only a return names a purchase"),
        ("5,2026-11-01T12:00Z,return,1", Why.UNREADABLE, "a return needs an id of its own"),
        (f"5,2026-11-01T12:00Z,return,{'x' * 201}", Why.UNREADABLE, "returns: expected 1 to 200"),
    ],
)
def test_return_that_contradicts_itself_is_refused(read: Reading, cells: str, why: Why, reason: str) -> None:
    (row,) = read("csv", f"{RETURNS}1,S-1,{cells}\n")
    assert skipped(row).why == why and reason in skipped(row).reason


# Lines of categories

LINES = "transaction_id,member,amount,occurred_at,category,kind\n"


def test_lines_of_an_id_are_one_purchase_wherever_they_stand(read: Reading) -> None:
    text = (
        f"{LINES}1,S-1,10.00,2026-11-01T12:01Z,wine,\n2,S-2,1.00,2026-11-01T11:00Z,,\n"
        "1,S-1,2.50,2026-11-01T12:00Z,food,\n1,S-1,0.50,2026-11-01T12:00Z,,\n1,S-1,2.50,2026-11-01T12:00Z,food,\n"
    )
    assert read("csv", text) == [
        PurchaseRow(2, "1", "S-1", 1550, "EUR", NOON, (("wine", 1000), ("food", 250), ("food", 250))),
        PurchaseRow(3, "2", "S-2", 100, "EUR", NOON - timedelta(hours=1), ()),
    ]


def test_discount_is_a_line_where_the_kind_says_purchase(read: Reading) -> None:
    at = "2026-11-01T12:00Z"
    assert read("csv", f"{LINES}1,S-1,10,{at},wine,sale\n1,S-1,-2,{at},discount,sale\n") == [
        PurchaseRow(2, "1", "S-1", 800, "EUR", NOON, (("wine", 1000), ("discount", -200)))
    ]
    (row,) = read("csv", f"{LINES}1,S-1,10,{at},wine,\n1,S-1,-2,{at},discount,\n")
    assert skipped(row).why == Why.CONTRADICTORY


def test_lines_of_a_return_are_summed(read: Reading) -> None:
    at = "2026-11-01T12:00Z"
    assert read("csv", f"{LINES}R,S-1,-1,{at},wine,\nR,S-1,-2,{at},food,\n") == [ReturnRow(2, "R", None, "S-1", 300, "EUR", NOON)]


def test_purchase_of_a_line_that_cannot_be_read_is_left_out_whole(read: Reading) -> None:
    at = "2026-11-01T12:00Z"
    rows = read("csv", f"{LINES}1,S-1,1,{at},wine,\n2,S-1,1,{at},wine,\n1,S-1,x,{at},wine,\n3,S-1,1,{at},{'x' * 61},\n")
    assert [(skipped(row).line, skipped(row).why) for row in rows if isinstance(row, Skipped)] == [
        (4, Why.UNREADABLE),
        (5, Why.UNREADABLE),
        (2, Why.INCOMPLETE),
    ]
    assert [row.transaction_id for row in rows if isinstance(row, PurchaseRow)] == ["2"]


def test_line_of_no_known_purchase_stops_a_file_of_categories(read: Reading) -> None:
    with pytest.raises(FileUnusable, match=r"line 3: transaction_id: expected 1 to 200 .* nothing is imported"):
        read("csv", f"{LINES}1,S-1,1,2026-11-01T12:00Z,wine,\n,S-1,1,2026-11-01T12:00Z,wine,\n")


def test_lines_have_a_limit(read: Reading) -> None:
    line = "1,S-1,1,2026-11-01T12:00Z,wine,\n"
    (whole,) = read("csv", LINES + line * 500)
    assert len(bought(whole).lines) == 500
    (more,) = read("csv", LINES + line * 501)
    assert skipped(more).why == Why.TOO_LARGE and "at most 500 lines" in skipped(more).reason


@pytest.mark.parametrize("spoiled", [False, True])
def test_purchases_that_wait_in_memory_have_a_limit(read: Reading, monkeypatch: pytest.MonkeyPatch, spoiled: bool) -> None:
    monkeypatch.setattr("laurels.products.loyalty.imports.gathering.MAX_GATHERED", 3)
    text = LINES + "".join(f"{number},S-1,1,2026-11-01T12:00Z,wine,\n" * 2 for number in range(3))
    assert len(read("csv", text)) == 3
    with pytest.raises(FileUnusable, match="more than 3 purchases: import it in parts"):
        read("csv", f"{text}4,S-1,{'x' if spoiled else '1'},2026-11-01T12:00Z,wine,\n")


# Shapes


@pytest.mark.parametrize("layout", list(COLUMNS))
def test_file_of_nothing_is_refused(read: Reading, layout: str) -> None:
    with pytest.raises(FileUnusable, match="it has: nothing"):
        read(layout, b"")


def test_columns_that_are_missing_are_told_with_those_there_are(read: Reading) -> None:
    with pytest.raises(FileUnusable, match="no column transaction_id, occurred_at; it has: id, member, amount, time"):
        read("csv", "id,member,amount,time\n")
    with pytest.raises(FileUnusable, match=r"no column amount \(or amount_minor\); it has: transaction_id, member, occurred_at"):
        read("csv", "transaction_id,member,occurred_at\n")
    with pytest.raises(FileUnusable, match="no column Total; it has: transaction_id"):
        read("csv", CSV, columns={"amount": "Total"})


def test_two_columns_of_amounts_are_refused(read: Reading) -> None:
    with pytest.raises(FileUnusable, match="both amount and amount_minor"):
        read("csv", "transaction_id,member,amount,amount_minor,occurred_at\n")


def test_field_that_no_format_has_is_refused(read: Reading) -> None:
    with pytest.raises(FileUnusable, match="no field customer: map one of transaction_id, member"):
        read("csv", CSV, columns={"customer": "member"})


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_delimiter_that_is_none_is_refused(read: Reading, delimiter: str) -> None:
    with pytest.raises(FileUnusable, match="expected one character, such as ';', or tab"):
        read("csv", CSV, delimiter=delimiter)


def test_file_without_categories_is_read_in_the_memory_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "long.csv.gz"
    with gzip.open(file, "wt", encoding="utf-8") as text:
        text.write(CSV)
        text.writelines(f"T-{number},S-{number % 97},{number}.50,2026-11-01T12:00:00Z\n" for number in range(20_000))
    rows = read_purchases(file, "csv", FileShape("EUR", ZoneInfo("UTC")))
    assert bought(next(rows)).amount == 50
    tracemalloc.start()
    try:
        assert sum(bought(row).amount for row in rows) == sum(number * 100 + 50 for number in range(1, 20_000))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()

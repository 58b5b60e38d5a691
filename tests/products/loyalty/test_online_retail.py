"""Online Retail, on made-up excerpts; and the whole of it where LAURELS_TEST_DATA has it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal, getcontext
from functools import partial
import gzip
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from laurels.products.loyalty.imports import (
    Counts,
    FileRow,
    FileShape,
    FileUnusable,
    PurchaseRow,
    ReturnRow,
    Skipped,
    Why,
    counted,
    read_purchases,
)
from products.loyalty.purchase_files import Reading, bought, read_text, skipped

RETAIL = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Writes a file and gives its rows."""
    return partial(read_text, tmp_path / "purchases")


def article(
    invoice: str = "536365", quantity: str = "1", price: str = "1.00", at: str = "2010-12-01 08:26:00", customer: str = "17850.0"
) -> str:
    """A line of Online Retail."""
    return f'{invoice},85123A,"HOLDER, ""WHITE""",{quantity},{at},{price},{customer},United Kingdom\n'


def test_invoice_is_the_sum_of_its_lines_equal_ones_included(read: Reading) -> None:
    lines = article(quantity="6", price="2.55") * 2 + article(quantity="8", price="2.75") + article("536366", at="2010-12-01 08:28:00")
    assert read("online-retail", RETAIL + lines) == [
        PurchaseRow(2, "536365", "17850", 5260, "GBP", datetime(2010, 12, 1, 8, 26, tzinfo=UTC), ()),
        PurchaseRow(5, "536366", "17850", 100, "GBP", datetime(2010, 12, 1, 8, 28, tzinfo=UTC), ()),
    ]


def test_cancellation_is_a_return_that_stands_alone(read: Reading) -> None:
    assert read("online-retail", RETAIL + article("C536379", "-3", "27.50", customer="14527.0")) == [
        ReturnRow(2, "C536379", None, "14527", 8250, "GBP", datetime(2010, 12, 1, 8, 26, tzinfo=UTC))
    ]


@pytest.mark.parametrize(
    ("prices", "amount"),
    [
        (["0.125"], 13),
        (["0.124"], 12),
        (["0.135"], 14),
        (["0.005"], 1),
        (["0.004"], 0),
        (["0.0025", "0.0025"], 1),  # rounded once, after the sum
        (["0.004"] * 3, 1),
        (["1.005"], 101),  # 1.00499… as a binary fraction
        (["0.1"] * 3, 30),
        ([".5", "1."], 150),
    ],
)
def test_sum_is_exact_and_rounded_half_up_once(read: Reading, prices: list[str], amount: int) -> None:
    (row,) = read("online-retail", RETAIL + "".join(article(price=price) for price in prices))
    assert bought(row).amount == amount


@pytest.mark.parametrize("invoice", ["536365", "C536365"])
def test_sum_stays_exact_above_the_precision_that_decimals_have_by_default(read: Reading, invoice: str) -> None:
    # On the way 999999999999999.004999999999999999: 28 digits would make it .005, and the rest a penny.
    worths = [("999999999999999", "1"), ("0.004999999", "1"), ("0.000000001", "0.999999999"), ("-999999999999999", "1")]
    sign = "-" if invoice.startswith("C") else ""
    lines = "".join(article(invoice, f"{sign}{quantity}".removeprefix("--"), price) for quantity, price in worths)
    (row,) = read("online-retail", RETAIL + lines)
    assert getcontext().prec == 28
    assert isinstance(row, PurchaseRow | ReturnRow) and row.amount == 0


def test_worth_nothing_is_a_purchase_still(read: Reading) -> None:
    (row,) = read("online-retail", RETAIL + article(quantity="12", price="0.00"))
    assert bought(row).amount == 0


def test_lines_without_a_customer_are_left_out_one_by_one(read: Reading) -> None:
    rows = read("online-retail", RETAIL + article(customer="", price="nonsense") + article() + article(customer=" "))
    assert [skipped(row).why for row in rows[:2]] == [Why.NO_CUSTOMER, Why.NO_CUSTOMER]
    assert [skipped(row).line for row in rows[:2]] == [2, 4]
    assert bought(rows[2]).amount == 100


@pytest.mark.parametrize(("written", "member"), [("17850.0", "17850"), ("17850", "17850"), ("A-17.0", "A-17.0"), ("0017850.0", "0017850")])
def test_customers_lose_the_fraction_that_a_number_got(read: Reading, written: str, member: str) -> None:
    (row,) = read("online-retail", RETAIL + article(customer=written))
    assert bought(row).member == member


def test_earliest_of_several_times_counts_and_orders(read: Reading) -> None:
    times = {"3": ["10:01", "09:59"], "2": ["10:00"], "10": ["10:00"], "C1": ["09:58"]}
    lines = "".join(
        article(invoice, "-1" if invoice.startswith("C") else "1", at=f"2010-12-01 {at}:00") for invoice, ats in times.items() for at in ats
    )
    rows = read("online-retail", RETAIL + lines)
    assert [row.return_id if isinstance(row, ReturnRow) else bought(row).transaction_id for row in rows] == ["C1", "3", "2", "10"]
    assert bought(rows[1]).occurred_at == datetime(2010, 12, 1, 9, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2011-01-15 12:00:00", "2011-01-15T12:00:00+00:00"),
        ("2011-07-15 12:00:00", "2011-07-15T11:00:00+00:00"),
        ("2011-07-15 00:30", "2011-07-14T23:30:00+00:00"),
        ("2011-03-27 01:30:00", "2011-03-27T01:30:00+00:00"),  # left out: clocks then show 02:30
        ("2011-10-30 01:30:00", "2011-10-30T00:30:00+00:00"),  # comes twice: the first
        ("2011-10-30 02:00:00", "2011-10-30T02:00:00+00:00"),
    ],
)
def test_times_are_walls_of_london(read: Reading, wall: str, instant: str) -> None:
    (row,) = read("online-retail", RETAIL + article(at=wall), zone="Asia/Tokyo")
    assert bought(row).occurred_at.isoformat() == instant


def test_purchase_worth_less_than_nothing_is_refused_and_stops_nothing(read: Reading) -> None:
    rows = read("online-retail", RETAIL + article("1", "-1", "0.001") + article("2"))
    refused = skipped(rows[0])
    assert (refused.line, refused.why) == (2, Why.NEGATIVE)
    assert refused.reason.startswith("1: a purchase worth less than nothing (-0.001): enter what came back as a return")
    assert bought(rows[1]).transaction_id == "2"


def test_cancellation_of_less_than_nothing_is_refused(read: Reading) -> None:
    (row,) = read("online-retail", RETAIL + article("C1", "1", "5.00"))
    assert skipped(row).why == Why.NEGATIVE and "a return of less than nothing" in skipped(row).reason


def test_invoice_of_two_customers_is_refused(read: Reading) -> None:
    (row,) = read("online-retail", RETAIL + article() + article(customer="12345.0"))
    assert (skipped(row).line, skipped(row).why) == (2, Why.CONTRADICTORY)


@pytest.mark.parametrize(
    "bad",
    [
        article(quantity="NaN"),
        article(quantity="six"),
        article(price="Infinity"),
        article(price="1e5"),
        article(price="1_000"),
        article(price="٣"),
        article(price=""),
        article(price='"1,50"'),
        article(price="9" * 16),
        article(price="9" * 5_000),
        article(price="0.0000000001"),
        article(at="01/12/2010 08:26"),
        article(at="2010-13-01 08:26:00"),
        article(at="2010-02-30 08:26:00"),
        article(at="0001-01-01 00:00:00"),
        article(at="9999-12-31 23:59:59"),
        article(at="1" * 101),
        article(customer="1" * 65),
        article(customer="1\u200b2"),
    ],
)
def test_invoice_with_a_line_that_cannot_be_read_is_left_out_whole(read: Reading, bad: str) -> None:
    rows = [skipped(row) for row in read("online-retail", RETAIL + article() + bad + article())]
    assert [(row.line, row.why) for row in rows] == [(3, Why.UNREADABLE), (2, Why.INCOMPLETE)]
    assert rows[0].reason.startswith("536365: ") and any(word in rows[0].reason for word in ("expected", "at most", "Send"))
    assert rows[1].reason == "536365: line 3 of it can't be read, so its sum isn't known"


@pytest.mark.parametrize("bad", ["536365,85123A,HOLDER\n", 'x,"y"z,a,1,b,1,1,UK\n', article(invoice=""), article(invoice="x" * 201)])
def test_line_of_no_known_invoice_stops_the_file_before_anything_is_read_of_it(read: Reading, bad: str) -> None:
    with pytest.raises(FileUnusable, match=r"line 3: .* nothing is imported: mend or remove the line"):
        read("online-retail", RETAIL + article() + bad)


def test_huge_amount_is_refused(read: Reading) -> None:
    (row,) = read("online-retail", RETAIL + article(quantity="9" * 15, price="9" * 15) * 3)
    assert skipped(row).why == Why.TOO_LARGE
    (row,) = read("online-retail", RETAIL + article(quantity="10000000000", price="1"))
    assert bought(row).amount == 1_000_000_000_000


def test_columns_may_have_other_names_here_too(read: Reading) -> None:
    text = "Invoice,Quantity,InvoiceDate,Price,Customer ID\n489434,12,2009-12-01 07:45:00,6.95,13085\n"
    names = {"InvoiceNo": "Invoice", "UnitPrice": "Price", "CustomerID": "Customer ID"}
    assert bought(read("online-retail", text, columns=names)[0]).amount == 8340


def test_file_without_a_column_names_those_there_are(read: Reading) -> None:
    with pytest.raises(FileUnusable, match="no column InvoiceNo, UnitPrice, CustomerID; it has: Invoice, Quantity, InvoiceDate"):
        read("online-retail", "Invoice,Quantity,InvoiceDate\n")


def test_nothing_but_a_header_is_no_purchases(read: Reading) -> None:
    assert read("online-retail", RETAIL) == []


def test_packed_file_that_is_cut_off_gives_no_invoice(read: Reading) -> None:
    text = RETAIL + "".join(article(str(number), at=f"2010-12-{number % 28 + 1:02} 08:26") for number in range(9_000))
    packed = gzip.compress(text.encode())
    assert len(read("online-retail", packed)) == 9_000
    seen: list[FileRow] = []
    with pytest.raises(FileUnusable, match=r"cut off after line \d+. Fetch the whole file again"):
        seen.extend(read("online-retail", packed[:-100]))
    assert seen == []


def test_rows_are_counted_as_they_pass(read: Reading) -> None:
    counts = Counts()
    rows = read("online-retail", RETAIL + article("1") + article("2") + article("C3", "-1") + article(customer="") * 3 + article("4", "-1"))
    assert list(counted(rows, counts)) == rows
    assert counts == Counts(2, 1, Counter({Why.NO_CUSTOMER: 3, Why.NEGATIVE: 1}))


# The whole of Online Retail


@pytest.fixture(scope="module")
def retail() -> tuple[list[FileRow], Counts, int, int]:
    """Its rows but for skipped ones, their counts, the bytes that were told, and the file's size."""
    file = Path(os.environ["LAURELS_TEST_DATA"]) / "retail" / "OnlineRetail.csv.gz"
    counts, told = Counts(), []
    rows = counted(read_purchases(file, "online-retail", FileShape("GBP", ZoneInfo("UTC")), advance=told.append), counts)
    return [row for row in rows if not isinstance(row, Skipped)], counts, sum(told), file.stat().st_size


has_retail = pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with retail/")


@pytest.mark.slow
@has_retail
def test_online_retail_holds_what_is_known_of_it(retail: tuple[list[FileRow], Counts, int, int]) -> None:
    rows, counts, told, size = retail
    purchases = [row for row in rows if isinstance(row, PurchaseRow)]
    returns = [row for row in rows if isinstance(row, ReturnRow)]
    assert (counts.purchases, counts.returns, counts.skipped) == (18_536, 3_654, {Why.NO_CUSTOMER: 135_080})
    assert told == size
    # 8,911,407.904 before rounding: four invoices have fractions of a penny, of which none changes the sum's pence.
    assert abs(Decimal(sum(row.amount for row in purchases)) / 100 - Decimal("8911407.904")) < Decimal("0.005")
    assert sum(row.amount for row in returns) == 61_134_209
    assert len({row.member for row in [*purchases, *returns]}) == 4_372
    assert sum(row.amount == 0 for row in purchases) == 4
    assert [row.occurred_at for row in purchases] == sorted(row.occurred_at for row in purchases)
    assert len({row.transaction_id for row in purchases}) == 18_536


@pytest.mark.slow
@has_retail
def test_online_retail_earns_the_points_that_independent_scripts_gave(retail: tuple[list[FileRow], Counts, int, int]) -> None:
    purchases = [row for row in retail[0] if isinstance(row, PurchaseRow)]
    prorated: Counter[str] = Counter()
    for row in purchases:
        prorated[row.member] += row.amount * 5 // 10_000
    assert prorated.total() == 436_436
    assert prorated.most_common(5) == [("14646", 13_976), ("18102", 12_949), ("17450", 9_703), ("16446", 8_423), ("14911", 7_100)]
    assert sum(row.amount // 10_000 * 5 for row in purchases) == 403_500
    assert sum(row.amount // 10_000 for row in purchases) == 80_700


@pytest.mark.slow
@has_retail
def test_online_retail_takes_its_largest_purchase_back_minutes_later(retail: tuple[list[FileRow], Counts, int, int]) -> None:
    rows = retail[0]
    (purchase,) = (row for row in rows if isinstance(row, PurchaseRow) and row.transaction_id == "581483")
    (cancelled,) = (row for row in rows if isinstance(row, ReturnRow) and row.return_id == "C581484")
    assert purchase.amount == cancelled.amount == 16_846_960 and purchase.member == cancelled.member
    assert timedelta() < cancelled.occurred_at - purchase.occurred_at < timedelta(hours=1)
    assert rows.index(cancelled) > rows.index(purchase)

"""Online Retail: the UCI's file of a real shop's invoices (Chen, Sain, Guo 2012).

A line is an article of an invoice. An invoice is worth the sum of quantity
times price over its lines, exactly, then rounded half up to pence. Equal lines
are genuine: the same article was scanned twice. Invoices that begin with C are
cancellations, which name no purchase: returns that stand alone. A line without
a customer earns nobody anything, and is left out. Customers are written as
`17850.0` and mean `17850`. Where an invoice carries several times, the
earliest is its time; times are wall times of London.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
import re
from zoneinfo import ZoneInfo

from laurels.core.cells import read_time
from laurels.core.delimited import Columns, Row, Sheet, Unreadable
from laurels.identity.cells import read_member
from laurels.products.loyalty.imports.fields import multiplied, read_id, read_number
from laurels.products.loyalty.imports.gathering import Gathering, Line, gather
from laurels.products.loyalty.imports.mapping import FileShape
from laurels.products.loyalty.imports.rows import FileRow, Skipped, Why

CURRENCY = "GBP"
ZONE = ZoneInfo("Europe/London")

COLUMNS = ("InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
"""The columns that are read; there are others."""

_EXAMPLE = '--column UnitPrice=Price --column "CustomerID=Customer ID"'
_WHOLE_FLOAT = re.compile(r"(\d+)\.0", re.ASCII)


def read_online_retail(lines: Iterable[str], shape: FileShape) -> Iterator[FileRow]:
    """Purchases and returns in the order of time, then of invoice numbers.

    Nothing but skipped lines comes before the whole file was read; invoices
    wait in memory (25,900 in the UCI's file), lines don't.

    Args:
        shape: only its columns and delimiter are looked at: currency and zone are the shop's.

    Raises:
        FileUnusable: a column is missing, or a line doesn't say which invoice it belongs to.
    """
    gathering = Gathering()
    asked = Columns(COLUMNS, COLUMNS, shape.columns, _EXAMPLE)
    rows = _with_customer(Sheet(lines, asked, delimiter=shape.delimiter).rows())
    yield from gather(rows, gathering, identify=lambda row: read_id(row.cells["InvoiceNo"], "InvoiceNo"), read=_line)
    yield from gathering.in_order_of_time()


def _with_customer(rows: Iterable[Row | Unreadable]) -> Iterator[Row | Unreadable | Skipped]:
    for row in rows:
        if isinstance(row, Row) and not row.cells["CustomerID"].strip():
            yield Skipped(row.line, Why.NO_CUSTOMER, "names no customer")
        else:
            yield row


def _line(row: Row, invoice: str) -> Line:
    is_return = invoice.startswith("C")
    worth = multiplied(read_number(row.cells["Quantity"], "Quantity"), read_number(row.cells["UnitPrice"], "UnitPrice"))
    return Line(
        number=row.line,
        transaction_id=invoice,
        member=_customer(row.cells["CustomerID"]),
        # Not by a minus sign, which would round to the precision of whatever context is set.
        amount=worth.copy_negate() if is_return else worth,
        currency=CURRENCY,
        occurred_at=_time(row.cells["InvoiceDate"]),
        is_return=is_return,
        purchase=None,
        category=None,
    )


# The lines of an invoice follow each other and say the same: most are known already.
@lru_cache(maxsize=4_096)
def _customer(text: str) -> str:
    found = _WHOLE_FLOAT.fullmatch(text.strip())
    return read_member(found[1] if found else text)


@lru_cache(maxsize=64)
def _time(text: str) -> datetime:
    return read_time(text, ZONE)

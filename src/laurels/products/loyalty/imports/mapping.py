"""CSV of any shop: its columns are found by the names that a mapping gives them.

Without a column `category` a line is a whole purchase or return, and comes as
soon as it is read, in the memory of a line. With one, lines of the same
transaction id are the lines of one purchase wherever they stand, which takes
the whole file to know.

A line is a return if its `kind` says so, if it has no kind and names a purchase
(`returns`) or a negative amount. A return's lines count
what came back, whichever sign they are written with; a purchase's may hold a
discount, which is negative, where a kind says that they are a purchase's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

from laurels.core.cells import check_time_format, read_time
from laurels.core.delimited import Columns, Row, Sheet, Unreadable, delimiter_of
from laurels.core.text_files import FileUnusable
from laurels.identity.cells import read_member
from laurels.products.loyalty.imports.fields import read_amount, read_category, read_currency, read_id, read_minor
from laurels.products.loyalty.imports.gathering import Gathering, Line, gather, row_of
from laurels.products.loyalty.imports.rows import FileRow, Skipped, Why

COLUMNS = ("transaction_id", "member", "amount", "amount_minor", "currency", "occurred_at", "category", "kind", "returns")
"""What a CSV may have, by the names that its header should use.

`amount` is in main units (12.50), `amount_minor` in minor ones (1250): one of
them. `returns` is the transaction id of the purchase that a return takes back.
"""

KINDS = {"purchase": False, "sale": False, "return": True, "refund": True}
"""What a column `kind` may say, in small or capital letters, and whether it is a return."""

_NEEDED = ("transaction_id", "member", "occurred_at")
_EXAMPLE = "--column transaction_id=InvoiceNo --column member=Customer"


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is written.

    Attributes:
        columns: the file's own names of columns, by ours.
        delimiter: one character between cells, or `tab`.
        currency: of amounts in files without a column for it.
        zone: of times without an offset.
        time_format: of `strptime`; ISO 8601 without one.
    """

    currency: str
    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    time_format: str | None = None


def checked_shape(shape: FileShape, known: tuple[str, ...]) -> FileShape:
    """The shape with its delimiter as a character.

    Args:
        known: the columns of the format.

    Raises:
        FileUnusable: it maps a column that the format doesn't have, or its delimiter or time format isn't one.
    """
    strange = [name for name in shape.columns if name not in known]
    if strange:
        raise FileUnusable(f"there is no field {', '.join(strange)}: map one of {', '.join(known)}")
    delimiter = delimiter_of(shape.delimiter)
    if shape.time_format is not None:
        check_time_format(shape.time_format)
    return replace(shape, delimiter=delimiter)


def read_mapped(lines: Iterable[str], shape: FileShape) -> Iterator[FileRow]:
    """Purchases and returns in the order of the file.

    Raises:
        FileUnusable: a column is missing, or there is both `amount` and `amount_minor`; with a column `category` also:
            a line doesn't say which purchase it belongs to.
    """
    sheet = Sheet(lines, Columns(COLUMNS, _NEEDED, shape.columns, _EXAMPLE), delimiter=shape.delimiter)
    if "amount" in sheet.names and "amount_minor" in sheet.names:
        raise FileUnusable("the file has both amount and amount_minor: say which counts by giving the other column another name")
    if "amount" not in sheet.names and "amount_minor" not in sheet.names:
        raise sheet.without(["amount (or amount_minor)"])
    read = partial(_line, shape=shape)
    if "category" not in sheet.names:
        yield from map(partial(_row, read=read), sheet.rows())
        return
    gathering = Gathering()
    yield from gather(sheet.rows(), gathering, identify=_identify, read=read)
    yield from gathering.in_file_order()


def _row(row: Row | Unreadable, read: Callable[[Row, str], Line]) -> FileRow:
    if isinstance(row, Unreadable):
        return Skipped(row.line, Why.UNREADABLE, row.reason)
    try:
        return row_of(read(row, _identify(row)))
    except ValueError as error:
        return Skipped(row.line, Why.UNREADABLE, str(error))


def _identify(row: Row) -> str:
    return read_id(row.cells["transaction_id"], "transaction_id")


def _line(row: Row, transaction_id: str, *, shape: FileShape) -> Line:
    cells = row.cells
    currency = read_currency(cells["currency"]) if "currency" in cells else shape.currency
    amount = read_amount(cells["amount"], currency) if "amount" in cells else read_minor(cells["amount_minor"], currency)
    purchase = read_id(cells["returns"], "returns") if cells.get("returns", "").strip() else None
    is_return = _is_return(cells.get("kind", ""), amount, purchase)
    if purchase == transaction_id:
        raise ValueError("returns: it names itself; a return needs an id of its own, so that a second one isn't taken for the same")
    return Line(
        number=row.line,
        transaction_id=transaction_id,
        member=read_member(cells["member"]),
        amount=amount.copy_abs() if is_return else amount,
        currency=currency,
        occurred_at=read_time(cells["occurred_at"], shape.zone, shape.time_format),
        is_return=is_return,
        purchase=purchase,
        category=read_category(cells.get("category", "")),
    )


def _is_return(kind: str, amount: Decimal, purchase: str | None) -> bool:
    said = kind.strip().lower()
    if not said:
        return amount < 0 or purchase is not None
    if said not in KINDS:
        raise ValueError(f"kind: expected one of {', '.join(KINDS)}, or nothing")
    if purchase is not None and not KINDS[said]:
        raise ValueError("returns: only a return names a purchase; leave it empty, or write return as its kind")
    return KINDS[said]

"""Lines of a file that belong to one purchase are put together, and become one row."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from laurels.core.delimited import Row, Unreadable
from laurels.core.text_files import FileUnusable
from laurels.products.loyalty.imports.fields import added, rounded_minor
from laurels.products.loyalty.imports.rows import FileRow, PurchaseRow, ReturnRow, Skipped, Why
from laurels.products.loyalty.rules.purchases import MAX_LINES, MAX_PURCHASE_AMOUNT

MAX_GATHERED = 1_000_000
"""Purchases and returns of a file whose lines have to be gathered: they wait in memory for its end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, read.

    Attributes:
        transaction_id: the purchase's, or the return's own.
        amount: in main units, exact; of a return, what came back, positive.
        purchase: the transaction id that a return names.
    """

    number: int
    transaction_id: str
    member: str
    amount: Decimal
    currency: str
    occurred_at: datetime
    is_return: bool
    purchase: str | None
    category: str | None


@dataclass(slots=True)
class _Gathered:
    first: Line
    total: Decimal
    occurred_at: datetime
    lines: list[tuple[str, Decimal]] = field(default_factory=list)
    is_contradictory: bool = False


class Gathering:
    """The purchases and returns of a file, while their lines come in."""

    def __init__(self) -> None:
        self._gathered: dict[str, _Gathered] = {}
        self._spoiled: dict[str, int] = {}

    def add(self, line: Line) -> None:
        """Count a line to its purchase: amounts are summed, and the earliest time is the purchase's.

        Raises:
            FileUnusable: it would be purchase number `MAX_GATHERED` + 1.
        """
        gathered = self._gathered.get(line.transaction_id)
        if gathered is None:
            self._require_room()
            gathered = self._gathered[line.transaction_id] = _Gathered(line, line.amount, line.occurred_at)
        else:
            gathered.total = added(gathered.total, line.amount)
            gathered.occurred_at = min(gathered.occurred_at, line.occurred_at)
            gathered.is_contradictory = gathered.is_contradictory or _told(line) != _told(gathered.first)
        if line.category is not None and len(gathered.lines) <= MAX_LINES:
            gathered.lines.append((line.category, line.amount))

    def spoil(self, transaction_id: str, number: int) -> None:
        """Remember that a line of a purchase can't be read: without it the sum would be wrong.

        Raises:
            FileUnusable: there are more than `MAX_GATHERED` of them.
        """
        self._require_room()
        self._spoiled.setdefault(transaction_id, number)

    def in_file_order(self) -> Iterator[FileRow]:
        """What was gathered, by first lines."""
        return map(self._row, self._gathered.values())

    def in_order_of_time(self) -> Iterator[FileRow]:
        """What was gathered, by time; at the same time by id, the shorter one first as numbers are."""
        return map(self._row, sorted(self._gathered.values(), key=_by_time))

    def _require_room(self) -> None:
        if len(self._gathered) + len(self._spoiled) >= MAX_GATHERED:
            raise FileUnusable(f"the file has more than {MAX_GATHERED:,} purchases: import it in parts, each with whole purchases")

    def _row(self, gathered: _Gathered) -> FileRow:
        spoiled = self._spoiled.get(gathered.first.transaction_id)
        if spoiled is None:
            return _row_of(gathered)
        reason = f"{gathered.first.transaction_id}: line {spoiled} of it can't be read, so its sum isn't known"
        return Skipped(gathered.first.number, Why.INCOMPLETE, reason)


def gather(
    rows: Iterable[Row | Unreadable | Skipped], gathering: Gathering, *, identify: Callable[[Row], str], read: Callable[[Row, str], Line]
) -> Iterator[Skipped]:
    """Gather all rows, and give what is left out on the way.

    Args:
        identify: the transaction id of a row; raises ValueError where it has none.
        read: the row with its id as a line; raises ValueError where it can't be read.

    Raises:
        FileUnusable: it isn't known which purchase a line belongs to. One of them would be posted with a wrong sum, for ever,
            so that nothing of the file is.
    """
    for row in rows:
        if isinstance(row, Skipped):
            yield row
            continue
        if isinstance(row, Unreadable):
            raise _unplaced(row.line, row.reason)
        try:
            transaction_id = identify(row)
        except ValueError as error:
            raise _unplaced(row.line, str(error)) from None
        try:
            line = read(row, transaction_id)
        except ValueError as error:
            gathering.spoil(transaction_id, row.line)
            yield Skipped(row.line, Why.UNREADABLE, f"{transaction_id}: {error}")
            continue
        gathering.add(line)


def _unplaced(number: int, reason: str) -> FileUnusable:
    return FileUnusable(
        f"line {number}: {reason}. It can't be told which purchase it belongs to, so nothing is imported: mend or remove the line"
    )


def row_of(line: Line) -> FileRow:
    """A line that is a whole purchase or return."""
    return _row_of(_Gathered(line, line.amount, line.occurred_at))


def _row_of(gathered: _Gathered) -> FileRow:
    first = gathered.first
    if problem := _problem(gathered):
        why, reason = problem
        return Skipped(first.number, why, f"{first.transaction_id}: {reason}")
    amount = rounded_minor(gathered.total, first.currency)
    if first.is_return:
        return ReturnRow(first.number, first.transaction_id, first.purchase, first.member, amount, first.currency, gathered.occurred_at)
    lines = tuple((category, rounded_minor(spent, first.currency)) for category, spent in gathered.lines)
    return PurchaseRow(first.number, first.transaction_id, first.member, amount, first.currency, gathered.occurred_at, lines)


def _problem(gathered: _Gathered) -> tuple[Why, str] | None:
    if gathered.is_contradictory:
        return Why.CONTRADICTORY, "its lines name several members or currencies, or some are returns: give each purchase an id of its own"
    if gathered.total < 0:
        said = "a return of less than nothing" if gathered.first.is_return else "a purchase worth less than nothing"
        return Why.NEGATIVE, f"{said} ({gathered.total}): enter what came back as a return with an id of its own"
    amounts = [gathered.total, *(amount.copy_abs() for _, amount in gathered.lines)]
    if any(rounded_minor(amount, gathered.first.currency) > MAX_PURCHASE_AMOUNT for amount in amounts):
        return Why.TOO_LARGE, f"amounts are at most {MAX_PURCHASE_AMOUNT} minor units"
    if len(gathered.lines) > MAX_LINES:
        return Why.TOO_LARGE, f"at most {MAX_LINES} lines: put those of a category together"
    return None


def _told(line: Line) -> tuple[str, str, bool, str | None]:
    return line.member, line.currency, line.is_return, line.purchase


def _by_time(gathered: _Gathered) -> tuple[datetime, int, str]:
    name = gathered.first.transaction_id
    return gathered.occurred_at, len(name), name

"""Tables of text with a header (CSV and its kin): lines become rows whose cells are found by name."""

from collections.abc import Collection, Iterable, Iterator, Mapping
import csv
from dataclasses import dataclass

from laurels.core.text_files import MAX_LINE, FileUnusable

_SPELLED = {"tab": "\t", "\\t": "\t"}
_OTHER_DELIMITERS = {";": "';'", "\t": "tab", "|": "'|'", ",": "','"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row, its cells by our names of the columns."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is none of what was asked for, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What is looked for in a header.

    Attributes:
        known: our names of the columns that may be there.
        needed: those that have to be.
        names: the file's own names, by ours, where they differ.
        example: how a user says which is which.
    """

    known: tuple[str, ...]
    needed: Collection[str]
    names: Mapping[str, str]
    example: str


def delimiter_of(text: str) -> str:
    """The character between cells, as a user writes it: itself, or `tab`.

    Raises:
        FileUnusable: it isn't one character.
    """
    delimiter = _SPELLED.get(text, text)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise FileUnusable(f"--delimiter {text}: expected one character, such as ';', or tab")
    return delimiter


class Sheet:
    """A table in text: its header, then its rows.

    Attributes:
        names: our names of the columns that are there.
    """

    def __init__(self, lines: Iterable[str], columns: Columns, *, delimiter: str = ",") -> None:
        """Read the header.

        Raises:
            FileUnusable: a column is missing or there twice, or the lines' own source says so.
        """
        self._reader = csv.reader(_bounded(lines), strict=True, delimiter=delimiter)
        self._columns = columns
        self._delimiter = delimiter
        try:
            self._header = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise FileUnusable(f"the first line isn't CSV: {error}") from None
        self._places = self._found()
        self.names = frozenset(self._places)

    def rows(self) -> Iterator[Row | Unreadable]:
        """The rows below the header, numbered by the line they end in, from 1; empty lines are left out.

        Raises:
            FileUnusable: while reading: a line is above `MAX_LINE` characters, or the lines' own source says so.
        """
        while True:
            before = self._reader.line_num
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Unreadable(self._reader.line_num, _broken(str(error), before + 1, self._reader.line_num))
                continue
            if not cells:
                continue
            if len(cells) != len(self._header):
                yield Unreadable(self._reader.line_num, f"{len(cells)} cells, and the header has {len(self._header)}")
                continue
            yield Row(self._reader.line_num, {name: cells[place] for name, place in self._places.items()})

    def without(self, missing: Collection[str]) -> FileUnusable:
        """The error that columns are missing, by the file's own names; it tells those there are."""
        return FileUnusable(
            f"the file has no column {', '.join(missing)}; it has: {', '.join(self._header) or 'nothing'}. "
            f"{_delimiter_hint(self._header, self._delimiter)}Say which is which: {self._columns.example}"
        )

    def _found(self) -> dict[str, int]:
        names = self._columns.names
        asked = {name: names.get(name, name) for name in self._columns.known}
        needed = {*self._columns.needed, *names}
        if missing := [theirs for name, theirs in asked.items() if theirs not in self._header and name in needed]:
            raise self.without(missing)
        if twice := [theirs for theirs in asked.values() if self._header.count(theirs) > 1]:
            raise FileUnusable(f"the file has more than one column {', '.join(twice)}: give the others other names")
        return {name: self._header.index(theirs) for name, theirs in asked.items() if theirs in self._header}


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            raise FileUnusable(f"line {number} is longer than {MAX_LINE} characters: is this the right file, and the right --format?")
        yield line.removeprefix("\ufeff") if number == 1 else line


def _delimiter_hint(header: list[str], delimiter: str) -> str:
    if len(header) != 1:
        return ""
    found = [said for one, said in _OTHER_DELIMITERS.items() if one != delimiter and one in header[0]]
    return f"Is the delimiter {found[0]}? " if found else ""


def _broken(reason: str, first: int, last: int) -> str:
    # A quote that isn't closed takes the lines after it along: nobody should look for them in vain.
    return reason if first >= last else f"{reason}; a quote opens in line {first} and lines {first} to {last} are left out"

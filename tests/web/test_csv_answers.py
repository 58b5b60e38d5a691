"""Tables for spreadsheets: made while they are sent, and never formulas."""

import asyncio
from collections.abc import Iterator

from fastapi import FastAPI
import pytest
from starlette.responses import StreamingResponse
from starlette.testclient import TestClient

from laurels.web.csv_answers import ROWS_AT_ONCE, Cell, csv_answer, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "\nx", "＝1", "-", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["T-1", "", " =1", "1042", "'=1", "Ana", 0, -5, 12, None])
def test_other_cells_stay_as_they_are(cell: Cell) -> None:
    assert safe_cell(cell) == cell


def answer_of(rows: Iterator[tuple[Cell, ...]]) -> tuple[str, str, str]:
    """A table as it arrives: its type, its disposition, its text."""
    app = FastAPI()

    @app.get("/table")
    def send() -> StreamingResponse:
        return csv_answer(("name", "points"), rows, filename="table.csv")

    with TestClient(app) as client:
        answer = client.get("/table")
    return answer.headers["content-type"], answer.headers["content-disposition"], answer.content.decode()


def test_a_table_is_sent_with_its_header_and_quoted_where_it_must_be() -> None:
    rows: list[tuple[Cell, ...]] = [('Ana, and "Bo"', 5), ("two\nlines", -5), ("Åsa", None), ("=1", 0)]
    kind, disposition, text = answer_of(iter(rows))
    assert (kind, disposition) == ("text/csv; charset=utf-8", 'attachment; filename="table.csv"')
    assert text == 'name,points\r\n"Ana, and ""Bo""",5\r\n"two\nlines",-5\r\nÅsa,\r\n\'=1,0\r\n'


def test_a_table_without_rows_has_its_header() -> None:
    assert answer_of(iter([]))[2] == "name,points\r\n"


def test_rows_are_made_while_earlier_ones_are_sent() -> None:
    made: list[int] = []

    def rows() -> Iterator[tuple[Cell, ...]]:
        for number in range(3 * ROWS_AT_ONCE):
            made.append(number)
            yield (number,)

    pieces = csv_answer(("number",), rows(), filename="t.csv").body_iterator
    assert made == []

    async def first() -> int:
        piece = await anext(aiter(pieces))
        return bytes(piece).count(b"\r\n")  # type: ignore[arg-type]  # csv_answer sends bytes

    assert asyncio.run(first()) == ROWS_AT_ONCE
    assert len(made) == ROWS_AT_ONCE - 1

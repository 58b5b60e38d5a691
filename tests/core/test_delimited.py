"""Sheets of text: what a header says, and lines that are no rows."""

from collections.abc import Mapping

import pytest

from laurels.core.delimited import Columns, Row, Sheet, Unreadable
from laurels.core.text_files import FileUnusable


def sheet(text: str, *, names: Mapping[str, str] | None = None, delimiter: str = ",") -> Sheet:
    columns = Columns(("who", "what", "when"), ("who",), names or {}, example="--column who=name")
    return Sheet(text.splitlines(keepends=True), columns, delimiter=delimiter)


def test_header_tells_which_columns_are_there() -> None:
    assert sheet("\ufeffwhat, who ,other\r\n").names == {"who", "what"}


def test_cells_are_found_by_our_names() -> None:
    found = sheet('name;extra;what\nAna;x;"a;b"\n', names={"who": "name"}, delimiter=";")
    assert list(found.rows()) == [Row(2, {"who": "Ana", "what": "a;b"})]


@pytest.mark.parametrize(
    ("text", "hint"), [("who;what\n", "Is the delimiter ';'"), ("who\twhat\n", "delimiter tab"), ("who|what\n", "delimiter '|'")]
)
def test_header_of_another_delimiter_is_told(text: str, hint: str) -> None:
    with pytest.raises(FileUnusable, match=r"no column who; it has: .*Say which is which: --column who=name") as refusal:
        sheet(text)
    assert hint in str(refusal.value)


def test_column_that_is_there_twice_is_refused_if_it_is_read() -> None:
    assert sheet("who,other,other\n").names == {"who"}
    with pytest.raises(FileUnusable, match="more than one column who"):
        sheet("who,what,who\n")


def test_name_that_the_file_lacks_is_refused_though_the_column_is_not_needed() -> None:
    with pytest.raises(FileUnusable, match="no column date; it has: who, when"):
        sheet("who,when\n", names={"when": "date"})


def test_first_line_that_is_broken_is_told() -> None:
    with pytest.raises(FileUnusable, match="the first line isn't CSV"):
        sheet('"who"x,what\n')


def test_quote_that_is_never_closed_tells_all_lines_that_it_takes_along() -> None:
    first, second = sheet('who,what\nAna,x\nBo,"never\nCy,y\nDi,z\n').rows()
    assert first == Row(2, {"who": "Ana", "what": "x"})
    assert isinstance(second, Unreadable)
    assert (second.line, second.reason) == (5, "unexpected end of data; a quote opens in line 3 and lines 3 to 5 are left out")


def test_cell_that_is_broken_is_one_line_where_it_ends_there() -> None:
    assert list(sheet('who\n"Ana"x\nBo\n').rows()) == [Unreadable(2, "',' expected after '\"'"), Row(3, {"who": "Bo"})]


def test_rows_of_another_length_are_told_and_blank_lines_left_out() -> None:
    assert list(sheet("who,what\r\n\r\nAna\r\nBo,x\r\n").rows()) == [
        Unreadable(3, "1 cells, and the header has 2"),
        Row(4, {"who": "Bo", "what": "x"}),
    ]

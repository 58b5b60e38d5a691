"""What the reading process may say, and what isn't believed."""

import pytest

from laurels.products.study.extraction import FileRefused, Limits, Outline, Page
from laurels.products.study.extraction.errors import FileBroken, FileTooLong, FileUnsupported, PageTooLong
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.messages import Ended, Errand, Failed, Message, longest_line, read_message, write_message


@pytest.mark.parametrize(
    "message",
    [
        Outline("Plants", 3),
        Outline(None, 0),
        Page(1, "words “and”\nlines \\ 植物 👩\u200d🚀"),
        Page(2, ""),
        Ended(),
        Failed("ValueError in read, line 3"),
        FileBroken(),
        FileTooLong(limit=2_000),
        PageTooLong(page=3, limit=200_000),
        FileUnsupported(found="a file of data"),
    ],
)
def test_a_message_is_read_as_it_was_written(message: Message) -> None:
    line = write_message(message)
    assert line.count(b"\n") == 1
    assert read_message(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"words",
        b'{"page": "1", "text": "a"}',
        b'{"page": 1, "text": "a\\u0000b"}',
        b'{"page": 1, "text": "a\\ud800b"}',
        b'{"page_count": 1, "title": 7}',
        b'{"page_count": 1, "title": "' + b"x" * 300 + b'"}',
        b'{"ended": false}',
        b'{"refused": "forbidden", "fields": {"needs": "x"}}',
        b'{"refused": "file-too-long", "fields": {}}',
        b'{"refused": "file-broken", "fields": {"is_replay": true}}',
        b'{"refused": "file-unsupported", "fields": {"found": "' + b"x" * 300 + b'"}}',
        b"[" * 900,
        b"\xff\xfe",
    ],
)
def test_what_is_no_message_is_not_believed(line: bytes) -> None:
    with pytest.raises(ValueError):
        read_message(line)


def test_a_page_as_long_as_may_be_fits_into_a_line() -> None:
    limits = Limits(max_page_characters=1_000)
    for letter in ("a", "\n", '"', "植", "👩"):
        assert len(write_message(Page(2_000, letter * 1_000))) <= longest_line(limits)


def test_an_errand_is_parsed_as_it_was_written() -> None:
    errand = Errand(FileType.PDF, Limits(max_pages=7, wall_seconds=0.5), first_page_only=True)
    assert Errand.parsed(errand.written()) == errand


def test_every_refusal_says_what_to_do() -> None:
    for kind in FileRefused.__subclasses__():
        assert kind.detail.count(".") >= 2, kind

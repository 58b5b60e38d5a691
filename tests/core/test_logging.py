from collections.abc import Iterator
from io import StringIO
import json
import logging

import pytest

from laurels.core.logging import FIELDS, configure_logging, current_request_id


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Where lines go; the loggers are put back as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    httpx_level = logging.getLogger("httpx").level
    yield StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("httpx").setLevel(httpx_level)


def test_line_is_json_with_its_request_and_fields(stream: StringIO) -> None:
    configure_logging("INFO", stream=stream)
    mark = current_request_id.set("request-0001")
    logging.getLogger("laurels.test").info("%d gifts", 3, extra={FIELDS: {"book": "recognition"}})
    current_request_id.reset(mark)
    line = json.loads(stream.getvalue())
    assert line.pop("at").endswith("+00:00")
    assert line == {"level": "INFO", "logger": "laurels.test", "message": "3 gifts", "request_id": "request-0001", "book": "recognition"}


def test_error_is_one_line(stream: StringIO) -> None:
    configure_logging("INFO", stream=stream)
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("laurels.test").exception("failed")
    (line,) = stream.getvalue().splitlines()
    assert "ValueError: no" in json.loads(line)["error"]


def test_odd_text_is_written_all_the_same(stream: StringIO) -> None:
    configure_logging("INFO", stream=stream)
    logging.getLogger("laurels.test").info("half a pair: %s", "\ud800")
    assert json.loads(stream.getvalue())["message"] == "half a pair: \ud800"


def test_plain_line_cant_pose_as_two(stream: StringIO) -> None:
    configure_logging("INFO", stream=stream, as_json=False)
    mark = current_request_id.set("request-0001")
    logging.getLogger("laurels.test").info("a\nb", extra={FIELDS: {"n": 1}})
    current_request_id.reset(mark)
    assert stream.getvalue().endswith("INFO    a\\nb n=1 request_id=request-0001\n")


def test_plain_error_has_its_trace(stream: StringIO) -> None:
    configure_logging("INFO", stream=stream, as_json=False)
    try:
        raise ValueError("no")
    except ValueError:
        logging.getLogger("laurels.test").exception("failed")
    assert "ValueError: no" in stream.getvalue()


def test_level_and_second_configuration_hold(stream: StringIO) -> None:
    configure_logging("DEBUG", stream=StringIO())
    configure_logging("WARNING", stream=stream)
    logging.getLogger("laurels.test").info("not this")
    logging.getLogger("laurels.test").warning("this")
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize("as_json", [True, False])
def test_row_that_a_database_quotes_is_left_out(stream: StringIO, as_json: bool) -> None:
    """PostgreSQL tells which row it refuses: all of it, with the words that somebody wrote, line breaks too."""
    configure_logging("INFO", stream=stream, as_json=as_json)
    quoted = 'violates check constraint "positive"\nDETAIL:  Failing row contains (1, a secret\nof two lines, 0).\n[SQL: INSERT]'
    try:
        raise ValueError(quoted)
    except ValueError:
        logging.getLogger("laurels.test").exception("failed")
    written = stream.getvalue()
    assert "positive" in written
    assert "[SQL: INSERT]" in written
    assert "secret" not in written
    assert "two lines" not in written

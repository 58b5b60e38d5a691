"""Logs: one line an event, as JSON for machines or plain for a terminal.

Every line of a request carries its id. Nothing personal is logged: no bodies,
no queries, no addresses, no headers; paths as their route's template.
"""

from contextvars import ContextVar
from datetime import UTC, datetime
import json
import logging
import re
import sys
from typing import IO

import orjson

current_request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that this code works for; empty outside of one."""

FIELDS = "fields"
"""`log.info("...", extra={FIELDS: {...}})` adds fields of its own to a line."""

MAX_TRACE = 20_000
"""Most characters of a traceback that are logged."""


def configure_logging(level: str = "INFO", *, stream: IO[str] | None = None, as_json: bool | None = None) -> None:
    """Send all logs to one stream, standard error by default; calling again replaces what was configured.

    Args:
        as_json: by default where the stream is no terminal.
    """
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(JsonFormatter() if as_json or (as_json is None and not target.isatty()) else PlainFormatter())
    # Nothing here shows where a line was logged, or on which thread; finding out costs more than writing it.
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # uvicorn brings handlers of its own; its lines belong with the others.
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
    # At INFO these tell of every request to another server, with its whole address, and of every look at the schema.
    for name in ("httpx", "httpx2", "alembic"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))


_DETAIL = re.compile(r"^DETAIL:.*?(?=^(?:CONTEXT:|HINT:|\[SQL|\(Background|Traceback)|\Z)", re.MULTILINE | re.DOTALL)
"""Where PostgreSQL quotes the row that it refuses, with the words that somebody wrote."""


def _impersonal(trace: str) -> str:
    return _DETAIL.sub("DETAIL: left out\n", trace)


class JsonFormatter(logging.Formatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if identifier := current_request_id.get():
            line["request_id"] = identifier
        line.update(getattr(record, FIELDS, {}))
        if record.exc_info:
            line["error"] = _impersonal(self.formatException(record.exc_info))[-MAX_TRACE:]
        try:
            return orjson.dumps(line, default=str).decode()
        except TypeError:
            return json.dumps(line, default=str)  # half a surrogate pair, or a huge number


class PlainFormatter(logging.Formatter):
    """A record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        parts = [at, f"{record.levelname:<7}", record.getMessage()]
        parts += [f"{name}={value}" for name, value in getattr(record, FIELDS, {}).items()]
        if identifier := current_request_id.get():
            parts.append(f"request_id={identifier}")
        # A line break in a message would let it pose as another line.
        line = " ".join(parts).replace("\r", "\\r").replace("\n", "\\n")
        return f"{line}\n{_impersonal(self.formatException(record.exc_info))[-MAX_TRACE:]}" if record.exc_info else line

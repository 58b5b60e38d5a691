"""What pure modules import, and who alone may ask for the time."""

import ast
import tomllib

import pytest

from tidy.source import ROOT, Source, imports_of, package_sources

IMPURE = (
    "asyncio",
    "fastapi",
    "httpx",
    "laurels.core.clock",
    "laurels.core.database.Database",
    "laurels.core.database.open_database",
    "laurels.core.ids.new_id",
    "laurels.ledger.reader",
    "laurels.ledger.writer",
    "laurels.web",
    "os",
    "psycopg",
    "random",
    "requests",
    "secrets",
    "sqlalchemy.Connection",
    "sqlalchemy.Engine",
    "sqlalchemy.orm",
    "sqlite3",
    "starlette",
    "subprocess",
    "threading",
    "time",
    "urllib.request",
    "uuid.uuid1",
    "uuid.uuid4",
)
PURE = {"account", "decisions", "draft", "facts", "rules"}
ABOUT_RULES = {"actions", "api", "console_pages", "queries", "schemas"}  # a file `rules` in these rooms changes or shows them
BEHIND_THE_DRAFT = {f"laurels.ledger.{name}" for name in ("holding", "holds", "lots", "sheet", "view")}
ASKS_THE_TIME = {
    "asyncio.sleep",
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "sleep",
    "time.sleep",
    "time.time",
    "time.time_ns",
}
CLOCK = "laurels.core.clock"
DOORS = {"laurels.ledger.writer", "laurels.ledger.reader", "laurels.ledger.outbox"}

SOURCES = package_sources()


def is_pure(module: str) -> bool:
    """Whether a module promises to act on nothing."""
    rooms = set(module.split("."))
    return bool(PURE & rooms and not ABOUT_RULES & rooms) or module in BEHIND_THE_DRAFT


PURE_SOURCES = [source for source in SOURCES if is_pure(source.module)]


def test_there_are_pure_modules() -> None:
    assert {"laurels.ledger.account", "laurels.ledger.draft", *BEHIND_THE_DRAFT} <= {source.module for source in PURE_SOURCES}


@pytest.mark.parametrize("source", PURE_SOURCES, ids=str)
def test_pure_modules_import_nothing_that_acts(source: Source) -> None:
    found = [name for name in imports_of(source.tree) if any(name == known or name.startswith(f"{known}.") for known in IMPURE)]
    assert found == []


@pytest.mark.parametrize("source", PURE_SOURCES, ids=str)
def test_pure_modules_await_nothing(source: Source) -> None:
    assert [node.lineno for node in ast.walk(source.tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)] == []


def test_only_the_clock_knows_the_time() -> None:
    """No other module asks for the time or sleeps: it is handed a clock, or waits for an event."""
    found = [
        f"{source}:{node.lineno} {ast.unparse(node.func)}"
        for source in SOURCES
        if source.module != CLOCK
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKS_THE_TIME
    ]
    assert found == []


def test_imports_are_at_the_top() -> None:
    """A local import hides a coupling; `if TYPE_CHECKING` hides a circle."""
    local = [f"{source}:{node.lineno}" for source in SOURCES for node in ast.walk(source.tree) if _is_hidden_import(source, node)]
    assert local == []


def test_contract_protects_all_that_is_inside_the_ledger() -> None:
    """import-linter takes a list; a new module belongs in it, or among the doors by a decision record."""
    inside = {source.module for source in SOURCES if source.module.startswith("laurels.ledger.")} - DOORS
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {module for contract in contracts for module in contract.get("protected_modules", []) if module.startswith("laurels.")} == inside


def _is_hidden_import(source: Source, node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom) and node not in source.tree.body

"""The page on the data model, made from the tables themselves."""

from collections import defaultdict

from sqlalchemy import Column, Index, MetaData, Table
from sqlalchemy.dialects import postgresql

INTRODUCTION = """\
# Data model

Every table, field and index, made from the tables by `python docs/generate.py`; a test compares it with the schema.
Types are PostgreSQL's. On SQLite an id is 32 hex digits and an instant is text in UTC.

## Where known terms live

| term | here |
| --- | --- |
| CreditLedger | `entry` and `posting`, in the book `recognition`: a statement's line is one side of a posting |
| MonthlyQuota | the account `sent/<month>` of a member (a meter), against the limit in the settings; `GET /api/v1/me/quotas` |
| CreditSnapshot | `credit_snapshot`: how each month of an allowance ended |
| balance | `account.balance`, which `laurels ledger verify` compares with the sum of its postings |
| leaderboard | the accounts `standing` and `standing/<month>`, in their index `ix_account_board` |
| Idempotency-Key | `request_key` |
| event outbox | `outbox`, written with the entry that announces |
| PointActivity | comes with progress: an entry in its book with a row beside it |
| ClassUsageTracker | comes with study: meters `tokens/<day>`, `/<week>`, `/<month>` of a member or class |
"""


def data_model_page(metadata: MetaData) -> str:
    """The page's text: a diagram of what refers to what, then each table by room."""
    rooms: dict[str, list[Table]] = defaultdict(list)
    for table in metadata.sorted_tables:
        rooms[str(table.info.get("room", _room(table.name)))].append(table)
    parts = [INTRODUCTION, _diagram(metadata)]
    for room in sorted(rooms):
        parts.append(f"## {room}\n")
        parts.extend(_describe(table) for table in sorted(rooms[room], key=lambda table: table.name))
    return "\n".join(parts)


_LEDGER = {"book", "account", "board_bucket", "entry", "posting", "chain", "request_key", "outbox"}


def _room(name: str) -> str:
    if name in _LEDGER:
        return "ledger"
    if name.startswith(("outbox", "job")):
        return "jobs"
    if name.startswith(("recognition", "endorsement", "redemption", "credit")):
        return "recognition"
    return "identity"


def _diagram(metadata: MetaData) -> str:
    lines = [
        "## Diagram",
        "",
        "Lines are foreign keys; the ledger refers to members by opaque owners, and to books by number.",
        "",
        "```mermaid",
        "erDiagram",
    ]
    lines += [
        f'    {key.column.table.name} ||--o{{ {table.name} : "{key.parent.name}"'
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: str(key.parent.name))
    ]
    lines += [
        f'    {parent} ||--o{{ {child} : "book"'
        for parent, child in (("book", "entry"), ("book", "chain"), ("book", "outbox"), ("entry", "posting"))
    ]
    return "\n".join([*lines, "```", ""])


def _describe(table: Table) -> str:
    lines = [f"### {table.name}", ""]
    if table.comment:
        lines += [table.comment, ""]
    lines += ["| field | type | | what |", "| --- | --- | --- | --- |"]
    lines += [f"| {column.name} | {_type(column)} | {_marks(column)} | {column.comment or ''} |" for column in table.columns]
    indexes = [_index(index) for index in sorted(table.indexes, key=lambda index: str(index.name))]
    if indexes:
        lines += ["", "Indexes: " + "; ".join(indexes) + "."]
    return "\n".join([*lines, ""])


def _type(column: Column[object]) -> str:
    return column.type.compile(postgresql.dialect()).lower().removesuffix(' collate "c"')  # type: ignore[no-untyped-call]


def _marks(column: Column[object]) -> str:
    marks = []
    if column.primary_key:
        marks.append("key")
    marks += [f"→ {key.column.table.name}" for key in column.foreign_keys]
    if column.unique:
        marks.append("unique")
    if column.nullable:
        marks.append("may be null")
    return ", ".join(marks)


def _index(index: Index) -> str:
    columns = ", ".join(str(getattr(one, "name", one)) for one in index.expressions)
    where = index.dialect_options["postgresql"].get("where")
    return f"`{index.name}` ({columns}){' unique' if index.unique else ''}{f', where {where}' if where is not None else ''}"

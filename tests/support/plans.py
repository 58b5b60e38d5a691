"""How a database means to run what it is asked."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, event


class Plans:
    """Notes what an engine is asked from now on, until `steps`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.asked: list[tuple[str, Any]] = []
        event.listen(engine, "before_cursor_execute", self.note)

    def note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> None:
        """Note a statement."""
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            self.asked.append((statement, parameters))

    def steps(self, *, without: Sequence[str] = ("seqscan",)) -> list[tuple[str, str]]:
        """Each statement's steps.

        Args:
            without: what PostgreSQL is kept from: tests' tables are small, and it would read them whole though it could use an index.
        """
        event.remove(self.engine, "before_cursor_execute", self.note)
        is_sqlite = self.engine.dialect.name == "sqlite"
        with self.engine.connect() as connection:
            for way in () if is_sqlite else without:
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            return [
                (statement, row[-1])
                for statement, parameters in self.asked
                for row in connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if is_sqlite else ''}{statement}", parameters)
            ]

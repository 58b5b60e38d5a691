"""Members and a service key: what every measurement of awards begins with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from benchmarks.people import member_rows
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.parts import open_identity
from laurels.identity.service_keys import create_key
from laurels.identity.tables import member

MEMBERS = 1_000
POINTS = 12
DESCRIPTION = "Quiz 17"


@dataclass(frozen=True, slots=True)
class Circle:
    """Members 0 to 999, and a key that may award.

    Attributes:
        token: of a service.
    """

    members: list[UUID]
    token: str

    def awards(self, prefix: str, number: int) -> Iterator[dict[str, Any]]:
        """So many quizzes, over all members."""
        for place in range(number):
            yield {
                "event_id": f"{prefix}-{place}",
                "member": str(place % MEMBERS),
                "amount": POINTS,
                "activity_type": "quiz_complete",
                "description": DESCRIPTION,
            }

    def bodies(self, prefix: str, number: int) -> list[str]:
        """The same, as request bodies."""
        return [json.dumps(one) for one in self.awards(prefix, number)]


def open_circle(database: Database, settings: Settings) -> Circle:
    """Write the members and make the key."""
    members = [new_id() for _ in range(MEMBERS)]
    with database.write.begin() as connection:
        connection.execute(insert(member), member_rows(members, datetime.now(UTC)))
    return Circle(members, service_key(database, settings))


def service_key(database: Database, settings: Settings) -> str:
    """The token of a new service that may award and read."""
    identity = open_identity(settings, database, SystemClock())
    try:
        return create_key(identity, subject="progress", name="bench", scopes=["award", "read"], by=None).token
    finally:
        identity.stop()

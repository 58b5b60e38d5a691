"""Members for measurements, and the settings of the servers that are measured."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from laurels.core.database import Database
from laurels.core.secrets import secret_key
from laurels.core.settings import Settings
from laurels.identity.rules import student_order
from laurels.identity.sessions import Origin, start_session
from laurels.identity.tokens import Keys, issue_access_token

SECRET = "benchmarks " * 6


def environment_of(url: str, home: Path) -> dict[str, str]:
    """The settings that a server is measured with."""
    return {
        "LAURELS_DATABASE_URL": url,
        "LAURELS_HOME": str(home),
        "LAURELS_SECRET_KEY": SECRET,
        "LAURELS_RATE_LIMITS": "false",
        "LAURELS_LOG_LEVEL": "WARNING",
    }


def settings_of(url: str, home: Path) -> Settings:
    """The same, for this process."""
    return Settings(home=home, database_url=url, secret_key=SECRET)


def member_rows(members: Iterable[UUID], now: datetime, *, first: int = 0) -> list[dict[str, Any]]:
    """Active members, their student ids from `first`."""
    return [
        {
            "id": identifier,
            "student_id": str(number),
            "student_order": student_order(str(number)),
            "full_name": f"Member {number}",
            "display_name": f"Member {number}",
            "status": "active",
            "role": "member",
            "preferred_ai_tier": "standard",
            "locale": "en",
            "time_zone": "UTC",
            "created_at": now,
            "updated_at": now,
        }
        for number, identifier in enumerate(members, first)
    ]


def sign_in(database: Database, settings: Settings, members: Iterable[UUID], now: datetime) -> list[str]:
    """An access token of each of these members."""
    keys, tokens = Keys.of(secret_key(settings)), []
    with database.write.begin() as connection:
        for who in members:
            session = start_session(connection, keys, member_id=who, via="bearer", origin=Origin(client="bench"), now=now, days=1).session
            tokens.append(issue_access_token(keys, session_id=session.id, member_id=session.member_id, now=now, minutes=600))
    return tokens

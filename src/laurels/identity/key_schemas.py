"""Service keys in requests and answers: products that mount endpoints for their keys use these."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from laurels.identity.service_keys import MAX_NAME, MAX_SCOPES, SCOPE_PATTERN, CreatedKey
from laurels.identity.tables import ServiceKey
from laurels.web.schemas import Answer, Body, PlainLine, UtcInstant, example

KeyName = Annotated[PlainLine, Field(min_length=1, max_length=MAX_NAME, description="To tell it from others.", examples=["till"])]
ScopeWord = Annotated[str, Field(pattern=f"^{SCOPE_PATTERN}$", examples=["earn"])]

_ID = "0192f4a0-5b1e-7c33-9c1d-3f6d1f0f8a11"
_KEY: dict[str, Any] = {
    "id": _ID,
    "subject": f"program/{_ID}",
    "name": "till",
    "scopes": ["earn", "read"],
    "created_by": _ID,
    "created_at": "2026-11-20T10:00:00+00:00",
    "last_used_at": None,
    "expires_at": None,
    "revoked_at": None,
}


class ServiceKeyBody(Body):
    """A key to be made."""

    model_config = example({"name": "till", "scopes": ["earn", "read"]})

    name: KeyName
    scopes: Annotated[list[ScopeWord], Field(min_length=1, max_length=MAX_SCOPES, description="What it may do.")]
    expires_at: Annotated[UtcInstant | None, Field(description="From when it opens nothing; left out for never.")] = None


class ServiceKeyAnswer(Answer):
    """A key, without its secret: that is told once, when it is made."""

    model_config = example(_KEY)

    id: UUID = Field(description="Public: the key itself begins with lk_ and this id.")
    subject: str = Field(description="What it is for.")
    name: str
    scopes: list[str]
    created_by: UUID | None = Field(description="The admin; null where the command line made it.")
    created_at: UtcInstant
    last_used_at: UtcInstant | None = Field(description="To the minute or so; null where it never was.")
    expires_at: UtcInstant | None = Field(description="Null for never.")
    revoked_at: UtcInstant | None = Field(description="Null while it isn't.")

    @staticmethod
    def of(key: ServiceKey) -> "ServiceKeyAnswer":
        """The answer for a row."""
        return ServiceKeyAnswer(**_told(key))


class NewServiceKeyAnswer(ServiceKeyAnswer):
    """A key that was just made, with its text. Keep it now: it isn't told again."""

    model_config = example({**_KEY, "token": f"lk_{_ID.replace('-', '')}_..."})

    token: str = Field(description="Send it as Authorization: Bearer. It is told this once.")

    @staticmethod
    def of_new(created: CreatedKey) -> "NewServiceKeyAnswer":
        """The answer for a key and its text."""
        return NewServiceKeyAnswer(**_told(created.key), token=created.token)


def _told(key: ServiceKey) -> dict[str, Any]:
    """What may be told of a key: all but its hash."""
    return {
        "id": key.id,
        "subject": key.subject,
        "name": key.name,
        "scopes": key.scopes.split(),
        "created_by": key.created_by,
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }

"""The API does what its OpenAPI document says: for whoever asks, on both databases."""

from functools import partial
import json

from fastapi import FastAPI
import pytest

from api.contract import wrong_answers
from api.town import Town

EXAMPLES = 3
"""Random requests of each sort and operation. Those at the bounds of fields come on top: more than four thousand."""

MANY_EXAMPLES = 100

OTHERS = {"anonymous": 2, "member": 10, "program admin": 6, "staff": 4, "earn": 3, "burn": 3, "read": 3, "award": 3}
"""Who else asks, and how many right requests of each operation they send. Wrong ones are refused to all alike."""


@pytest.fixture
def document(app: FastAPI) -> str:
    """The OpenAPI document, alike in every test."""
    return json.dumps(app.openapi(), sort_keys=True)


def test_admin_is_answered_as_documented(document: str, server: str, town: Town, database_kind: str) -> None:
    """On one database only: what doesn't exist, which is no row on either, and what is refused for its form, before any is asked."""
    is_other = database_kind != "sqlite"
    visit = partial(town.visit, "admin")
    assert wrong_answers(document, server, visit, examples=EXAMPLES, only_placed=is_other, only_right=is_other) == []


@pytest.mark.parametrize("kind", OTHERS)
def test_others_are_answered_as_documented(document: str, server: str, town: Town, database_kind: str, kind: str) -> None:
    """Who may do what is decided alike on both databases: on the other one each asks once."""
    most = OTHERS[kind] if database_kind == "sqlite" else 1
    visit = partial(town.visit, kind)
    assert wrong_answers(document, server, visit, examples=EXAMPLES, only_placed=True, only_right=True, most=most) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["admin", *OTHERS])
def test_all_are_answered_as_documented_at_length(document: str, server: str, town: Town, kind: str) -> None:
    assert wrong_answers(document, server, partial(town.visit, kind), examples=MANY_EXAMPLES) == []

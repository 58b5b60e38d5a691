"""The API does what its OpenAPI document says: for whoever asks, on both databases."""

import json

from fastapi import FastAPI
import pytest

from api.contract import Asker, Town, wrong_answers
from support.members import MemberMaker, SignIn

EXAMPLES = 3
"""Random requests of each sort and operation. Those at the bounds of fields come on top: more than a thousand."""

MANY_EXAMPLES = 100


@pytest.fixture
def document(app: FastAPI) -> str:
    """The OpenAPI document, alike in every test."""
    return json.dumps(app.openapi(), sort_keys=True)


@pytest.fixture
def admin(make_member: MemberMaker, sign_in: SignIn) -> Asker:
    return Asker.signed_in(lambda: make_member(role="admin", password="seven quiet lanterns"), sign_in)


@pytest.fixture
def member(make_member: MemberMaker, sign_in: SignIn) -> Asker:
    return Asker.signed_in(lambda: make_member(password="seven quiet lanterns"), sign_in)


def test_admin_is_answered_as_documented(document: str, server: str, town: Town, admin: Asker) -> None:
    assert wrong_answers(document, server, admin, town, examples=EXAMPLES) == []


def test_member_is_answered_as_documented(document: str, server: str, town: Town, member: Asker) -> None:
    assert wrong_answers(document, server, member, town, examples=EXAMPLES, only_right=True) == []


def test_anonymous_is_answered_as_documented(document: str, server: str, town: Town) -> None:
    assert wrong_answers(document, server, Asker.anonymous(), town, examples=EXAMPLES, only_right=True) == []


@pytest.mark.slow
def test_admin_is_answered_as_documented_at_length(document: str, server: str, town: Town, admin: Asker) -> None:
    assert wrong_answers(document, server, admin, town, examples=MANY_EXAMPLES) == []


@pytest.mark.slow
def test_member_is_answered_as_documented_at_length(document: str, server: str, town: Town, member: Asker) -> None:
    assert wrong_answers(document, server, member, town, examples=MANY_EXAMPLES) == []

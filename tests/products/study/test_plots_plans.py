"""What pages tell of usage, and staff of study, is found through indexes, in as many statements however much there is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from laurels.core.ids import new_id
from laurels.products.study.queries.cards import list_cards
from laurels.products.study.queries.monitoring import list_class_rows, read_documents, read_holds
from laurels.products.study.queries.plots import (
    Spending,
    list_class_tokens,
    list_member_tokens,
    list_model_tokens,
    read_token_days,
    read_total,
)
from products.study.school import School
from support.plans import Plans

Read = Callable[[Connection, School, Any], object]


def spending(school: School, **more: Any) -> Spending:
    return Spending(school.clock.at - timedelta(days=30), **more)


READS: dict[str, tuple[Read, tuple[str, ...]]] = {
    "days of a class": (
        lambda connection, school, room: read_token_days(connection, spending(school, class_id=room.id), days=[school.clock.at.date()]),
        ("ix_study_usage_class",),
    ),
    "days of a member": (
        lambda connection, school, room: read_token_days(connection, spending(school, member=room.owner_id), days=[]),
        ("ix_study_usage_user",),
    ),
    "days of all": (lambda connection, school, _: read_token_days(connection, spending(school), days=[]), ("ix_study_usage_class",)),
    "total": (lambda connection, school, _: read_total(connection, spending(school)), ("ix_study_usage_class",)),
    "members": (
        lambda connection, school, room: list_member_tokens(connection, spending(school, class_id=room.id), limit=50),
        ("ix_study_usage_class",),
    ),
    "models": (lambda connection, school, _: list_model_tokens(connection, spending(school)), ("ix_study_usage_class",)),
    "busiest": (lambda connection, school, _: list_class_tokens(connection, spending(school), limit=10), ("ix_study_usage_class",)),
    "documents": (lambda connection, school, _: read_documents(connection, limit=10), ("ix_study_document_status",)),
    "holds": (lambda connection, school, _: read_holds(connection, limit=10), ("ix_study_usage_held",)),
    "classes": (
        lambda connection, school, _: list_class_rows(connection, since=school.clock.at, limit=25, before=(school.clock.at, new_id())),
        ("ix_study_class_created_at", "ix_study_usage_class"),
    ),
    "cards": (
        lambda connection, school, room: list_cards(connection, room.owner_id, at=school.clock.at, limit=25),
        ("ix_study_member_member", "ix_study_session_user"),
    ),
}


@pytest.mark.parametrize("name", sorted(READS))
def test_numbers_are_read_through_their_indexes(school: School, name: str) -> None:
    room, _, (ana,) = school.with_members(1)
    school.later(minutes=1)
    school.capture(school.spend(room, ana, 300), 200)
    school.shelve(room, ana)
    read, indexes = READS[name]
    plans = Plans(school.database.read)
    with school.database.read.connect() as connection:
        read(connection, school, room)
    steps = [step for _, step in plans.steps(without=("seqscan", "bitmapscan", "sort"))]
    for index in indexes:
        assert any(index in step for step in steps), (index, steps)


@pytest.mark.parametrize("name", ["classes", "cards", "documents", "busiest", "members"])
def test_many_take_no_more_statements_than_one(school: School, name: str) -> None:
    owner = school.make_member()
    read, _ = READS[name]
    counts = []
    for number in (1, 4):
        for _ in range(number):
            room = school.found(owner)
            school.shelve(room, owner, processing_status="FAILED", error_code="file-damaged", error="It is damaged.")
            school.capture(school.spend(room, owner, 300), 200)
            school.later(minutes=1)
        plans = Plans(school.database.read)
        with school.database.read.connect() as connection:
            read(connection, school, room)
        counts.append(len(plans.asked))
        plans.steps()
    assert counts[0] == counts[1]

"""Identity's pure rules."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from laurels.core.errors import Denied
from laurels.identity.errors import MemberInactive
from laurels.identity.rules import require_active, require_may_change, require_may_create, student_order
from laurels.identity.tables import Member

AT = datetime(2026, 11, 20, tzinfo=UTC)


def somebody(*, status: str = "active", role: str = "member") -> Member:
    return Member(
        id=uuid4(),
        student_id="7",
        student_order=student_order("7"),
        username=None,
        email=None,
        full_name="",
        display_name="Seven",
        status=status,
        role=role,
        preferred_ai_tier="standard",
        locale="en",
        time_zone="UTC",
        created_at=AT,
        updated_at=AT,
    )


def test_student_ids_sort_as_numbers_then_by_code_point() -> None:
    ids = ["10", "2", "02", "ab", "Zb", "é", "100", "0", "99", "2a", "-1"]
    assert sorted(ids, key=student_order) == ["0", "02", "2", "10", "99", "100", "-1", "2a", "Zb", "ab", "é"]


def test_student_order_differs_wherever_ids_do() -> None:
    ids = ["2", "02", "002", "0", "00", "2 ", "2:2"]
    assert len({student_order(student_id) for student_id in ids}) == len(ids)


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_require_active_names_who_is_not(status: str) -> None:
    good, bad = somebody(), somebody(status=status)
    require_active(good)
    with pytest.raises(MemberInactive) as refusal:
        require_active(good, bad)
    assert refusal.value.fields == {"member_id": str(bad.id)}


@pytest.mark.parametrize(
    ("actor_role", "target_role", "changed", "is_allowed"),
    [
        ("staff", "member", {"status"}, True),
        ("staff", "member", {"password", "email"}, True),
        ("staff", "staff", {"status"}, True),
        ("staff", "staff", {"display_name"}, True),
        ("staff", "staff", {"password"}, False),
        ("staff", "staff", {"email"}, False),
        ("staff", "admin", {"status"}, False),
        ("staff", "admin", {"display_name"}, False),
        ("staff", "admin", set(), False),
        ("staff", "member", {"role"}, False),
        ("admin", "member", {"role"}, True),
        ("admin", "staff", {"password"}, True),
        ("admin", "admin", {"role", "status", "password"}, True),
    ],
)
def test_staff_change_whom_their_role_covers(actor_role: str, target_role: str, changed: set[str], is_allowed: bool) -> None:
    target, actor = somebody(role=target_role), somebody(role=actor_role)
    if is_allowed:
        require_may_change(target, changed, actor_id=actor.id, actor_role=actor_role)
        return
    with pytest.raises(Denied) as refusal:
        require_may_change(target, changed, actor_id=actor.id, actor_role=actor_role)
    assert refusal.value.fields == {"needs": "admin"}


@pytest.mark.parametrize("role", ["staff", "admin"])
@pytest.mark.parametrize("field", ["status", "role"])
def test_nobody_changes_their_own_status_or_role(role: str, field: str) -> None:
    me = somebody(role=role)
    with pytest.raises(Denied):
        require_may_change(me, {field}, actor_id=me.id, actor_role=role)
    if role == "staff":
        require_may_change(replace(me), {"email"}, actor_id=me.id, actor_role=role)


def test_only_admins_create_staff_and_admins() -> None:
    require_may_create("member", actor_role="staff")
    require_may_create("admin", actor_role="admin")
    for role in ("staff", "admin"):
        with pytest.raises(Denied):
            require_may_create(role, actor_role="staff")

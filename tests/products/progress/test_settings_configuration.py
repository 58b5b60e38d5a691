"""What decisions are made by: kept in memory, read anew once staff changed something, and never seen to be stale."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from threading import current_thread

import pytest
from sqlalchemy import event, select

from laurels.core.database import Database
from laurels.core.errors import Denied, Unavailable
from laurels.identity.editing import OPERATOR, Editor
from laurels.products.progress.actions import awarding
from laurels.products.progress.actions.awarding import Award, award_all, award_points
from laurels.products.progress.actions.rules import change_rules
from laurels.products.progress.actions.topics import NewTopic, add_topic, change_topic
from laurels.products.progress.queries.configuration import basis_of, current_basis, forget
from laurels.products.progress.queries.definitions import GOALS, TOPICS, get_definition, list_definitions
from laurels.products.progress.rules import DEFAULT_PRESET, ActivityType, preset
from laurels.products.progress.tables import progress_config, progress_topic
from laurels.web.caller import Caller, Role
from laurels.web.etags import WHICHEVER
from products.progress.circle import Circle
from products.progress.settings_paper import GOAL
from support.site import refused

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
EVENT = ActivityType.SPECIAL_EVENT
"""What no weekly goal counts by itself."""
HARD = preset(DEFAULT_PRESET).model_copy(update={"title": "Hard"})


def add(database: Database, slug: str) -> None:
    """A topic that is added by the command line."""
    add_topic(database, OPERATOR, NewTopic(slug, slug), now=NOW)


def test_every_change_raises_the_version_and_is_seen_at_once(circle: Circle) -> None:
    seen = [circle.basis.version]
    add(circle.database, "maths")
    seen.append(circle.basis.version)
    assert circle.basis.topics == {"maths"}
    change_topic(circle.database, OPERATOR, "maths", {"is_active": False}, expected=WHICHEVER, now=NOW)
    seen.append(circle.basis.version)
    assert circle.basis.topics == frozenset()
    change_rules(circle.database, OPERATOR, HARD, expected=WHICHEVER, now=NOW)
    seen.append(circle.basis.version)
    assert seen == [0, 2, 3, 4]
    assert circle.basis is circle.basis, "what was read is kept"


def test_another_processs_change_shows_once_forgotten(circle: Circle) -> None:
    known = circle.basis
    with circle.elsewhere() as elsewhere:
        add(elsewhere, "maths")
        assert basis_of(elsewhere, known.zone).topics == {"maths"}
    assert circle.basis is known, "that is why decisions compare the version"
    forget(circle.database)
    assert (circle.basis.topics, circle.basis.version) == ({"maths"}, 2)


def test_reader_takes_no_second_connection(circle: Circle) -> None:
    """With as many readers as there are connections, each would wait for another's."""
    zone, taken = circle.basis.zone, []

    def note(*_: object) -> None:
        taken.append("a connection")

    with circle.database.read.connect() as connection:
        event.listen(circle.database.read.pool, "checkout", note)
        forget(circle.database)
        anew = current_basis(connection, circle.database, zone)
        assert current_basis(connection, circle.database, zone) is anew
        event.remove(circle.database.read.pool, "checkout", note)
    assert (circle.basis is anew, taken) == (True, [])


def test_event_loop_waits_for_no_connection(circle: Circle) -> None:
    """What isn't in memory is read by another thread."""
    ana, threads = circle.make_member(), set[str]()

    def note(*_: object) -> None:
        threads.add(current_thread().name)

    forget(circle.database)
    event.listen(circle.database.read.pool, "checkout", note)
    asyncio.run(award_points(circle.office, Award(circle.giving(ana, 10, EVENT)), at=NOW, actor="test"))
    event.remove(circle.database.read.pool, "checkout", note)
    assert threads and current_thread().name not in threads


def test_what_is_decided_by_old_settings_is_decided_again(circle: Circle) -> None:
    ana = circle.make_member()
    rules = preset(DEFAULT_PRESET)
    tiers = (rules.tiers[0], rules.tiers[1].model_copy(update={"at": 10}))
    for number, version in enumerate((0, 2, 3)):
        assert circle.basis.version == version
        with circle.elsewhere() as elsewhere:
            changed = rules.model_copy(update={"tiers": tiers, "title": f"Rules {number}"})
            change_rules(elsewhere, OPERATOR, changed, expected=WHICHEVER, now=NOW)
        posted = asyncio.run(award_points(circle.office, Award(circle.giving(ana, 10, EVENT)), at=NOW, actor="test"))
        assert posted.answer.amount == 10
    assert [row.tier_at_time for row in circle.activities(ana)] == ["ember", "spark", "spark"]
    with circle.elsewhere() as elsewhere:
        add(elsewhere, "maths")
    outcomes = list(award_all(circle.office, [Award(circle.giving(ana, 1, EVENT, topic="maths")) for _ in range(3)], at=NOW, actor="test"))
    assert [one.answer.amount for one in outcomes if not isinstance(one, Exception)] == [1, 1, 1]
    assert circle.stands(ana, "topic/maths") == 3


def test_who_changes_settings_all_the_time_is_met_with_patience_that_ends(circle: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    ana, stale = circle.make_member(), circle.basis
    add(circle.database, "maths")
    for name in ("basis_of", "find_kept"):
        monkeypatch.setattr(awarding, name, lambda database, zone: stale)
    with pytest.raises(Unavailable):
        asyncio.run(award_points(circle.office, Award(circle.giving(ana)), at=NOW, actor="test"))
    with pytest.raises(Unavailable):
        list(award_all(circle.office, [Award(circle.giving(ana))], at=NOW, actor="test"))
    assert circle.total(ana) == 0


def test_awards_go_on_while_staff_change_settings(wide: Circle) -> None:
    staff, ana = wide.make_member(role="staff"), wide.make_member()
    quizzes = [lambda: asyncio.run(award_points(wide.office, Award(wide.giving(ana, 3, EVENT)), at=NOW, actor="test")).answer.amount] * 6
    topics = [
        lambda slug=slug: wide.ask(staff, "POST", "/progress/topics", json={"slug": slug, "title": slug}).status_code  # type: ignore[misc]
        for slug in ("a", "b", "c", "d")
    ]
    assert wide.together(*quizzes, *topics) == [3] * 6 + [201] * 4
    forget(wide.database)
    assert (wide.basis.version, wide.basis.topics) == (5, {"a", "b", "c", "d"})
    assert wide.total(ana) == 18


def test_two_who_change_something_first_at_the_same_moment_both_do(wide: Circle) -> None:
    staff, admin = wide.make_member(role="staff"), wide.make_member(role="admin")
    for who in (staff, admin):
        wide.headers(who)
    answers = wide.together(
        lambda: wide.ask(staff, "POST", "/progress/goal-definitions", json=GOAL),
        lambda: wide.ask(admin, "POST", "/progress/goal-definitions", json=GOAL),
        lambda: wide.ask(admin, "POST", "/progress/topics", json={"slug": "maths", "title": "Maths"}),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409]
    [lost] = [answer for answer in answers if answer.status_code == 409]
    refused(lost, 409, "name-taken")
    assert (wide.count(progress_config), wide.count(progress_topic), len(wide.basis.goals)) == (1, 1, 5)


def test_of_two_changes_for_one_version_one_is_made(wide: Circle) -> None:
    staff = wide.make_member(role="staff")
    add(wide.database, "maths")
    headers = wide.headers(staff) | {"If-Match": '"1"'}

    def rename(title: str) -> int:
        return wide.ask(headers, "PATCH", "/progress/topics/maths", json={"title": title}).status_code

    assert sorted(wide.together(lambda: rename("One"), lambda: rename("Two"), lambda: rename("Three"))) == [200, 412, 412]
    with wide.database.read.connect() as connection:
        assert get_definition(connection, TOPICS, "maths").version == 2


def test_an_action_asks_for_staff_itself(circle: Circle) -> None:
    ana = circle.make_member()
    caller = Caller(ana.id, Role.MEMBER, ana.id, ana.student_id, "Ana", "UTC", "en", "cookie")
    for role, may in ((Role.MEMBER, False), (Role.STAFF, True)):
        editor = Editor(replace(caller, role=role))
        if may:
            assert add_topic(circle.database, editor, NewTopic("maths", "Maths"), now=NOW).is_replay is False
        else:
            with pytest.raises(Denied):
                add_topic(circle.database, editor, NewTopic("maths", "Maths"), now=NOW)
            assert circle.count(progress_config) == 0


def test_lists_show_what_ships_as_the_first_change_writes_it(circle: Circle) -> None:
    with circle.database.read.connect() as connection:
        before = list_definitions(connection, GOALS)
        assert list_definitions(connection, GOALS, limit=2, after=GOALS.place(before[1])) == [], "they fit one page"
    add(circle.database, "maths")
    with circle.database.read.connect() as connection:
        after = list_definitions(connection, GOALS)
        assert list_definitions(connection, GOALS, limit=1, after=GOALS.place(after[1])) == [after[2]]
        assert connection.execute(select(progress_config.c.rules_version)).scalar_one() == 1
    assert [replace(row, created_at=NOW, updated_at=NOW) for row in before] == after

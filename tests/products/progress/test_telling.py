"""What progress tells the outside, and open pages."""

from dataclasses import fields

import orjson
import pytest

from laurels.core.ids import new_id
from laurels.ledger.outbox import Told
from laurels.products.progress import facts
from laurels.products.progress.hooks import PROGRESS_EVENTS, make_events
from laurels.products.progress.live import PROGRESS_CHANGED, tell_members
from laurels.web.live import member_topic
from products.progress.circle import Circle

FACTS = {kind.name: kind for kind in vars(facts).values() if isinstance(kind, type) and hasattr(kind, "name")}


def told(name: str, **payload: object) -> Told:
    """A fact as the outbox holds it."""
    return Told("progress", 1, 0, name, orjson.dumps(payload).decode(), None)  # type: ignore[arg-type]  # its time isn't read


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_is_told_as_its_example_says(name: str) -> None:
    [kind] = [kind for kind in PROGRESS_EVENTS.types if kind.name == name]
    payload = {field.name: 1 for field in fields(FACTS[name])}
    [event] = make_events(None, [told(name, **payload)])  # type: ignore[arg-type]  # nothing is read
    assert (event.type, set(event.data), event.subject) == (name, set(kind.example), None)


def test_when_points_begin_to_decay_is_told_as_an_instant() -> None:
    [event] = make_events(None, [told("decay.announced", member="m", decays_at=1_796_083_200_000_000)])  # type: ignore[arg-type]
    assert event.data == {"member_id": "m", "decays_at": "2026-12-01T00:00:00+00:00"}


def test_pages_of_the_member_alone_are_told_each_once() -> None:
    ana, bo = new_id(), new_id()
    messages = list(tell_members([told("progress.awarded", member=str(who)) for who in (ana, bo, ana)]))
    assert [(one.topic, one.event, one.data) for one in messages] == [(member_topic(who), PROGRESS_CHANGED, b"") for who in (ana, bo)]


def test_open_pages_hear_of_an_award(served: Circle) -> None:
    hub = served.app.state.context.live
    assert {"progress.awarded", "progress.reversed", "quest.completed", "decay.announced"} <= set(hub._drawings)

"""What open pages are told of recognition's facts. That it reaches them is proved in tests/browser."""

from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest

from laurels.ledger.outbox import Told
from laurels.products.recognition.live import PURSE_CHANGED, Drawings, feed_topic
from products.recognition.community import Community


class Watched:
    """A hub that somebody watches in these languages: all that a drawing asks of one."""

    def __init__(self, *languages: str) -> None:
        self._topics = {feed_topic(language) for language in languages}

    def is_watched(self, topic: str) -> bool:
        return topic in self._topics


@pytest.fixture
def drawings(served: Community) -> Iterator[Drawings]:
    """Drawings for an English and a Spanish page."""
    context = served.app.state.context
    hub, context.live = context.live, Watched("en", "es")
    yield Drawings(context)
    context.live = hub


def _told(name: str, **payload: str) -> Told:
    return Told("recognition", 1, 0, name, orjson.dumps(payload).decode(), None)  # type: ignore[arg-type]  # its time isn't read


def test_thanks_is_drawn_once_a_language_without_anyone_s_own(served: Community, drawings: Drawings) -> None:
    ada, bo = served.join("1", display_name="Ada <1>"), served.join("2", display_name="Bo")
    told = _told("recognition.given", recognition=served.gave(ada, bo, 10))
    english, spanish = drawings.draw_given([told, told])
    assert (english.topic, english.event) == ("recognition:en", "")
    assert b"thanked" in english.data and b"dio las gracias" in spanish.data
    assert b"Ada &lt;1&gt;" in english.data and b'name="csrf_token" value=""' in english.data
    assert str(ada.id).encode() in english.data  # so that the giver's own page hides the button


def test_thanks_reversed_meanwhile_isn_t_drawn(served: Community, drawings: Drawings) -> None:
    ada, bo, sam = served.join("1"), served.join("2"), served.join("9", role="staff")
    thanks = served.gave(ada, bo, 10)
    served.post(sam, f"/recognitions/{thanks}/reversal", {"reason": "Not so."})
    assert list(drawings.draw_given([_told("recognition.given", recognition=thanks)])) == []
    gone = list(drawings.draw_reversed([_told("recognition.reversed", recognition=thanks)]))
    assert [f'hx-target="#thanks-{thanks}" hx-swap="delete"'.encode() in message.data for message in gone] == [True, True]


def test_of_a_burst_the_latest_are_drawn(served: Community, drawings: Drawings) -> None:
    ada, bo = served.join("1"), served.join("2")
    given = [served.gave(ada, bo, 1, message=f"Number {number:02d}.") for number in range(25)]
    drawn = b"".join(message.data for message in drawings.draw_given([_told("recognition.given", recognition=one) for one in given]))
    assert b"Number 04." not in drawn and b"Number 05." in drawn and b"Number 24." in drawn


def test_standings_are_drawn_for_the_current_month(served: Community, drawings: Drawings) -> None:
    ada, bo = served.join("1"), served.join("2", display_name="Bo")
    served.gave(ada, bo, 10)
    english, _ = drawings.draw_board([])
    assert b"#standings" in english.data and b"Bo" in english.data
    served.at(2026, 12, 1)
    assert b"Bo" not in next(iter(drawings.draw_board([]))).data


def test_owners_are_told_to_fetch_and_no_number_is_sent(drawings: Drawings) -> None:
    giver, receiver = UUID(int=1), UUID(int=2)
    told = list(drawings.tell_owners([_told("recognition.given", recognition=str(UUID(int=3)), giver=str(giver), receiver=str(receiver))]))
    assert {(message.topic, message.event, message.data) for message in told} == {
        (f"member:{giver}", PURSE_CHANGED, b""),
        (f"member:{receiver}", PURSE_CHANGED, b""),
    }


def test_nothing_is_drawn_while_nobody_watches(served: Community, drawings: Drawings) -> None:
    served.app.state.context.live = Watched()
    told = [_told("recognition.given", recognition=served.gave(served.join("1"), served.join("2"), 1))]
    for draw in (drawings.draw_given, drawings.draw_endorsed, drawings.draw_reversed, drawings.draw_board):
        assert list(draw(told)) == []

"""Following the pot as server-sent events, as API clients do."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import orjson

from laurels.identity.tables import Member
from laurels.web.live import STREAMS_PER_MEMBER
from products.pot.chatting import post, said
from products.pot.parlour import Parlour
from support.site import API, refused
from web.live_town import Stream

SECONDS = 20


@contextmanager
def following(parlour: Parlour, who: Member, **headers: str) -> Iterator[Stream]:
    """Follow the pot."""
    assert isinstance(parlour.http, httpx.Client)
    with parlour.http.stream("GET", f"{API}/pot/stream", headers=parlour.headers(who) | headers, timeout=SECONDS) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        stream = Stream(response)  # kept here: were it forgotten, httpx would close the connection
        yield stream


def test_a_stream_begins_with_what_is_and_tells_what_becomes_of_it(wide: Parlour) -> None:
    wide.begin()
    ana, bo = wide.make_member(), wide.make_member()
    assert post(wide, ana, "/pot/contribute", amount=10).status_code == 201
    with following(wide, bo) as stream:
        heard = iter(stream)
        first = next(heard)
        assert (first.event, orjson.loads(first.data)) == ("pot.changed", {"pot": 10, "round": 1, "messages": 0})
        said(wide, ana, client_seed=wide.unlucky(ana, until=1))
        second = next(heard)
        assert (second.event, orjson.loads(second.data)) == ("pot.changed", {"pot": 15, "round": 1, "messages": 1})
        said(wide, ana, client_seed=wide.lucky(ana, wins_at=2))
        told = {one.event: orjson.loads(one.data) for one in (next(heard), next(heard))}
        assert (told["pot.won"]["name"], told["pot.won"]["prize"], told["pot.won"]["round"]) == (ana.display_name, 25, 1)
        assert told["pot.changed"] == {"pot": 0, "round": 2, "messages": 0}


def test_nothing_of_ones_messages_is_told_to_others(wide: Parlour) -> None:
    wide.begin()
    ana, bo = wide.make_member(), wide.make_member()
    with following(wide, bo) as stream:
        heard = iter(stream)
        next(heard)
        said(wide, ana, "My secret", client_seed=wide.unlucky(ana, until=1))
        assert orjson.loads(next(heard).data).keys() == {"pot", "round", "messages"}


def test_who_comes_back_is_told_to_read_anew(wide: Parlour) -> None:
    wide.begin()
    with following(wide, wide.make_member(), **{"Last-Event-ID": "x-1"}) as stream:
        heard = iter(stream)
        assert [next(heard).event, next(heard).event] == ["refresh", "pot.changed"]


def test_a_member_has_so_many_streams(wide: Parlour) -> None:
    wide.begin()
    ana = wide.make_member()
    with ExitStack() as streams:
        for _ in range(STREAMS_PER_MEMBER):
            streams.enter_context(following(wide, ana))
        refused(wide.get(ana, "/pot/stream"), 429, "too-many-streams")

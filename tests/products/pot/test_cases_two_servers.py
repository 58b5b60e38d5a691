"""The pot's cases that say parallel, with two server processes beside each other."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle

import httpx

from faults.shop import process
from laurels.identity.tables import Member
from laurels.products.pot.actions import open_pot
from laurels.products.pot.house import open_house
from laurels.products.pot.rules import FlatOdds, PotRules
from products.pot.parlour import Parlour
from products.pot.test_cases import EACH, PASSWORD, SENDERS, check_sums
from support.site import API

CERTAIN = PotRules(odds=FlatOdds(kind="flat", ppm=1_000_000))
"""Rules by which every message wins."""


@contextmanager
def two_servers(parlour: Parlour) -> Iterator[list[httpx.Client]]:
    """Two processes that serve the same database, and a client of each."""
    settings = parlour.place.settings
    assert settings.secret_key is not None
    with ExitStack() as stack:
        clients = []
        for number in range(2):
            home = settings.home / f"server-{number}"
            arguments = (settings.resolved_database_url, str(home), settings.secret_key.get_secret_value())
            _, port = stack.enter_context(process("shop_server.py", *arguments))
            limits = httpx.Limits(max_connections=SENDERS * EACH)
            clients.append(stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}{API}", timeout=60, limits=limits)))
        yield clients


def signed_in(client: httpx.Client, who: Member) -> dict[str, str]:
    """Headers of a member who signs in by the server's own clock."""
    answer = client.post("/auth/login", json={"username": who.username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def begin_certain(parlour: Parlour) -> None:
    """Have the first round begin, its seed sealed as the servers' own are."""
    seeds = open_house(parlour.place.settings, None).seeds
    open_pot(parlour.database, parlour.writer, parlour.clock, seeds, rules=CERTAIN)


def test_c03_of_50_parallel_sends_the_debits_are_the_pots_rise_and_the_payouts(parlour: Parlour) -> None:
    members = [parlour.make_member(password=PASSWORD) for _ in range(SENDERS)]
    with two_servers(parlour) as (one, other):
        tokens = [signed_in(one, member) for member in members]
        calls = [(server, headers) for server in (one, other) for headers in tokens]

        def send(server: httpx.Client, headers: dict[str, str]) -> httpx.Response:
            return server.post("/messaging/send", json={"message": "Hello"}, headers=headers)

        calls = (calls * EACH)[: SENDERS * EACH]
        answers = parlour.together(*[lambda call=call: send(*call) for call in calls])
        pots = [server.get("/pot", headers=tokens[0]).json() for server in (one, other)]
        assert pots[0] == pots[1]
        check_sums(parlour, members, answers)
        assert pots[0]["pot"] == parlour.in_pot()


def test_c04_of_two_winners_the_second_gets_the_new_rounds_pot(parlour: Parlour) -> None:
    begin_certain(parlour)
    members = [parlour.make_member(password=PASSWORD) for _ in range(3)]
    with two_servers(parlour) as servers:
        ana, bo, cy = (signed_in(servers[0], member) for member in members)
        assert servers[0].post("/pot/contribute", json={"amount": 40}, headers=cy).status_code == 201
        sends = zip(servers, (ana, bo), strict=True)
        answers = parlour.together(
            *[lambda one=one: one[0].post("/messaging/send", json={"message": "Hello"}, headers=one[1]) for one in sends]
        )
    first, second = sorted((answer.json() for answer in answers), key=lambda one: int(one["round"]))
    assert (first["round"], first["prize"], second["round"], second["prize"]) == (1, 45, 2, 5)
    assert sorted(parlour.coins(member) for member in members[:2]) == [100, 140]
    assert (parlour.in_pot(), [one.amount for one in parlour.rounds()]) == (0, [45, 5])


def test_c05_a_winning_send_that_is_retried_is_paid_once(parlour: Parlour) -> None:
    begin_certain(parlour)
    who = parlour.make_member(password=PASSWORD)
    with two_servers(parlour) as servers:
        headers = {**signed_in(servers[0], who), "Idempotency-Key": "one"}
        calls = [server for server, _ in zip(cycle(servers), range(8), strict=False)]
        answers = parlour.together(
            *[lambda server=server: server.post("/messaging/send", json={"message": "Hello"}, headers=headers) for server in calls]
        )
        again = servers[1].post("/messaging/send", json={"message": "Hello"}, headers=headers)
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} <= {"idempotency-key-in-flight"}
    assert won
    assert all(one == again.json() for one in won), "both processes give the one answer"
    assert (again.json()["prize"], parlour.coins(who), parlour.in_pot()) == (5, 100, 0)
    assert [kind for kind, _, _ in parlour.postings(who)] == ["start", "message", "prize"]

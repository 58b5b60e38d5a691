"""The address that was checked is the one that is connected to, and the certificate must still be the host's."""

from collections.abc import Callable
from pathlib import Path

import pytest

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.webhooks.targets import Guard
from support.members import MemberMaker
from webhooks.certificates import Authority, make_authority
from webhooks.office import Office
from webhooks.receiver import Receiver, a_receiver

HOST = "shop.example.org"

OpenOffice = Callable[..., Office]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return make_authority(tmp_path)


@pytest.fixture
def open_office(settings: Settings, database: Database, clock: FixedClock, make_member: MemberMaker) -> OpenOffice:
    admin = make_member(role="admin")
    return lambda **opened: Office(settings, database, clock, admin, **opened)


class Names:
    """A resolver whose answers change: the one of each look-up in turn, then the last."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def test_name_is_looked_up_once_a_try_and_its_address_is_asked(open_office: OpenOffice, receiver: Receiver) -> None:
    """No resolver of this machine knows the name: what arrives, arrives by the address that the guard was given."""
    names = Names(["127.0.0.1"], ["192.0.2.1"])
    office = open_office(guard=Guard(allow_http=True, allow_private=True, resolve=names))
    endpoint, _ = office.open(f"http://{HOST}:{receiver.port}/hooks")
    assert names.asked == [], "creating an endpoint looks nothing up"
    office.tell()
    office.send()
    assert names.asked == [(HOST, receiver.port)]
    assert receiver.got[0].headers["host"] == f"{HOST}:{receiver.port}"
    assert office.statuses(endpoint) == ["delivered"]


def test_name_that_leads_home_after_it_was_checked_reaches_nothing(open_office: OpenOffice, receiver: Receiver) -> None:
    """DNS rebinding: public when it was created, ours when it is sent to."""
    names = Names(["127.0.0.1"])
    office = open_office(guard=Guard(allow_http=True, resolve=names))
    endpoint, _ = office.open(f"http://{HOST}:{receiver.port}/hooks")
    office.tell()
    office.send()
    assert receiver.got == []
    assert names.asked == [(HOST, receiver.port)], "and it isn't asked again in the hope of another answer"
    (delivery,) = office.deliveries(endpoint)
    assert (delivery.status, delivery.error) == ("failed", "address-refused")
    assert office.attempts(delivery.id)[0].excerpt == "", "nothing tells where it led"


def test_one_bad_address_among_good_ones_reaches_nothing(open_office: OpenOffice, receiver: Receiver) -> None:
    office = open_office(guard=Guard(allow_http=True, allow_private=True, resolve=Names(["127.0.0.1", "169.254.169.254"])))
    endpoint, _ = office.open(f"http://{HOST}:{receiver.port}/hooks")
    office.tell()
    office.send()
    assert receiver.got == []
    assert office.deliveries(endpoint)[0].error == "address-refused"


def test_next_address_is_tried_where_one_takes_no_connection(open_office: OpenOffice, receiver: Receiver) -> None:
    office = open_office(guard=Guard(allow_http=True, allow_private=True, resolve=Names(["127.0.0.77", "127.0.0.1"])))
    endpoint, _ = office.open(f"http://{HOST}:{receiver.port}/hooks")
    office.tell()
    office.send()
    assert len(receiver.got) == 1
    assert office.statuses(endpoint) == ["delivered"]


def test_url_that_was_allowed_once_is_refused_by_todays_settings(open_office: OpenOffice, receiver: Receiver) -> None:
    office = open_office()
    endpoint, _ = office.open(receiver.url)
    office.tell()
    stricter = office.elsewhere(opened={"guard": Guard()})
    stricter.send()
    assert receiver.got == []
    assert office.deliveries(endpoint)[0].error == "url-refused"


def test_unknown_name_is_a_failure(open_office: OpenOffice) -> None:
    office = open_office(guard=Guard(resolve=Names([])))
    endpoint, _ = office.open(f"https://{HOST}/hooks")
    office.tell()
    office.send()
    assert office.deliveries(endpoint)[0].error == "host-unknown"


def test_certificate_is_checked_for_the_host_and_not_for_the_address(open_office: OpenOffice, authority: Authority) -> None:
    guard = Guard(allow_private=True, resolve=Names(["127.0.0.1"]))
    office = open_office(guard=guard, tls=authority.client())
    with a_receiver(tls=authority.server(HOST)) as right, a_receiver(tls=authority.server("other.example.org")) as wrong:
        good, _ = office.open(f"https://{HOST}:{right.port}/hooks")
        bad, _ = office.open(f"https://{HOST}:{wrong.port}/hooks")
        office.tell()
        office.send()
        assert len(right.got) == 1 and wrong.got == []
    assert office.statuses(good) == ["delivered"]
    (delivery,) = office.deliveries(bad)
    assert (delivery.status, delivery.error) == ("failed", "tls")


def test_authority_that_nobody_trusts_is_refused(open_office: OpenOffice, authority: Authority) -> None:
    office = open_office(guard=Guard(allow_private=True, resolve=Names(["127.0.0.1"])))
    with a_receiver(tls=authority.server(HOST)) as receiver:
        endpoint, _ = office.open(f"https://{HOST}:{receiver.port}/hooks")
        office.tell()
        office.send()
        assert receiver.got == []
    assert office.deliveries(endpoint)[0].error == "tls"


def test_encrypted_connections_arent_shared_by_hosts_of_one_address(open_office: OpenOffice, authority: Authority) -> None:
    """Two names, one address and port, as behind a distributor: the second name's certificate must be asked for."""
    office = open_office(guard=Guard(allow_private=True, resolve=Names(["127.0.0.1"])), tls=authority.client())
    with a_receiver(tls=authority.server(HOST)) as receiver:
        good, _ = office.open(f"https://{HOST}:{receiver.port}/hooks")
        bad, _ = office.open(f"https://other.example.org:{receiver.port}/hooks")
        office.tell(8)
        office.send()
        assert {got.headers["host"] for got in receiver.got} == {f"{HOST}:{receiver.port}"}
    assert set(office.statuses(good)) == {"delivered"}
    assert {one.error for one in office.deliveries(bad) if one.tries} == {"tls"}

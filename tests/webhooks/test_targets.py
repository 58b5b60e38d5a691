"""Where webhooks may lead: hostile URLs, hostile addresses, and names that lead elsewhere a moment later."""

from ipaddress import ip_address
import socket

import pytest

from laurels.webhooks.addresses import is_public, is_reachable
from laurels.webhooks.errors import WebhookUrlRefused
from laurels.webhooks.targets import AddressRefused, Guard, HostUnknown

PUBLIC = ("8.8.8.8", "93.184.216.34", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "2606:4700::1111")
PUBLIC_TOO = ("2a00:1450:4001:80f::200e", "223.255.255.254", "192.0.1.1", "198.17.255.255", "198.20.0.0", "2400:cb00::1")

OUR_OWN = (
    "127.0.0.1",
    "127.255.255.254",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "::1",
    "fc00::1",
    "fdff::1",
)
NOBODYS = (
    "0.0.0.0",
    "0.1.2.3",
    "169.254.169.254",
    "169.254.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "3ffe::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "5f00::1",
)

GOOD_URLS = (
    "https://shop.example.org",
    "https://shop.example.org/hooks?shop=1&b=2",
    "https://shop.example.org:443/",
    "https://shop.example.org:8443/x",
    "https://SHOP.Example.org./",
    "https://münchen.example/hooks",
    "https://xn--mnchen-3ya.example/",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]:8443/",
    "https://a_b.example.org/",
)
HOSTILE_URLS = (
    "",
    "shop.example.org",
    "//shop.example.org/",
    "https://",
    "https:///hooks",
    "https:shop.example.org",
    "http://shop.example.org/",
    "ftp://shop.example.org/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "javascript:alert(1)",
    "https://user:secret@shop.example.org/",
    "https://user@shop.example.org/",
    "https://@shop.example.org/",
    "https://shop.example.org@127.0.0.1/",
    "https://shop.example.org\\@127.0.0.1/",
    "https://shop.example.org#@127.0.0.1/",
    "https://shop.example.org/#part",
    "https://shop.example.org/#",
    "https://shop.example.org:22/",
    "https://shop.example.org:80/",
    "https://shop.example.org:0/",
    "https://shop.example.org:1023/",
    "https://shop.example.org:65536/",
    "https://shop.example.org:-1/",
    "https://shop.example.org:x/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST:8443/",
    "https://api.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://router.home.arpa/",
    "https://hidden.onion/",
    "https://redis:6379/",
    "https://intranet/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0.0.0.0/",
    "https://0/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:10.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
    "https://[::1/",
    "https://127。0。0。1/",
    "https://１２７.０.０.１/",
    "https://①②⑦.⓪.⓪.①/",
    "https://shop..example.org/",
    "https://.example.org/",
    "https://-shop.example.org/",
    "https://shop%2eexample.org/",
    "https://shop.example.org%00.evil.example/",
    "https://shop example.org/",
    "https://shop.example.org/a b",
    "https://shop.example.org/\nHost: evil",
    "https://shop.example.org/\r\nX: y",
    "https://shop.example.org/\tx",
    "https://shop.example.org\u200b/",
    "https://" + "a" * 64 + ".example.org/",
    "https://" + "a." * 130 + "org/",
    "https://shop.example.org/" + "a" * 2000,
    "https://xn--/",
)


@pytest.mark.parametrize("text", [*PUBLIC, *PUBLIC_TOO])
def test_public_addresses_may_be_asked(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", [*OUR_OWN, *NOBODYS])
def test_other_addresses_may_not(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not is_reachable(ip_address(text), allow_private=False)


@pytest.mark.parametrize("text", OUR_OWN)
def test_our_own_network_is_opened_by_a_setting(text: str) -> None:
    assert is_reachable(ip_address(text), allow_private=True)


@pytest.mark.parametrize("text", NOBODYS)
def test_metadata_and_reserved_addresses_never_are(text: str) -> None:
    assert not is_reachable(ip_address(text), allow_private=True)


@pytest.mark.parametrize("url", GOOD_URLS)
def test_public_urls_are_taken(url: str) -> None:
    assert Guard().check(url).is_encrypted


@pytest.mark.parametrize("url", HOSTILE_URLS)
def test_hostile_urls_are_refused(url: str) -> None:
    with pytest.raises(WebhookUrlRefused) as refused:
        Guard().check(url)
    assert refused.value.fields["field"] == "url"


@pytest.mark.parametrize("url", [url for url in HOSTILE_URLS if not url.startswith("https://127.0.0.1")])
def test_nothing_is_looked_up_for_a_refused_url(url: str) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    with pytest.raises(WebhookUrlRefused):
        Guard(resolve=resolve).check(url)
    assert asked == []


def test_development_opens_http_and_this_machine_and_no_more() -> None:
    guard = Guard(allow_http=True, allow_private=True)
    for url in ("http://127.0.0.1:8080/", "http://localhost:8080/", "https://[::1]:8443/", "http://receiver:8080/", "http://10.0.0.7/"):
        guard.check(url)
    for url in (
        "http://169.254.169.254/",
        "http://0.0.0.0:8080/",
        "http://127.1/",
        "http://2130706433/",
        "ftp://127.0.0.1/",
        "http://a:22/",
    ):
        with pytest.raises(WebhookUrlRefused):
            guard.check(url)


def test_host_is_plain_ascii_without_its_last_dot() -> None:
    assert Guard().check("https://MÜNCHEN.example.:8443/x").host == "xn--mnchen-3ya.example"


@pytest.mark.parametrize("bad", [*OUR_OWN, *NOBODYS, "nonsense", "127.1"])
def test_name_that_leads_to_a_bad_address_is_refused_whatever_else_it_leads_to(bad: str) -> None:
    guard = Guard(resolve=lambda host, port: ["93.184.216.34", bad])
    with pytest.raises(AddressRefused):
        guard.addresses(guard.check("https://shop.example.org/"))


def test_name_without_an_address_is_unknown() -> None:
    def refuse(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    for guard in (Guard(resolve=refuse), Guard(resolve=lambda host, port: [])):
        with pytest.raises(HostUnknown):
            guard.addresses(guard.check("https://shop.example.org/"))


def test_few_addresses_are_tried_and_a_spelt_one_isnt_looked_up() -> None:
    guard = Guard(resolve=lambda host, port: [f"93.184.216.{number}" for number in range(9)])
    assert len(guard.addresses(guard.check("https://shop.example.org/"))) == 3
    assert guard.addresses(guard.check("https://8.8.8.8/")) == ["8.8.8.8"]


def test_the_systems_resolver_is_asked_by_default() -> None:
    guard = Guard(allow_http=True, allow_private=True)
    assert set(guard.addresses(guard.check("http://localhost:8080/"))) <= {"127.0.0.1", "::1"}

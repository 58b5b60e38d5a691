"""Who issues: as the settings say."""

from pathlib import Path
import socket
from uuid import uuid4

from pydantic import SecretStr
import pytest

from laurels.core.settings import Settings
from laurels.vouchers import BuiltInIssuer, IssuerUnavailable, Order, is_code, open_vouchers
from laurels.vouchers.http import HttpIssuer
from products.recognition.issuer import an_issuer


def settings(tmp_path: Path, url: str = "") -> Settings:
    """Settings with an issuer."""
    return Settings(_env_file=None, home=tmp_path, secret_key=SecretStr("s" * 64), voucher_issuer_url=url)


def test_the_built_in_issuer_draws_codes(tmp_path: Path) -> None:
    vouchers = open_vouchers(settings(tmp_path))
    assert isinstance(vouchers.issuer, BuiltInIssuer)
    assert (vouchers.issuer.is_local, vouchers.issuer.name) == (True, "laurels")
    assert is_code(vouchers.issuer.issue(Order(uuid4(), 5000, "INR")))
    vouchers.close()


def test_a_url_names_an_issuer_outside(tmp_path: Path) -> None:
    with an_issuer() as server:
        vouchers = open_vouchers(settings(tmp_path, server.url))
        order = Order(uuid4(), 5000, "INR")
        assert (vouchers.issuer.is_local, vouchers.issuer.name) == (False, "127.0.0.1")
        assert vouchers.issuer.issue(order) == vouchers.issuer.issue(order) == "CODE-1", "the same order, the same voucher"
        assert vouchers.issuer.issue(Order(uuid4(), 5000, "INR")) == "CODE-2"
        vouchers.close()


@pytest.mark.parametrize("url", ["nonsense", "ftp://example.org/", "file:///etc/passwd", "https://", "http://host:port"])
def test_a_url_that_is_none_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match="LAURELS_VOUCHER_ISSUER_URL"):
        open_vouchers(settings(tmp_path, url))


def test_an_issuer_that_hangs_is_unavailable() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        issuer = HttpIssuer(f"http://127.0.0.1:{deaf.getsockname()[1]}/issue", timeout_seconds=0.2)
        with pytest.raises(IssuerUnavailable):
            issuer.issue(Order(uuid4(), 5000, "INR"))
        issuer.close()

"""What the process has one of for vouchers: made by `laurels.main` and the worker, found at `app.state.vouchers`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.seal import Seal
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.vouchers.http import HttpIssuer
from laurels.vouchers.issuers import BuiltInIssuer, Issuer


@dataclass(frozen=True, slots=True)
class Vouchers:
    """Who issues, and how codes are kept."""

    issuer: Issuer
    seal: Seal

    def close(self) -> None:
        """Let go of the issuer's connections."""
        self.issuer.close()


def open_vouchers(settings: Settings) -> Vouchers:
    """The issuer that the settings name, and the seal under the secret key.

    Raises:
        SecretKeyUnusable: the secret key is too short.
        ValueError: the issuer's URL isn't one of HTTP.
    """
    issuer: Issuer = HttpIssuer(settings.voucher_issuer_url) if settings.voucher_issuer_url else BuiltInIssuer()
    return Vouchers(issuer, Seal(derived_key(secret_key(settings), "voucher codes")))


async def vouchers_of(request: Request) -> Vouchers:
    """The process's issuer and seal."""
    vouchers: Vouchers = request.app.state.vouchers
    return vouchers


VoucherParts = Annotated[Vouchers, Depends(vouchers_of)]

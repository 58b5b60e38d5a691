"""Who makes vouchers: a plug-in. The built-in one draws a code; others ask somebody outside."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from laurels.vouchers.codes import draw_code


class IssuerUnavailable(Exception):
    """No answer, or none that can be read: nobody knows whether a voucher was made. Ask again with the same order."""


class IssuerRefused(Exception):
    """The issuer won't make this voucher, now or later."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued.

    Attributes:
        id: the redemption's: the same id is the same order, and gives the same voucher.
        value_minor: its worth in the currency's minor unit.
        currency: ISO 4217 code.
    """

    id: UUID
    value_minor: int
    currency: str


class Issuer(Protocol):
    """Makes voucher codes.

    Attributes:
        name: stored beside what it issued.
        is_local: whether it answers at once and from here, so that a request may wait for it.
    """

    @property
    def name(self) -> str: ...
    @property
    def is_local(self) -> bool: ...

    def issue(self, order: Order) -> str:
        """The voucher's code.

        Raises:
            IssuerUnavailable: try again later, with the same order.
            IssuerRefused: never.
        """

    def close(self) -> None:
        """Let go of connections."""


class BuiltInIssuer:
    """Draws a random code. Asked twice for one order it draws twice; only the first that is stored counts."""

    name = "laurels"
    is_local = True

    def issue(self, order: Order) -> str:
        return draw_code()

    def close(self) -> None:
        """Nothing is open."""

"""Vouchers: codes that are worth something outside, and who makes them.

Purpose: turn an order (an id and a worth) into a code, by whichever issuer the
operator chose, and keep codes so that a copy of the database gives none away.

Invariants: the same order gives one voucher however often it is asked for; an
issuer that is away for a while (`IssuerUnavailable`) is asked again, one that
says no (`IssuerRefused`) isn't; a code is stored sealed, tied to its order.

Begin reading at `issuers`. Products decide what a voucher costs and who gets
one; this room knows no member.
"""

from laurels.vouchers.codes import draw_code, is_code
from laurels.vouchers.issuers import BuiltInIssuer, Issuer, IssuerRefused, IssuerUnavailable, Order
from laurels.vouchers.parts import VoucherParts, Vouchers, open_vouchers, vouchers_of

__all__ = [
    "BuiltInIssuer",
    "Issuer",
    "IssuerRefused",
    "IssuerUnavailable",
    "Order",
    "VoucherParts",
    "Vouchers",
    "draw_code",
    "is_code",
    "open_vouchers",
    "vouchers_of",
]

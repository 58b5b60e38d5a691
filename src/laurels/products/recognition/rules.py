"""Recognition's arithmetic and limits, pure."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

MAX_CREDITS = 1_000_000
"""Most credits of one gift or redemption: no grant or limit can be set higher."""
MAX_MESSAGE = 500
"""Characters of a recognition's message."""
MAX_REASON = 500
"""Characters of a reversal's reason."""
MAX_VALUE_NAME = 40
"""Characters of a value's name."""
MAX_VALUES = 100
"""Most values in the community's list."""
MAX_STOCK_CHANGE = 1_000_000
"""Most vouchers added to the stock, or taken out, at once."""

MUTUAL_CREDITS = 30
"""Suspicious: two members gave each other at least so many credits in a month, the smaller sum at least half of the larger."""
SAME_WORDS_TIMES = 5
"""Suspicious: one giver sent the same words so often in a month."""
LATE_DAYS = 2
LATE_PERCENT = 80
"""Suspicious: so much of the month's grant was sent in its last days."""
FAVOURITE_PERCENT = 60
"""Suspicious: so much of the grant went to one person, two months running."""
RING_CREDITS = 10
"""Suspicious: A gave B, B gave C and C gave A at least so many credits each in a month; fewer is what friends do."""

RedemptionStatus = Literal["PENDING", "ISSUED", "FAILED"]

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Policy:
    """The community's settings for recognition, as in force for one decision.

    Attributes:
        grant: credits granted to give at a month's start.
        sending_limit: most credits sent in a month.
        carry: most unused credits that carry into the next month.
        carry_raises_limit: whether what was carried may be sent beside the limit.
        zone: the community's; months begin by it.
        giver_may_endorse: whether a giver may endorse their own recognition.
        voucher_value_minor: worth of one credit, in the currency's minor unit.
        currency: ISO 4217 code.
        stock_limited: whether vouchers come out of a counted stock.
    """

    grant: int = 100
    sending_limit: int = 100
    carry: int = 50
    carry_raises_limit: bool = False
    zone: ZoneInfo = UTC_ZONE
    giver_may_endorse: bool = False
    voucher_value_minor: int = 500
    currency: str = "INR"
    stock_limited: bool = False

    def carried(self, unused: int) -> int:
        """What of an ended month's unused credits goes into the next."""
        return min(unused, self.carry)

    def voucher_minor(self, credits: int) -> int:
        """A voucher's worth in minor units."""
        return credits * self.voucher_value_minor

"""Recognition's use cases: what surrounds a decision.

They choose the policy, draw ids, tell the time, post and make the answer.
Nothing here decides: that is `decisions`.
"""

from laurels.products.recognition.actions.gifts import Gave, Gift, endorse, give_credits, reverse
from laurels.products.recognition.actions.redemptions import REFUSED, UNAVAILABLE, VoucherRequested, change_stock, issue, redeem
from laurels.products.recognition.actions.values import remove_value, save_value

__all__ = [
    "REFUSED",
    "UNAVAILABLE",
    "Gave",
    "Gift",
    "VoucherRequested",
    "change_stock",
    "endorse",
    "give_credits",
    "issue",
    "redeem",
    "remove_value",
    "reverse",
    "save_value",
]

"""The pot's rules, each as a pure decision on the ledger's draft. Begin at `messages.SendPaidMessage`."""

from laurels.products.pot.decisions.coins import ChangeCoins, CoinsEarned, CoinsMoved, Contribute, Contributed, EarnCoins
from laurels.products.pot.decisions.messages import Paid, SendPaidMessage
from laurels.products.pot.decisions.purses import CoinsRead, ReadCoins
from laurels.products.pot.decisions.quotes import Quote, ReadQuote
from laurels.products.pot.decisions.replies import KeepReply, PutOffReply, RefundMessage, ReplyKept, TakeReply
from laurels.products.pot.decisions.restraint import LimitSet, PauseMember, PauseSet, SetLimit
from laurels.products.pot.decisions.rounds import OpenPot, PotEmptied, ResetPot, RoundBegun

__all__ = [
    "ChangeCoins",
    "CoinsEarned",
    "CoinsMoved",
    "CoinsRead",
    "Contribute",
    "Contributed",
    "EarnCoins",
    "KeepReply",
    "LimitSet",
    "OpenPot",
    "Paid",
    "PauseMember",
    "PauseSet",
    "PotEmptied",
    "PutOffReply",
    "Quote",
    "ReadCoins",
    "ReadQuote",
    "RefundMessage",
    "ReplyKept",
    "ResetPot",
    "RoundBegun",
    "SendPaidMessage",
    "SetLimit",
    "TakeReply",
]

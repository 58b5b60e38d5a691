"""Recognition's rules, each as a pure decision on the ledger's draft.

They read top to bottom like the rules that they state, and are tested with no
database. Nothing here awaits, asks the time or draws a number. Begin at
`gifts.GiveCredits`.
"""

from laurels.products.recognition.decisions.endorsements import Endorsed, EndorseRecognition
from laurels.products.recognition.decisions.gifts import GiveCredits, Given, Reversed, ReverseRecognition
from laurels.products.recognition.decisions.months import MonthOpened, OpenMonth
from laurels.products.recognition.decisions.purses import MonthsClosed, Purses, Quota, ReadMonths, ReadPurses, ReadQuota
from laurels.products.recognition.decisions.redemptions import ChangeStock, Redeemed, RequestRedemption, Settled, SettleRedemption, Stocked

__all__ = [
    "ChangeStock",
    "EndorseRecognition",
    "Endorsed",
    "GiveCredits",
    "Given",
    "MonthOpened",
    "MonthsClosed",
    "OpenMonth",
    "Purses",
    "Quota",
    "ReadMonths",
    "ReadPurses",
    "ReadQuota",
    "Redeemed",
    "RequestRedemption",
    "ReverseRecognition",
    "Reversed",
    "SettleRedemption",
    "Settled",
    "Stocked",
]

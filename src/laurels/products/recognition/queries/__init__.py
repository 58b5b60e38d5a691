"""Recognition's reads, each scoped to who asks.

One member's purses are told as if their month had been opened, through the
rule that opens it; lists and boards read what was posted. Every list has a
limit and a total order, and gives where its next part begins (`Listed`).
"""

from laurels.products.recognition.queries.boards import (
    ALL_TIME,
    BoardPlace,
    BoardRow,
    Period,
    list_board,
    list_board_around,
    month_period,
    semester_period,
)
from laurels.products.recognition.queries.listed import Listed, Person
from laurels.products.recognition.queries.patterns import Finding, Pattern, find_patterns
from laurels.products.recognition.queries.purses import list_snapshots, read_purses, read_quota, received_by_month
from laurels.products.recognition.queries.recognitions import (
    MAX_SEARCH,
    Endorser,
    FeedFilter,
    Thanks,
    get_recognition,
    get_thanks,
    list_endorsers,
    list_feed,
    recognitions_by_id,
)
from laurels.products.recognition.queries.redemptions import (
    Voucher,
    count_vouchers,
    due_redemptions,
    get_voucher,
    list_vouchers,
    read_stock,
    redemptions_by_id,
)
from laurels.products.recognition.queries.statements import LineKind, PurseName, StatementLine, list_statement
from laurels.products.recognition.queries.values import list_values

__all__ = [
    "ALL_TIME",
    "MAX_SEARCH",
    "BoardPlace",
    "BoardRow",
    "Endorser",
    "FeedFilter",
    "Finding",
    "LineKind",
    "Listed",
    "Pattern",
    "Period",
    "Person",
    "PurseName",
    "StatementLine",
    "Thanks",
    "Voucher",
    "count_vouchers",
    "due_redemptions",
    "find_patterns",
    "get_recognition",
    "get_thanks",
    "get_voucher",
    "list_board",
    "list_board_around",
    "list_endorsers",
    "list_feed",
    "list_snapshots",
    "list_statement",
    "list_values",
    "list_vouchers",
    "month_period",
    "read_purses",
    "read_quota",
    "read_stock",
    "received_by_month",
    "recognitions_by_id",
    "redemptions_by_id",
    "semester_period",
]

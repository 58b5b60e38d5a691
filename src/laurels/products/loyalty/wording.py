"""What pages call loyalty's kinds and states: marked messages, translated where they are shown."""

from laurels.products.loyalty.queries.history import HistoryKind
from laurels.products.loyalty.queries.lots import LotState
from laurels.web.language import N_

KIND_LABELS = {
    HistoryKind.EARN: N_("Earned"),
    HistoryKind.BURN: N_("Spent"),
    HistoryKind.CANCELLATION: N_("Came back"),
    HistoryKind.RETURN: N_("Returned goods"),
    HistoryKind.RECOVERY: N_("Made up for a return"),
    HistoryKind.EXPIRY: N_("Expired"),
    HistoryKind.LEAVING: N_("Given up by leaving"),
}

STATE_LABELS = {
    LotState.PENDING: N_("Pending"),
    LotState.ACTIVE: N_("Active"),
    LotState.RESERVED: N_("Reserved"),
    LotState.REDEEMED: N_("Spent"),
    LotState.EXPIRED: N_("Expired"),
    LotState.CANCELLED: N_("Taken back"),
    LotState.RENEWED: N_("Renewed"),
}

STATE_TONES = {LotState.PENDING: "brand", LotState.ACTIVE: "ok", LotState.RESERVED: "gold"}
"""Colours of the states that points may still leave."""

BURN_LABELS = {"reserved": N_("Reserved"), "fulfilled": N_("Yours"), "cancelled": N_("Cancelled")}
BURN_TONES = {"reserved": "gold", "fulfilled": "ok", "cancelled": ""}

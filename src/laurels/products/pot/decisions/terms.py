"""By what a member's next message is priced and drawn."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of
from laurels.ledger import Draft
from laurels.products.pot.decisions.purses import sender_of
from laurels.products.pot.rules import Heat, Params, PotRules, PriceResets, read_params, read_rules
from laurels.products.pot.tables import Pot, Sender


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a member's next message is priced and drawn.

    Attributes:
        day: of the community.
        place: the n of its price.
    """

    pot: Pot
    rules: PotRules
    params: Params
    sender: Sender
    day: date
    heat: Heat
    place: int
    price: int


def terms_of(draft: Draft, pot_id: str, member: UUID, *, at: datetime, zone: ZoneInfo) -> Terms:
    """The terms of a member's next message.

    Raises:
        Missing: there is no such pot.
    """
    pot, day = draft.row(Pot, pot_id), day_of(at, zone)
    params, sender = read_params(pot.params), sender_of(draft, member, day)
    heat = heat_of(pot, params, at)
    place = price_number(sender, params, pot.round, day)
    return Terms(pot, read_rules(pot.rules), params, sender, day, heat, place, params.price.price(place, heat))


def heat_of(pot: Pot, params: Params, at: datetime) -> Heat:
    """How demand for a pot stands at an instant."""
    return params.price.heated(Heat(pot.heat, pot.heat_window, pot.heat_used), int(at.timestamp()) // 60)


def price_number(sender: Sender, params: Params, round: int, day: date) -> int:
    """The n of a member's next price: their messages so far, ever or since the last reset, and one."""
    if params.price_resets is PriceResets.ROUND:
        return 1 + (sender.in_round if sender.round == round else 0)
    if params.price_resets is PriceResets.DAY:
        return 1 + (sender.in_day if sender.day == day else 0)
    return 1 + sender.messages

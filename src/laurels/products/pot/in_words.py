"""What pages call things of the pot: marked messages, translated where they are shown."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from laurels.products.pot.decisions import Quote
from laurels.products.pot.rules import MILLION, CappedPrice, DemandPrice, Earning, FallingOdds, Params, PriceResets
from laurels.web.language import N_

Say = Callable[[str], str]
"""Translates an English sentence."""
Write = Callable[[int | Decimal], str]
"""Writes a number."""

LINE_LABELS = {
    "start": N_("To begin with"),
    "allowance": N_("Weekly allowance"),
    "message": N_("A message"),
    "prize": N_("You won the pot"),
    "contribution": N_("Put into the pot"),
    "top_up": N_("Added by staff"),
    "deduction": N_("Taken by staff"),
    "earned": N_("Earned"),
    "refund": N_("Price of a message, returned"),
}
EARNING_LABELS = {
    Earning.RECOGNITION_GIVEN: N_("Thanking somebody"),
    Earning.RECOGNITION_RECEIVED: N_("Being thanked"),
    Earning.GOAL_COMPLETED: N_("Completing a weekly goal"),
    Earning.QUEST_COMPLETED: N_("Completing a quest"),
    Earning.TIER_REACHED: N_("Reaching a tier for the first time"),
}
RESET_SENTENCES = {
    PriceResets.NEVER: N_("The count of your messages goes on for ever."),
    PriceResets.ROUND: N_("The count of your messages begins anew with each round."),
    PriceResets.DAY: N_("The count of your messages begins anew each day."),
}

WORDS: dict[str, Any] = {"line_labels": LINE_LABELS, "earning_labels": EARNING_LABELS}
"""The tables as templates know them."""


def obstacle(quote: Quote) -> str:
    """Why a member can't pay for a message now: `paused`, `limit`, `coins`; empty where they can."""
    if quote.paused_until is not None:
        return "paused"
    if quote.room is not None and quote.room < quote.price:
        return "limit"
    return "coins" if quote.balance < quote.price else ""


def odds_words(say: Say, write: Write, ppm: int) -> str:
    """A chance in words: 1 in 10 (10%)."""
    if ppm <= 0:
        return say(N_("less than 1 in a million"))
    percent = write(Decimal(ppm) / 10_000)
    if MILLION % ppm == 0:
        return say(N_("1 in {number} ({percent}%)")).format(number=write(MILLION // ppm), percent=percent)
    ratio = (Decimal(MILLION) / ppm).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return say(N_("about 1 in {number} ({percent}%)")).format(number=write(ratio), percent=percent)


def terms_words(say: Say, write: Write, params: Params) -> list[str]:
    """What a round is drawn by, a sentence for each rule."""
    return [_price_words(say, write, params), say(RESET_SENTENCES[params.price_resets]), _odds_rule_words(say, write, params)]


def _price_words(say: Say, write: Write, params: Params) -> str:
    price = params.price
    if isinstance(price, CappedPrice):
        sentence = say(N_("Each of your messages costs {step} more than the one before, up to {most}."))
        return sentence.format(step=write(price.step), most=write(price.most))
    if isinstance(price, DemandPrice):
        sentence = say(
            N_("Each of your messages costs {step} more than the one before, times what demand makes of it: {target} in {minutes} minutes.")
        )
        return sentence.format(step=write(price.step), target=write(price.target), minutes=write(price.window_minutes))
    return say(N_("Each of your messages costs {step} more than the one before.")).format(step=write(price.step))


def _odds_rule_words(say: Say, write: Write, params: Params) -> str:
    chance = odds_words(say, write, params.odds.ppm)
    if isinstance(params.odds, FallingOdds):
        return say(N_("A message wins with a chance of {chance} at most; the fuller the pot, the smaller it is.")).format(chance=chance)
    return say(N_("Every message wins with a chance of {chance}.")).format(chance=chance)


def moves(params: Params) -> bool:
    """Whether what a message costs or wins depends on what others do: then an open page asks again."""
    return isinstance(params.price, DemandPrice) or isinstance(params.odds, FallingOdds)

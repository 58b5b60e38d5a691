"""The form of the pot's rules: flat fields, and the rules that they make."""

from decimal import Decimal
from itertools import chain
import re
from typing import Any

from laurels.products.pot.rules import MILLION, Earning, PotRules
from laurels.web.language import N_
from laurels.web.typed import Typed, typed_number

_PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{0,4})?", re.ASCII)
_PER_PERCENT = MILLION // 100

_FLAT = ("starting_coins", "weekly_allowance", "allowance_up_to")
_CHOICES = ("price_resets", "on_failed_reply")
_OF_PRICE: dict[str, tuple[str, ...]] = {"linear": (), "capped": ("most",), "demand": ("target", "window_minutes")}
"""What each way to price asks for, beside its step."""
_OF_ANY_PRICE = {"step", *chain.from_iterable(_OF_PRICE.values())}
_SUGGESTED = {"most": "100", "target": "60", "window_minutes": "10"}
"""Stand in the fields of ways to price that aren't chosen."""


def earn_field(trigger: Earning) -> str:
    """The form's name of what something done elsewhere earns."""
    return f"earn-{trigger}"


def typed_rules(rules: PotRules) -> dict[str, str]:
    """Rules as the form shows them."""
    found = {name: str(getattr(rules, name)) for name in (*_FLAT, *_CHOICES)}
    found["daily_limit"] = typed_number(rules.daily_limit)
    price = {name: str(value) for name, value in rules.price.model_dump(exclude={"kind"}).items()}
    found |= {"price_kind": rules.price.kind, **_SUGGESTED, **price}
    found |= {"odds_kind": rules.odds.kind, "chance": f"{Decimal(rules.odds.ppm) / _PER_PERCENT:f}"}
    return found | {earn_field(trigger): typed_number(rules.coins_for(trigger) or None) for trigger in Earning}


def read_rules_form(typed: Typed) -> PotRules | None:
    """The rules that a form makes; None where something is wrong, which is noted beside its field."""
    for name in (*_FLAT, "step", "chance"):
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in."))
    earned = [(trigger, typed.whole(earn_field(trigger))) for trigger in Earning]
    earnings = [{"trigger": trigger.value, "coins": coins} for trigger, coins in earned if coins]
    known: dict[str, Any] = {
        **{name: typed.whole(name) for name in (*_FLAT, "daily_limit")},
        **{name: typed.text(name) for name in _CHOICES},
        "price": _price(typed),
        "odds": _told({"kind": typed.text("odds_kind"), "ppm": _ppm(typed)}),
        "earnings": earnings,
    }
    rules = typed.check(PotRules, known, place=lambda name: _place(name, earnings))
    # What is left out of a body has its default: no limit has to be said.
    return rules.model_copy(update={"daily_limit": None}) if rules is not None and known["daily_limit"] is None else rules


def _price(typed: Typed) -> dict[str, Any]:
    kind = typed.values.get("price_kind", "")
    return {"kind": kind, **_told({name: typed.whole(name) for name in ("step", *_OF_PRICE.get(kind, ()))})}


def _ppm(typed: Typed) -> int | None:
    """A chance typed in percent, in millionths; None where there is none, which is noted if anything was typed."""
    text = typed.values.get("chance", "").replace(" ", "").removesuffix("%")
    if not text:
        return None
    ppm = int(Decimal(text.replace(",", ".")) * _PER_PERCENT) if _PERCENT.fullmatch(text) else 0
    if 1 <= ppm <= MILLION:
        return ppm
    typed.refuse("chance", N_("Type a percentage from 0.0001 to 100, such as 10 or 2.5."))
    return None


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _place(name: str, earnings: list[dict[str, Any]]) -> str:
    """The form's name of a field of the rules: `price.capped.most` is `most`, `earnings.0.coins` that of what earns them."""
    first, _, rest = name.partition(".")
    last = rest.rpartition(".")[2]
    if first == "earnings" and rest:
        return earn_field(Earning(earnings[int(rest.partition(".")[0])]["trigger"]))
    if first == "odds":
        return "chance" if last == "ppm" else "odds_kind"
    if first == "price":
        return last if last in _OF_ANY_PRICE else "price_kind"
    return first

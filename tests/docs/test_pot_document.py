"""docs/pot.md says what the rules say: its examples are worked out by them, its tables are what ships."""

import json
import re

from docs.shell import ROOT
from laurels.products.pot.actions.replying import PAUSES
from laurels.products.pot.api.messaging import SENDS_PER_MINUTE
from laurels.products.pot.bounds import MAX_PAUSE_DAYS
from laurels.products.pot.hooks import TYPES
from laurels.products.pot.queries.replies import PAST
from laurels.products.pot.rules import (
    DEFAULT_RULES,
    MAX_CLIENT_SEED,
    MAX_COINS,
    DemandPrice,
    Earning,
    FallingOdds,
    FlatOdds,
    Heat,
    PotRules,
    allowance_due,
    canonical,
    commitment_of,
    draw,
    hash_of,
    label_of,
    wins,
)

TEXT = (ROOT / "docs/pot.md").read_text()
SEED = bytes(range(32))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def worked_example(what: str) -> str:
    """What the table of the draw says that something is."""
    [told] = re.findall(rf"^\| {re.escape(what)} \| `?([^`|]+)`? \|$", TEXT, re.MULTILINE)
    return str(told)


def rules_with(**changes: object) -> PotRules:
    return PotRules.model_validate_json(json.dumps({**DEFAULT_RULES.model_dump(mode="json"), **changes}))


def test_settings_are_told_with_what_they_ship_as() -> None:
    told = {name: number(value) for name, value in re.findall(r"^\| `(\w+)` \| ([\d,]+) \| [^|]+ \|$", TEXT, re.MULTILINE)}
    assert told == {name: getattr(DEFAULT_RULES, name) for name in ("starting_coins", "weekly_allowance", "allowance_up_to")}
    assert f"{DEFAULT_RULES.daily_limit:,} coins (`daily_limit`" in TEXT
    assert f"| `{DEFAULT_RULES.on_failed_reply}` (ships) |" in TEXT
    assert f"`{DEFAULT_RULES.price_resets}` (the member's messages, ever: what ships" in TEXT


def test_earnings_are_those_that_ship() -> None:
    told = {Earning(name): int(coins) for name, coins in re.findall(r"^\| `(\w+)`[^|]* \| (\d+) \|$", TEXT, re.MULTILINE)}
    assert told == {one: DEFAULT_RULES.coins_for(one) for one in Earning}


def test_allowances_are_worked_out() -> None:
    def after(coins: int, weeks: int) -> int:
        return coins + allowance_due(DEFAULT_RULES, coins, weeks)

    assert "75 coins are 125 after a week and 200 after three; 180 are 200; 240 stay 240" in TEXT
    assert (after(75, 1), after(75, 3), after(180, 1), after(240, 1)) == (125, 200, 200, 240)


def test_prices_are_worked_out() -> None:
    rows = re.findall(r"^\| `(\{[^`]+\})` \| ([\d, ]+), …(?:: what ships)? \|$", TEXT, re.MULTILINE)
    assert len(rows) == 2
    for document, prices in rows:
        price = rules_with(price=json.loads(document)).price
        told = [int(one) for one in prices.split(", ")]
        assert [price.price(n, Heat()) for n in range(1, len(told) + 1)] == told
    assert json.loads(rows[0][0]) == DEFAULT_RULES.price.model_dump(mode="json")


def test_demand_is_worked_out() -> None:
    [document] = re.findall(r"^\| `(\{\"kind\": \"demand\"[^`]+)` \|", TEXT, re.MULTILINE)
    price = rules_with(price=json.loads(document)).price
    assert isinstance(price, DemandPrice)
    heat = price.heated(Heat(window=1, used=120), 2 * price.window_minutes)
    assert "After 120 messages in a window of target 60 a first message costs 6, a third 17." in TEXT
    assert (price.target, price.price(1, heat), price.price(3, heat)) == (60, 6, 17)


def test_chances_are_worked_out() -> None:
    rows = re.findall(r"^\| (\d+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 4
    for price, pot, flat, falling in rows:
        assert FlatOdds(kind="flat").odds(int(price), int(pot)) == number(flat)
        assert FallingOdds(kind="falling").odds(int(price), int(pot)) == number(falling)


def test_the_draw_is_worked_out() -> None:
    params = canonical(DEFAULT_RULES.params())
    assert worked_example("`params`") == params
    assert worked_example("`params_hash`") == hash_of(params)
    assert worked_example("`commitment`") == commitment_of(label_of(1), hash_of(params), SEED)
    drawn = draw(SEED, label_of(1), 1, "u1", "abc")
    assert f"| drawn for `r1\\|1\\|u1\\|abc` | `{drawn:064x}` |" in TEXT
    places = worked_example("the places below 60 at which `u1` would win with `abc`")
    assert [int(one) for one in places.split(", ")] == [n for n in range(1, 60) if wins(SEED, label_of(1), n, "u1", "abc", ppm=100_000)]


def test_bounds_are_told() -> None:
    assert f"any text up to {MAX_CLIENT_SEED} characters" in TEXT
    assert f"| 1 to {MAX_PAUSE_DAYS} days." in TEXT
    assert f"At most {SENDS_PER_MINUTE} messages a minute" in TEXT
    assert f"up to {MAX_COINS:,} at once" in TEXT
    assert PAST == 10 and "their last ten messages with their replies" in TEXT


def test_tries_of_a_failed_reply_are_told() -> None:
    assert "again after 10 seconds, 1, 5 and 15 minutes, and an hour. After six tries" in TEXT
    assert [pause.total_seconds() for pause in PAUSES] == [10, 60, 300, 900, 3600]


def test_webhook_events_are_told() -> None:
    [told] = re.findall(r"^- \[Webhooks\]\(webhooks.md\): (.+)\.$", TEXT, re.MULTILINE)
    assert told == ", ".join(f"`{kind.name}`" for kind in TYPES)


def test_the_script_is_as_short_as_told() -> None:
    lines = (ROOT / "docs/examples/verify_pot.py").read_text().count("\n")
    assert f"{lines} lines of the standard library" in TEXT

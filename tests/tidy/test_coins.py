"""Coins can't become anything of value: nobody but the pot moves them, and nothing that happens in it is worth anything elsewhere."""

import ast
import tomllib

from laurels.products.pot import facts
from laurels.reactions import REACTED_TO
from tidy.source import ROOT, Source, imports_of, package_sources

POT = "laurels.products.pot"
MOVES = {"move", "count", "hold"}
MAY_POST = {f"{POT}.accounts", f"{POT}.decisions"}
WORTH_SOMETHING = {"laurels.vouchers", "laurels.products.recognition", "laurels.products.loyalty", "laurels.products.progress"}
"""What has a value, or leads to something that has."""


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def outside() -> list[Source]:
    """All modules that aren't the pot's."""
    return [source for source in package_sources() if not is_within(source.module, POT)]


def test_nothing_outside_the_pot_names_its_asset() -> None:
    found = [
        source.module
        for source in outside()
        if any(isinstance(node, ast.Constant) and node.value == "coin" for node in ast.walk(source.tree))
    ]
    assert found == []


def test_nothing_of_value_imports_the_pot() -> None:
    importers = {
        source.module
        for source in outside()
        if any(is_within(name, POT) for name in imports_of(source.tree)) and any(is_within(source.module, room) for room in WORTH_SOMETHING)
    }
    assert importers == set()


def test_pots_decisions_are_posted_by_the_pot_alone() -> None:
    """`laurels.reactions` has what is done elsewhere earn coins, and the demonstration plays: by the pot's own use cases."""
    importers = {
        source.module for source in outside() if any(is_within(name, room) for name in imports_of(source.tree) for room in MAY_POST)
    }
    assert importers <= {"laurels.reactions"} | {source.module for source in outside() if source.module.startswith("laurels.cli.demo")}


def test_nothing_that_happens_in_the_pot_is_reacted_to_by_what_has_value() -> None:
    told = {
        fact.name for fact in vars(facts).values() if isinstance(fact, type) and hasattr(fact, "name") and fact.__module__ == facts.__name__
    }
    assert {"pot.paid", "pot.won", "pot.reset", "coins.changed"} <= told
    assert not told & REACTED_TO


def test_pot_opens_accounts_of_coins_and_meters_alone() -> None:
    """Each account of the pot is made in `accounts`, of its own book, of coins or of counts."""
    [accounts] = [source for source in package_sources() if source.module == f"{POT}.accounts"]
    made = [node for node in ast.walk(accounts.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    calls = [
        (node.func.id, *node.args[:2])
        for node in made
        if isinstance(node.func, ast.Name) and node.func.id in {"Account", "system", "meter"}
    ]
    assert {name for name, *_ in calls} == {"Account", "system", "meter"}
    for name, book, asset in calls:
        assert isinstance(book, ast.Name) and book.id == "BOOK"
        assert name == "meter" or (isinstance(asset, ast.Constant) and asset.value == "coin")
    elsewhere = [
        source.module
        for source in package_sources()
        if is_within(source.module, POT)
        and source is not accounts
        and {"laurels.ledger.system", "laurels.ledger.meter"} & set(imports_of(source.tree))
    ]
    assert elsewhere == []


def test_only_decisions_move_coins() -> None:
    movers = {
        source.module
        for source in package_sources()
        if is_within(source.module, POT)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in MOVES
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "draft"
    }
    assert movers
    assert all(is_within(module, f"{POT}.decisions") for module in movers)


def test_contract_keeps_the_pot_from_what_has_value() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [contract] = [one for one in contracts if one["name"].startswith("Coins become nothing of value")]
    assert (contract["type"], contract["source_modules"], set(contract["forbidden_modules"])) == ("forbidden", [POT], WORTH_SOMETHING)

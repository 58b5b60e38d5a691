"""One way to award points: no code but `giving` moves what progress issues."""

import ast

from tidy.source import Source, package_sources

PRODUCT = "laurels.products.progress"
GIVING = f"{PRODUCT}.decisions.giving"
MOVES = {"move", "count", "hold"}


def moves_of(source: Source, name: str) -> list[ast.Call]:
    """Calls of a draft's movements that name an account."""
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    found = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in MOVES]
    return [call for call in found if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(call))]


def test_points_are_issued_in_one_place_only() -> None:
    sources = [source for source in package_sources() if source.module.startswith(PRODUCT)]
    assert {source.module for source in sources if moves_of(source, "ISSUED")} == {GIVING}
    assert sum(len(moves_of(source, "ISSUED")) for source in sources) == 1


def test_only_decisions_move_anything_of_progress() -> None:
    movers = {source.module for source in package_sources() if source.module.startswith(PRODUCT) and _moves(source)}
    assert movers, "decisions were found at all"
    assert all(module.startswith(f"{PRODUCT}.decisions.") for module in movers)


def _moves(source: Source) -> bool:
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in MOVES
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "draft"
        for call in calls
    )

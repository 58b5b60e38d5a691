"""The diagrams tell of what is there, and each picture was made from its text. Needs neither a browser nor PlantUML."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
import re
from typing import Any

import pytest
from sqlalchemy import Table
from typer.main import get_command

from laurels.cli import app
from laurels.core.database import metadata
from tidy.source import PACKAGE, ROOT, imports_of, package_sources, public_definitions

DIAGRAMS = sorted((ROOT / "docs" / "diagrams").glob("*.puml"))
ENTITIES = [path for path in DIAGRAMS if path.stem.startswith("entities")]
SEQUENCES = [path for path in DIAGRAMS if path.stem.startswith("sequence")]
_ENTITY = re.compile(r"^entity (\w+)(?: \{\n(.*?)^\})?$", re.MULTILINE | re.DOTALL)
_TIE = re.compile(r"^(\w+) [|}][o|](--|\.\.)[o|][|{] (\w+)(?: : (.+))?$", re.MULTILINE)
_ARROW = re.compile(r"^([\w.]+) --> ([\w.]+)", re.MULTILINE)


@dataclass(frozen=True)
class Entity:
    """A table as a diagram has it: its key and what else it tells of; neither where it stands there for its lines alone."""

    name: str
    key: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def is_told(self) -> bool:
        return bool(self.key)


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that draws."""
    monkeypatch.syspath_prepend(ROOT / "docs")
    return import_module("draw_diagrams")


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_picture_was_made_from_its_text(diagram: Path, drawing: Any) -> None:
    mark, _, picture = diagram.with_suffix(".svg").read_text().partition("\n")
    assert mark == drawing.mark_of(diagram), "run: make diagrams"
    assert picture.startswith("<svg ")
    assert len(picture.encode()) <= drawing.MAX_BYTES


def test_a_changed_style_makes_every_picture_old(tmp_path: Path, drawing: Any) -> None:
    (tmp_path / "style.iuml").write_text("skinparam shadowing false\n")
    diagram = tmp_path / "one.puml"
    diagram.write_text("@startuml\n!include style.iuml\n@enduml\n")
    before = drawing.mark_of(diagram)
    (tmp_path / "style.iuml").write_text("skinparam shadowing true\n")
    assert drawing.mark_of(diagram) != before


def test_pictures_have_their_text_and_are_shown() -> None:
    page = (ROOT / "docs" / "diagrams" / "README.md").read_text()
    pictures = {path.stem for path in (ROOT / "docs" / "diagrams").glob("*.svg")}
    assert pictures == {path.stem for path in DIAGRAMS}
    assert sorted(name for name in pictures if f"({name}.svg)" not in page) == []


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_pictures_load_nothing_and_tell_no_day(diagram: Path) -> None:
    picture = re.sub(r"base64,[\w+/=]+", "", diagram.with_suffix(".svg").read_text())
    addresses = set(re.findall(r"\w+://[^\s\"']+", picture))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"\b20\d\d-\d\d|\b1\.20\d\d", picture) == []


def test_components_are_the_packages() -> None:
    rooms = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    products = {f"products.{path.name}" for path in (PACKAGE / "products").iterdir() if (path / "__init__.py").exists()}
    assert components() == rooms - {"__init__", "products"} | products


def test_arrows_between_components_are_imports() -> None:
    """An arrow to a package with others in it means at least one of them."""
    made = {(room, within) for room, other in imports_between_rooms() for within in (other, other.partition(".")[0])}
    assert sorted(arrows() - made) == []


def test_every_import_follows_arrows() -> None:
    """An import that passes over rooms has no arrow of its own, but a way by others'."""
    assert sorted((room, other) for room, other in imports_between_rooms() if other not in reached_from(room)) == []


def test_processes_deployed_are_commands() -> None:
    named = set(re.findall(r"<b>laurels (\w+)</b>", text_of("deployment")))
    assert {"serve", "worker"} <= named
    assert named - set(get_command(app).commands) == set()  # type: ignore[attr-defined]


@pytest.mark.parametrize("diagram", SEQUENCES, ids=lambda path: path.stem)
def test_names_in_sequences_are_in_the_code(diagram: Path) -> None:
    text = re.sub(r"^(!|skinparam).*$", "", diagram.read_text(), flags=re.MULTILINE).replace("\\n", " ")
    named = set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text))
    files = set(re.findall(r"\b[a-z_]+/[a-z_]+\b(?:\.py)?", re.sub(r"/api/v1/\S+", "", text)))
    assert named
    assert named - defined_names() == set()
    assert sorted(name for name in files if not stands_somewhere(name)) == []


@pytest.mark.parametrize("diagram", ENTITIES, ids=lambda path: path.stem)
def test_entities_are_tables_with_these_columns(diagram: Path) -> None:
    for entity in entities(diagram):
        table = tables()[entity.name]
        columns = {column.name for column in table.columns}
        if entity.is_told:
            assert set(entity.key) == {column.name for column in table.primary_key}, entity.name
        assert set(entity.others) <= columns - set(entity.key), entity.name


def test_every_table_is_told_of_once() -> None:
    told = [entity.name for diagram in ENTITIES for entity in entities(diagram) if entity.is_told]
    assert sorted(told) == sorted(tables())


@pytest.mark.parametrize("diagram", ENTITIES, ids=lambda path: path.stem)
def test_solid_lines_are_the_foreign_keys(diagram: Path) -> None:
    text = diagram.read_text()
    drawn = {entity.name for entity in entities(diagram)}
    keys = {(key.column.table.name, name) for name in drawn for key in tables()[name].foreign_keys}
    solid = {(one, other) for one, line, other, _ in _TIE.findall(text) if line == "--"}
    dashed = {(one, other) for one, line, other, _ in _TIE.findall(text) if line == ".."}
    assert solid == {(parent, child) for parent, child in keys if parent in drawn}
    assert {name for pair in dashed for name in pair} <= drawn
    assert dashed & keys == set()


@pytest.mark.parametrize("diagram", ENTITIES, ids=lambda path: path.stem)
def test_lines_are_named_by_columns(diagram: Path) -> None:
    for one, _, other, label in _TIE.findall(diagram.read_text()):
        columns = {column.name for name in (one, other) for column in tables()[name].columns}
        assert set(label.split(", ")) - {""} <= columns, f"{one}, {other}"


def text_of(name: str) -> str:
    return (ROOT / "docs" / "diagrams" / f"{name}.puml").read_text()


def components() -> set[str]:
    return set(re.findall(r"^ *component ([\w.]+) ", text_of("components"), re.MULTILINE))


def arrows() -> set[tuple[str, str]]:
    return set(_ARROW.findall(text_of("components")))


def reached_from(room: str) -> set[str]:
    """All that arrows lead to from a room."""
    reached, open_ends = set[str](), [room]
    while open_ends:
        here = open_ends.pop()
        targets = {target for source, target in arrows() if source == here}
        following = {room for room in components() if targets & {room, room.partition(".")[0]}} - reached
        reached |= following
        open_ends += following
    return reached


@cache
def imports_between_rooms() -> frozenset[tuple[str, str]]:
    every = {
        (room_of(source.module), room_of(name))
        for source in package_sources()
        for name in imports_of(source.tree)
        if name.startswith("laurels.")
    }
    known = components()
    return frozenset((room, other) for room, other in every if room != other and {room, other} <= known)


def room_of(module: str) -> str:
    """The room or product that a module belongs to: `products.loyalty`, `core`."""
    parts = module.removeprefix("laurels.").split(".")
    return ".".join(parts[: 2 if parts[0] == "products" else 1])


def entities(diagram: Path) -> Iterator[Entity]:
    """A diagram's entities. A line in one has columns, and after a colon a word on them."""
    for name, body in _ENTITY.findall(diagram.read_text()):
        key, _, others = body.partition("  --\n")
        yield Entity(name, tuple(columns_in(key)), tuple(columns_in(others)))


def columns_in(lines: str) -> Iterator[str]:
    for line in lines.splitlines():
        yield from line.partition(":")[0].strip().split(", ")


@cache
def tables() -> dict[str, Table]:
    """Every table of Laurels."""
    for source in package_sources():
        if "tables" in source.module.split("."):
            import_module(source.module)
    return dict(metadata.tables)


@cache
def defined_names() -> frozenset[str]:
    return frozenset(name for source in package_sources() for name, _ in public_definitions(source.tree))


def stands_somewhere(name: str) -> bool:
    """Whether a path as a diagram shortens it, `ledger/writer.py` or `pot/api`, is in the package."""
    return any((parent / name).exists() or (parent / f"{name}.py").exists() for parent in (PACKAGE, PACKAGE / "products"))

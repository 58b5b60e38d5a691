"""Documents tell of what is there: links, files, settings, commands and targets in them exist, and none is left out."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
import re
import sys
from typing import Any

import pytest
from typer.main import get_command

from docs.shell import ROOT
from laurels.cli import app
from laurels.core.settings import Settings

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("clients/**/*.md")])
OTHER_VARIABLES = {
    "LAURELS_TEST_DATABASE_URL": "tests/support/run.py",
    "LAURELS_TEST_DATA": "tests/products/loyalty/test_import_retail.py",
    "LAURELS_NEW_PASSWORD": "src/laurels/cli/members.py",
    "LAURELS_API": "clients/streamlit/app.py",
    "LAURELS_SITE": "clients/streamlit/app.py",
    "LAURELS_REFRESH_SECONDS": "clients/streamlit/numbers_shown.py",
}
"""Variables that are no settings, and where they are read."""

MADE_BY_READERS = {"docs/benchmarks.md": "bench"}
"""Files that may be missing, because a target of the Makefile writes them."""

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_FILE = re.compile(r"(?<![\w/.-])((?:docs|src|tests|benchmarks|requirements|\.ci|\.github)/[\w./-]*[\w/])")
_VARIABLE = re.compile(r"LAURELS_[A-Z][A-Z0-9_]*[A-Z]")
_INVOCATION = re.compile(r"(?:(?<=`)|(?<=bin/)|(?<=    ))laurels ((?:[a-z][a-z-]*(?: |(?=`)|$))+)", re.MULTILINE)
_TARGET = re.compile(r"(?:(?<=`)|(?<=^    ))make ([a-z]+)", re.MULTILINE)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    links = [found[1] or found[2] for found in _LINK.finditer(without_code(document.read_text()))]
    assert [link for link in links if not leads_somewhere(document, link)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_files_named_are_there(document: Path) -> None:
    named = {found[1].rstrip("/") for found in _FILE.finditer(document.read_text())}
    assert sorted(name for name in named - MADE_BY_READERS.keys() if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_settings_named_are_read(document: Path) -> None:
    assert set(_VARIABLE.findall(document.read_text())) - settings() - OTHER_VARIABLES.keys() == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_commands_named_are_there(document: Path) -> None:
    commands = command_page().commands_of(get_command(app), "laurels")
    known = {name.removeprefix("laurels ") for name, _ in commands}
    known |= {name.partition(" ")[0] for name in known}
    named = {" ".join(found.split()) for found in _INVOCATION.findall(document.read_text())}
    assert {name for name in named if not any(name == one or name.startswith(f"{one} ") for one in known)} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_targets_named_are_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(_TARGET.findall(document.read_text())) - targets == set()


def test_files_made_by_readers_have_their_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert [file for file, target in MADE_BY_READERS.items() if not re.search(rf"^{target}:.*{file}", makefile, re.MULTILINE)] == []


def test_other_variables_are_read_where_they_should() -> None:
    assert [name for name, file in OTHER_VARIABLES.items() if name not in (ROOT / file).read_text()] == []


def test_every_setting_is_described() -> None:
    told = set(_VARIABLE.findall((ROOT / "docs/operations.md").read_text()))
    assert settings() - told == set()


def test_command_line_is_as_described() -> None:
    assert command_page().command_page() == (ROOT / "docs/cli.md").read_text(), "run: python docs/generate.py"


def test_index_lists_every_document() -> None:
    index = (ROOT / "docs/README.md").read_text()
    assert [path.name for path in ROOT.glob("docs/*.md") if path.name != "README.md" and f"({path.name})" not in index] == []


@pytest.mark.parametrize("picture", sorted(ROOT.glob("docs/pictures/*")), ids=name_of)
def test_pictures_are_small(picture: Path) -> None:
    assert picture.suffix == ".png"
    assert picture.stat().st_size <= 150_000


def leads_somewhere(document: Path, link: str) -> bool:
    """Whether a link's file and heading are there. Addresses outside aren't asked."""
    if re.match(r"[a-z]+:", link):
        return link.startswith(("https://", "http://127.0.0.1"))
    path, _, heading = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    if not target.exists():
        return False
    return not heading or heading in headings(target.read_text())


def headings(text: str) -> set[str]:
    """The anchors of a document's headings, as forges make them."""
    titles = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def without_code(text: str) -> str:
    """A document without its code, in which brackets are no links."""
    return re.sub(r"`[^`\n]+`", "``", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))


def settings() -> set[str]:
    return {f"LAURELS_{name.upper()}" for name in Settings.model_fields}


def command_page() -> Any:
    """The module that makes docs/cli.md."""
    path = ROOT / "docs" / "command_page.py"
    spec = spec_from_file_location("command_page", path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules.setdefault("command_page", module_from_spec(spec))
    spec.loader.exec_module(module)
    return module

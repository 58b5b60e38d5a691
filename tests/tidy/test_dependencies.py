"""The lock is complete, agrees with pyproject.toml, and is told of in docs/dependencies.md. Needs no network."""

from importlib import metadata
import re
import sys
import tomllib

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
import pytest

from tidy.source import ROOT, imports_of, package_sources

LOCKS = {"runtime": ("build",), "dev": ("build", "dev", "streamlit"), "streamlit": ("build", "streamlit")}
USED_BY_OTHERS = {
    "httptools": "uvicorn parses HTTP by it",
    "psycopg": "SQLAlchemy loads it by the database's URL",
    "python-multipart": "Starlette reads forms by it",
    "tzdata": "zoneinfo reads it where the system has no zones",
    "uvloop": "uvicorn runs on it",
}.keys()
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s;]+)(?: ; ([^\\\n]+))?", re.MULTILINE)
"""A line of a lock: name, version, and the marker if there is one."""

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_all_that_is_required_at_an_allowed_version(lock: str) -> None:
    """Follows what each installed package requires, as pip would, and looks each up in the lock."""
    pins = pins_of(lock)
    open_ends = [Requirement(line) for line in PROJECT["dependencies"]]
    for extra in LOCKS[lock]:
        open_ends += [Requirement(line) for line in PROJECT["optional-dependencies"][extra]]
    problems, seen = [], set()
    while open_ends:
        wanted = open_ends.pop()
        name = canonicalize_name(wanted.name)
        if name not in pins or not wanted.specifier.contains(pins[name], prereleases=True):
            problems.append(f"{wanted} isn't met by requirements/{lock}.txt ({pins.get(name, 'missing')}): run `make lock`")
            continue
        if (name, frozenset(wanted.extras)) not in seen:
            seen.add((name, frozenset(wanted.extras)))
            open_ends += required_by(name, wanted.extras)
    assert problems == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    blocks = [block for block in re.split(r"\n(?=\S)", text) if block.strip()]
    assert [block for block in blocks if not PIN.match(block)] == []
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("lock", ["runtime", "streamlit"])
def test_all_locks_pin_the_same_versions(lock: str) -> None:
    pins, dev = pins_of(lock), pins_of("dev")
    assert {name: dev.get(name) for name in pins} == pins


def test_runtime_dependencies_are_told_of() -> None:
    rows = re.findall(r"^\| \[([^\]]+)\]\([^)]+\) \| (\S+) \|", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    wanted = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert dict(rows) == {name: version for name, version in pins_of("runtime").items() if name in wanted}


def test_what_is_imported_is_what_is_declared() -> None:
    """A package that only comes along with another may go any day; one that nobody imports may go now."""
    declared = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    roots = {name.split(".")[0] for source in package_sources() for name in imports_of(source.tree)}
    providers = metadata.packages_distributions()
    imported = {canonicalize_name(providers[root][0]) for root in roots - sys.stdlib_module_names - {"laurels"}}
    optional = {canonicalize_name(Requirement(line).name) for line in PROJECT["optional-dependencies"]["s3"]}  # loaded by name
    assert imported - declared - optional == set()
    assert declared - imported - USED_BY_OTHERS == set()


def required_by(name: str, extras: set[str]) -> list[Requirement]:
    """What an installed package requires here; nothing where a marker left it out of this machine."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    found = [Requirement(line) for line in lines]
    return [wanted for wanted in found if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in extras | {""})]


def pins_of(lock: str) -> dict[str, str]:
    """Versions by name. Where several are pinned, for one Python each, that of this one."""
    pins: dict[str, str] = {}
    for name, version, marker in PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text()):
        if canonicalize_name(name) not in pins or Marker(marker).evaluate():
            pins[canonicalize_name(name)] = version
    return pins

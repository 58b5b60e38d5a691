"""The source as the tidy tests see it: files, and the imports and definitions in them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
import subprocess

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "laurels"

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Source:
    """One Python file of the package."""

    path: Path
    module: str
    tree: ast.Module
    lines: int

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


@cache
def package_sources() -> tuple[Source, ...]:
    """Every Python file of the package but the migrations' history, which is never edited."""
    found = [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts]
    return tuple(_read(path) for path in found)


def imports_of(tree: ast.AST) -> Iterator[str]:
    """Full names of what a module imports directly: `datetime.datetime`, `sqlalchemy`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def public_definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Functions, classes and their methods that others may use, with their dotted names."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from (
                    (f"{node.name}.{part.name}", part)
                    for part in node.body
                    if isinstance(part, Definition) and not part.name.startswith("_")
                )


@cache
def committed_files() -> tuple[Path, ...]:
    """Every file that git knows, or would take."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


def _read(path: Path) -> Source:
    text = path.read_text()
    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    return Source(path, module, ast.parse(text), len(text.splitlines()))

"""How the code is laid out: small files, plain names, a docstring on all that is public."""

import ast
from functools import cache
import re

from tidy.source import ROOT, Definition, committed_files, package_sources, public_definitions

MOST_LINES = 500
VAGUE = re.compile(r"^(utils?|helpers?|services?|managers?|common|misc|processors?|stuff)$")
VAGUE_CLASS = re.compile(r"(Manager|Helper|Processor|Utils?|Service)$")


def test_files_are_short() -> None:
    assert [f"{source}: {source.lines}" for source in package_sources() if source.lines > MOST_LINES] == []


def test_names_say_something() -> None:
    files = [str(source) for source in package_sources() if any(VAGUE.match(part) for part in source.module.split("."))]
    classes = [f"{source}: {node.name}" for source in package_sources() for node in ast.walk(source.tree) if _has_vague_name(node)]
    assert files + classes == []


def test_modules_tell_their_purpose() -> None:
    assert [str(source) for source in package_sources() if not ast.get_docstring(source.tree)] == []


def test_all_that_is_public_has_a_docstring() -> None:
    missing = [
        f"{source}:{node.lineno} {name}"
        for source in package_sources()
        for name, node in public_definitions(source.tree)
        if not ast.get_docstring(node) and not _explains_itself(source.tree, name, node)
    ]
    assert missing == []


def test_enum_members_carry_a_line_each() -> None:
    bare = []
    for source in package_sources():
        lines = source.path.read_text().splitlines()
        for node in source.tree.body:
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).endswith("Enum") for base in node.bases):
                members = [part for part in node.body if isinstance(part, ast.Assign)]
                bare += [f"{source}:{part.lineno}" for part in members if "#" not in lines[part.lineno - 1]]
    assert bare == []


def test_nothing_depends_on_one_machine() -> None:
    """No path of one machine, and no address of a package index, is in a committed file."""
    machine = re.compile(r"(?<![\w.$}])/(?:home|root|Users|work)/|file:///opt|pypi\.org/simple|--(?:extra-)?index-url")
    found = []
    for path in committed_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # a picture or a compiled catalog
        if path.name != "test_layout.py":
            found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in machine.finditer(text)]
    assert found == []


def _has_vague_name(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name) is not None


def _explains_itself(tree: ast.Module, name: str, node: Definition) -> bool:
    """Whether a definition may go without: what a base or protocol tells already, a setter, an overload."""
    if isinstance(node, ast.ClassDef):
        return False
    owner = next((part for part in tree.body if isinstance(part, ast.ClassDef) and name.startswith(f"{part.name}.")), None)
    if owner is None:
        return False
    marks = [ast.unparse(decorator) for decorator in node.decorator_list]
    is_marked = any(mark in ("property", "override") or mark.endswith(".setter") for mark in marks)
    return bool(owner.bases) or is_marked or node.name in _told_in_protocols()


@cache
def _told_in_protocols() -> frozenset[str]:
    """Names of what some protocol of the package asks for, and so explains: `decide`, `now`, `hit`."""
    protocols = [node for source in package_sources() for node in source.tree.body if isinstance(node, ast.ClassDef) and _is_protocol(node)]
    return frozenset(part.name for protocol in protocols for part in protocol.body if isinstance(part, Definition))


def _is_protocol(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split("[")[0] == "Protocol" for base in node.bases)

"""Languages: which there are, which one a visitor gets, and what to translate.

English is the source. A catalogue is a folder of `laurels/locale`; adding one
adds the language, with no code.
"""

import ast
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import IO, Any, TypeAlias

from babel import Locale, negotiate_locale

from laurels.core.errors import DomainError, Field

SOURCE = "en"
DOMAIN = "laurels"
FOLDER = Path(__file__).parent.parent / "locale"
TRANSLATED_FIELDS = frozenset({"reason", "what", "needs", "period", "unit"})
"""Fields of a refusal that are words of ours: they are translated like its sentence."""

TABLES = frozenset({"_SENTENCES", "_OTHERWISE", "LABELS"})
"""Dicts whose texts are translated where they are shown, in rooms that know nothing of marks."""


def N_(message: str) -> str:  # gettext's own name for a mark
    """Mark a message that is translated where it is shown."""
    return message


@cache
def languages() -> tuple[str, ...]:
    """Every language that pages speak, the source first."""
    return (SOURCE, *sorted(path.parent.parent.name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")))


def language_names() -> list[tuple[str, str]]:
    """(code, name in itself) of every language, for a choice."""
    return [(code, (Locale.parse(code).get_display_name(code) or code).capitalize()) for code in languages()]


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; the source has an empty one."""
    if language == SOURCE:
        return NullTranslations()
    with (FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)


def choose_language(preferred: str | None, accept_language: str | None) -> str:
    """A member's own language, else the first that the browser asks for, else the source.

    `es-MX` is served by `es`.
    """
    asked = [preferred] if preferred else []
    asked += _in_order(accept_language or "")
    return negotiate_locale([code.replace("_", "-") for code in asked], languages(), sep="-") or SOURCE


def _in_order(header: str) -> list[str]:
    """The languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4)."""
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:400].split(",")[:20]):
        code, _, weight = part.strip().partition(";q=")
        try:
            wanted = float(weight) if weight else 1.0
        except ValueError:
            continue
        if code and code != "*" and wanted > 0:
            weighed.append((-wanted, place, code))
    return [code for _, _, code in sorted(weighed)]


def explain(error: DomainError, language: str) -> str:
    """A refusal's sentence in a language, its fields filled in."""
    gettext = translations(language).gettext

    def told(name: str, value: Field) -> Field:
        return gettext(value) if name in TRANSLATED_FIELDS and isinstance(value, str) and value else value

    return gettext(error.detail).format(**{name: told(name, value) for name, value in error.fields.items()})


Message: TypeAlias = tuple[int, str, str, list[str]]
"""What Babel is handed: line, function, text, comments."""


def extract_refusals(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Babel's extraction method for Python: marked calls, refusals' `detail`, and the words in their fields."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.ClassDef):
            yield from _of_refusal(node)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Assign):
            yield from _of_table(node)


def _of_refusal(node: ast.ClassDef) -> Iterator[Message]:
    """A refusal's sentence, and its title: its code in words, as `laurels.web.problems.title_of` makes it."""
    words = {name: text for name in ("code", "detail") for statement in node.body if (text := _assigned(statement, name))}
    if words.keys() == {"code", "detail"}:
        yield node.lineno, "gettext", words["detail"], ["refusal"]
        yield node.lineno, "gettext", words["code"].replace("-", " ").capitalize(), ["refusal"]


def _assigned(statement: ast.stmt, name: str) -> str:
    """The text that a class body gives to a name, or nothing."""
    if isinstance(statement, ast.Assign):
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return ""
    is_named = isinstance(target, ast.Name) and target.id == name
    return (statement.value and _text(statement.value)) or "" if is_named else ""


def _of_call(call: ast.Call) -> Iterator[Message]:
    """What is marked, and the words that a refusal is raised with."""
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in ("N_", "translate", "ValueError"):
        for text in filter(None, map(_text, call.args)):
            # A validator's ValueError reaches the sender, if it is written for one: "Send ...".
            if name != "ValueError" or text.startswith("Send "):
                yield call.lineno, "gettext", text, []
    for word in call.keywords:
        if word.arg in TRANSLATED_FIELDS and (said := _text(word.value)):
            yield call.lineno, "gettext", said, ["refusal"]


def _of_table(node: ast.Assign) -> Iterator[Message]:
    """A table of sentences: every text that a dict of that name holds."""
    if isinstance(node.targets[0], ast.Name) and node.targets[0].id in TABLES:
        values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        for text in filter(None, map(_text, values)):
            yield node.lineno, "gettext", text, ["field"]


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

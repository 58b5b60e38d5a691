"""Languages: which there are, which one a visitor gets, and what to translate.

English is the source. A catalogue is a folder of `laurels/locale`; adding one
adds the language, with no code.
"""

import ast
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import IO, Any

from babel import Locale, negotiate_locale

from laurels.core.errors import DomainError, Field

SOURCE = "en"
DOMAIN = "laurels"
FOLDER = Path(__file__).parent.parent / "locale"
TRANSLATED_FIELDS = frozenset({"reason", "what", "needs"})
"""Fields of a refusal that are words of ours: they are translated like its sentence."""


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
    fields: dict[str, Field] = {
        name: gettext(value) if name in TRANSLATED_FIELDS and isinstance(value, str) and value else value for name, value in error.fields.items()
    }
    return gettext(error.detail).format(**fields)


def extract_refusals(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction method for Python: marked calls, refusals' `detail`, and the words in their fields."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.ClassDef):
            yield from _of_refusal(node)
        elif isinstance(node, ast.Call):
            yield from _marked(node)
        elif isinstance(node, ast.Assign):
            yield from _sentences(node)


def _sentences(node: ast.Assign) -> Iterator[tuple[int, str, str, list[str]]]:
    """A table of sentences: every text that a dict of that name holds."""
    if isinstance(node.targets[0], ast.Name) and node.targets[0].id in ("_SENTENCES", "_OTHERWISE"):
        values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
        for value in values:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.lineno, "gettext", value.value, ["field"]


def _assigned(statement: ast.stmt, name: str) -> str:
    """The text that a class body gives to a name, or nothing."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target if isinstance(statement, ast.AnnAssign) else None
    if not isinstance(target, ast.Name) or target.id != name:
        return ""
    value = statement.value  # type: ignore[union-attr]  # an assignment since the lines above
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _of_refusal(node: ast.ClassDef) -> Iterator[tuple[int, str, str, list[str]]]:
    """A refusal's sentence, and its title: its code in words, as `laurels.web.problems.title_of` makes it."""
    words = {name: text for name in ("code", "detail") for statement in node.body if (text := _assigned(statement, name))}
    if words.keys() == {"code", "detail"}:
        yield node.lineno, "gettext", words["detail"], ["refusal"]
        yield node.lineno, "gettext", words["code"].replace("-", " ").capitalize(), ["refusal"]


def _marked(call: ast.Call) -> Iterator[tuple[int, str, str, list[str]]]:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in ("N_", "translate", "ValueError"):
        # A validator's ValueError reaches the sender, if it is written for one: "Send ...".
        for value in call.args:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and (name != "ValueError" or value.value.startswith("Send ")):
                yield call.lineno, "gettext", value.value, []
    for word in call.keywords:
        if word.arg in TRANSLATED_FIELDS and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str) and word.value.value:
            yield call.lineno, "gettext", word.value.value, ["refusal"]

"""Which language a visitor gets, and that every word of ours is in each of them."""

from pathlib import Path
import re

import pytest

from laurels.core.errors import DomainError, Invalid, Missing
from laurels.web.language import choose_language, explain, language_names, languages
from laurels.web.problems import title_of
from web import catalogues

PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize(
    ("preferred", "header", "chosen"),
    [
        (None, None, "en"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "en;q=0.5,es;q=0.9", "es"),
        (None, "ja, en;q=0.2", "en"),
        (None, "es;q=0", "en"),
        (None, "*, ;q=x, ,", "en"),
        (None, "x" * 10_000, "en"),
        ("en", "es", "en"),
        ("es", "en", "es"),
        ("xx", "es", "es"),
    ],
)
def test_member_s_language_comes_first_then_the_browser_s(preferred: str | None, header: str | None, chosen: str) -> None:
    assert choose_language(preferred, header) == chosen


def test_languages_name_themselves() -> None:
    assert languages()[0] == "en"
    assert dict(language_names())["es"] == "Español"


def test_refusal_is_told_in_spanish_with_its_fields() -> None:
    assert explain(Missing(what="member"), "es") == "No existe esto: miembro. Comprueba el identificador."
    assert explain(Invalid(field="credits", reason="Send more."), "en") == "credits: Send more."


def test_template_holds_every_message() -> None:
    """Run `python tests/web/catalogues.py` where this fails, and translate what is new."""
    committed = {message.id for message in catalogues.read(catalogues.TEMPLATE) if message.id}
    assert {message.id for message in catalogues.extract() if message.id} == committed


def test_every_refusal_is_extracted() -> None:
    known = {message.id for message in catalogues.extract()}
    ours = [error for error in DomainError.registry.values() if error.__module__.startswith("laurels.")]
    assert ours
    assert [error.code for error in ours if error.detail not in known or title_of(error) not in known] == []


def test_names_in_tables_of_rooms_below_are_extracted() -> None:
    """The rules of a product name things without knowing of marks."""
    known = {message.id for message in catalogues.extract()}
    assert {"Quiz completed", "Streak bonus", "Decay"} <= known


@pytest.mark.parametrize("path", catalogues.po_files(), ids=lambda path: path.parts[-3])
def test_catalogue_is_complete_and_compiled(path: Path) -> None:
    language = path.parts[-3]
    catalog = catalogues.read(path, language)
    wanted = {message.id for message in catalogues.extract() if message.id}
    translated = {message.id: message for message in catalog if message.id}
    assert set(translated) == wanted
    for message in translated.values():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(texts) and not message.fuzzy, f"not translated: {message.id}"
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        allowed = {place for original in originals for place in PLACES.findall(original)}
        for text in texts:
            assert set(PLACES.findall(text)) <= allowed, f"names a place that isn't there: {text}"
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(catalog)

"""The catalogues of translations, brought up to date: `python tests/web/catalogues.py`.

Extracts every message into laurels.pot, merges it into each language's .po,
and compiles the .mo that pages read. A test compares what is committed with
what this makes.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "laurels"
LOCALE = SOURCE / "locale"
TEMPLATE = LOCALE / "laurels.pot"


def extract() -> Catalog:
    """Every message of templates, refusals and marked calls."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog(project="Laurels", charset="utf-8")
    for name, line, message, comments, context in sorted(extract_from_dir(SOURCE, methods, options), key=lambda found: found[:2]):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def po_files() -> list[Path]:
    """The catalogue of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/laurels.po"))


def read(path: Path, language: str | None = None) -> Catalog:
    """A catalogue as committed."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalog: Catalog) -> bytes:
    """The .mo of a catalogue."""
    packed = BytesIO()
    write_mo(packed, catalog)
    return packed.getvalue()


def update() -> None:
    """Write the template, merge it into every language, and compile those."""
    extracted = extract()
    with TEMPLATE.open("wb") as file:
        write_po(file, extracted, width=120, omit_header=True, no_location=False, include_lineno=False)
    for path in po_files():
        catalog = read(path, path.parts[-3])
        catalog.update(extracted, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        catalog.fuzzy = False
        with path.open("wb") as file:
            write_po(file, catalog, width=120, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    update()

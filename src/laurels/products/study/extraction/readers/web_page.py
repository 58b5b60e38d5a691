"""HTML, by inscriptis: text as a browser lays it out, without scripts, styles and what a page hides."""

from typing import BinaryIO

from inscriptis import Inscriptis
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from lxml import etree, html

from laurels.products.study.extraction.cleaning import clean_text
from laurels.products.study.extraction.decoding import decode_text
from laurels.products.study.extraction.errors import FileEmpty
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.parting import part_sections
from laurels.products.study.extraction.reading import Reading, sensible_title

_UNSEEN = ("script", "style", "template", "noscript", "iframe", "object", "svg", "select", "textarea")


def read(file: BinaryIO, limits: Limits) -> Reading:
    """Read a web page; raises as `decode_text`, and FileEmpty where nothing is in it."""
    # Bytes in UTF-8 again: the parser refuses letters that still declare an encoding, and would follow what bytes declare.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = html.document_fromstring(decode_text(file.read(), is_html=True).encode(), parser=parser)
    except etree.ParserError:
        raise FileEmpty from None
    title = tree.findtext(".//title")
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    for element in tree.xpath("//*[@hidden]"):
        element.drop_tree()
    text = Inscriptis(tree, ParserConfig(css=STRICT_CSS_PROFILE)).get_text()
    pages = list(part_sections([clean_text(text, keeps_indents=True)]))
    return Reading(sensible_title(title), len(pages), pages)

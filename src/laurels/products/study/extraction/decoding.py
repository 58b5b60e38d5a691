"""Bytes of text into letters: UTF-8, UTF-16 with its mark, a page's own charset, and Western European Windows where that is sure."""

import codecs
import re

from laurels.products.study.extraction.errors import FileUnsupported, TextUndecodable

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_CHARSET_BYTES = 4_096
_CODEC_NAMES = """
    cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 iso8859-2 iso8859-5 iso8859-7 iso8859-9 iso8859-15 koi8-r koi8-u
    cp932 euc_jp iso2022_jp cp949 gb18030 big5
"""
_CODECS = frozenset(codecs.lookup(name).name for name in _CODEC_NAMES.split())
"""Of letters only: Python knows codecs that unpack archives, too."""
_LIKE_WINDOWS = {"iso8859-1": "cp1252", "ascii": "cp1252", "shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949"}
"""As browsers read them: the name says less than the bytes hold."""
_WESTERN = frozenset("“”‘’‚„…–—•«»¿¡°§©®™€£ªº·½¼¾×÷´¨\u00a0\u00adŠšŽžŒœŸƒ") | {chr(code) for code in range(0xC0, 0x100)}
_ASCII = bytes(range(128))
_MOST_WESTERN = 0.2
"""Share of letters beyond ASCII above which a text isn't Western European: of Greek, Russian, Japanese nearly all are."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_text(data: bytes, *, is_html: bool = False) -> str:
    """The letters of a text, without a byte order mark.

    Args:
        is_html: follow the charset that the page itself names, where it isn't UTF-8.

    Raises:
        FileUnsupported: it isn't text, but has bytes that no text has.
        TextUndecodable: it is text in an encoding that nothing tells.
    """
    text = _decoded(data, is_html=is_html)
    if _CONTROLS.search(text):
        raise FileUnsupported(found="a file of data, not of text")
    return text


def _decoded(data: bytes, *, is_html: bool) -> str:
    if data.startswith(_UTF16_MARKS):
        return _strictly(data, "utf-16")
    if b"\x00" in data:
        raise FileUnsupported(found="a file of data, not of text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        charset = _declared_charset(data) if is_html else None
    if charset is not None:
        return _strictly(data, charset)
    beyond = data.translate(None, _ASCII)
    if len(beyond) > _MOST_WESTERN * len(data) or not _WESTERN.issuperset(_strictly(beyond, "cp1252")):
        raise TextUndecodable
    return _strictly(data, "cp1252")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise TextUndecodable from None


def _declared_charset(data: bytes) -> str | None:
    found = _CHARSET.search(data[:_CHARSET_BYTES])
    if found is None:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    name = _LIKE_WINDOWS.get(name, name)
    return name if name in _CODECS else None

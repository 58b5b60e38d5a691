"""What a file is, by its content; and whether its name says the same."""

import os
import re
from typing import BinaryIO

from laurels.products.study.extraction.archives import sniff_archive
from laurels.products.study.extraction.decoding import decode_text
from laurels.products.study.extraction.errors import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileMisnamed,
    FileUnsupported,
    FileUntyped,
)
from laurels.products.study.extraction.file_types import ENDINGS, NAMES, TEXT_TYPES, FileType, ending_of
from laurels.products.study.extraction.limits import LIMITS, Limits
from laurels.products.study.extraction.signatures import recognize_foreign

HEAD_BYTES = 4_096
"""Of a file's beginning that `sniff` wants."""

_PDF = b"%PDF-"
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_OLD_KINDS = {".doc": "an old Word file (.doc)", ".ppt": "an old PowerPoint file (.ppt)", ".xls": "an old Excel file (.xls)"}
_PDF_ENDS = (b"%%EOF", b"startxref")
_PDF_TAIL_BYTES = 8_192
_WHOLE_PAGE = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:html|head|body|title|meta|main|article|section|header|div|span|p|h[1-6]|ul|ol|table|a|br|b|i|em|strong|pre)\b[^<>]*>",
    re.IGNORECASE,
)
_VECTOR_PICTURE = re.compile(r"<(?:!doctype\s+svg|svg)\b", re.IGNORECASE)
_BEFORE_TAGS = (("<?", "?>"), ("<!--", "-->"))
_HEAD_CHARACTERS = 65_536


def check_upload(file: BinaryIO, name: str, limits: Limits = LIMITS) -> FileType:
    """What an uploaded file is; safe and quick in the server's own process.

    The file is left at its beginning. What only opening it tells, such as a PDF's
    password, `probe` finds.

    Raises:
        FileRefused: as `sniff`; and FileBroken where a PDF lacks its end.
    """
    file.seek(0)
    file_type = sniff(file.read(HEAD_BYTES), name, file, limits)
    if file_type is FileType.PDF:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _PDF_TAIL_BYTES))
        tail = file.read(_PDF_TAIL_BYTES)
        if not any(end in tail for end in _PDF_ENDS):
            raise FileBroken  # cut off: it would open, with the pages that happen to be there
    file.seek(0)
    return file_type


def sniff(head: bytes, name: str, whole: BinaryIO, limits: Limits = LIMITS) -> FileType:
    """What a file is, by its content, which its name has to agree with.

    Content tells PDF, Word, PowerPoint, and text from everything else. Among
    texts the name decides, but for a whole web page, which is known by its first
    tag; and an .html file has to have a tag.

    Args:
        head: the first `HEAD_BYTES` of the file.
        name: what the file was called; only its ending counts.
        whole: the file, from which more is read where that is needed; its place afterwards is anywhere.

    Raises:
        FileEmpty: there is nothing in it.
        FileUnsupported: it is a program, a picture, an archive, another document, or data.
        FileUntyped: its name has no ending, or one that says nothing.
        FileMisnamed: its name says another kind than its content.
        FileWithMacros, FileEncrypted, FileTooLargeInside, FileBroken: an Office file, as `archives.sniff_archive` says.
        TextUndecodable: text in an encoding that can't be told.
    """
    if not head:
        raise FileEmpty
    ending = ending_of(name)
    found = recognize_foreign(head)
    if found is not None:
        raise FileUnsupported(found=found)
    if head.startswith(_OLD_OFFICE):
        raise _refusal_of_old_office(whole, ending)
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(_PDF):
        return _agreeing(FileType.PDF, ending)
    if head.startswith(_ARCHIVE):
        return _agreeing(sniff_archive(whole, limits), ending)
    whole.seek(0)
    return _text_type(whole.read(), ending)


def _agreeing(content: FileType, ending: str) -> FileType:
    named = ENDINGS.get(ending)
    if named is None:
        raise FileUntyped
    if named is not content:
        raise FileMisnamed(ending=ending, found=NAMES[content])
    return content


def _refusal_of_old_office(whole: BinaryIO, ending: str) -> FileEncrypted | FileUnsupported:
    """Office wraps a file that has a password into the format of its old files."""
    whole.seek(0)
    if _LOCKED_OFFICE in whole.read():
        return FileEncrypted()
    return FileUnsupported(found=_OLD_KINDS.get(ending, "an old Office file"))


def _text_type(data: bytes, ending: str) -> FileType:
    named = ENDINGS.get(ending)
    text = decode_text(data, is_html=named is FileType.HTML)
    if not text.strip():
        raise FileEmpty
    start = _from_first_tag(text[:_HEAD_CHARACTERS])
    if _VECTOR_PICTURE.match(start):
        raise FileUnsupported(found="a picture (SVG)")
    if named is None:
        raise FileUntyped
    content = FileType.HTML if _WHOLE_PAGE.match(start) else FileType.TXT
    if named is FileType.HTML:
        return _agreeing(FileType.HTML if _TAG.search(start) else content, ending)
    return named if named in TEXT_TYPES and content is FileType.TXT else _agreeing(content, ending)


def _from_first_tag(text: str) -> str:
    """Text without the declarations and comments that may stand before a page's first tag."""
    text = text.lstrip()
    while mark := next((mark for mark in _BEFORE_TAGS if text.startswith(mark[0])), None):
        _, end, rest = text.partition(mark[1])
        if not end:
            return text
        text = rest.lstrip()
    return text

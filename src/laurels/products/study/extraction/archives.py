"""Office files are ZIP archives: what is in one, told without unpacking more than may be.

Two looks: `open_archive` reads the directory alone, whose size is bounded first,
so that it is safe in the server's own process; `check_contents` unpacks
everything into nothing and counts, in the reading process.
"""

from collections.abc import Iterator
import os
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
import zlib

from laurels.products.study.extraction.errors import (
    FileBroken,
    FileEncrypted,
    FileRefused,
    FileTooLargeInside,
    FileUnsupported,
    FileWithMacros,
)
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.limits import Limits

_END = b"PK\x05\x06"
_END_64 = b"PK\x06\x07"
_END_BYTES = 22
_MOST_COMMENT = 65_535
_ENTRY_BYTES = 400
"""A directory's entry is this long at most on average: 46 bytes, and a name."""
_ENCRYPTED_BIT = 0x1
_METHODS = (ZIP_STORED, ZIP_DEFLATED)
"""What Office packs by; others ask for memory by the gigabyte before they give a byte."""
_TYPES_PART = "[Content_Types].xml"
_TYPES_BYTES = 1024 * 1024
_PIECE_BYTES = 1024 * 1024
_MARKUP = (".xml", ".rels")

_MACROS = (b"macroenabled", b"vbaproject")
_MAIN_PARTS = [
    (b"wordprocessingml.document.main+xml", FileType.DOCX),
    (b"presentationml.presentation.main+xml", FileType.PPTX),
]
_OTHER_PARTS = [
    (b"spreadsheetml.sheet.main+xml", "an Excel workbook"),
    (b"presentationml.slideshow.main+xml", "a PowerPoint show (.ppsx)"),
    (b"wordprocessingml.template.main+xml", "a Word template"),
    (b"presentationml.template.main+xml", "a PowerPoint template"),
    (b"visio.drawing.main+xml", "a Visio drawing"),
]
_MIME_TYPES = [
    (b"application/vnd.oasis.opendocument.text", "an OpenDocument text (.odt)"),
    (b"application/vnd.oasis.opendocument.presentation", "an OpenDocument presentation (.odp)"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
    (b"application/epub+zip", "an e-book (EPUB)"),
]
_TELLING_NAMES = [
    ("AndroidManifest.xml", "a program for Android"),
    ("META-INF/MANIFEST.MF", "a program for Java"),
    ("Index/Document.iwa", "an Apple Pages, Keynote or Numbers file"),
]
_DTD_MARKS = tuple("<!DOCTYPE".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))


def sniff_archive(file: BinaryIO, limits: Limits) -> FileType:
    """Which Office file an archive is.

    Raises:
        FileUnsupported: none that is read, or another sort of archive.
        FileWithMacros: it carries programs.
        FileEncrypted: a file in it has a password.
        FileTooLargeInside: its directory names more, or more files, than `limits` allow.
        FileBroken: it is damaged, or has names that no Office program writes.
    """
    try:
        with open_archive(file, limits) as archive:
            return _type_of(archive)
    except FileRefused:
        raise
    except (BadZipFile, zlib.error, OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError):
        raise FileBroken from None


def open_archive(file: BinaryIO, limits: Limits) -> ZipFile:
    """Open an archive whose directory was found bounded and harmless.

    Raises:
        FileTooLargeInside, FileEncrypted, FileBroken: as `sniff_archive` says.
    """
    _check_directory_size(file, limits)
    archive = ZipFile(file)
    entries = archive.infolist()
    if len(entries) > limits.max_archive_files or sum(entry.file_size for entry in entries) > limits.max_unpacked_bytes:
        raise FileTooLargeInside
    if any(entry.flag_bits & _ENCRYPTED_BIT for entry in entries):
        raise FileEncrypted
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise FileBroken
    if any(map(_leads_astray, entries)) or len({entry.filename for entry in entries}) < len(entries):
        raise FileBroken
    return archive


def check_contents(file: BinaryIO, limits: Limits) -> None:
    """Unpack every file of an archive into nothing, and count.

    Raises:
        FileTooLargeInside: together they are more than `limits` allow, whatever the directory says.
        FileBroken: one is damaged, or has a document type of its own: Office files never have, and entity bombs need one.
    """
    unpacked = 0
    try:
        with open_archive(file, limits) as archive:
            for entry in archive.infolist():
                is_first = entry.filename.lower().endswith(_MARKUP)
                for piece in _pieces(archive, entry):
                    unpacked += len(piece)
                    if unpacked > limits.max_unpacked_bytes:
                        raise FileTooLargeInside
                    if is_first and any(mark in piece for mark in _DTD_MARKS):
                        raise FileBroken
                    is_first = False  # a document type stands before everything else
    except (BadZipFile, zlib.error, EOFError, NotImplementedError):
        raise FileBroken from None


def _check_directory_size(file: BinaryIO, limits: Limits) -> None:
    """ZipFile reads the whole directory into objects before anyone can count them."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _MOST_COMMENT))
    tail = file.read(_END_BYTES + _MOST_COMMENT)
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise FileBroken
    files = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    if _END_64 in tail or files > limits.max_archive_files or directory_bytes > limits.max_archive_files * _ENTRY_BYTES:
        raise FileTooLargeInside


def _leads_astray(entry: ZipInfo) -> bool:
    """Nothing is ever unpacked to a disk; but who writes such names means no good."""
    name = entry.orig_filename.replace("\\", "/")
    return name.startswith("/") or ":" in name or "\x00" in name or ".." in name.split("/")


def _type_of(archive: ZipFile) -> FileType:
    names = set(archive.namelist())
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileWithMacros
    if _TYPES_PART in names:
        return _office_type(_beginning(archive, _TYPES_PART))
    if "mimetype" in names:
        declared = _beginning(archive, "mimetype")
        raise FileUnsupported(found=next((found for mime, found in _MIME_TYPES if declared.startswith(mime)), "an archive (ZIP)"))
    raise FileUnsupported(found=next((found for name, found in _TELLING_NAMES if name in names), "an archive (ZIP)"))


def _office_type(parts: bytes) -> FileType:
    lowered = parts.lower()
    if any(mark in lowered for mark in _MACROS):
        raise FileWithMacros
    for part, file_type in _MAIN_PARTS:
        if part in lowered:
            return file_type
    raise FileUnsupported(found=next((found for part, found in _OTHER_PARTS if part in lowered), "an Office file of another kind"))


def _beginning(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_TYPES_BYTES)


def _pieces(archive: ZipFile, entry: ZipInfo) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while piece := part.read(_PIECE_BYTES):
            yield piece

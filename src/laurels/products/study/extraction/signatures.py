"""What files begin with, that aren't read here: programs, pictures, sounds, archives, other documents."""

_PROGRAMS = [
    (b"\x7fELF", "a program for Linux"),
    (b"MZ", "a program for Windows"),
    (b"\xfe\xed\xfa\xce", "a program for macOS"),
    (b"\xfe\xed\xfa\xcf", "a program for macOS"),
    (b"\xce\xfa\xed\xfe", "a program for macOS"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\xca\xfe\xba\xbe", "a program for macOS or Java"),
    (b"\x00asm", "a program (WebAssembly)"),
    (b"dex\n", "a program for Android"),
    (b"#!", "a script, which is a program"),
    (b"\xef\xbb\xbf#!", "a script, which is a program"),
]
_PICTURES = [
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"8BPS", "a picture (Photoshop)"),
    (b"\x00\x00\x01\x00", "a picture (ICO)"),
]
_SOUNDS = [
    (b"ID3", "a sound or a film"),
    (b"OggS", "a sound or a film"),
    (b"fLaC", "a sound or a film"),
    (b"\x1aE\xdf\xa3", "a sound or a film"),
    (b"\xff\xfb", "a sound or a film"),
]
_ARCHIVES = [
    (b"\x1f\x8b", "an archive (gzip)"),
    (b"BZh", "an archive (bzip2)"),
    (b"\xfd7zXZ\x00", "an archive (xz)"),
    (b"7z\xbc\xaf\x27\x1c", "an archive (7z)"),
    (b"Rar!\x1a\x07", "an archive (RAR)"),
    (b"\x28\xb5\x2f\xfd", "an archive (Zstandard)"),
    (b"!<arch>\n", "an archive (ar)"),
    (b"SQLite format 3\x00", "a database"),
]
_DOCUMENTS = [
    (b"{\\rtf", "a document in Rich Text Format (RTF)"),
    (b"%!PS", "a PostScript file"),
    (b"AT&TFORM", "a DjVu file"),
]
_BEGINNINGS = _PROGRAMS + _PICTURES + _SOUNDS + _ARCHIVES + _DOCUMENTS
_BARELY = frozenset({b"MZ", b"BM", b"BZh", b"ID3", b"GIF8", b"dex\n"})
"""Beginnings that a text may have as well: "BMW builds cars". They count where what follows isn't text."""

_FORM_PICTURES = {b"WEBP": "a picture (WebP)"}
_TAR_AT = 257


def recognize_foreign(head: bytes) -> str | None:
    """What a file is that isn't read here, by its first kilobytes, in words that fit "This is ..."; None where nothing tells."""
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning) and not (beginning in _BARELY and _reads_as_text(head)):
            return found
    if head.startswith(b"RIFF") and not _reads_as_text(head):
        return _FORM_PICTURES.get(head[8:12], "a sound or a film")
    if head[4:8] == b"ftyp":
        return "a picture (HEIF)" if head[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "a sound or a film"
    return "an archive (tar)" if head[_TAR_AT : _TAR_AT + 5] == b"ustar" else None


def _reads_as_text(head: bytes) -> bool:
    return not any(byte < 9 or 13 < byte < 27 for byte in head)

"""What can be wrong with a file of text, and with reading it.

`FileRefused` is the file's own fault: the same bytes are refused again, so
nothing is tried a second time. `ReaderStopped` isn't.
"""

from laurels.core.errors import DomainError, Kind


class FileRefused(DomainError):
    """Base of what is wrong with a file itself."""

    kind = Kind.INVALID


class FileEmpty(FileRefused):
    """A file has no bytes, or nothing but blanks."""

    code = "file-empty"
    detail = "This file is empty. Send one that has text in it."


class FileUnsupported(FileRefused):
    """A file is of a kind that isn't read; `found` says which, such as "a PNG image"."""

    code = "file-unsupported"
    detail = (
        "This is {found}, which can't be read here. Send a PDF (.pdf), Word (.docx), PowerPoint (.pptx), "
        "text (.txt), Markdown (.md) or HTML (.html) file; many programs can export a PDF."
    )

    def __init__(self, *, found: str) -> None:
        super().__init__(found=found)


class FileUntyped(FileRefused):
    """A file's name ends in nothing that says what it is."""

    code = "file-untyped"
    detail = "The name of this file doesn't say what it is. Give it one of these endings: .pdf, .docx, .pptx, .txt, .md or .html."


class FileMisnamed(FileRefused):
    """A file's name says one kind, and its content is another that is read."""

    code = "file-misnamed"
    detail = "The name of this file ends in {ending}, but it is {found}. Give it the ending of what it is, or save it anew as {ending}."

    def __init__(self, *, ending: str, found: str) -> None:
        super().__init__(ending=ending, found=found)


class FileWithMacros(FileRefused):
    """An Office file carries programs."""

    code = "file-with-macros"
    detail = "There are macros, that is programs, in this file. Save it as .docx or .pptx, which have none, and send that."


class FileEncrypted(FileRefused):
    """A file opens with a password only."""

    code = "file-encrypted"
    detail = "This file is locked with a password. Save a copy without the password, and send that."


class FileBroken(FileRefused):
    """A file can't be read as what it is."""

    code = "file-broken"
    detail = "This file is damaged or cut off. Open it in the program that made it, save it anew, and send that."


class TextUndecodable(FileRefused):
    """Nothing tells in which encoding a text is."""

    code = "file-encoding"
    detail = "The letters of this text can't be told: it isn't in UTF-8. Save it anew with the encoding UTF-8, and send that."


class FileTooLargeInside(FileRefused):
    """A file unpacks to more than is read, or needs more memory than one may have."""

    code = "file-too-large-inside"
    detail = "Opened, this file takes up more room than a document may. Split it, or make its pictures smaller, and send that."


class FileTooLong(FileRefused):
    """A document has more pages than are read."""

    code = "file-too-long"
    detail = "This document has more than {limit} pages. Split it, and send the parts."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class FileTooMuchText(FileRefused):
    """A document has more text than is read; `limit` is in characters."""

    code = "file-too-much-text"
    detail = "This document has more than {limit} characters of text. Split it, and send the parts."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class PageTooLong(FileRefused):
    """One page has more text than a page may; `limit` is in characters."""

    code = "file-page-too-long"
    detail = "Page {page} of this document has more than {limit} characters. Split that page, and send the document again."

    def __init__(self, *, page: int, limit: int) -> None:
        super().__init__(page=page, limit=limit)


class FileTooSlow(FileRefused):
    """Reading took longer than it may."""

    code = "file-too-slow"
    detail = "Reading this file took too long and was stopped. Split it, or print it to a new PDF, and send that."


class FileWithoutText(FileRefused):
    """No page has text: scans, pictures, or nothing at all."""

    code = "file-without-text"
    detail = (
        "There is no text in this file, only pictures or empty pages. "
        "Send the file it was made from, or let a program recognize its text (OCR)."
    )


class ReaderStopped(DomainError):
    """What reads the file was ended from outside, or couldn't be started. The file may be sound: try again."""

    code = "file-reader-stopped"
    kind = Kind.UNAVAILABLE
    detail = "The reading of this file was interrupted. Nothing is known to be wrong with it: try again in {retry_after_seconds} s."

    def __init__(self, *, retry_after_seconds: int = 5) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)

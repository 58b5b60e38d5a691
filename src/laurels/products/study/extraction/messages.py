"""What the reading process says to the one that started it: JSON, a line each.

First an outline, then a page per line with rising numbers, then an end; or, at
any point, a refusal and nothing after it. The process opens files from
strangers, so what it says is believed no more than they are: every line is
checked here, and none may be longer than a page may.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
import json
import re
from string import Formatter

from laurels.core.errors import DomainError, Field
from laurels.products.study.extraction.errors import (
    FileBroken,
    FileEmpty,
    FileEncrypted,
    FileRefused,
    FileTooLargeInside,
    FileTooLong,
    FileTooMuchText,
    FileUnsupported,
    PageTooLong,
    TextUndecodable,
)
from laurels.products.study.extraction.file_types import FileType
from laurels.products.study.extraction.limits import Limits
from laurels.products.study.extraction.pages import Outline, Page

MAX_TITLE = 200
_MAX_FIELD = 100
_LINE_EXTRA = 4_096
_BYTES_A_CHARACTER = 4
_UNKEPT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")

_REFUSALS: Mapping[str, type[FileRefused]] = {
    kind.code: kind
    for kind in (
        FileBroken,
        FileEmpty,
        FileEncrypted,
        FileTooLargeInside,
        FileTooLong,
        FileTooMuchText,
        FileUnsupported,
        PageTooLong,
        TextUndecodable,
    )
}
"""What may be found while a file is read."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the reading process is asked for; the file is its standard input."""

    file_type: FileType
    limits: Limits
    first_page_only: bool

    def written(self) -> str:
        """As one argument of a command line."""
        return json.dumps({"file_type": self.file_type, "limits": asdict(self.limits), "first_page_only": self.first_page_only})

    @staticmethod
    def parsed(argument: str) -> "Errand":
        """The errand of `written`."""
        values = json.loads(argument)
        return Errand(FileType(values["file_type"]), Limits(**values["limits"]), values["first_page_only"])


@dataclass(frozen=True, slots=True)
class Ended:
    """Everything was said."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The file's reader raised what nobody foresaw; `cause` is for whoever keeps the program."""

    cause: str


Message = Outline | Page | Ended | Failed | FileRefused


def longest_line(limits: Limits) -> int:
    """Bytes of the longest line that is read."""
    return _BYTES_A_CHARACTER * limits.max_page_characters + _LINE_EXTRA


def write_message(message: Message) -> bytes:
    """A message as its line."""
    match message:
        case Outline(title, page_count):
            said: dict[str, object] = {"title": title, "page_count": page_count}
        case Page(number, text):
            said = {"page": number, "text": text}
        case Ended():
            said = {"ended": True}
        case Failed(cause):
            said = {"failed": cause}
        case DomainError():
            said = {"refused": message.code, "fields": message.fields}
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def read_message(line: bytes) -> Message:
    """The message of a line.

    Raises:
        ValueError: the line is none.
    """
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("not a message")
    match said:
        case {"page": int(number), "text": str(text)} if not _UNKEPT.search(text):
            return Page(number, text)
        case {"page_count": int(count), "title": None}:
            return Outline(None, count)
        case {"page_count": int(count), "title": str(title)} if len(title) <= MAX_TITLE and not _UNKEPT.search(title):
            return Outline(title, count)
        case {"ended": True}:
            return Ended()
        case {"failed": str(cause)}:
            return Failed(cause)
        case {"refused": str(code), "fields": dict(fields)}:
            return _refusal(code, fields)
    raise ValueError("not a message")


def _refusal(code: str, fields: dict[str, Field]) -> FileRefused:
    """The refusal with the fields that its sentence has, and no others: they are shown to people."""
    kind = _REFUSALS.get(code)
    if kind is None or set(fields) != {place for _, place, _, _ in Formatter().parse(kind.detail) if place}:
        raise ValueError("not a refusal of reading")
    if any(len(str(value)) > _MAX_FIELD or _UNKEPT.search(str(value)) for value in fields.values()):
        raise ValueError("not a field of a refusal")
    return kind(**fields)

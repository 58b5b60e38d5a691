"""What a document of the command line promises: the file it shows, its commands, and their last lines."""

from pathlib import Path
import re
import shlex

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def file_of(document: Path) -> str:
    """The one CSV that a document shows."""
    [text] = [text for kind, text in _FENCE.findall(document.read_text()) if kind == "csv"]
    return str(text)


def commands_of(document: Path) -> list[tuple[list[str], str | None]]:
    """A document's commands, each with the last line that it promises."""
    blocks = _FENCE.findall(document.read_text())
    found = []
    for (kind, text), (after, told) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            found.append((shlex.split(text.replace("\\\n", " "))[1:], told.strip() if after == "text" else None))
    return found


def last_line(text: str) -> str:
    """The last line of what a command told."""
    return text.strip().splitlines()[-1]

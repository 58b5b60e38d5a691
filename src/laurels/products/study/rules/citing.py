"""Numbers in answers that cite: [1], [2, 3]. The server gives the numbers; a model's own inventions are taken out while it writes."""

from dataclasses import dataclass, field
import re

LONGEST = 128
"""Characters of a mark; a longer bracket is none."""

_MARK = re.compile(r"[ \u00a0]?\[\s{0,3}(\d{1,4}(?:\s{0,3}[,;]\s{0,3}\d{1,4}){0,9})\s{0,3}\]")
_BEGUN = re.compile(r"[ \u00a0]?(?:\[[\d\s,;]*)?$|(?<!`)`+$")
"""What may become a mark, or the marks around code, with the next piece."""

_CODE = re.compile(r"`+|\n")


def is_known(number: str, known: int) -> bool:
    """Whether a number is one of those that were given: from 1."""
    return 1 <= int(number) <= known


@dataclass(slots=True)
class CitationFilter:
    """Takes marks with unknown numbers out of a text that comes in pieces; the same whatever the pieces are.

    What stands in code (`rows[7]`) is left as it is.

    Attributes:
        known: how many passages were given: numbers go from 1 to this.
        cited: the known numbers that came so far.
    """

    known: int
    cited: set[int] = field(default_factory=set)
    _held: str = ""
    _code: str = ""

    def feed(self, piece: str) -> str:
        """Take a piece; gives what can be shown by now."""
        text = self._held + piece
        begun = _BEGUN.search(text)
        cut = len(text) if begun is None or len(text) - begun.start() > LONGEST else begun.start()
        self._held = text[cut:]
        return self._clean(text[:cut])

    def flush(self) -> str:
        """What was held back, once nothing more comes."""
        held, self._held = self._held, ""
        return self._clean(held)

    def _clean(self, text: str) -> str:
        """Take unknown numbers out of what isn't code, and note where code begins and ends."""
        parts, begin = list[str](), 0
        for match in _CODE.finditer(text):
            parts.append(self._marked(text[begin : match.start()]))
            parts.append(match[0])
            self._turn(match[0])
            begin = match.end()
        parts.append(self._marked(text[begin:]))
        return "".join(parts)

    def _turn(self, sign: str) -> None:
        """A run of backticks opens code, and closes what one as long opened; a line's end closes code of one line."""
        if sign == "\n":
            self._code = self._code if len(self._code) >= 3 else ""
        elif not self._code:
            self._code = sign
        elif sign == self._code:
            self._code = ""

    def _marked(self, text: str) -> str:
        return text if self._code else _MARK.sub(self._known_part, text)

    def _known_part(self, mark: re.Match[str]) -> str:
        numbers = re.split(r"\s*[,;]\s*", mark[1])
        kept = [number for number in numbers if is_known(number, self.known)]
        self.cited.update(map(int, kept))
        if len(kept) == len(numbers):
            return mark[0]
        lead = mark[0][: mark[0].index("[")]
        return f"{lead}[{', '.join(kept)}]" if kept else ""

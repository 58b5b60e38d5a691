"""Markdown that a model wrote, as HTML that can do nothing: no raw HTML, no images, no links to anywhere but into its own page.

Two walls, and each alone suffices: the renderer makes nothing but the elements
below (markdown-it escapes raw HTML), and nh3 takes out whatever else there were.

    render_markdown("Work is **force times way** [2].", lambda number: Note(f"#source-{number}", f"Source {number}"))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import re
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
import nh3

HEADING = "h3"
"""What every heading becomes: an answer stands below a heading of its page, and none may skip a level."""

TAGS = {
    *("p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "hr", "a", "div", HEADING),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "class", "aria-label"},
    "ol": {"start"},
    "table": {"class"},
    "td": {"class"},
    "th": {"class"},
    "div": {"class", "tabindex"},
    "pre": {"class", "tabindex"},
}

CLASSES = {"cite", "figure", "sample", "scroll", "table"}

_NOTE = re.compile(r"\[\s{0,3}(\d{1,4}(?:\s{0,3}[,;]\s{0,3}\d{1,4}){0,9})\s{0,3}\]")


@dataclass(frozen=True, slots=True)
class Note:
    """Where a number in brackets leads.

    Attributes:
        href: a place on the same page: `#source-1`.
        label: what is read out for it: "Source 1".
    """

    href: str
    label: str


MAX_CHARACTERS = 50_000
MAX_STEPS = 250_000
"""Characters times brackets that aren't closed: the renderer looks from each to the text's end."""
MAX_CELLS = 10_000
"""Lines times cells of the widest: a table of a few words fills itself up.

A text beyond one of these is shown as it is written: to mark it up takes seconds.
"""

_CLOSED = re.compile(r"\[[^\[\]]*\]")
_PARAGRAPHS = re.compile(r"\n{2,}")

NoteOf = Callable[[int], Note | None]
"""What a number stands for; None where it stands for nothing: then it stays as it is written."""


def render_markdown(text: str, note_of: NoteOf | None = None) -> Markup:
    """A text's paragraphs, lists, tables, code and emphasis.

    Links and images leave their words. Numbers in brackets ([1], [2, 3]) that
    `note_of` knows become links to their notes. What would take long is shown as
    it is written: see MAX_CHARACTERS.
    """
    if _takes_long(text):
        return _as_written(text)
    html = _MARKDOWN.render(text, {"note_of": note_of or _no_note})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_kept, link_rel=None, url_schemes=set())
    return Markup(clean)  # noqa: S704 - both walls are behind it


def _takes_long(text: str) -> bool:
    """Whether marking a text up would take long, by what can be counted quickly."""
    lines = text.splitlines()
    cells = len(lines) * max((line.count("|") for line in lines), default=0)
    steps = len(text) * _CLOSED.sub("", text).count("[")
    return len(text) > MAX_CHARACTERS or cells > MAX_CELLS or steps > MAX_STEPS


def _as_written(text: str) -> Markup:
    """Paragraphs and lines alone."""
    paragraphs = (escape(part).replace("\n", Markup("<br>\n")) for part in _PARAGRAPHS.split(text.strip()))
    return Markup("").join(Markup("<p>{}</p>\n").format(part) for part in paragraphs)


class _Renderer(RendererHTML):
    """Renders what of Markdown there is to be."""

    def heading_open(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return f"<{HEADING}>"

    def heading_close(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return f"</{HEADING}>\n"

    def link_open(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return ""

    def image(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return str(escape(self.renderInlineAsText(tokens[place].children, options, env)))

    def fence(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return self.code_block(tokens, place, options, env)

    def code_block(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return f'<pre class="sample" tabindex="0"><code>{escape(tokens[place].content)}</code></pre>\n'

    def table_open(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="scroll" tabindex="0"><table class="table">\n'

    def table_close(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return f"<th{_aligned(tokens[place])}>"

    def td_open(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return f"<td{_aligned(tokens[place])}>"

    def note(self, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
        return _notes(tokens[place].content, env["note_of"])


def _find_notes(state: StateInline, silent: bool) -> bool:
    """Numbers in brackets, where all of them stand for something."""
    if state.src[state.pos] != "[":
        return False
    found = _NOTE.match(state.src, state.pos, state.posMax)
    note_of: NoteOf = state.env["note_of"]
    if found is None or not all(note_of(number) for number in _numbers(found[1])):
        return False
    if not silent:
        state.push("note", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _notes(text: str, note_of: NoteOf) -> str:
    known = [(number, note) for number in _numbers(text) if (note := note_of(number))]
    return "".join(Markup('<a class="cite" href="{}" aria-label="{}">{}</a>').format(one.href, one.label, number) for number, one in known)


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def _aligned(cell: Token) -> str:
    """The alignment of a table's column, as a class: styles within pages aren't allowed."""
    return ' class="figure"' if "right" in str(cell.attrGet("style") or "") else ""


def _kept(tag: str, name: str, value: str) -> str | None:
    """Second wall: links lead into their own page, and classes are those that are made here."""
    if name == "href":
        return value if value.startswith("#") else None
    if name == "class":
        return value if value in CLASSES else None
    return value


def _no_note(number: int) -> Note | None:
    return None


def _markdown() -> Any:
    made = MarkdownIt("js-default", renderer_cls=_Renderer)
    made.disable("reference")  # `[1]: https://…` would turn numbers into links
    made.inline.ruler.before("link", "note", _find_notes)
    return made


_MARKDOWN = _markdown()

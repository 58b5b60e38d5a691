"""What is read of sound files: every page, in the order in which people read."""

import io

from docx import Document
from docx.enum.text import WD_BREAK
from pptx import Presentation
from pptx.util import Inches
import pytest

from products.study.extraction.conftest import Read
from products.study.extraction.files import lettered_pdf, pdf, raw_word, saved, slides, word

WORDS = " ".join(f"word{number}" for number in range(400))


def texts(read: Read, data: bytes, name: str) -> list[str]:
    found = read(data, name)
    assert [page.number for page in found.pages] == list(range(1, len(found.pages) + 1))
    return [page.text for page in found.pages]


def test_a_pdf_keeps_its_pages_and_title(read: Read) -> None:
    found = read(pdf([["Plants", "need light."], ["Café (black)"]], title="On plants"), "a.pdf")
    assert found.title == "On plants"
    assert [page.text for page in found.pages] == ["Plants\nneed light.", "Café (black)"]


def test_a_page_without_a_text_layer_is_said_so(read: Read) -> None:
    pages = read(pdf([["words"], [], ["more"]]), "a.pdf").pages
    assert [(page.number, not page.text) for page in pages] == [(1, False), (2, True), (3, False)]


def test_words_broken_at_the_ends_of_lines_are_put_together(read: Read) -> None:
    lines = ["The photo-", "synthesis of a well-", "known plant. Well, well-known: New-", "York."]
    assert texts(read, pdf([lines]), "a.pdf") == ["The photosynthesis of a well-known plant. Well, well-known: New-\nYork."]


def test_arabic_japanese_and_ligatures_of_a_pdf_are_read_as_written(read: Read) -> None:
    arabic = "النباتات تحتاج إلى عناصر"
    drawn = "ﺍﻟﻨﺒﺎﺗﺎﺕ"  # the first word in the forms that its letters take within a word
    lines = [arabic[::-1], drawn[::-1], "植物が成長するためには、水", "eﬃcient oﬀer"]
    assert texts(read, lettered_pdf(lines), "a.pdf") == [f"{arabic}\nالنباتات\n植物が成長するためには、水\nefficient offer"]


def test_a_word_file_is_paged_by_its_breaks(read: Read) -> None:
    found = read(word([["One"], ["Two", "more of two"], ["Three"]], title="A story"), "a.docx")
    assert found.title == "A story"
    assert [page.text for page in found.pages] == ["One", "Two\n\nmore of two", "Three"]


def test_a_word_file_is_paged_where_word_last_broke_it(read: Read) -> None:
    """Word marks an explicit break a second time where it showed it: that is one break."""
    mark = "<w:lastRenderedPageBreak/>"
    body = (
        "<w:p><w:r><w:t>One</w:t></w:r></w:p>"
        f"<w:p><w:r><w:t xml:space='preserve'>ends. </w:t>{mark}<w:t>Two</w:t></w:r></w:p>"
        f"<w:p><w:r><w:br w:type='page'/></w:r></w:p><w:p><w:r>{mark}<w:t>Three</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:pageBreakBefore/></w:pPr><w:r><w:t>Four</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:pageBreakBefore w:val='0'/><w:sectPr/></w:pPr><w:r><w:t>still four</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:sectPr><w:type w:val='continuous'/></w:sectPr></w:pPr><w:r><w:t>Five</w:t></w:r></w:p>"
        "<w:p><w:r><w:t>still five</w:t></w:r></w:p>"
    )
    assert texts(read, raw_word(body), "a.docx") == ["One\n\nends.", "Two", "Three", "Four\n\nstill four", "Five\n\nstill five"]


def test_a_word_file_without_breaks_is_parted_by_its_words(read: Read) -> None:
    pages = texts(read, word([[f"{number} {WORDS}" for number in range(5)]]), "a.docx")
    assert [page.split(" ")[0] for page in pages] == ["0", "1", "2", "3", "4"]


def test_tables_lists_boxes_and_controls_of_a_word_file_are_read_in_their_place(read: Read) -> None:
    body = (
        "<w:p><w:r><w:t>Before</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc>"
        "<w:tc><w:p><w:r><w:t>c</w:t><w:tab/><w:t>d</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Controlled</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>item</w:t><w:noBreakHyphen/><w:t>one</w:t></w:r></w:p>"
        "<w:p><w:del><w:r><w:t>deleted</w:t></w:r></w:del><w:ins><w:r><w:t>inserted</w:t></w:r></w:ins></w:p>"
        "<w:p><w:r><w:instrText>PAGEREF</w:instrText><w:t>After</w:t></w:r></w:p>"
    )
    assert texts(read, raw_word(body), "a.docx") == ["Before\n\na b | c d\n\nControlled\n\n- item-one\n\ninserted\n\nAfter"]


def test_word_writes_headings_and_tables_that_are_read(read: Read) -> None:
    document = Document()
    document.add_heading("Plants", level=1)
    document.add_paragraph("They grow.").add_run().add_break(WD_BREAK.PAGE)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "light", "much"
    out = io.BytesIO()
    document.save(out)
    assert texts(read, out.getvalue(), "a.docx") == ["Plants\n\nThey grow.", "light | much"]


def test_slides_are_pages_with_title_text_and_notes(read: Read) -> None:
    found = read(slides([("Plants", "grow", "say why"), ("Light", "line\vbreak", "")], title="A talk"), "a.pptx")
    assert found.title == "A talk"
    assert [page.text for page in found.pages] == ["Plants\n\ngrow\n\nsay why", "Light\n\nline\nbreak"]


def test_tables_and_groups_of_slides_are_read_and_the_title_comes_first(read: Read) -> None:
    presentation = Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    for row, cells in enumerate([("a", "b"), ("c", "d")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "grouped"
    group.shapes.add_group_shape().shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "deeper"
    bare = presentation.slides.add_slide(presentation.slide_layouts[6])
    assert bare.shapes.title is None
    late = presentation.slides.add_slide(presentation.slide_layouts[5])
    late.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "text"
    late.shapes.title.text = "Title"
    late.shapes._spTree.append(late.shapes.title._element)
    assert texts(read, saved(presentation), "a.pptx") == ["a | b\nc | d\n\ngrouped\n\ndeeper", "", "Title\n\ntext"]


def test_a_text_is_paged_by_its_form_feeds(read: Read) -> None:
    assert texts(read, b"One\r\n  indented\x0cTwo\x0c\x0cThree", "a.txt") == ["One\n  indented", "Two", "Three"]


def test_a_text_without_form_feeds_is_parted_by_its_words(read: Read) -> None:
    pages = texts(read, "\n\n".join(f"{number} {WORDS}" for number in range(4)).encode(), "a.txt")
    assert [len(page.split()) for page in pages] == [401] * 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_letters_of_a_text_are_right_in_each_encoding(read: Read, encoding: str) -> None:
    text = "“Élan vital”, much quoted at the time – and misunderstood."
    assert texts(read, text.encode(encoding), "a.txt") == [text]


def test_markdown_is_parted_by_its_headings_and_loses_its_marks(read: Read) -> None:
    source = """---
title: "Growing plants"
---
<!-- kept out -->
# Plants

They need **light**, *water* and `warm_soil`; see [the *book*](http://example.org/a_(b) "Title").
![A leaf](leaf.png)

> snake_case_stays and 2 * 3 * 4 too\\*

| What | How much |
| --- | :-: |
| light | much |

```python
# not a heading
for plant in plants:
    plant.grow()  # **really**
```

Second
======

* one
  * nested

[ref]: http://example.org
"""
    found = read(source.encode(), "a.md")
    assert found.title == "Growing plants"
    assert [page.text for page in found.pages] == [
        "Plants\n\nThey need light, water and warm_soil; see the book.\nA leaf\n\nsnake_case_stays and 2 * 3 * 4 too*\n\n"
        "| What | How much |\n| light | much |\n\n"
        "# not a heading\nfor plant in plants:\n    plant.grow() # **really**",
        "Second\n\n* one\n  * nested",
    ]


def test_markdown_with_one_heading_is_parted_by_those_of_the_second_rank(read: Read) -> None:
    found = read(b"# Plants\n\n## Light\n\nmuch\n\n## Water\n\nsome\n\n### Rain\n\nwhen it comes\n", "a.md")
    assert found.title == "Plants"
    assert [page.text for page in found.pages] == ["Plants\n\nLight\n\nmuch", "Water\n\nsome\n\nRain\n\nwhen it comes"]


def test_a_web_page_is_read_as_it_is_laid_out(read: Read) -> None:
    page = """<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE html><html><head><title> On
    plants </title></head><body><h1>Plants</h1><p>They&nbsp;need <b>light</b>.</p><ul><li>one<li>two</ul>
    <pre>for x:\n    grow()</pre><table><tr><td>a</td><td>b</td></tr></table></body></html>"""
    found = read(page.encode(), "a.html")
    assert found.title == "On plants"
    assert found.pages[0].text == "Plants\n\nThey need light.\n\n  * one\n  * two\nfor x:\n    grow()\na b"


def test_a_web_page_is_read_in_the_encoding_that_it_names(read: Read) -> None:
    page = '<html><meta charset="shift_jis"><p>植物が成長する</p></html>'
    assert texts(read, page.encode("shift_jis"), "a.html") == ["植物が成長する"]

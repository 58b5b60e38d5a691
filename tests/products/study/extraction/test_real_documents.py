"""Real lessons, where LAURELS_TEST_DATA has them: every page, in its order, in English, Arabic and Japanese."""

import os
from pathlib import Path

import pytest

from laurels.products.study.extraction import check_upload, probe
from products.study.extraction.whole import Extracted, extract

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with documents/"),
]


def read_real(name: str) -> Extracted:
    path = Path(os.environ["LAURELS_TEST_DATA"]) / "documents" / name
    with path.open("rb") as file:
        file_type = check_upload(file, name)
        outline = probe(file, file_type)
    found = extract(path, file_type)
    assert (outline.title, outline.page_count) == (found.title, len(found.pages))
    return found


@pytest.mark.parametrize(
    ("name", "title", "pages", "without_text"),
    [
        ("Pythonlearn-02-Expressions.pptx", "Variables, Expressions, and Statements", 34, []),
        ("Pythonlearn-03-Conditional.pdf", "Conditional Execution", 31, []),
        ("Pythonlearn-09-Dictionaries.pptx", "Python Dictionaries", 30, []),
        ("Pythonlearn-10-Tuples.pdf", "Tuples", 16, []),
        ("iot-lesson-9.pdf", None, 18, [3, 5]),
        ("iot-farm-1-predict-plant-growth.md", "Predict plant growth with IoT", 12, []),
        ("iot-farm-1.ar.md", "توقع نمو النباتات باستخدام إنترنت الأشياء", 12, []),
        ("iot-farm-1.ja.md", "IoTで植物の成長を予測する", 12, []),
    ],
)
def test_pages_and_title(name: str, title: str | None, pages: int, without_text: list[int]) -> None:
    found = read_real(name)
    assert (found.title, len(found.pages)) == (title, pages)
    assert [page.number for page in found.pages if not page.text] == without_text


@pytest.mark.parametrize(
    ("name", "page", "text"),
    [
        ("Pythonlearn-02-Expressions.pptx", 2, "Numeric constants are as you expect\nString constants use single quotes (')"),
        ("Pythonlearn-03-Conditional.pdf", 3, "• Boolean expressions using\ncomparison operators evaluate to\nTrue / False or Yes / No"),
        ("Pythonlearn-10-Tuples.pdf", 4, "AttributeError: 'tuple' object has no attribute 'sort'\n>>> x.append(5)"),
        ("iot-farm-1.ar.md", 3, "النباتات تحتاج إلى عناصر معينة للنمو - الماء، ثاني أكسيد الكربون"),
        ("iot-farm-1.ja.md", 3, "植物が成長するためには、水、二酸化炭素、栄養分、光、そして熱が必要です。"),
    ],
)
def test_text_stands_on_its_page_in_its_order(name: str, page: int, text: str) -> None:
    assert text in read_real(name).pages[page - 1].text

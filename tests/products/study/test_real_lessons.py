"""Real lessons in a class, where LAURELS_TEST_DATA has them: asked over HTTP, without a model and with one, the right page is cited."""

import os
from pathlib import Path
from typing import Any

import pytest

from products.study.classroom import Classroom, without_vectors
from products.study.school import School
from products.study.shelves import add_read
from support.openai_server import OpenAIServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with documents/"),
]

EXPRESSIONS, CONDITIONAL = "Pythonlearn-02-Expressions.pptx", "Pythonlearn-03-Conditional.pdf"
DICTIONARIES, TUPLES = "Pythonlearn-09-Dictionaries.pptx", "Pythonlearn-10-Tuples.pdf"
CLOUD, FARM = "iot-lesson-9.pdf", "iot-farm-1-predict-plant-growth.md"
FARM_IN_ARABIC, FARM_IN_JAPANESE = "iot-farm-1.ar.md", "iot-farm-1.ja.md"

QUESTIONS = [
    ("How are string constants written?", EXPRESSIONS, 2),
    ("Which operator gives the remainder of a division?", EXPRESSIONS, 16),
    ("What do try and except do when the code raises an error?", CONDITIONAL, 20),
    ("Why must I indent after an if statement?", CONDITIONAL, 6),
    ("How does the get method of a dictionary help with counting?", DICTIONARIES, 18),
    ("Why are tuples more efficient than lists?", TUPLES, 6),
    ("What can't you do with tuples?", TUPLES, 4),
    ("How do IoT services secure devices with a key or certificate?", CLOUD, 15),
    ("How are growing degree days calculated?", FARM, 7),
    ("كيف تحسب أيام درجة النمو؟", FARM_IN_ARABIC, 7),
    ("成長度日はどのように計算しますか？", FARM_IN_JAPANESE, 7),
]
"""A question, the document that answers it, and the page: a slide, or a part under a heading."""


def fill(school: School) -> Classroom:
    """A class with all of the lessons."""
    made = Classroom(school, members=1)
    folder = Path(os.environ["LAURELS_TEST_DATA"]) / "documents"
    for path in sorted(folder.iterdir()):
        add_read(school, made.owner, made.room, path.name, path.read_bytes())
    return made


def first_cited(answer: dict[str, Any]) -> tuple[str, int]:
    """The document and the page that an answer cites first."""
    cited = answer["context_used"][0]
    return cited["filename"], cited["page"]


def test_without_a_model_the_right_page_is_quoted(served: School) -> None:
    room = fill(served)
    session = room.begin()
    answers = [room.asked(session, question) for question, _, _ in QUESTIONS]
    assert [first_cited(answer) for answer in answers] == [(name, page) for _, name, page in QUESTIONS]
    assert {answer["model_name"] for answer in answers} == {"extracts"}
    for answer in answers:
        cited = answer["context_used"][0]
        page = served.read(room.ana, f"/documents/{cited['document_id']}/pages/{cited['page']}")
        assert page["text"][cited["start"] : cited["end"]] == cited["text"]


def test_with_a_model_it_is_given_the_right_page_first_and_its_citation_leads_there(school: School, model_server: OpenAIServer) -> None:
    with school.open(**without_vectors(model_server)):
        room = fill(school)
        session = room.begin()
        for question, name, number in QUESTIONS:
            model_server.say("So it stands ", "there [1], and nowhere else [9].", usage=(900, 12))
            answer = room.asked(session, question)
            assert (answer["content"], first_cited(answer)) == ("So it stands there [1], and nowhere else.", (name, number))
            asked = model_server.got[-1].messages[-1]["content"]
            assert f"[1] {name}, page {number}\n" in asked and asked.endswith(question)
        assert len(model_server.got) == len(QUESTIONS)

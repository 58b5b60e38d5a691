"""XQuAD (Artetxe, Ruder and Yogatama 2020, CC BY-SA 4.0): paragraphs of Wikipedia's articles, and questions that each answers.

An article is a document, each of its paragraphs a page. A question's paragraph is the one that it stands under.
"""

from collections.abc import Iterator
from dataclasses import dataclass
import json
from pathlib import Path
import re
import unicodedata


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        article: whose paragraph answers it: its place in the file.
        page: that paragraph's place in the article, from 1.
        answers: any of these is right.
    """

    article: int
    page: int
    text: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """All of one language.

    Attributes:
        articles: title and paragraphs of each.
    """

    language: str
    articles: tuple[tuple[str, tuple[str, ...]], ...]
    questions: tuple[Asked, ...]


def read_collection(folder: Path, language: str) -> Collection:
    """Read `xquad.<language>.json`."""
    articles = json.loads((folder / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    texts = [(article["title"].replace("_", " "), tuple(part["context"] for part in article["paragraphs"])) for article in articles]
    return Collection(language, tuple(texts), tuple(_questions(articles)))


def _questions(articles: list[dict[str, list[dict[str, list[dict[str, object]]]]]]) -> Iterator[Asked]:
    for place, article in enumerate(articles):
        for page, part in enumerate(article["paragraphs"], 1):
            for asked in part["qas"]:
                answers = asked["answers"]
                assert isinstance(answers, list)
                yield Asked(place, page, str(asked["question"]), tuple(answer["text"] for answer in answers))


def plain(text: str) -> str:
    """Words alone, as answers are compared: no case, no signs, one space between two words."""
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


def holds_answer(asked: Asked, texts: list[str]) -> bool:
    """Whether one of the texts contains one of the answers, word for word."""
    return any(plain(answer) in plain(text) for answer in asked.answers for text in texts)

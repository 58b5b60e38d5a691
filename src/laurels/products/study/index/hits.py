"""What a search gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from laurels.products.study.rules.words import VECTOR_SHARE, Asked, Quote, quotes_of


@dataclass(frozen=True, slots=True)
class Vector:
    """Where a question lies, by an embedder.

    Attributes:
        model: what its passages' vectors are tagged with: see `tag_of`.
        values: float32, little-endian.
        share: thousandths that it counts beside the words.
    """

    model: str
    values: bytes = field(repr=False)
    share: int = VECTOR_SHARE


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found. Its words aren't in its `repr`, so that no log gets them by mistake.

    Attributes:
        passage: its number, which it keeps until the document is read anew.
        filename: the document's, as its owner called it.
        start: where it begins in the text of its page, in characters.
        end: the place behind its last character.
        text: what stands there.
        score: the higher the better; among the hits of one question only.
        coverage: how much of the question it holds, in thousandths of what the question's words weigh; at most 1000.
        language: of its document, or UNKNOWN.
        asked: the question as it weighed; one object for all hits of a search.
    """

    passage: int
    document: UUID
    filename: str
    page: int
    start: int
    end: int
    text: str = field(repr=False)
    score: int
    coverage: int
    language: str
    asked: Asked = field(repr=False)


def is_answered(hits: Sequence[Hit]) -> bool:
    """Whether the passages hold enough of the question's words to answer it; if not, the documents don't say."""
    return bool(hits) and max(hit.coverage for hit in hits) >= hits[0].asked.needed


def quotes(hits: Sequence[Hit]) -> list[Quote]:
    """An answer without a model: the best sentences, word for word; none where the documents don't say."""
    return quotes_of(hits, hits[0].asked) if is_answered(hits) else []


def tag_of(model: str, dimension: int) -> str:
    """What vectors are tagged with, since those of other embedders or dimensions can't be compared: `text-embedding-3-small/1536`."""
    return f"{model}/{dimension}"

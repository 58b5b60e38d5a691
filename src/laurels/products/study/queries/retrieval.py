"""What is found for a question, numbered: what an answer may be made from and cite."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Connection, Select, bindparam, select

from laurels.core.database import among_listed, listed
from laurels.products.study.bounds import PASSAGES_GIVEN
from laurels.products.study.index import Hit, Vector, is_answered, search
from laurels.products.study.queries.access import SessionSeen
from laurels.products.study.queries.messages import Cited
from laurels.products.study.rules.words import asked_of
from laurels.products.study.tables import Citation, study_passage, study_scope

GOES_ON = 2
"""Most words, but stop words, of a question that may go on from the one before it."""

LATEST = 100
"""Passages of a scope, the latest written, that are looked at for vectors."""

_TAGS = (
    select(study_passage.c.vector_model)
    .where(study_passage.c.scope == bindparam("scope"))
    .order_by(study_passage.c.id.desc())
    .limit(LATEST)
)


@dataclass(frozen=True, slots=True)
class Given:
    """A passage that is given for an answer, under its number."""

    number: int
    hit: Hit

    @property
    def filename(self) -> str:
        """Its document's."""
        return self.hit.filename

    @property
    def page(self) -> int:
        """Where it stands, from 1."""
        return self.hit.page

    @property
    def text(self) -> str:
        """What it says."""
        return self.hit.text

    @property
    def cited(self) -> Cited:
        """The same as it is shown."""
        hit = self.hit
        return Cited(self.number, hit.document, hit.page, hit.start, hit.end, hit.filename, hit.text)

    def cite(self, answer: UUID) -> Citation:
        """The same as an answer's citation is kept."""
        hit = self.hit
        return Citation(answer, self.number, hit.document, hit.passage, hit.page, hit.start, hit.end)


def find_passages(
    connection: Connection, seen: SessionSeen, question: str, vector: Vector | None = None, *, before: str = ""
) -> list[Given]:
    """The passages that an answer is made from, the best first; only of what the session's owner may read now.

    Args:
        before: the question before it. A few words that find nothing by themselves ("and in winter?") are
            taken to go on from there; more words, to ask for something else.
    """
    hits = search(connection, seen.scopes, question, limit=PASSAGES_GIVEN, vector=vector)
    if before and not is_answered(hits) and len(asked_of(question, ()).words) <= GOES_ON:
        hits = search(connection, seen.scopes, f"{before}\n{question}", limit=PASSAGES_GIVEN, vector=vector)
    return [Given(number, hit) for number, hit in enumerate(hits, 1)]


def has_vectors(connection: Connection, scopes: Sequence[UUID], embedder: str) -> bool:
    """Whether passages were given vectors by an embedder lately: else a question's vector finds nothing more, and isn't asked for."""
    is_sqlite = connection.dialect.name == "sqlite"
    for scope in connection.scalars(_scopes(is_sqlite), {"owners": listed(scopes, is_sqlite=is_sqlite)}):
        if any(tag is not None and tag.startswith(f"{embedder}/") for tag in connection.scalars(_TAGS, {"scope": scope})):
            return True
    return False


@cache
def _scopes(is_sqlite: bool) -> Select[int]:
    return select(study_scope.c.id).where(among_listed(study_scope.c.owner, "owners", is_sqlite=is_sqlite))

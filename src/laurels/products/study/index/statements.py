"""The statements of a search, built once for each database: to build one takes longer than to run it.

Lists are single parameters, whatever their length: an array on PostgreSQL, JSON on SQLite. `Statements.listed` makes their values.
"""

from collections.abc import Iterable, Mapping
from functools import cache
import json
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    column,
    func,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.selectable import CompoundSelect

from laurels.core.database import among_listed, listed
from laurels.products.study.rules.words import WHOLE
from laurels.products.study.tables import study_document, study_page, study_passage, study_scope, study_term

TEXT = func.substr(study_page.c.text, study_passage.c.start + 1, study_passage.c.end - study_passage.c.start)
"""A passage's words, of its page."""

ON_PAGE = and_(study_page.c.document == study_passage.c.document, study_page.c.number == study_passage.c.page)


@cache
def statements_of(dialect: str) -> "Statements":
    """Those of `sqlite` or of what takes arrays."""
    return Statements(dialect == "sqlite")


class Statements:
    """What a search asks. Every one that reads study_term does so by its key.

    Attributes:
        place: of the scopes of `owners`, how many passages each keeps, and by language how many of them may be found.
        holding: in `scopes`, how many passages hold each of `terms`, of those that any does.
        ranked: in `scopes`, the `most` passages with the highest sum of `idfs` (one for each of `terms`) times weight; and what
            they hold of the question, as `Asked.coverage` takes it.
        holding_found, ranked_found: the same without passages of documents that may not be found, where there are such.
        hits: the passages of `numbers` with their words.
        vectors: in `scopes`, vectors with the tag `model`; vectors_among: only those of `numbers`.
    """

    def __init__(self, is_sqlite: bool) -> None:
        self._is_sqlite = is_sqlite
        self.place = self._place()
        self.holding, self.ranked = self._holding(), self._ranked()
        lost = select(study_passage.c.id).join(study_document, study_document.c.id == study_passage.c.document)
        lost = lost.where(self._among(study_passage.c.scope, "scopes"), ~_is_found(study_document))
        self.holding_found = self.holding.where(study_term.c.passage.not_in(lost))
        self.ranked_found = self.ranked.where(study_term.c.passage.not_in(lost))
        self.hits = self._hits()
        self.vectors = self._vectors()
        self.vectors_among = self.vectors.where(self._among(study_passage.c.id, "numbers"))

    def listed(self, values: Iterable[Any]) -> Any:
        """A list as a parameter of these statements: of whole numbers, words or ids."""
        return listed(values, is_sqlite=self._is_sqlite)

    def weighed(self, idfs: Mapping[str, int]) -> dict[str, Any]:
        """The parameters of `ranked` for terms and how rare they are."""
        if self._is_sqlite:
            return {"terms": json.dumps(idfs)}
        return {"terms": list(idfs), "idfs": list(idfs.values())}

    def _among(self, one: ColumnElement[Any], name: str) -> ColumnElement[bool]:
        return among_listed(one, name, is_sqlite=self._is_sqlite)

    def _place(self) -> CompoundSelect[Any]:
        shared, own = study_document.alias("shared"), study_document.alias("own")
        of_class = and_(shared.c.class_id == study_scope.c.owner, shared.c.session_id.is_(None))
        return union_all(self._documents(shared, of_class), self._documents(own, own.c.session_id == study_scope.c.owner))

    def _documents(self, documents: FromClause, theirs: ColumnElement[bool]) -> Select[Any]:
        found = func.sum(documents.c.passages).cast(BigInteger).label("found")
        told = select(study_scope.c.id, study_scope.c.passages.label("kept"), documents.c.language, found)
        told = told.select_from(study_scope.outerjoin(documents, and_(theirs, _is_found(documents))))
        within = self._among(study_scope.c.owner, "owners")
        return told.where(within).group_by(study_scope.c.id, study_scope.c.passages, documents.c.language)

    def _holding(self) -> Select[Any]:
        held = select(study_term.c.term, func.count().label("passages"))
        within = self._among(study_term.c.scope, "scopes"), self._among(study_term.c.term, "terms")
        return held.where(*within).group_by(study_term.c.term)

    def _ranked(self) -> Select[Any]:
        asked = self._asked()
        score = func.sum(asked.c.idf * study_term.c.weight).cast(BigInteger).label("score")
        weight = case((study_term.c.weight > WHOLE, WHOLE), else_=study_term.c.weight)
        held = func.sum(asked.c.idf * weight).cast(BigInteger).label("held")
        ranked = select(study_term.c.passage, score, held).select_from(study_term.join(asked, study_term.c.term == asked.c.term))
        ranked = ranked.where(self._among(study_term.c.scope, "scopes")).group_by(study_term.c.passage)
        return ranked.order_by(score.desc(), study_term.c.passage).limit(bindparam("most", type_=Integer))

    def _asked(self) -> FromClause:
        """The terms and how rare they are."""
        if self._is_sqlite:
            terms = func.json_each(bindparam("terms", type_=Text)).table_valued(
                column("key", Text), column("value", Integer), name="listed"
            )
            return select(terms.c.key.label("term"), terms.c.value.label("idf")).subquery("asked")
        lists = bindparam("terms", type_=ARRAY(Text)), bindparam("idfs", type_=ARRAY(Integer))
        return func.unnest(*lists).table_valued(column("term", Text), column("idf", Integer), name="asked").render_derived()

    def _hits(self) -> Select[Any]:
        place = study_passage.c
        told = (place.id, place.document, study_document.c.filename, place.page, place.start, place.end, TEXT.label("text"))
        wanted = select(*told, study_document.c.language).join(study_document, study_document.c.id == place.document)
        return wanted.join(study_page, ON_PAGE).where(self._among(place.id, "numbers"), _is_found(study_document))

    def _vectors(self) -> Select[Any]:
        place = study_passage.c
        wanted = select(place.id, place.vector).join(study_document, study_document.c.id == place.document)
        within = self._among(place.scope, "scopes"), place.vector_model == bindparam("model", type_=Text)
        return wanted.where(*within, _is_found(study_document)).order_by(place.id)


def _is_found(documents: FromClause) -> ColumnElement[bool]:
    """Of documents: whether their passages may be found. Those that are being read, or gone and not yet swept away, are not."""
    return and_(documents.c.deleted_at.is_(None), documents.c.processing_status == "READY")

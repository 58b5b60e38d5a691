"""Finding by words: languages, terms, passages, ranking, quotes. Pure arithmetic; `index` brings it to the database.

Invariant: everything is counted in whole numbers, so that SQLite and PostgreSQL give the same passages in the same order.

Begin reading at `passages`, then `terms`, then `ranking`.
"""

from laurels.products.study.rules.words.languages import LANGUAGES, MAX_SAMPLE_WORDS, STEMMERS, UNKNOWN, language_of
from laurels.products.study.rules.words.passages import MAX_WORDS, OVERLAP_WORDS, WORDS, Page, Passage, passages_of, words_in
from laurels.products.study.rules.words.quoting import MAX_QUOTE, MAX_QUOTES, Quotable, Quote, quotes_of
from laurels.products.study.rules.words.ranking import VECTOR_SHARE, WEAK_VECTOR_SHARE, WHOLE, Asked, fused, idf_of, weigh, weights_of
from laurels.products.study.rules.words.sentences import sentences_of
from laurels.products.study.rules.words.terms import Question, asked_of, terms_of, words_of

__all__ = [
    "LANGUAGES",
    "MAX_QUOTE",
    "MAX_QUOTES",
    "MAX_SAMPLE_WORDS",
    "MAX_WORDS",
    "OVERLAP_WORDS",
    "STEMMERS",
    "UNKNOWN",
    "VECTOR_SHARE",
    "WEAK_VECTOR_SHARE",
    "WHOLE",
    "WORDS",
    "Asked",
    "Page",
    "Passage",
    "Question",
    "Quotable",
    "Quote",
    "asked_of",
    "fused",
    "idf_of",
    "language_of",
    "passages_of",
    "quotes_of",
    "sentences_of",
    "terms_of",
    "weigh",
    "weights_of",
    "words_in",
    "words_of",
]

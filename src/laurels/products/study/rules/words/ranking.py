"""How well passages answer a question, in whole numbers: the same on every database, whichever adds them up.

BM25 (Robertson and Zaragoza, 2009) in two parts. A term's `weights_of` in a passage is stored with it and counts on a fixed average
length, so that nothing is written again when a document comes or goes; how rare the term is among what the asker may read
(`idf_of`) is only known when they ask. A passage's score is the sum of idf times weight.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import math

from laurels.products.study.rules.words.terms import Question, is_pair

K1 = 1.2
"""How soon a term's repetitions stop to count."""

B = 0.75
"""How much a long passage's terms count for less."""

AVERAGE_TERMS = 75
"""Terms of the passage that is neither long nor short, measured on texts in five languages."""

THOUSAND = 1_000

WHOLE = 1_000
"""The weight of a term that stands once in a passage of AVERAGE_TERMS: it holds the word; saying it more often holds no more of it."""

COVERAGE_NEEDED = 750
"""Thousandths that the best passage is to hold of a question that weighs as much as one word nobody wrote; of one that weighs n times
that, the n-th part's root of it: a long question has words of its own, which no passage shares. Measured; see `Asked.needed`."""

LEAST_NEEDED, MOST_NEEDED = 250, 500
"""What is needed of the longest question, and of the shortest."""

VECTOR_SHARE = 400
"""Thousandths that a vector's likeness counts beside the words, where its embedder knows the languages asked in."""

WEAK_VECTOR_SHARE = 300
"""The same of an embedder of one language."""


def weights_of(terms: Iterable[str]) -> dict[str, int]:
    """Of each of a passage's terms: round(1000 tf (k1 + 1) / (tf + k1 (1 - b + b length / AVERAGE_TERMS)))."""
    counted = Counter(terms)
    length = K1 * (1 - B + B * counted.total() / AVERAGE_TERMS)
    return {term: round(THOUSAND * times * (K1 + 1) / (times + length)) for term, times in counted.items()}


def idf_of(passages: int, holding: int) -> int:
    """How rare a term is, in thousandths: round(1000 ln(1 + (passages - holding + 0.5) / (holding + 0.5))).

    Args:
        passages: how many there are where the question is asked.
        holding: how many of them hold the term; never more.
    """
    return round(THOUSAND * math.log1p((max(passages, holding) - holding + 0.5) / (holding + 0.5)))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it weighs where it is asked.

    Attributes:
        words: each of its words, as the terms that it may stand under, and how rare it is.
        idfs: each of its terms, and how rare it is.
        unseen: how rare a word is that stands nowhere.
    """

    words: Mapping[tuple[str, ...], int]
    idfs: Mapping[str, int]
    unseen: int

    @property
    def whole(self) -> int:
        """What all its words weigh."""
        return sum(self.words.values())

    @property
    def needed(self) -> int:
        """Thousandths of the question that the best passage has to hold; where it holds less, the documents don't say."""
        if not self.whole:
            return MOST_NEEDED
        return min(MOST_NEEDED, max(LEAST_NEEDED, round(COVERAGE_NEEDED / math.sqrt(self.whole / self.unseen))))

    def coverage(self, held: int) -> int:
        """How much of the question a passage holds, in thousandths rounded down.

        Args:
            held: the sum of idf times weight over the terms that it holds, no weight counted above WHOLE.
        """
        return min(THOUSAND, held // self.whole) if self.whole else 0

    def matched(self, terms: Iterable[str]) -> int:
        """What the words weigh that stand among some terms."""
        found = frozenset(terms)
        return sum(idf for word, idf in self.words.items() if not found.isdisjoint(word))


def weigh(question: Question, passages: int, holding: Mapping[str, int]) -> Asked:
    """A question as it weighs where so many passages are, of which so many hold each of its terms (0 where not told).

    Of a pair of characters that stands nowhere half counts: where no spaces part words, every second pair lies across two of them.
    """
    unseen = idf_of(passages, 0)
    idfs = {term: idf_of(passages, holding.get(term, 0)) for term in question.terms}
    words = {}
    for word in question.words:
        held = [idfs[term] for term in word if holding.get(term)]
        words[word] = max(held) if held else unseen // 2 if is_pair(word[0]) else unseen
    return Asked(words, idfs, unseen)


def fused(score: int, best_score: int, likeness: int, best_likeness: int, *, share: int = VECTOR_SHARE) -> int:
    """Words and vector together, each against the best there is, in millionths rounded down (convex fusion, Bruch et al. 2023).

    Args:
        score: by words, of `best_score`.
        likeness: the vectors' cosine, of `best_likeness`, in any whole unit; below 0 counts as 0.
        share: thousandths that the vector counts.
    """
    words = score * THOUSAND // best_score if best_score > 0 else 0
    vectors = max(likeness, 0) * THOUSAND // best_likeness if best_likeness > 0 else 0
    return words * (THOUSAND - share) + vectors * share

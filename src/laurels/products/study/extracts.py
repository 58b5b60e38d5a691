"""Answers without a model: the documents' own sentences, quoted with their numbers; and plainly none where the documents don't say."""

from collections.abc import Callable, Sequence
import re

from laurels.products.study.rules.words import Quote
from laurels.web.language import N_

MODEL_NAME = "extracts"
"""What an answer's model is called that quotes."""

FOUND = N_("This is what your documents say:")
NOT_FOUND = N_("Your documents don't say anything about this. Ask in other words, or add a document that does.")
NO_MODEL = N_("No AI model is configured here, so these are the documents' own sentences.")

_NUMBERS = re.compile(r"\[(?=[\d\s,;]+\])")
"""What begins a document's own numbers in brackets: those cite nothing of ours."""

Say = Callable[[str], str]
"""Translates an English sentence."""


def extract(quotes: Sequence[Quote], *, say: Say) -> str:
    """An answer that quotes, as Markdown, in the language of `say`; without quotes, that the documents don't say."""
    if not quotes:
        return say(NOT_FOUND)
    said = "\n\n".join(f"> {_quoted(quote.text)} [{quote.number}]" for quote in quotes)
    return f"{say(FOUND)}\n\n{said}\n\n*{say(NO_MODEL)}*"


def _quoted(text: str) -> str:
    """A sentence on one line, its own numbers marked as words."""
    return _NUMBERS.sub(r"\\[", " ".join(text.split()))

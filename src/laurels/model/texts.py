"""How many texts go into one request for their vectors: what every server that was looked at takes.

Sources, 2026-11: OpenAI takes 2,048 texts, 8,192 tokens each and 300,000 together;
Hugging Face's Text Embeddings Inference takes 32 texts by default.
"""

from collections.abc import Iterator, Sequence

MAX_TEXTS_AT_ONCE = 32
MAX_CHARACTERS = 6000
"""How much of one text counts, from its beginning: below 8,192 tokens in nearly all prose, in any script."""

MAX_BYTES_AT_ONCE = 250_000
"""Of all texts of a request in UTF-8: no token is shorter than a byte."""


def requests_of(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts in their order, cut into as many as one request takes; each part has one or more."""
    begin = size = 0
    for number, text in enumerate(texts):
        more = _size(text)
        if number > begin and (number - begin == MAX_TEXTS_AT_ONCE or size + more > MAX_BYTES_AT_ONCE):
            yield texts[begin:number]
            begin, size = number, 0
        size += more
    if begin < len(texts):
        yield texts[begin:]


def beginnings(texts: Sequence[str]) -> list[str]:
    """What is sent of the texts of one request.

    Raises:
        ValueError: they aren't the texts of one request, or one is blank: a server would refuse them all.
    """
    if len(list(requests_of(texts))) != 1:
        raise ValueError(f"{len(texts)} texts aren't one request; cut them by requests_of")
    sent = [text[:MAX_CHARACTERS] for text in texts]
    if not all(text.strip() for text in sent):
        raise ValueError("a blank text has no place among others; leave it out")
    return sent


def _size(text: str) -> int:
    return len(text[:MAX_CHARACTERS].encode("utf-8", "surrogatepass"))

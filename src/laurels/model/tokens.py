"""How many tokens a text takes, without the model's own tokenizer: an estimate that is seldom too low.

A token is three bytes of UTF-8 or more in all prose that was measured, in any
script; a few percent of source code has shorter ones.
"""

from collections.abc import Sequence

from laurels.model.asking import Message

BYTES_A_TOKEN = 3
TOKENS_A_MESSAGE = 8
"""What marks a message's role and its ends."""


def estimate_text(text: str) -> int:
    """Tokens of a text: a third of its bytes, rounded up."""
    return _tokens_of(_size(text))


def estimate_prompt(messages: Sequence[Message]) -> int:
    """Tokens of all that is asked: a third of its bytes, rounded up, and eight a message."""
    return _tokens_of(sum(_size(message.text) for message in messages)) + TOKENS_A_MESSAGE * len(messages)


def estimate_most(messages: Sequence[Message], max_tokens: int) -> int:
    """The most that asking and its longest answer take: what to set aside before asking."""
    return estimate_prompt(messages) + max_tokens


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _tokens_of(size_bytes: int) -> int:
    return -(-size_bytes // BYTES_A_TOKEN)

"""The estimate of tokens: never below a third of the bytes, and the same for each way of asking."""

from hypothesis import given
from hypothesis import strategies as st

from laurels.model import Message, Role, estimate_most, estimate_prompt, estimate_text


def test_a_third_of_the_bytes_is_rounded_up() -> None:
    assert [estimate_text(text) for text in ("", "a", "abc", "abcd", "ñ", "ññ", "日本")] == [0, 1, 1, 2, 1, 2, 2]


def test_each_message_costs_eight_more() -> None:
    messages = [Message(Role.SYSTEM, "abcd"), Message(Role.USER, "ab")]
    assert estimate_prompt(messages) == 2 + 16, "bytes are summed before they are rounded"
    assert estimate_prompt([]) == 0
    assert estimate_most(messages, 500) == 518


@given(st.lists(st.text(st.characters()), max_size=5))
def test_no_text_is_too_odd(texts: list[str]) -> None:
    messages = [Message(Role.USER, text) for text in texts]
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    assert 0 <= 3 * (estimate_prompt(messages) - 8 * len(texts)) - size < 3

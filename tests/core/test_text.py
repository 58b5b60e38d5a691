"""Text from machines, which can't be asked to send it again."""

from hypothesis import given
from hypothesis import strategies as st

from laurels.core.text import normalize_text, remove_controls


def test_controls_are_left_out_and_breaks_stay() -> None:
    assert remove_controls("a\x00b\u202ec\n\td\r\x1b[1m\ud800\u2028e ñ 👩\u200d🚀") == "abc\n\td[1me ñ 👩\u200d🚀"


@given(st.text(st.characters()), st.integers(0, 20))
def test_pieces_give_what_the_whole_gives(text: str, at: int) -> None:
    assert remove_controls(text[:at]) + remove_controls(text[at:]) == remove_controls(text)


@given(st.text(st.characters()))
def test_what_is_left_is_refused_nowhere(text: str) -> None:
    left = remove_controls("words " + text).replace("\t", " ")
    assert normalize_text(left)

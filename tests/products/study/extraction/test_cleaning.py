"""Text as it is kept."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from laurels.products.study.extraction.cleaning import clean_text, join_hyphenated


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\ud800c\x1bd\u202ee\ufefff\uffffg", "abcdefg"),
        ("eﬃcient oﬀer ﬁnds ﬂow", "efficient offer finds flow"),
        ("cafe\u0301", "café"),
        ("\uf0b7 point", "• point"),
        ("ﺍﻟﻨﺒﺎﺗﺎﺕ", "النباتات"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("x² + ½ ™ Ａ", "x² + ½ ™ Ａ"),
        ("植物が\u3000成長する", "植物が 成長する"),
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("  a \t b\u00a0c  \n\n\n\n  d ", "a b c\n\nd"),
        ("photo\u00ad\nsynthesis and photo\u00adgraph", "photosynthesis and photograph"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("", ""),
        (" \n\t\n", ""),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_indents_are_kept_where_they_mean_something() -> None:
    assert clean_text("for x:\n    if  x:\n\n\n\n\tgo()  ", keeps_indents=True) == "for x:\n    if x:\n\n\tgo()"


@pytest.mark.parametrize("keeps_indents", [True, False])
@settings(deadline=None)
@given(text=st.text())
def test_what_is_kept_can_be_stored_and_is_not_cleaned_further(text: str, keeps_indents: bool) -> None:
    cleaned = clean_text(text, keeps_indents=keeps_indents)
    assert clean_text(cleaned, keeps_indents=keeps_indents) == cleaned
    assert "\x00" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("photo-\nsynthesis", "photosynthesis"),
        ("a well-\nknown and well-known plant", "a well-known and well-known plant"),
        ("New-\nYork", "New-\nYork"),
        ("ÜBER-\ngang", "ÜBER-\ngang"),
        ("pages 12-\n14", "pages 12-\n14"),
        ("x-\naxis", "x-\naxis"),
        ("a list:\n- one\n- two", "a list:\n- one\n- two"),
        ("Über-\ngänge", "Übergänge"),
    ],
)
def test_words_are_put_together_with_care(text: str, joined: str) -> None:
    assert join_hyphenated(text) == joined

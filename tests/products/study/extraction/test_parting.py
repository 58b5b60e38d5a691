"""Parts of texts that have no pages."""

from hypothesis import given, settings
from hypothesis import strategies as st

from laurels.products.study.extraction.parting import PART_CHARACTERS, PART_WORDS, SECTION_WORDS, count_words, part_sections

SENTENCE = "Plants need light and water to grow well. "


def test_words_are_counted_in_scripts_with_and_without_blanks() -> None:
    assert count_words("النباتات تحتاج إلى عناصر") == 4
    assert count_words("plants need light") == 3
    assert count_words("植物が成長する") == 1 + 3


def test_a_short_text_is_one_part() -> None:
    assert list(part_sections(["one two"])) == ["one two"]


def test_nothing_has_no_parts() -> None:
    assert list(part_sections(["", " \n "])) == []


def test_sections_are_parts_and_empty_ones_are_left_out() -> None:
    assert list(part_sections(["one", " ", "two"])) == ["one", "two"]


def test_a_part_ends_with_a_paragraph() -> None:
    paragraphs = [f"{number} " + SENTENCE * 25 for number in range(6)]
    parts = list(part_sections(["\n\n".join(paragraphs)]))
    assert [[line[0] for line in part.split("\n\n")] for part in parts] == [["0", "1"], ["2", "3"], ["4", "5"]]


def test_a_paragraph_without_an_end_is_cut_at_sentences() -> None:
    parts = list(part_sections([SENTENCE * 200]))
    assert len(parts) > 1
    assert {part.strip()[-1] for part in parts} == {"."}


def test_japanese_is_cut_at_sentences() -> None:
    parts = list(part_sections(["植物が成長するためには水が必要です。" * 200]))
    assert len(parts) > 1
    assert {part[-1] for part in parts} == {"。"}


def test_a_long_section_is_parted_and_a_shorter_one_is_not() -> None:
    long, shorter = SENTENCE * (SECTION_WORDS // 8 + 10), SENTENCE * (SECTION_WORDS // 8 - 10)
    parts = list(part_sections([shorter, long]))
    assert parts[0] == shorter
    assert len(parts) == 1 + 4


def test_a_word_without_an_end_is_cut() -> None:
    parts = list(part_sections(["x" * 2_000_000]))
    assert "".join(parts) == "x" * 2_000_000
    assert max(map(len, parts)) <= PART_CHARACTERS


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["word", "字" * 30, " ", "\n", "\n\n", ". ", "。", "x" * 50]), max_size=400).map("".join), st.integers(1, 60)
)
def test_nothing_is_lost_or_changed_and_no_part_is_long(text: str, times: int) -> None:
    whole = text * times
    parts = list(part_sections([whole]))
    assert "".join("".join(parts).split()) == "".join(whole.split())
    assert all(count_words(part) <= PART_WORDS for part in parts)
    assert all(part.strip() and len(part) <= PART_CHARACTERS for part in parts)

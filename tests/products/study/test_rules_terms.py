"""What the index knows a text by."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from laurels.products.study.rules.words import UNKNOWN, asked_of, terms_of, words_of
from laurels.products.study.rules.words.terms import MAX_LANGUAGES, MAX_QUESTION_WORDS, MAX_TERM


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ｆｕｌｌ width ﬁne STRASSE straße", ["full", "width", "fine", "strasse", "strasse"]),
        ("1,234 1.234 1234", ["1234", "1234", "1234"]),
        ("1,234.5 1.234,5 1234.5", ["1234.5", "1234.5", "1234.5"]),
        ("3.14 and 3,14", ["3.14", "and", "3.14"]),
        ("٣٫١٤ १२", ["3.14", "12"]),
        ("x_1 and learning_rate", ["x_1", "and", "learning_rate", "learning", "rate"]),
        ("C++, C# or C?", ["c++", "c#", "or", "c"]),
        ("H₂O", ["h2o"]),
        ("Tesla's wire, the students' don't", ["tesla", "wire", "the", "students", "don"]),
        ("l'homme dell'arte d’eau qu'il", ["homme", "arte", "eau", "il"]),
        ("well-known e-mail", ["well", "known", "e", "mail"]),
        ("مُحَمَّد محمد", ["محمد", "محمد"]),
        ("أحمد احمد", ["احمد", "احمد"]),
        ("डिफ़ेन्स डिफेंस", ["डिफेंस", "डिफेंस"]),
        ("co\u00adoperate zero\u200bwidth", ["cooperate", "zerowidth"]),
        ("光合成 光", ["光合", "合成", "光"]),
        ("コンピュータ", ["コン", "ンピ", "ピュ", "ュー", "ータ"]),
        ("学校で犬を見た", ["学校", "犬", "見"]),
        ("りんごとは何ですか", ["りん", "んご"]),
        ("학교는", ["학교"]),
        ("2024年", ["2024", "年"]),
        ("", []),
        ("___ -- ?!", ["___"]),
    ],
)
def test_words_are_written_in_one_way(text: str, words: list[str]) -> None:
    assert list(words_of(text)) == words


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("en", "The runners were running quickly", ["runner", "run", "quick"]),
        ("es", "¿Cuántos jugadores jugaron en la elección?", ["jugador", "jug", "eleccion"]),
        ("de", "Die Häuser der Städte", ["haus", "stadt"]),
        ("fr", "Les élections générales", ["elect", "general"]),
        ("ru", "Студенты читали книги", ["студент", "чита", "книг"]),
        (UNKNOWN, "The runners", ["the", "runners"]),
        ("ja", "the 光合成", ["the", "光合", "合成"]),
    ],
)
def test_terms_are_stems_without_stop_words(language: str, text: str, terms: list[str]) -> None:
    assert terms_of(text, language) == terms


def test_accents_that_were_left_out_change_nothing() -> None:
    assert terms_of("fotosintesis electrica", "es") == terms_of("fotosíntesis eléctrica", "es")


def test_a_term_is_cut_where_it_is_no_word() -> None:
    assert terms_of("a" * 500, UNKNOWN) == ["a" * MAX_TERM]


def test_a_question_is_asked_in_its_documents_languages() -> None:
    asked = asked_of("Who is running happily?", ["en", "es"])
    assert asked.language == "en"
    assert asked.words == (("run", "running"), ("happili", "happily"))
    assert asked.terms == ("run", "running", "happili", "happily")


def test_a_question_without_stop_words_loses_those_of_each_language_apart() -> None:
    asked = asked_of("no casa", ["de", "es", "pt"])
    assert asked.language == UNKNOWN
    assert asked.words == (("no",), ("casa", "cas")), "only German has no stop word `no`"


def test_a_question_of_stop_words_alone_asks_for_nothing() -> None:
    assert asked_of("What is it?", ["en"]).words == ()


def test_a_word_counts_once_in_a_question() -> None:
    assert asked_of("Running runners run, running!", ["en"]).words == (("run",), ("runner",))


def test_a_question_of_nothing_but_small_words_in_all_its_languages_asks_for_nothing() -> None:
    assert asked_of("an in was", ["de", "en"]).words == ()
    assert asked_of("an in was Rust", ["de", "en"]).words == (("rust",),)


def test_a_question_has_bounds() -> None:
    asked = asked_of(" ".join(f"word{number}" for number in range(500)), ["en", "es", "de", "fr", "it", "pt"])
    assert len(asked.words) == MAX_QUESTION_WORDS
    assert len(asked.terms) <= MAX_QUESTION_WORDS * MAX_LANGUAGES


def test_threads_have_stemmers_of_their_own() -> None:
    text = " ".join(f"running{number} houses elections" for number in range(2_000))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: terms_of(text, "en"), range(16)))
    assert all(terms == found[0] for terms in found)

"""The language of a text or of a question."""

import pytest

from laurels.products.study.rules.words import LANGUAGES, STEMMERS, UNKNOWN, language_of, terms_of

TEXTS = {
    "ar": "تعد الطاقة الشمسية من أهم مصادر الطاقة المتجددة التي يمكن استخدامها في المنازل، وهي لا تسبب تلوثا في الهواء.",
    "ca": "Les plantes necessiten la llum del sol per créixer, i això és el que es fa amb els seus fulls durant el dia.",
    "cs": "Rostliny potřebují světlo, aby mohly růst, a proto se jejich listy obracejí ke slunci, které je během dne nad nimi.",
    "da": "Planter har brug for lys for at vokse, og derfor vender de deres blade mod solen, når den er på himlen.",
    "de": "Pflanzen brauchen Licht, um zu wachsen, und deshalb drehen sie ihre Blätter zur Sonne, wenn diese am Himmel steht.",
    "el": "Τα φυτά χρειάζονται το φως του ήλιου για να μεγαλώσουν.",
    "en": "Plants need light to grow, and that is why they turn their leaves to the sun when it is in the sky.",
    "es": "Las plantas necesitan luz para crecer, y por eso giran sus hojas hacia el sol cuando está en el cielo.",
    "fa": "گیاهان برای رشد به نور نیاز دارند و به همین دلیل برگ های خود را به سمت خورشید می چرخانند.",
    "fi": "Kasvit tarvitsevat valoa, jotta ne voivat kasvaa, ja siksi ne kääntävät lehtensä kohti aurinkoa, kun se on taivaalla.",
    "fr": "Les plantes ont besoin de lumière pour grandir, et c'est pourquoi elles tournent leurs feuilles vers le soleil.",
    "he": "צמחים זקוקים לאור כדי לגדול",
    "hi": "पौधों को बढ़ने के लिए प्रकाश की आवश्यकता होती है और इसलिए वे अपने पत्ते सूर्य की ओर करते हैं।",
    "hu": "A növényeknek fényre van szükségük, hogy nőjenek, és ezért a nap felé fordítják a leveleiket, amikor az az égen van.",
    "hy": "Բույսերին աճելու համար լույս է պետք",
    "id": "Tanaman membutuhkan cahaya untuk tumbuh, dan itulah sebabnya mereka memutar daunnya ke arah yang ada matahari.",
    "it": "Le piante hanno bisogno di luce per crescere, ed è per questo che girano le foglie verso il sole quando è nel cielo.",
    "ja": "植物は成長するために光を必要とします。",
    "ko": "식물은 자라기 위해 빛이 필요합니다.",
    "nb": "Planter trenger lys for å vokse, og derfor vender de bladene sine mot sola når den er på himmelen.",
    "nl": "Planten hebben licht nodig om te groeien, en daarom draaien ze hun bladeren naar de zon als die aan de hemel staat.",
    "pl": "Rośliny potrzebują światła, aby rosnąć, i dlatego zwracają się do słońca, gdy jest ono na niebie.",
    "pt": "As plantas precisam de luz para crescer, e é por isso que viram as suas folhas para o sol quando ele está no céu.",
    "ro": "Plantele au nevoie de lumină pentru a crește și de aceea își întorc frunzele spre soare când este pe cer.",
    "ru": "Растениям нужен свет, чтобы расти, и поэтому они поворачивают свои листья к солнцу, когда оно на небе.",
    "sv": "Växter behöver ljus för att växa, och därför vänder de sina blad mot solen när den är på himlen.",
    "ta": "தாவரங்கள் வளர ஒளி தேவை",
    "th": "พืชต้องการแสงเพื่อเติบโต",
    "tr": "Bitkilerin büyümek için ışığa ihtiyacı vardır ve bu nedenle yapraklarını güneşe doğru çevirirler.",
    "zh": "植物需要光才能生长，所以它们的叶子总是朝向太阳。",
}


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_language_is_told_of_a_sentence_in_each(language: str) -> None:
    assert language_of(TEXTS[language]) == language


@pytest.mark.parametrize("language", sorted(STEMMERS))
def test_every_stemmer_named_is_there(language: str) -> None:
    assert terms_of(TEXTS[language], language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("What is photosynthesis?", "en"),
        ("¿Qué es la fotosíntesis?", "es"),
        ("cuando se celebro la primera eleccion", "es"),
        ("Was ist Photosynthese?", "de"),
        ("Qu'est-ce que la photosynthèse ?", "fr"),
        ("光合成とは何ですか？", "ja"),
        ("光合作用是什么？", "zh"),
        ("ما هو التمثيل الضوئي؟", "ar"),
        ("प्रकाश संश्लेषण क्या है?", "hi"),
    ],
)
def test_a_short_question_tells_its_language(question: str, language: str) -> None:
    assert language_of(question) == language


@pytest.mark.parametrize("text", ["", "42", "→ ∑ ∫", "TensorFlow gradient descent", "x_1 = y_2 ** 3"])
def test_without_stop_words_the_language_is_unknown(text: str) -> None:
    assert language_of(text) == UNKNOWN


def test_code_is_in_no_language() -> None:
    code = "def train(model):\n    for batch in loader:\n        loss = criterion(model(batch))\n        optimizer.step()\n" * 20
    assert language_of(code) == UNKNOWN


def test_what_several_languages_share_is_taken_for_the_documents() -> None:
    assert language_of("no casa") == UNKNOWN
    assert language_of("no casa", expected=["de", "es"]) == "es"
    assert language_of("no casa", expected=["pt", "es"]) == UNKNOWN


def test_an_expected_language_decides_nothing_that_words_do() -> None:
    assert language_of("What is the capital of the country?", expected=["es"]) == "en"


def test_a_few_kana_in_a_chinese_text_are_no_japanese() -> None:
    assert language_of("他在东京开了一家名为さくら的餐厅，那里的菜很受欢迎，每天都有很多客人，周末更是需要提前预约才能有座位。") == "zh"

"""What is said aloud, and where each spoken word stands in the original text."""

import pytest

from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong, prepare


def said(text: str, language: str) -> str:
    return " ".join(part.text for part in prepare(text, language))


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Опыт от 3 до 5 лет", "Опыт от трёх до пяти лет"),
        ("У вас 21 минута и 2 вопроса", "У вас двадцать одна минута и два вопроса"),
        ("Подождите 1 минуту", "Подождите одну минуту"),
        ("В 2024 году", "В две тысячи двадцать четвёртом году"),
        ("с 2019 по 2023 год", "с две тысячи девятнадцатого по две тысячи двадцать третий год"),
        ("01.02.2024 в 10:30", "первого февраля две тысячи двадцать четвёртого года в десять тридцать"),
        ("5 марта 2025 г.", "пятого марта две тысячи двадцать пятого года."),
        ("Рост 12,5%", "Рост двенадцать целых пять десятых процента"),
        ("500 000 ₸", "пятьсот тысяч тенге"),
        ("$1,200", "тысяча двести долларов"),
        ("2 млн руб.", "два миллиона рублей."),
        ("3–5 лет", "три – пять лет"),
        ("5-я версия, 2-х дней", "пятая версия, двух дней"),
        ("16 ГБ и 100 мс", "шестнадцать гигабайт и сто миллисекунд"),
        ("с 5 коллегами", "с пятью коллегами"),
        ("около 100 человек", "около ста человек"),
        ("т. е. в г. Алматы", "то есть в городе Алматы"),
        ("Python, SQL и C++", "пайтон, эс кью эль и си плюс плюс"),
        ("10-летний опыт", "десятилетний опыт"),
        ("версия 3.11.2", "версия три точка одиннадцать точка два"),
        ("Kubernetes v1.29", "кубернетис версия один точка двадцать девять"),
        ("по 15.10.2025 г.", "по пятнадцатое октября две тысячи двадцать пятого года."),
        ("15.10.2025 г. мы", "пятнадцатого октября две тысячи двадцать пятого года мы"),
        ("в 2024–2025 гг. было", "в две тысячи двадцать четвёртом – две тысячи двадцать пятом годах было"),
        ("за 2023-2024 годы", "за две тысячи двадцать третий – две тысячи двадцать четвёртый годы"),
        ("в 1990-х гг.", "в тысяча девятьсот девяностых годах."),
        ("1980-е и 90-е годы", "тысяча девятьсот восьмидесятые и девяностые годы"),
        ("ок. 30 человек", "около тридцати человек"),
        ("1-2 раза", "один – два раза"),
    ],
)
def test_russian_is_spelled_as_a_reader_says_it(text: str, spoken: str) -> None:
    assert said(text, "ru") == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("in 2023", "in twenty twenty-three"),
        ("March 5, 2024", "March fifth, twenty twenty-four"),
        ("from 1,200 to 3,500 users", "from one thousand two hundred to three thousand five hundred users"),
        ("at 9:05 a.m. today", "at nine oh five ay em today"),
        ("$5.50 or $2M", "five dollars fifty cents or two million dollars"),
        ("25% of 16 GB", "twenty-five percent of sixteen gigabytes"),
        ("the 1990s and the 21st", "the nineteen nineties and the twenty-first"),
        ("3-5 years, e.g. 3.14", "three to five years, for example three point one four"),
        ("C# & .NET", "C sharp and dot net"),
        ("the 90s", "the nineties"),
        ("50-100k a year", "fifty to one hundred thousand a year"),
        ("Kafka v3.7, 5x faster", "Kafka version three point seven, five x faster"),
    ],
)
def test_english_is_spelled_as_a_reader_says_it(text: str, spoken: str) -> None:
    assert said(text, "en") == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("2024 жылы", "екі мың жиырма төртінші жылы"),
        ("5 наурызда", "бесінші наурызда"),
        ("сағат 10:30-да", "сағат он отызда"),
        ("25% өсті", "жиырма бес пайыз өсті"),
        ("3-сұрақ", "үшінші сұрақ"),
        ("5-тен 10-ға дейін", "бестен онға дейін"),
        ("1-ші орын", "бірінші орын"),
        ("3,5 млн теңге", "үш бүтін оннан бес миллион теңге"),
        ("1999 сөз", "мың тоғыз жүз тоқсан тоғыз сөз"),
    ],
)
def test_kazakh_is_spelled_as_a_reader_says_it(text: str, spoken: str) -> None:
    assert said(text, "kk") == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("**Важно**: `код`", "Важно: код"),
        ("# План\n- раз\n- два", "План. раз. два"),
        ("Смотрите [сайт](https://a.b/c?d=1).", "Смотрите сайт."),
        ("Вот https://example.com/x, да", "Вот , да"),
        ("<speak>Привет <break time='1s'/>мир</speak>", "Привет мир"),
        ("Привет <script>alert(1)</script>мир", "Привет мир"),
        ("Отлично 🎉👍🏽!", "Отлично !"),
        ("Да &amp; нет", "Да нет"),
        ("При\u0301вет,\u200b мир\u202e", "Привет, мир"),
        ("Что?!?!!", "Что?"),
        ("=====", None),
    ],
)
def test_markup_links_and_symbols_are_never_read(text: str, spoken: str | None) -> None:
    if spoken is None:
        with pytest.raises(NothingToSay):
            prepare(text, "ru")
    else:
        assert said(text, "ru") == spoken


@pytest.mark.parametrize(
    "text", ["", "  ", "😀🎉", "!!! ***", "\0\0", "\u202e\u202d", "مرحبا", "https://x.y/z", "<a><b>", "—", "\ud800"]
)
def test_a_text_of_nothing_speakable_says_so(text: str) -> None:
    with pytest.raises(NothingToSay):
        prepare(text, "ru")


def test_a_kazakh_sentence_in_a_russian_text_is_kazakh() -> None:
    parts = prepare("Спасибо. Сіз бұл жұмысқа неге келдіңіз? Расскажите подробнее.", "ru")
    assert [part.language for part in parts] == ["ru", "kk", "ru"]


def test_a_kazakh_name_does_not_turn_a_russian_sentence_kazakh() -> None:
    parts = prepare("Меня зовут Әсел, я расскажу о компании.", "ru")
    # It should also be readable for the Russian voice, which names letters it does not know.
    assert [(part.language, "Ә" in part.text) for part in parts] == [("ru", False)]


@pytest.mark.parametrize(
    ("text", "asked", "heard"),
    [
        ("Tell me about yourself, please.", "ru", "en"),
        ("Жалпы бала мектепте отыр.", "kk", "kk"),
        ("Расскажите о вашем опыте работы.", "kk", "ru"),
        ("Расскажите о себе.", "en", "ru"),
        ("Python?", "ru", "ru"),
    ],
)
def test_the_voice_follows_the_letters(text: str, asked: str, heard: str) -> None:
    assert [part.language for part in prepare(text, asked)] == [heard]


@pytest.mark.parametrize(
    ("text", "word", "original"),
    [
        ("Рост 25% за год", "двадцать", "25%"),
        ("Смотрите [наш сайт](https://a.b) сегодня", "сайт", "сайт"),
        ("😀 Пишем на **Python**", "пайтон", "Python"),
        ("С\u0301лово и дело", "дело", "дело"),
    ],
)
def test_spoken_words_know_their_place_in_the_original(text: str, word: str, original: str) -> None:
    (part,) = prepare(text, "ru")
    at = part.text.index(word)
    source = part.words.source_range(at, at + len(word))
    assert source is not None
    assert text[source[0] : source[1]] == original


def test_an_own_pronunciation_comes_first() -> None:
    (part,) = prepare("Мы пишем на Python в Qazpost", "ru", {"Qazpost": "казпошта", "Python": "питон"})
    assert part.text == "Мы пишем на питон в казпошта"


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(TextTooLong):
        prepare("а" * (MAX_CHARACTERS + 1), "ru")


def test_digits_that_would_take_an_hour_to_say_are_refused() -> None:
    with pytest.raises(TextTooLong):
        prepare("9" * MAX_CHARACTERS, "ru")


JUNK = [
    "<" * 5000, "[[" * 2500, "1-" * 2000, "*_" * 2500, "а\u0301" * 2500, "1 000 " * 800, "&#" * 2500, "(" * 5000, ". " * 2500,
    "$1" * 900,
    "http" * 1250, "- " * 2500, "т. " * 1600, "\0я\ud83d\x07" * 900, "שלום мир " * 500, "<speak>" * 700,
    "1.2.3." * 200, "½²³①Ⅷ", "٣٤٥ лет",
    "1" * 15 + "%", "00.00.0000", "99:99", "-5--7", "5-", "+" * 50 + "7 701 123 45 67", "1,2,3,4",
    "0-0-0", "ǅ ß ﬁ", "\n" * 4000 + "а",
]  # fmt: skip


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_junk_is_spoken_or_refused_but_never_breaks(text: str, language: str) -> None:
    try:
        parts = prepare(text, language)
    except (NothingToSay, TextTooLong):
        return
    for part in parts:
        assert len(part.text) == len(part.words.starts) == len(part.words.ends)
        assert all(0 <= start <= end <= len(text) for start, end in zip(part.words.starts, part.words.ends, strict=True))
        assert part.text.encode()

"""Sentences are what the avatar says one by one; captions show exactly the original text."""

import pytest

from avatars.speech.sentences import split_sentences


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ru", "Здравствуйте! Как вы? Хорошо.", ["Здравствуйте! ", "Как вы? ", "Хорошо."]),
        ("ru", "Офис в г. Алматы, ул. Абая. Приходите.", ["Офис в г. Алматы, ул. Абая. ", "Приходите."]),
        ("ru", "Это важно, т. е. обязательно. Да.", ["Это важно, т. е. обязательно. ", "Да."]),
        ("ru", "Чай, кофе и т. д. Выбирайте.", ["Чай, кофе и т. д. ", "Выбирайте."]),
        ("ru", "А. С. Пушкин написал. Потом ушёл.", ["А. С. Пушкин написал. ", "Потом ушёл."]),
        ("ru", "Версия 3.11. Рост 2.5 раза. Ура", ["Версия 3.11. ", "Рост 2.5 раза. ", "Ура"]),
        ("ru", "До марта 2025 г. У вас есть время.", ["До марта 2025 г. ", "У вас есть время."]),
        ("ru", "Подумайте… не спешите.", ["Подумайте… не спешите."]),
        ("ru", "«Да!» — сказал он. Всё?!", ["«Да!» — сказал он. ", "Всё?!"]),
        ("ru", "1. Опыт\n2. Планы", ["1. Опыт\n", "2. Планы"]),
        (
            "en",
            "Dr. Smith works at Apple Inc. in the U.S. today. So do I. Really.",
            ["Dr. Smith works at Apple Inc. in the U.S. today. ", "So do I. ", "Really."],
        ),
        ("en", "Use tools, e.g. Git. It costs $3.50. Fine!", ["Use tools, e.g. Git. ", "It costs $3.50. ", "Fine!"]),
        ("kk", "Сәлеметсіз бе? Алматы қ. тұрамын. Рахмет.", ["Сәлеметсіз бе? ", "Алматы қ. тұрамын. ", "Рахмет."]),
        ("kk", "Жұмыс, оқу, т.б. нәрселер. Иә.", ["Жұмыс, оқу, т.б. нәрселер. ", "Иә."]),
        ("ru", "", []),
        ("ru", "Без точки", ["Без точки"]),
    ],
)
def test_it_splits_where_a_reader_pauses(language: str, text: str, expected: list[str]) -> None:
    assert split_sentences(text, language) == expected


@pytest.mark.parametrize(
    "text", ["  \n ", "...", "!?!?", "a.b.c", "Да.\n\n\nНет.", "\n1.\n2.", "т. е.", "🙂. 🙂!", "\0. \x1b!", "А. " * 500]
)
@pytest.mark.parametrize("language", ["ru", "en", "kk", "xx"])
def test_it_loses_nothing(text: str, language: str) -> None:
    assert "".join(split_sentences(text, language)) == text

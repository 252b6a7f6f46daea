"""A guess at the language of a text: it warns before paying, so it must not cry wolf."""

import pytest

from avatars.speech.language_check import likely_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Здравствуйте! Расскажите, пожалуйста, о вашем опыте.", "ru"),
        ("Почему вы хотите у нас работать?", "ru"),
        ("Сәлеметсіз бе! Жұмыс тәжірибеңіз туралы айтып беріңізші.", "kk"),
        ("Біздің компанияда не үшін жұмыс істегіңіз келеді?", "kk"),
        ("Hello! Please tell me about your work experience.", "en"),
        ("Расскажите о вашем опыте с Python, Django и PostgreSQL в прошлых проектах.", "ru"),
        ("Вашим руководителем будет Әсел Қайратқызы, она расскажет вам о команде и о задачах на первый месяц работы.", ""),
        ("Да.", ""),
        ("2026 → 100 % :-)", ""),
        ("您好，请介绍一下您的工作经验和您的专业技能。", ""),
        ("", ""),
    ],
)
def test_it_names_the_language_or_says_nothing(text: str, language: str) -> None:
    assert likely_language(text) == language

"""Chunks end where a reader breathes, and together they are the text."""

import random

import pytest

from avatars.speech.chunking import LONGEST_CHUNK, split_chunks
from avatars.speech.text import NothingToSay

RU = (
    "Здравствуйте, Анна! Меня зовут Алия, я виртуальный помощник компании. Сегодня мы поговорим о вашем опыте: о проектах, "
    "о команде и о том, чего вы ждёте от новой работы. Вы живёте в г. Алматы с 2019 г. и работаете в ТОО «Ромашка», т. е. уже "
    "пять лет. Зарплата от 1 200 000 тенге в мес. обсуждается отдельно. Готовы начать?"
)
EN = "Hello, my name is Aliya. Today, e.g. in this call, we will talk about your work with Dr. Smith at Acme Inc. in 2023. Ready?"
KK = "Сәлеметсіз бе! Бүгін біз сіздің тәжірибеңіз туралы, т.б. мәселелер жайлы сөйлесеміз. Дайынсыз ба?"
ODD = [
    "🙂🙂", '<speak><prosody rate="slow">привет</prosody></speak>', "مرحبا", "שלום", "https://example.com/a?b=c", "1 000,50",
    "т. е.", "a" * 900, "\u202e", "…", "—", "C++", "Қазақстан", "日本語。", "\n\n- пункт", "№ 5", "don't", "«Да!»", "12:30",
    "\u0007", "🇰🇿",
]  # fmt: skip


@pytest.mark.parametrize(("text", "language"), [(RU, "ru"), (EN, "en"), (KK, "kk")])
@pytest.mark.parametrize("size", [1, 2, 5, 15, 40, 100])
def test_the_chunks_together_are_the_text(text, language, size):
    assert "".join(split_chunks(text, language, size)) == text


def test_any_text_comes_back_whole_and_no_word_is_cut():
    rnd = random.Random(7)
    for _round in range(150):
        words = [rnd.choice(ODD + RU.split() + EN.split()) for _ in range(rnd.randint(1, 80))] + ["конец"]
        text = rnd.choice(["", "  ", "\n"]) + "".join(word + rnd.choice([" ", "  ", "\n", "\t", " "]) for word in words)
        size = rnd.choice([1, 3, 15, 50, 100])
        chunks = split_chunks(text, "ru", size)
        assert "".join(chunks) == text
        for before, after in zip(chunks, chunks[1:], strict=False):
            assert before[-1].isspace() or len(before.split()[-1]) >= 400 or not after.strip()


def test_chunks_end_at_sentences_near_the_wished_size():
    chunks = split_chunks(RU, "ru", 15)
    assert [chunk.strip()[-1] in ".!?:," for chunk in chunks] == [True] * len(chunks)
    assert all(6 <= len(chunk.split()) <= 24 for chunk in chunks)


@pytest.mark.parametrize("together", ["г. Алматы", "2019 г.", "т. е. уже", "1 200 000 тенге"])
@pytest.mark.parametrize("size", [2, 5, 7, 15])
def test_numbers_and_abbreviations_stay_whole(together, size):
    assert any(together in chunk for chunk in split_chunks(RU, "ru", size))


def test_english_abbreviations_stay_whole():
    chunks = split_chunks(EN, "en", 6)
    assert any("Dr. Smith" in chunk for chunk in chunks) and any("e.g. in" in chunk for chunk in chunks)


def test_a_long_sentence_without_marks_is_cut_between_words():
    text = " ".join(f"слово{chr(0x430 + n % 30)}" for n in range(100))
    assert [len(chunk.split()) for chunk in split_chunks(text, "ru", 15)][:3] == [10, 15, 15]


def test_no_tiny_chunk_is_left_at_the_end():
    text = "Раз два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать и."
    assert len(split_chunks(text, "ru", 15)) == 1


def test_what_cannot_be_spoken_goes_with_its_neighbour():
    text = "🙂 🙂 🙂 Здравствуйте, коллеги. https://example.com/x 🙂 🙂"
    chunks = split_chunks(text, "ru", 2)
    assert "".join(chunks) == text
    assert all(any(letter.isalpha() for letter in chunk) for chunk in chunks)


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂🙂", "https://example.com", "...!!!", "<br><br>", "\u200b\u202e"])
def test_nothing_to_say_is_said(text):
    with pytest.raises(NothingToSay):
        split_chunks(text, "ru", 15)


def test_a_text_without_spaces_is_cut_in_pieces():
    text = "а" * 10_000
    chunks = split_chunks(text, "ru", 15)
    assert "".join(chunks) == text and max(map(len, chunks)) <= LONGEST_CHUNK

"""Phonemes to mouth shapes, and the timeline made of them."""

import pytest

from avatars.speech.mapped import MappedText
from avatars.speech.timeline import Phoneme, SpokenStretch, WordStart, build
from avatars.speech.visemes import VISEMES, is_known, is_vowel, shapes


def stretch(
    phonemes: list[tuple[float, str]],
    words: list[tuple[float, int, int]] | None = None,
    *,
    text: str = "мама",
    language: str = "ru",
    end_ms: float = 1000,
) -> SpokenStretch:
    return SpokenStretch(
        language, MappedText.of(text), [Phoneme(*p) for p in phonemes], [WordStart(*w) for w in words or []], 0, end_ms
    )


@pytest.mark.parametrize("mnemonic", ["m", "p", "b", "m;", "p;", "'b"])
def test_lips_close_on_m_b_p(mnemonic: str) -> None:
    assert shapes(mnemonic) == ((1.0, "MBP"),)


@pytest.mark.parametrize(
    ("mnemonic", "language", "names"),
    [
        ("'aI", "en", ["A", "I"]),
        ("r", "en", ["UE"]),
        ("r", "ru", ["TDN"]),
        ("u#", "kk", ["UE"]),
        ("tS;", "ru", ["TDN", "SH"]),
        ("_:", "ru", ["sil"]),
        (";", "ru", []),
        ("(en)", "ru", []),
        ("v", "ru", ["FV"]),
        ("8", "kk", ["O"]),
    ],
)
def test_a_phoneme_has_its_shapes(mnemonic: str, language: str, names: list[str]) -> None:
    assert [name for _, name in shapes(mnemonic, language)] == names


@pytest.mark.parametrize("mnemonic", ["??", "Ж", "k^!", "\ufffd", "zz9", "'"])
def test_an_unknown_phoneme_keeps_the_mouth_moving(mnemonic: str) -> None:
    assert all(name in VISEMES for _, name in shapes(mnemonic))


def test_vowels_are_told_from_glides() -> None:
    assert [is_vowel(name) for name in ("'A", "i:", "m", "j", "w", "_", "")] == [True, True, False, False, False, False, False]


def test_shares_of_a_phoneme_add_up() -> None:
    for name in ("aI", "aI@", "tS", "oU", "ja", "m"):
        assert sum(share for share, _ in shapes(name, "en")) == pytest.approx(1)
    assert is_known("'aI", "en") and not is_known("Ж")


def test_the_mouth_follows_the_phonemes_and_closes_at_the_end() -> None:
    made = build([stretch([(80, "m"), (150, "'A"), (300, "m"), (380, "a#")], end_ms=500)], 580)
    assert made["visemes"] == [[0, "sil"], [80, "MBP"], [150, "A"], [300, "MBP"], [380, "AH"], [500, "sil"]]
    assert made["duration_ms"] == 580


def test_a_short_gap_does_not_close_the_mouth() -> None:
    made = build([stretch([(0, "A"), (100, "_"), (130, "o"), (300, "_:"), (400, "_"), (600, "m")], end_ms=700)], 700)
    assert [name for _, name in made["visemes"]] == ["A", "O", "sil", "MBP", "sil"]


def test_latin_words_are_mouthed_by_english_rules() -> None:
    made = build([stretch([(0, "r"), (100, "(en)"), (100, "r"), (200, "(ru)"), (200, "r")], end_ms=300)], 300)
    assert [name for _, name in made["visemes"]] == ["TDN", "UE", "TDN", "sil"]


def test_words_end_at_the_next_word_or_pause() -> None:
    text = "мама, папа"
    made = build([stretch([(0, "m"), (300, "_:"), (500, "p")], [(0, 0, 4), (500, 6, 4)], text=text, end_ms=800)], 900)
    assert made["words"] == [[0, 300, 0, 4], [500, 800, 6, 10]]


def test_a_number_said_as_two_words_is_one_place() -> None:
    words = MappedText.of("24 раза")
    spelled = MappedText("двадцать четыре раза", (0,) * 15 + words.starts[2:], (2,) * 15 + words.ends[2:])
    made = build(
        [SpokenStretch("ru", spelled, [], [WordStart(0, 0, 8), WordStart(400, 9, 6), WordStart(700, 16, 4)], 0, 1000)], 1000
    )
    assert made["words"] == [[0, 700, 0, 2], [700, 1000, 3, 7]]


def test_events_beyond_the_sound_and_out_of_order_do_no_harm() -> None:
    made = build([stretch([(500, "A"), (100, "m"), (5000, "o")], [(900, 90, 5), (100, 0, 0)], end_ms=600)], 600)
    times = [at for at, _ in made["visemes"]]
    assert times == sorted(times) and times[-1] <= 600 and made["words"] == []


def test_nothing_said_is_silence() -> None:
    assert build([], 100) == {"duration_ms": 100, "visemes": [[0, "sil"]], "words": []}

"""Lips for sound of others: from told times, by comparing, by listening, each giving way to the next."""

import math
import shutil
from collections.abc import Callable

import numpy as np
import pytest

from avatars import bench_alignment
from avatars.engines.espeak import EspeakEngine
from avatars.engines.espeak_process import EspeakProcess
from avatars.engines.lip_sync import Heard, finished, timeline_of
from avatars.engines.registry import speech_engine
from avatars.speech import alignment_dtw, alignment_sound, timeline
from avatars.speech.alignment import CannotAlign, Reading, Script, rising, warped
from avatars.speech.alignment_features import at_16k, cepstra_and_loudness
from avatars.speech.alignment_marks import Mark, knots
from avatars.speech.sound import Samples
from avatars.speech.text import prepare
from avatars.speech.timeline import Timeline
from avatars.tests.speech_server import said

TEXT = {
    "ru": "Мы ищем инженера, который умеет объяснять сложные вещи простыми словами. Вам 24 года?",
    "en": "Tell me about the most difficult project you have worked on in the last two years.",
    "kk": "Осы жұмыста сізге ең қиын болған мәселе туралы айтып бере аласыз ба?",
}


def script_of(language: str = "ru") -> Script:
    return Script.of(prepare(TEXT[language], language))


def heard(language: str = "ru", marks: list[Mark] | None = None) -> tuple[Heard, Reading]:
    """A man's quicker reading; the alignment compares it with a woman's."""
    reading = said(TEXT[language], language)
    return Heard(reading.samples, reading.sample_rate, marks or []), reading


def own(reading: Reading) -> Timeline:
    return timeline.build(reading.stretches, reading.duration_ms)


def errors_ms(found: Timeline, true: Timeline) -> list[float]:
    """Word starts against the true ones."""
    starts = {(word[2], word[3]): word[0] for word in true["words"]}
    assert len(found["words"]) == len(starts)
    return [abs(word[0] - starts[word[2], word[3]]) for word in found["words"]]


def word_marks(reading: Reading) -> list[Mark]:
    marks: list[Mark] = []
    offset = 0
    for stretch in reading.stretches:
        words = [word for word in stretch.word_starts if word.length]
        ends = [word.start_ms for word in words[1:]] + [stretch.end_ms]
        marks += [Mark(word.start_ms, end, offset + word.start, word.length) for word, end in zip(words, ends, strict=True)]
        offset += len(stretch.words.text) + 1
    return marks


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_the_times_an_engine_tells_are_kept_to_the_word(language: str) -> None:
    _sound, reading = heard(language)
    found, method = timeline_of(heard(language, word_marks(reading))[0], script_of(language))
    assert method == "marks" and max(errors_ms(found, own(reading))) <= 15


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_sound_without_times_is_compared_with_our_own_reading(language: str) -> None:
    sound, reading = heard(language)
    found, method = timeline_of(sound, script_of(language))
    errors = errors_ms(found, own(reading))
    assert method == "dtw" and np.median(errors) <= 20 and np.percentile(errors, 90) <= 80


def test_words_point_into_the_original_text() -> None:
    found, _method = timeline_of(heard()[0], script_of())
    assert TEXT["ru"][slice(*found["words"][-2][2:])] == "24" and found["duration_ms"] > 3_000


Spoiler = Callable[[list[Mark], float], list[Mark]]
SPOILED: dict[str, Spoiler] = {
    "backwards": lambda marks, _end: marks[::-1],
    "not numbers": lambda marks, _end: [Mark(math.nan, math.nan, mark.start, mark.length) for mark in marks],
    "behind the end": lambda marks, end: [
        Mark(mark.start_ms + end, mark.end_ms + end, mark.start, mark.length) for mark in marks
    ],
    "half of the words": lambda marks, _end: marks[::2],
    "all at once": lambda marks, _end: [Mark(0.0, 1.0, mark.start, mark.length) for mark in marks],
    "in seconds": lambda marks, _end: [Mark(mark.start_ms / 1e3, mark.end_ms / 1e3, mark.start, mark.length) for mark in marks],
    "of another text": lambda marks, _end: [Mark(mark.start_ms, mark.end_ms, mark.start + 999, mark.length) for mark in marks],
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
def test_times_that_cannot_be_true_give_way_to_comparing(spoil: Spoiler) -> None:
    sound, reading = heard()
    marks = spoil(word_marks(reading), reading.duration_ms)
    with pytest.raises(CannotAlign):
        knots(marks, script_of(), reading, reading.duration_ms)
    assert timeline_of(Heard(sound.samples, sound.sample_rate, marks), script_of())[1] == "dtw"


@pytest.mark.parametrize(
    "samples",
    [np.zeros(48_000, np.float32), np.random.default_rng(1).normal(0, 0.1, 96_000).astype(np.float32), np.zeros(0, np.float32)],
    ids=["silence", "noise", "nothing"],
)
def test_what_is_no_speech_is_not_aligned_and_never_fails(samples: Samples) -> None:
    reading = said(TEXT["ru"])
    with pytest.raises(CannotAlign):
        alignment_dtw.knots(samples, 24_000, reading)
    found, method = timeline_of(Heard(samples, 24_000), script_of())
    assert method == "sound" and found["visemes"][0][0] == 0 and found["visemes"][-1][1] == "sil"


def test_other_words_of_a_like_length_are_only_listened_to() -> None:
    other = said("Спасибо за беседу, мы обязательно свяжемся с вами в понедельник утром. Хорошего дня!")
    found, method = timeline_of(Heard(other.samples, other.sample_rate), script_of())
    assert method == "sound" and len(found["visemes"]) > 30


def test_listening_opens_the_mouth_on_vowels_and_closes_it_in_pauses() -> None:
    sound, reading = heard()
    found = alignment_sound.timeline(sound.samples, sound.sample_rate, script_of())
    opened = np.array([mouth(found, ms) in "A AH E O".split() for ms in range(0, 5_000, 10)], float)
    true = np.array([mouth(own(reading), ms) in "A AH E O".split() for ms in range(0, 5_000, 10)], float)
    assert np.corrcoef(opened, true)[0, 1] > 0.4
    assert [word[2:] for word in found["words"]] == [word[2:] for word in own(reading)["words"]]


def mouth(spoken: Timeline, ms: int) -> str:
    return next(str(name) for at, name in reversed(spoken["visemes"]) if int(at) <= ms)


def test_without_the_built_in_voice_the_lips_still_move() -> None:
    broken = EspeakEngine(EspeakProcess(["/bin/false"]))
    found, method = timeline_of(heard()[0], script_of(), reader=broken)
    assert method == "sound" and len(found["visemes"]) > 30


def test_finishing_moves_the_times_with_the_cut() -> None:
    rate = 16_000
    samples = np.concatenate([np.zeros(rate, np.float32), np.full(rate, 0.2, np.float32), np.zeros(rate, np.float32)])
    done = finished(Heard(samples, rate, [Mark(1_000, 2_000, 0, 4)]))
    assert done.marks[0].start_ms == pytest.approx(80, abs=1) and len(done.samples) == pytest.approx(rate * 1.16, abs=2)


def test_knots_rise_and_the_clock_goes_on_beyond_them() -> None:
    a, b = rising([0, 100, 100, 200, 300], [50, 150, 160, 140, 350])
    assert a.tolist() == [0, 100, 300] and b.tolist() == [50, 150, 350]
    stretch = warped(said("Да").stretches, a, b)[0]
    assert stretch.end_ms > stretch.start_ms > 50
    with pytest.raises(CannotAlign):
        rising([1, 1, 1], [1, 2, 3])


def test_the_features_resample_without_moving_anything() -> None:
    tone = np.sin(np.arange(22_050) * 2 * np.pi * 440 / 22_050).astype(np.float32)
    tone[: 22_050 // 2] = 0
    low = at_16k(tone, 22_050)
    _cepstra, loudness = cepstra_and_loudness(low)
    assert len(low) == 16_000 and abs(int(np.argmax(loudness > -20)) - 50) <= 2


def test_the_bars_of_lip_sync_are_kept() -> None:
    engine = speech_engine("espeak")
    assert isinstance(engine, EspeakEngine)
    figures = [bench_alignment.bench_phonemes(engine)]
    if shutil.which("flite"):
        figures.append(bench_alignment.bench_words(engine))
    for figure in figures:
        assert figure["value"] <= figure["bar"] and figure["value"] < figure["baseline"] / 2


def test_the_reading_is_what_the_voice_itself_says() -> None:
    engine = speech_engine("espeak")
    assert isinstance(engine, EspeakEngine)
    reading = engine.read(prepare("Мама", "ru"), gender="male")
    assert reading.stretches[0].phonemes and reading.duration_ms > 300

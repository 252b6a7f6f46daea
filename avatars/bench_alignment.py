"""Figures of lip-sync for `script/bench` (issue 4's bars): how far found times lie from the true ones, and what that costs.

Truth is what an engine says about its own speech: espeak about its phonemes, flite about its phones (`-psdur`). flite is
another engine altogether, so its words are the honest test; without it (Debian: apt install flite) that row is left out.
"""

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from avatars.engines.espeak import EspeakEngine
from avatars.engines.registry import speech_engine
from avatars.engines.sound_files import wav_samples
from avatars.speech.alignment import Reading, Times, warped
from avatars.speech.alignment_dtw import knots
from avatars.speech.sound import Samples
from avatars.speech.text import prepare
from interview_site.bench import Figure, in_ms

TEXTS = {
    "ru": (
        "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали в последние два года.",
        "Как вы решаете, что проверять первым, когда времени мало?",
    ),
    "kk": (
        "Осы жұмыста сізге ең қиын болған мәселе туралы толығырақ айтып бере аласыз ба?",
        "Сәлеметсіз бе! Мен сізбен сұхбат жүргіземін.",
    ),
    "en": (
        "Tell me about the most difficult project you have worked on in the last two years.",
        "What would you change in that system if you could start again with the same team today?",
        "We are looking for an engineer who can explain hard things in simple words.",
        "How do you decide what to test first when there is very little time?",
        "Please describe a conflict with a colleague, and how you solved it.",
        "When you are ready, press the button and begin your answer.",
    ),
}
VOICES = {"slt": "female", "rms": "male", "awb": "male", "kal16": "male"}
_WORD = re.compile(r"[A-Za-z']+")
_PHONE = re.compile(r"(\S+):([\d.]+)")


def run() -> Iterator[Figure]:
    engine = speech_engine("espeak")
    assert isinstance(engine, EspeakEngine)
    engine.warm_up()
    yield bench_phonemes(engine)
    if shutil.which("flite"):
        yield bench_words(engine)
    yield bench_cost(engine)


def bench_phonemes(engine: EspeakEngine) -> Figure:
    """A man's quicker reading aligned to a woman's, all three languages, against its own phoneme times."""
    found: list[float] = []
    straight: list[float] = []
    for language, texts in TEXTS.items():
        for text in texts:
            parts = prepare(text, language)
            reading, true = engine.read(parts), engine.read(parts, gender="male", speed=1.15)
            found += _phoneme_errors(reading, true, *knots(true.samples, true.sample_rate, reading)[:2])
            straight += _phoneme_errors(reading, true, *_line(reading, true.duration_ms))
    return _errors("lip-sync by comparing, against espeak's own phoneme times", found, straight, 20.0)


def bench_words(engine: EspeakEngine) -> Figure:
    """Word starts in the speech of four flite voices, against flite's own phone times."""
    found: list[float] = []
    straight: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for voice, gender in VOICES.items():
            for number, text in enumerate(TEXTS["en"]):
                spoken = flite_words(text, voice, Path(folder) / f"{voice}-{number}.wav")
                if spoken is None:
                    continue
                samples, rate, true = spoken
                reading = engine.read(prepare(text, "en"), gender=gender)
                duration_ms = len(samples) * 1000 / rate
                found += _word_errors(reading, true, *knots(samples, rate, reading)[:2])
                straight += _word_errors(reading, true, *_line(reading, duration_ms))
    return _errors("words in another engine's speech (flite), by comparing", found, straight, 50.0)


def bench_cost(engine: EspeakEngine) -> Figure:
    """Comparing, for 6 s of sound; baseline: reading those words aloud for it."""
    parts = prepare(TEXTS["ru"][0], "ru")
    reading, true = engine.read(parts), engine.read(parts, gender="male", speed=1.1)
    share = 6_000 / true.duration_ms
    value = _median_ms(lambda: knots(true.samples, true.sample_rate, reading)) * share
    baseline = _median_ms(lambda: engine.read(parts)) * share
    return in_ms("lip-sync by comparing: 6 s of sound (baseline: espeak reading it)", value, baseline, 20.0)


def flite_words(text: str, voice: str, path: Path) -> tuple[Samples, int, dict[int, float]] | None:
    """(samples, rate, first character of each word → its start in ms); None when its phones cannot be told apart by words."""
    phones = _phones(text, voice, str(path))
    counts = [len(_phones(match.group(), voice, "none")) for match in _WORD.finditer(text)]
    if sum(counts) != len(phones):
        return None
    samples, rate = wav_samples(path.read_bytes())
    firsts = np.cumsum([0, *counts[:-1]])
    return samples, rate, {match.start(): phones[first] for match, first in zip(_WORD.finditer(text), firsts, strict=True)}


def _phones(text: str, voice: str, output: str) -> list[float]:
    """Starts of all phones but pauses, ms."""
    told = subprocess.run(
        ["flite", "-voice", voice, "-t", text, "-psdur", "-o", output], capture_output=True, text=True, check=True, timeout=60
    ).stdout  # fmt: skip
    pairs = [(name, float(end) * 1000) for name, end in _PHONE.findall(told)]
    return [pairs[index - 1][1] if index else 0.0 for index, (name, _end) in enumerate(pairs) if name != "pau"]


def _phoneme_errors(reading: Reading, true: Reading, reading_ms: Times, sound_ms: Times) -> list[float]:
    return [
        abs(phoneme.start_ms - told.start_ms)
        for stretch, own in zip(warped(reading.stretches, reading_ms, sound_ms), true.stretches, strict=True)
        for phoneme, told in zip(stretch.phonemes, own.phonemes, strict=False)
        if phoneme.mnemonic == told.mnemonic
    ]


def _word_errors(reading: Reading, true: dict[int, float], reading_ms: Times, sound_ms: Times) -> list[float]:
    errors = []
    for stretch in warped(reading.stretches, reading_ms, sound_ms):
        for word in stretch.word_starts:
            source = stretch.words.source_range(word.start, word.start + word.length)
            if source and source[0] in true:
                errors.append(abs(word.start_ms - true[source[0]]))
    return errors


def _line(reading: Reading, duration_ms: float) -> tuple[Times, Times]:
    """The reading stretched evenly: what is to be beaten."""
    return np.array([0.0, reading.duration_ms]), np.array([0.0, duration_ms])


def _errors(name: str, found: list[float], straight: list[float], bar: float) -> Figure:
    value, baseline = (statistics.median(errors) for errors in (found, straight))
    name = f"{name}: median of {len(found)} errors (baseline: stretched evenly)"
    return in_ms(name, value, baseline, bar)


def _median_ms(work: object, times: int = 15) -> float:
    took = []
    for _number in range(times):
        started = time.perf_counter()
        work()  # type: ignore[operator]
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)

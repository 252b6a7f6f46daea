# ruff: noqa: E501 — a spoken line is read and reviewed as one line
"""A labelled set for the ear, made of synthetic speech in three languages: answers with pauses, interruptions, coughs.

It lives here and not beside the ear because its voices are the avatars'. `measure(…)` → shares; the seeds fix everything.
Where flite is installed its voices say the English part too: another synthesis altogether, so that the ear is not judged by one.
Noise lies 10 dB below the speech. Babble is measured and reported, but no bar is set for it: it is speech.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from avatars.engines.base import SpeechRequest
from avatars.engines.espeak import EspeakEngine
from avatars.engines.program import run
from avatars.engines.sound_files import wav_samples
from transcription.barge_in import BargeIn, Interrupted, Onset
from transcription.ear.events import Ear, SpeechPaused
from transcription.ear.silero import SileroEar
from transcription.turn_taking import AnswerEnded, AnswerWatch, GoesOn, MayEnd

RATE = 16_000
FRAME = 1_024  # samples
FRAME_MS = 64
SNR_DB = 10
WORDS_AFTER_MS = 400  # what a recogniser takes
PAUSE_S = (0.4, 3.0)
TAIL_S = 6.5  # after the last word: longer than any patience but "let me think"
NOISES = ("quiet", "keyboard", "fan", "music")
LANGUAGES = ("ru", "en", "kk")
FLITE_VOICES = ("slt", "rms", "awb", "kal16")
Say = Callable[[str, str, int], np.ndarray]  # text, language, number of a voice → sound as of `said`

# Clauses of answers in order; the last of each ends it.
ANSWERS = {
    "ru": (
        ("Я три года работал инженером на заводе.", "Мы делали насосы для больниц, и", "самое сложное было собрать команду.", "В итоге проект сдали в срок."),
        ("Ну, эм, сначала я разобрался, в чём причина,", "потом позвонил клиенту.", "Он был недоволен, потому что", "заказ опоздал на неделю.", "Мы вернули ему часть денег. Вот и всё."),
        ("Да.",), ("Нет, пока не приходилось.",),
    ),
    "en": (
        ("I worked as an engineer for three years.", "We built pumps for hospitals, and", "the hardest part was the team.", "In the end we shipped on time."),
        ("Well, um,", "first I looked for the cause,", "then I called the customer.", "He was unhappy because", "the order came a week late. That's all."),
        ("Yes.",), ("No, not so far.",),
    ),
    "kk": (
        ("Мен үш жыл зауытта инженер болдым.", "Ауруханаларға сорғы жасадық, және", "ең қиыны команда жинау болды.", "Соңында жобаны уақытында тапсырдық."),
        ("Ең алдымен себебін іздедім, сосын", "тапсырыс берушіге қоңырау шалдым.", "Ол риза болмады, өйткені", "тапсырыс бір апта кешікті.", "Осымен болды."),
        ("Иә.",), ("Жоқ, әзірге болған жоқ.",),
    ),
}
INTERRUPTIONS = {
    "ru": ("Извините, можно я сразу скажу про последний проект?", "Подождите, я не расслышал вопрос.", "Я хотел бы начать с другого примера.", "А какую именно команду вы имеете в виду?"),
    "en": ("Sorry, may I start with the latest project?", "Wait, I did not hear the question.", "I would like to begin with another example.", "Which team do you mean exactly?"),
    "kk": ("Кешіріңіз, бірден соңғы жобадан бастасам бола ма?", "Күте тұрыңыз, сұрақты естімей қалдым.", "Мен басқа мысалдан бастағым келеді.", "Қай команданы айтып тұрсыз?"),
}
BACKCHANNELS = {"ru": ("угу", "да-да", "ага", "понятно"), "en": ("uh-huh", "okay", "yeah", "right"), "kk": ("иә", "жақсы", "түсінікті", "аха")}


@dataclass(frozen=True)
class Figures:
    """Counts. `cut_off` of `pauses`, `missed` of `answers`, `stopped` of `noises` (coughs and backchannels), `caught` of `interruptions`."""

    answers: int = 0
    pauses: int = 0
    cut_off: int = 0
    missed: int = 0
    noises: int = 0
    stopped: int = 0
    interruptions: int = 0
    caught: int = 0
    onset_ms: tuple[int, ...] = ()  # from the first sound of an interruption to the duck
    stop_ms: tuple[int, ...] = ()

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@lru_cache(maxsize=1)
def _engine() -> EspeakEngine:
    return EspeakEngine()


@lru_cache(maxsize=256)
def said(text: str, language: str, voice: int = 0) -> np.ndarray:
    """float32 in [-1, 1] at 16 kHz, silence at both ends cut off."""
    name = f"{language}-{('female-1', 'male-1', 'female-2', 'male-2')[voice % 4]}"
    audio = _engine().synthesize(SpeechRequest(text, language, name))
    return _trimmed(np.frombuffer(audio.pcm16, "<i2").astype(np.float32) / 32768, audio.sample_rate)


def has_flite() -> bool:
    return shutil.which("flite") is not None


@lru_cache(maxsize=256)
def said_by_flite(text: str, language: str, voice: int = 0) -> np.ndarray:
    """English only; as `said`. Raises ProviderError where flite fails."""
    with tempfile.TemporaryDirectory(prefix="flite-") as folder:
        wav = Path(folder) / "said.wav"
        command = ["flite", "-voice", FLITE_VOICES[voice % 4], "-t", text, "-o", str(wav)]
        run(command, "", kind="flite", timeout_s=30, folder=Path(folder))
        return _trimmed(*wav_samples(wav.read_bytes()))


def _trimmed(raw: np.ndarray, rate: int) -> np.ndarray:
    """At 16 kHz, silence at both ends cut off."""
    at = np.arange(0, len(raw) - 1, rate / RATE)
    sound = np.interp(at, np.arange(len(raw)), raw).astype(np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    return sound[loud[0] : loud[-1] + 1]


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), np.float32)


def cough(dice: np.random.Generator) -> np.ndarray:
    """One to three bursts of noise through a throat: broad, quick to rise, slow to fall."""
    parts = []
    for _ in range(dice.integers(1, 4)):
        length = int(dice.uniform(0.15, 0.32) * RATE)
        burst = np.convolve(dice.normal(0, 1, length), np.hanning(12), "same") * np.exp(-np.linspace(0, 5, length))
        parts += [0.5 * burst / np.abs(burst).max(), silence(dice.uniform(0.1, 0.25))]
    return np.concatenate(parts).astype(np.float32)


def noise(kind: str, length: int, dice: np.random.Generator) -> np.ndarray:
    """Of loudness 1 (RMS), `length` samples."""
    at = np.arange(length) / RATE
    if kind == "keyboard":
        found = dice.normal(0, 0.01, length)
        for press in dice.integers(0, length, int(length / RATE * 6)):
            click = dice.normal(0, 1, 640) * np.exp(-np.linspace(0, 7, 640))
            found[press : press + 640] += click[: max(0, length - press)]
    elif kind == "fan":
        found = np.convolve(dice.normal(0, 1, length), np.hanning(40), "same") + 0.8 * np.sin(2 * np.pi * 118 * at)
    elif kind == "music":
        chord = np.choose((at / 2).astype(int) % 3, [1.0, 4 / 3, 1.5])
        phase = np.cumsum(chord) / RATE
        found = sum(np.sin(2 * np.pi * tone * phase) / n for n, tone in enumerate((220, 277, 330, 440, 554, 660), 1))
        found = found * (0.4 + 0.6 * np.exp(-((at * 2) % 1) * 3))
    elif kind == "babble":
        found = np.zeros(length)
        for voice in range(4):
            text = ANSWERS["ru"][voice % 2][voice % 4]
            found += np.roll(np.resize(np.concatenate([said(text, "ru", voice), silence(0.2)]), length), int(dice.integers(length)))
    else:
        return np.zeros(length, np.float32)
    return (found / np.sqrt((found**2).mean())).astype(np.float32)


def in_noise(speech: np.ndarray, kind: str, dice: np.random.Generator) -> bytes:
    """PCM16 of speech in a room: the noise at SNR_DB below it, and the hiss of every microphone."""
    voiced = speech[np.abs(speech) > 0.02]
    level = np.sqrt((voiced**2).mean()) * 10 ** (-SNR_DB / 20) if len(voiced) else 0.03
    mixed = 0.5 * (speech + noise(kind, len(speech), dice) * level) + dice.normal(0, 0.0006, len(speech))
    return (np.clip(mixed, -1, 1) * 32767).astype("<i2").tobytes()


def frames(pcm: bytes) -> Iterator[tuple[bytes, int]]:
    for index in range(len(pcm) // (FRAME * 2)):
        yield pcm[index * FRAME * 2 : (index + 1) * FRAME * 2], index * FRAME_MS


def answer(
    clauses: Sequence[str], language: str, kind: str, *, seed: int, has_words: bool, make_ear: type = SileroEar, say: Say = said
) -> Figures:
    """One answer: is it ended by silence before it is over, and is its end found?"""
    dice, voice = np.random.default_rng(seed), seed % 4
    parts, ends = [silence(1.0)], []
    for clause in clauses:
        parts.append(say(clause, language, voice))
        ends.append(sum(map(len, parts)) / RATE * 1000)
        parts.append(silence(dice.uniform(*PAUSE_S) if clause is not clauses[-1] else TAIL_S))
    ear, watch = make_ear(), AnswerWatch()
    watch.open()
    words: list[tuple[int, MayEnd]] = []
    for pcm, at_ms in frames(in_noise(np.concatenate(parts), kind, dice)):
        now_ms = at_ms + FRAME_MS
        for event in watch.hear(ear.feed(pcm, at_ms), now_ms):
            if isinstance(event, AnswerEnded):
                is_cut = now_ms < ends[-1]
                return Figures(answers=1, pauses=len(clauses) - 1, cut_off=int(is_cut))
            words = [(now_ms + WORDS_AFTER_MS, event)] if isinstance(event, MayEnd) and has_words else []
            if isinstance(event, GoesOn):
                words = []
        for due_ms, event in words:
            if now_ms >= due_ms:
                text = " ".join(clause for clause, end_ms in zip(clauses, ends, strict=True) if end_ms <= event.end_ms + 200)
                watch.understood(event.generation, text)
    return Figures(answers=1, pauses=len(clauses) - 1, missed=1)


def over_avatar(sound: np.ndarray, text: str, kind: str, *, seed: int, meant: bool, make_ear: type = SileroEar) -> Figures:
    """Somebody makes a sound while the avatar speaks (whose own sound the browser takes out)."""
    dice = np.random.default_rng(seed)
    before_s = 3.0 + dice.uniform(0, 0.064)
    ear, barge = make_ear(), BargeIn()
    barge.avatar_begins(0)
    onset: int | None = None
    overheard: list[tuple[int, SpeechPaused]] = []
    began_ms = before_s * 1000
    for pcm, at_ms in frames(in_noise(np.concatenate([silence(before_s), sound, silence(3.0)]), kind, dice)):
        now_ms = at_ms + FRAME_MS
        events = ear.feed(pcm, at_ms)
        found = barge.hear(events, since_ms=ear.speech_since_ms, voiced_ms=ear.voiced_ms, now_ms=now_ms)
        overheard += [(now_ms + WORDS_AFTER_MS, event) for event in events if isinstance(event, SpeechPaused)]
        for due_ms, pause in list(overheard):
            if now_ms >= due_ms:
                overheard.remove((due_ms, pause))
                found += barge.understood(text, pause.start_ms, pause.end_ms)
        for event in found:
            if isinstance(event, Onset) and onset is None and now_ms >= began_ms:
                onset = round(now_ms - began_ms)
            elif isinstance(event, Interrupted):
                times = {"onset_ms": (onset or 0,), "stop_ms": (round(now_ms - began_ms),)} if meant else {}
                return Figures(interruptions=int(meant), caught=int(meant), noises=int(not meant), stopped=int(not meant), **times)
    return Figures(interruptions=int(meant), noises=int(not meant))


def measure(
    *, rounds: int, noises: Sequence[str] = NOISES, make_ear: type[Ear] = SileroEar, seed: int = 1,
    languages: Sequence[str] = LANGUAGES, say: Say = said,
) -> Figures:  # fmt: skip
    """`rounds` times everything in each language, the noises by turns."""
    whole, order = Figures(), random.Random(seed)
    for index in range(rounds):
        for language in languages:
            for clauses in ANSWERS[language]:
                kind, number = noises[order.randrange(len(noises))], order.randrange(2**31)
                whole += answer(clauses, language, kind, seed=number, has_words=bool(order.randrange(2)), make_ear=make_ear, say=say)
            for text in INTERRUPTIONS[language]:
                kind, number = noises[order.randrange(len(noises))], order.randrange(2**31)
                whole += over_avatar(say(text, language, number % 4), "", kind, seed=number, meant=True, make_ear=make_ear)
            for text in BACKCHANNELS[language]:
                kind, number = noises[order.randrange(len(noises))], order.randrange(2**31)
                whole += over_avatar(say(text, language, number % 4), text, kind, seed=number, meant=False, make_ear=make_ear)
            number = order.randrange(2**31)
            sound = cough(np.random.default_rng(number))
            whole += over_avatar(sound, "", noises[index % len(noises)], seed=number, meant=False, make_ear=make_ear)
    return whole

"""The built-in voice, for real: sound, times, many threads, and a worker that is killed."""

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from avatars.engines.base import SpeechRequest, SpokenAudio
from avatars.engines.espeak import EspeakEngine
from avatars.engines.espeak_process import EspeakProcess
from avatars.speech import sound
from avatars.speech.text import NothingToSay, TextTooLong
from avatars.speech.visemes import VISEMES, is_known
from avatars.tests.speech_corpus import CORPUS
from interview_site.errors import Category, ProviderError

BASE_DIR = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.fixture
def own_process() -> Iterator[EspeakProcess]:
    process = EspeakProcess()
    yield process
    process.close()


def say(engine: EspeakEngine, text: str, language: str = "ru", voice: str = "", speed: float = 1.0) -> SpokenAudio:
    return engine.synthesize(SpeechRequest(text, language, voice, speed))


def raw(process: EspeakProcess, text: str = "Мама мыла раму", voice: str = "ru") -> bytes:
    return process.say(text=text, voice=voice, rate=150, pitch=50, pitch_range=50).pcm16


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_every_phoneme_of_the_corpus_has_a_shape(engine: EspeakEngine, language: str) -> None:
    spoken = engine.process.say(
        text=CORPUS[language], voice={"en": "en-us"}.get(language, language), rate=150, pitch=50, pitch_range=50
    )
    unknown, inside = set(), language
    for _, mnemonic in spoken.phonemes:
        inside = mnemonic.strip("()")[:2] if mnemonic.startswith("(") else inside
        if not is_known(mnemonic, inside):
            unknown.add(mnemonic)
    assert len(spoken.phonemes) > 300
    assert not unknown


@pytest.mark.parametrize("voice", [voice.name for voice in EspeakEngine().voices()])
def test_every_voice_speaks_at_one_loudness_without_clipping(engine: EspeakEngine, voice: str) -> None:
    text = {"ru": "Расскажите о себе.", "en": "Tell me about yourself.", "kk": "Өзіңіз туралы айтыңыз."}[voice[:2]]
    audio = say(engine, text, voice[:2], voice)
    samples = sound.to_samples(audio.pcm16)
    assert 20 * np.log10(sound.speech_rms(samples, audio.sample_rate)) == pytest.approx(-20, abs=1)
    assert np.abs(samples).max() < 0.9
    edge = audio.sample_rate * 75 // 1000
    assert not samples[:edge].any() and not samples[-edge:].any()


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_the_timeline_is_whole_and_in_order(engine: EspeakEngine, language: str) -> None:
    text = CORPUS[language]
    audio = say(engine, text, language)
    timeline, seconds = audio.timeline, len(audio.pcm16) / 2 / audio.sample_rate
    times = [at for at, _ in timeline["visemes"]]
    assert times == sorted(set(times))
    assert {name for _, name in timeline["visemes"]} <= set(VISEMES)
    assert timeline["visemes"][0] == [0, "sil"] and timeline["visemes"][-1][1] == "sil"
    assert timeline["duration_ms"] == pytest.approx(seconds * 1000, abs=2)
    # It should light up nearly every word, in order, each for a positive time.
    assert len(timeline["words"]) > len(text.split()) * 0.9
    starts = [word[0] for word in timeline["words"]]
    assert starts == sorted(starts) and all(start < end for start, end, _, _ in timeline["words"])


@pytest.mark.parametrize(
    ("language", "text", "closures"),
    [("ru", "Мама мыла раму.", 4), ("en", "Maybe mom bought a map.", 6), ("kk", "Мама апама барды.", 5)],
)
def test_lips_close_where_m_b_p_are_said(engine: EspeakEngine, language: str, text: str, closures: int) -> None:
    audio = say(engine, text, language)
    visemes = audio.timeline["visemes"]
    closed = [(start, visemes[i + 1][0]) for i, (start, name) in enumerate(visemes) if name == "MBP"]
    assert len(closed) == closures
    # It should be quieter behind closed lips than in the open vowels.
    samples = sound.to_samples(audio.pcm16)

    def loudness(spans: list[tuple[int, int]]) -> float:
        cut = [samples[int(a) * audio.sample_rate // 1000 : int(b) * audio.sample_rate // 1000] for a, b in spans]
        return float(np.sqrt(np.mean(np.concatenate(cut) ** 2)))

    opened = [(start, visemes[i + 1][0]) for i, (start, name) in enumerate(visemes) if name in ("A", "O")]
    assert loudness(closed) < 0.75 * loudness(opened)


def test_words_point_into_the_original_text(engine: EspeakEngine) -> None:
    text = "**Рост** 25% 🎉 за [год](https://x.y), API."
    assert [text[a:b] for _, _, a, b in say(engine, text).timeline["words"]] == ["Рост", "25%", "за", "год", "API"]


def test_a_kazakh_sentence_in_a_russian_text_is_not_spelled_letter_by_letter(engine: EspeakEngine) -> None:
    kazakh = "Сіз бұл жұмысқа неге келдіңіз?"
    alone, inside = say(engine, kazakh, "kk"), say(engine, kazakh, "ru")
    assert inside.duration_ms == pytest.approx(alone.duration_ms, rel=0.05)


def test_speed_changes_the_length(engine: EspeakEngine) -> None:
    slow, natural, quick = (say(engine, "Расскажите о вашем опыте работы.", speed=speed).duration_ms for speed in (0.5, 1.0, 2.0))
    assert slow > natural * 1.4 and quick < natural * 0.7


def test_a_long_text_is_spoken_to_its_end(engine: EspeakEngine) -> None:
    text = "Это одно из многих предложений. " * 120
    timeline = say(engine, text).timeline
    assert text[timeline["words"][-1][2] : timeline["words"][-1][3]] == "предложений"
    assert timeline["words"][-1][2] > 3_800


@pytest.mark.parametrize(
    "text",
    [
        "Привет 😀 мир",
        "שלום мир",
        "<speak>Да</speak>",
        "\x07Да\x1b[31m",
        "Да\0нет",
        "Hello мир және сәлем",
        "[[p]]а",
        "а" * 5000,
        "1 " * 500,
    ],
)
def test_odd_text_is_spoken(engine: EspeakEngine, text: str) -> None:
    assert say(engine, text).duration_ms > 200


@pytest.mark.parametrize(("text", "error"), [("🎉", NothingToSay), ("", NothingToSay), ("я" * 10_000, TextTooLong)])
def test_what_cannot_be_said_is_told(engine: EspeakEngine, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        say(engine, text)


@pytest.mark.parametrize(
    ("language", "voice", "speed"),
    [("de", "", 1.0), ("ru", "nobody", 1.0), ("ru", "", 0.1), ("ru", "", 9.0), ("ru", "", float("nan"))],
)
def test_a_wrong_request_is_refused_before_it_is_made(engine: EspeakEngine, language: str, voice: str, speed: float) -> None:
    with pytest.raises(ProviderError) as refusal:
        say(engine, "Да", language, voice, speed)
    assert refusal.value.category == Category.INVALID_REQUEST


def test_eight_threads_take_turns(engine: EspeakEngine) -> None:
    texts = [f"Вопрос номер {number}. Расскажите подробнее." for number in range(32)]
    alone = say(engine, texts[0]).duration_ms
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda text: say(engine, text).duration_ms, texts))
    assert made[0] == pytest.approx(alone, rel=0.03) and min(made) > 1000


def test_a_killed_worker_is_replaced_unnoticed(own_process: EspeakProcess) -> None:
    raw(own_process)
    first = own_process.pid
    assert first
    os.kill(first, signal.SIGKILL)
    assert raw(own_process)
    assert own_process.pid not in (None, first)


def test_a_worker_killed_in_mid_request_is_asked_again(own_process: EspeakProcess) -> None:
    raw(own_process)
    first = own_process.pid
    assert first
    # Stopped, it takes the request and cannot answer it: the kill lands in the middle for certain.
    os.kill(first, signal.SIGSTOP)
    killer = threading.Timer(0.2, os.kill, (first, signal.SIGKILL))
    killer.start()
    assert len(raw(own_process)) > 10_000
    killer.join()
    assert own_process.pid != first


@pytest.mark.parametrize("script", ["raise SystemExit(3)", "import sys; sys.stdout.write('x' * 100)", "print('{}')"])
def test_a_worker_that_cannot_start_is_a_server_fault(script: str) -> None:
    process = EspeakProcess([sys.executable, "-c", script])
    with pytest.raises(ProviderError) as fault:
        raw(process)
    assert fault.value.category == Category.SERVER and fault.value.permanent
    # It should not start a process for each request after that.
    with pytest.raises(ProviderError) as fault:
        raw(process)
    process.close()


def test_an_unknown_espeak_voice_is_refused_and_the_worker_lives(own_process: EspeakProcess) -> None:
    raw(own_process)
    first = own_process.pid
    with pytest.raises(ProviderError) as refusal:
        raw(own_process, voice="xx-none")
    assert refusal.value.category == Category.INVALID_REQUEST
    assert raw(own_process) and own_process.pid == first


def test_a_forked_child_gets_a_worker_of_its_own(own_process: EspeakProcess) -> None:
    raw(own_process)
    child = os.fork()
    if child == 0:
        try:
            ok = own_process.pid is None and bool(raw(own_process))
            own_process.close()
        except BaseException:  # noqa: B036  the child must reach _exit whatever happens
            ok = False
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert raw(own_process)


def test_closing_twice_is_fine_and_speaking_again_too(own_process: EspeakProcess) -> None:
    raw(own_process)
    own_process.close()
    own_process.close()
    assert own_process.pid is None and raw(own_process)


OWNER = """
import sys
from avatars.engines.espeak_process import EspeakProcess
process = EspeakProcess()
process.say(text="Да", voice="ru", rate=150, pitch=50, pitch_range=50)
print(process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle that outlives the parent")
@pytest.mark.parametrize("busy", [False, True], ids=["idle", "stopped in its work"])
def test_no_worker_outlives_a_killed_owner(busy: bool) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=BASE_DIR)
    assert owner.stdin and owner.stdout
    worker = int(owner.stdout.readline())
    handle = os.pidfd_open(worker)
    try:
        if busy:
            os.kill(worker, signal.SIGSTOP)
        owner.kill()
        owner.wait()
        if busy:
            os.kill(worker, signal.SIGCONT)
        # A handle of a process becomes readable when the process ends.
        assert select.select([handle], [], [], 10)[0]
    finally:
        os.close(handle)
        owner.stdin.close()
        owner.stdout.close()

import numpy as np
import pytest

from transcription.ear.energy import EnergyEar
from transcription.ear.events import SpeechEnded, SpeechPaused, SpeechResumed, SpeechStarted
from transcription.ear.policy import EarPolicy

RATE = 16_000
POLICY = EarPolicy()


def hiss(ms: int, dbfs: float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), ms * RATE // 1000)


def voice(ms: int, dbfs: float = -22.0) -> np.ndarray:
    """Syllables of 4 a second over a buzz of 140 Hz."""
    t = np.arange(ms * RATE // 1000) / RATE
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 12))
    return buzz * (0.35 + 0.65 * np.abs(np.sin(2 * np.pi * 2 * t))) * 10 ** (dbfs / 20)


def sound(*parts: np.ndarray, noise_dbfs: float = -62.0) -> bytes:
    whole = np.concatenate(parts)
    whole = whole + hiss(len(whole) * 1000 // RATE + 1, noise_dbfs, 7)[: len(whole)]
    return (np.clip(whole, -1, 1) * 32767).astype("<i2").tobytes()


def silence(ms: int) -> np.ndarray:
    return np.zeros(ms * RATE // 1000)


def hear(pcm: bytes) -> list:
    """Everything the ear says, pauses too."""
    ear, events = EnergyEar(POLICY), []
    for at in range(0, len(pcm), 2048):
        events += ear.feed(pcm[at : at + 2048], at // 32)
    return events + ear.flush()


def listen(pcm: bytes) -> list:
    """Beginnings and ends."""
    return [event for event in hear(pcm) if isinstance(event, SpeechStarted | SpeechEnded)]


def test_speech_is_found_with_what_came_just_before_it() -> None:
    started, ended = listen(sound(silence(2000), voice(1500), silence(2000)))
    assert 1600 <= started.at_ms <= 1950
    assert isinstance(ended, SpeechEnded)
    assert 3500 <= ended.end_ms <= 3800


@pytest.mark.parametrize("dbfs", [-70, -55, -45])
def test_a_room_that_only_hums_is_silence(dbfs: float) -> None:
    assert listen(sound(silence(8000), noise_dbfs=dbfs)) == []


@pytest.mark.parametrize("noise_dbfs", [-65, -50, -42])
def test_speech_is_found_above_the_noise_of_the_room(noise_dbfs: float) -> None:
    events = listen(sound(silence(3000), voice(2000), silence(2000), noise_dbfs=noise_dbfs))
    assert [type(event) for event in events] == [SpeechStarted, SpeechEnded]


def test_a_short_yes_is_kept() -> None:
    events = listen(sound(silence(2000), voice(180), silence(2000)))
    assert [type(event) for event in events] == [SpeechStarted, SpeechEnded]


def test_a_key_press_is_not_speech() -> None:
    press = hiss(25, -15)
    assert listen(sound(silence(2000), press, silence(400), press, silence(1000))) == []


def test_speech_going_on_when_the_sound_ends_is_a_stretch_too() -> None:
    events = listen(sound(silence(1000), voice(1000)))
    assert isinstance(events[-1], SpeechEnded)
    assert events[-1].end_ms <= 2064


def test_a_jump_in_time_ends_the_stretch_and_the_next_has_its_own_place() -> None:
    ear = EnergyEar(POLICY)
    pcm = sound(silence(1000), voice(1000))
    first = ear.feed(pcm, 0)
    second = ear.feed(pcm, 60_000) + ear.flush()
    kinds = [type(event) for event in first + second]
    assert [kind for kind in kinds if kind is not SpeechPaused] == [SpeechStarted, SpeechEnded, SpeechStarted, SpeechEnded]
    assert next(event for event in second if isinstance(event, SpeechStarted)).at_ms >= 60_000


def test_very_long_speech_is_cut_into_stretches_that_do_not_overlap() -> None:
    ended = [event for event in listen(sound(silence(500), voice(150_000))) if isinstance(event, SpeechEnded)]
    assert len(ended) >= 3
    assert all(a.end_ms <= b.start_ms for a, b in zip(ended, ended[1:], strict=False))


def test_a_short_pause_is_told_at_once_and_so_is_its_end() -> None:
    events = hear(sound(silence(1000), voice(1500), silence(400), voice(1500), silence(1000)))
    assert [type(event) for event in events] == [SpeechStarted, SpeechPaused, SpeechResumed, SpeechPaused, SpeechEnded]
    pause, resumed, ended = events[1], events[2], events[-1]
    assert 2500 <= pause.end_ms <= 2800 and pause.voiced_ms >= 1200
    assert resumed.start_ms == pause.start_ms and 2850 <= resumed.at_ms <= 3050
    # It should be the same stretch that went to recognition ahead of time, if nothing more was said.
    assert (events[-2].start_ms, events[-2].end_ms) == (ended.start_ms, ended.end_ms)


def test_a_click_in_a_pause_does_not_make_it_speech() -> None:
    pcm = sound(silence(1000), voice(1500), silence(250), hiss(20, -15), silence(1000))
    assert [type(event) for event in hear(pcm)] == [SpeechStarted, SpeechPaused, SpeechEnded]


def test_a_long_stretch_is_split_where_it_is_quietest() -> None:
    pcm = sound(silence(500), voice(54_000), silence(150), voice(20_000), silence(1000))
    first, second = [event for event in listen(pcm) if isinstance(event, SpeechEnded)]
    assert first.end_ms == second.start_ms
    assert 54_450 <= first.end_ms <= 54_700

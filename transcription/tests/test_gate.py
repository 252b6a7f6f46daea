import numpy as np
import pytest

from transcription.gate import AnswerEnded, AnswerWatch, EnergyEar, GatePolicy, SpeechEnded, SpeechStarted

RATE = 16_000
POLICY = GatePolicy()


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


def listen(pcm: bytes, *, watch: AnswerWatch | None = None, start_ms: int = 0) -> list:
    ear, events = EnergyEar(POLICY), []
    for at in range(0, len(pcm), 2048):
        found = ear.feed(pcm[at : at + 2048], start_ms + at // 32)
        events += found
        ended = watch.hear(found, start_ms + (at + 2048) // 32) if watch else None
        events += [ended] if ended else []
    return events + ear.flush()


def opened() -> AnswerWatch:
    watch = AnswerWatch(POLICY)
    watch.open()
    return watch


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
    assert [type(event) for event in first + second] == [SpeechStarted, SpeechEnded, SpeechStarted, SpeechEnded]
    assert second[1].at_ms >= 60_000


def test_very_long_speech_is_cut_into_stretches_that_do_not_overlap() -> None:
    ended = [event for event in listen(sound(silence(500), voice(150_000))) if isinstance(event, SpeechEnded)]
    assert len(ended) >= 3
    assert all(a.end_ms <= b.start_ms for a, b in zip(ended, ended[1:], strict=False))


def test_an_answer_ends_after_patient_silence() -> None:
    events = listen(sound(silence(1000), voice(5000), silence(3500)), watch=opened())
    ended = [event for event in events if isinstance(event, AnswerEnded)]
    assert len(ended) == 1
    assert ended[0].start_ms <= 1000 and 6000 <= ended[0].end_ms <= 6300


def test_silence_before_an_answer_never_ends_it() -> None:
    assert listen(sound(silence(120_000)), watch=opened()) == []


def test_a_pause_for_thought_does_not_end_the_answer() -> None:
    events = listen(sound(silence(500), voice(3000), silence(2200), voice(3000), silence(3500)), watch=opened())
    assert sum(isinstance(event, AnswerEnded) for event in events) == 1


def test_who_has_only_just_begun_is_given_longer() -> None:
    beginning = (silence(500), voice(600))
    assert not any(isinstance(e, AnswerEnded) for e in listen(sound(*beginning, silence(3500)), watch=opened()))
    assert any(isinstance(e, AnswerEnded) for e in listen(sound(*beginning, silence(5000)), watch=opened()))


def test_nothing_is_an_answer_while_the_floor_is_not_the_candidates() -> None:
    events = listen(sound(silence(500), voice(2000), silence(5000)), watch=AnswerWatch(POLICY))
    assert [type(event) for event in events] == [SpeechStarted, SpeechEnded]


def test_who_speaks_when_the_floor_opens_has_begun_the_answer() -> None:
    watch = AnswerWatch(POLICY)
    watch.open(speech_since_ms=700)
    assert watch.hear([SpeechEnded(700, 4000)], 6600) == AnswerEnded(700, 4000)


def test_im_done_takes_the_answer_so_far_once() -> None:
    watch = opened()
    watch.hear([SpeechStarted(1000)], 2000)
    assert watch.take(3000) == AnswerEnded(1000, 3000)
    assert watch.take(3000) is None


def test_an_answer_cut_by_the_network_goes_on_and_its_silence_counts_anew() -> None:
    watch = opened()
    watch.resume(1000, 6000)
    assert watch.hear([], 60_000) is None
    assert watch.hear([], 62_000) is None
    assert watch.hear([], 62_500) == AnswerEnded(1000, 6000)


def test_speech_after_the_cut_belongs_to_the_same_answer() -> None:
    watch = opened()
    watch.resume(1000, 6000)
    watch.hear([SpeechStarted(61_000)], 61_500)
    watch.hear([SpeechEnded(61_000, 63_000)], 63_600)
    assert watch.hear([], 65_600) == AnswerEnded(1000, 63_000)

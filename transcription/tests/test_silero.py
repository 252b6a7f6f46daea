"""The trained ear without a voice at hand: what must hold when the model is there, is missing, or fails in mid-stream.
That it hears voices is measured in interviews/tests/test_hearing_figures.py, where the voices are."""

import sys

import pytest

from transcription.ear import choice, silero
from transcription.ear.energy import EnergyEar
from transcription.ear.events import SpeechEnded, SpeechStarted
from transcription.ear.policy import EarPolicy
from transcription.ear.silero import Detector, SileroEar
from transcription.tests.test_gate import silence, sound, voice


@pytest.fixture(autouse=True)
def _found_out_anew():
    choice.fault.cache_clear()
    yield
    choice.fault.cache_clear()


def play(ear: SileroEar, pcm: bytes) -> list:
    events = []
    for at in range(0, len(pcm), 2048):
        events += ear.feed(pcm[at : at + 2048], at // 32)
    return events + ear.flush()


class Always(Detector):
    """A model that hears a voice in everything it is asked about, and counts how often it is."""

    asked = 0

    def hear(self, window: object) -> float:
        self.asked += 1
        return 1.0


def test_silence_costs_the_model_nothing() -> None:
    ear = SileroEar(EarPolicy())
    ear._detector = Always()
    assert play(ear, sound(silence(10_000))) == []
    assert ear._detector.asked == 0


def test_a_model_that_fails_in_mid_stream_leaves_the_rest_to_the_energy_gate() -> None:
    class Broken(Always):
        def hear(self, window: object) -> float:
            raise RuntimeError("the runtime is gone")

    ear = SileroEar(EarPolicy())
    ear._detector = Broken()
    events = play(ear, sound(silence(2000), voice(1500), silence(2000)))
    assert [type(event) for event in events if isinstance(event, SpeechStarted | SpeechEnded)] == [SpeechStarted, SpeechEnded]


def test_without_the_runtime_the_energy_gate_hears(settings, monkeypatch) -> None:
    settings.EAR_DETECTOR = "silero"
    silero.session.cache_clear()
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    assert isinstance(choice.make_ear(), EnergyEar)
    assert not choice.is_as_chosen() and "ModuleNotFoundError" in choice.fault()


def test_with_it_the_trained_ear_does(settings) -> None:
    settings.EAR_DETECTOR = "silero"
    assert isinstance(choice.make_ear(), SileroEar)
    assert choice.is_as_chosen()


def test_the_gate_may_be_chosen(settings) -> None:
    settings.EAR_DETECTOR = "energy"
    assert isinstance(choice.make_ear(), EnergyEar)
    assert choice.is_as_chosen()


def test_a_jump_in_time_ends_what_was_going_on() -> None:
    ear = SileroEar(EarPolicy())
    ear._detector = Always()
    pcm = sound(silence(500), voice(1000))
    first = ear.feed(pcm, 0)
    second = ear.feed(pcm, 60_000)
    assert isinstance(first[0], SpeechStarted) and isinstance(second[0], SpeechEnded)
    assert second[0].end_ms <= 1700

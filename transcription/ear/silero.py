"""The trained detector: Silero VAD 6.2 on onnxruntime, one thread, no torch. The model lies beside this file (MIT).

Windows of 512 samples (32 ms) behind 64 samples of context; state (2, 1, 128) goes from window to window. It is asked only
while something is louder than the room: silence costs a mean of squares. A model that fails in mid-stream leaves the rest to
the energy gate.
"""

import logging
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from transcription.ear.energy import EnergyEar, NoiseFloor
from transcription.ear.events import SpeechEvent
from transcription.ear.policy import EarPolicy, ear_policy
from transcription.ear.stream import Windows, decibels
from transcription.ear.stretches import Stretches

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

log = logging.getLogger(__name__)
MODEL = Path(__file__).parent / "model" / "silero_vad_16k.onnx"
MODEL_SHA256 = "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49"
WINDOW, CONTEXT = 512, 64  # samples
WINDOW_MS = 32
RATE = np.array(16_000, np.int64)
WARM_UP = 4  # windows heard again when it wakes: the state needs a moment of what was before
STAYS_AWAKE = 16  # windows after the last loud one


@lru_cache(maxsize=1)
def session() -> "InferenceSession":
    """The model, loaded once a process. Raises ImportError, and whatever onnxruntime has against the file."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(MODEL), options, providers=["CPUExecutionProvider"])


class Detector:
    """The model's memory of one stream: window in, probability of voice out."""

    def __init__(self) -> None:
        self._session = session()
        self.forget()

    def forget(self) -> None:
        self._state = np.zeros((2, 1, 128), np.float32)
        self._input = np.zeros((1, CONTEXT + WINDOW), np.float32)

    def hear(self, window: np.ndarray) -> float:
        """`window`: 512 float32 samples in [-1, 1]."""
        self._input[0, :CONTEXT] = self._input[0, -CONTEXT:]
        self._input[0, CONTEXT:] = window
        probability, self._state = self._session.run(None, {"input": self._input, "state": self._state, "sr": RATE})
        return float(probability[0, 0])


class SileroEar:
    """Raises ImportError and onnxruntime's errors when it is made, never later."""

    def __init__(self, policy: EarPolicy | None = None) -> None:
        self.policy = policy or ear_policy()
        self._detector = Detector()
        self._floor = NoiseFloor(self.policy, WINDOW_MS)
        self._windows = Windows(WINDOW)
        self._stretches = Stretches(self.policy, WINDOW_MS)
        self._just_heard: deque[np.ndarray] = deque(maxlen=WARM_UP)
        self._awake = 0  # windows until it sleeps
        self._instead: EnergyEar | None = None

    @property
    def speech_since_ms(self) -> int | None:
        return self._instead.speech_since_ms if self._instead else self._stretches.since_ms

    @property
    def voiced_ms(self) -> int:
        return self._instead.voiced_ms if self._instead else self._stretches.voiced_ms

    def feed(self, pcm16: bytes, start_ms: int) -> list[SpeechEvent]:
        if self._instead:
            return self._instead.feed(pcm16, start_ms)
        events: list[SpeechEvent] = []
        try:
            if self._windows.jumps_to(start_ms):
                events += self.flush()
                self._begin(start_ms)
            events += self._hear(self._windows.cut(pcm16))
        except Exception:  # whatever the runtime does: the candidate is heard, by the simpler ear
            log.exception("the speech detector failed, the energy gate goes on")
            self._instead = EnergyEar(self.policy)
            events += [*self._stretches.end(), *self._instead.feed(pcm16, start_ms)]
        return events

    def flush(self) -> list[SpeechEvent]:
        if self._instead:
            return self._instead.flush()
        self._windows.clear()
        return self._stretches.end()

    def _begin(self, start_ms: int) -> None:
        self._windows.begin(start_ms)
        self._stretches.begin(start_ms)
        self._detector.forget()
        self._just_heard.clear()
        self._awake = 0

    def _hear(self, windows: np.ndarray) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        loud = decibels(windows).tolist()
        for window, decibel, now_ms in zip(windows, loud, self._windows.times(len(loud)), strict=True):
            least = self.policy.start_probability if self.speech_since_ms is None else self.policy.keep_probability
            voiced = self._probability(window, decibel) >= least
            events += self._stretches.hear(voiced, decibel, now_ms)
        return events

    def _probability(self, window: np.ndarray, decibel: float) -> float:
        floor = self._floor.hear(decibel)
        is_loud = decibel > max(floor + self.policy.wake_db, self.policy.quietest_dbfs)
        if is_loud or self.speech_since_ms is not None:
            if not self._awake:
                self._detector.forget()
                for before in self._just_heard:
                    self._detector.hear(before)
            self._awake = STAYS_AWAKE
        self._just_heard.append(window)
        if not self._awake:
            return 0.0
        self._awake -= 1
        return self._detector.hear(window)

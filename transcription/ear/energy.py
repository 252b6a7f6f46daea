"""Speech is what stands out of the quietest tenth of the last seconds. Needs no model; the fallback of the trained detector."""

from collections import deque

import numpy as np

from transcription.ear.events import SpeechEvent
from transcription.ear.policy import EarPolicy, ear_policy
from transcription.ear.stream import Windows, decibels
from transcription.ear.stretches import Stretches

WINDOW = 256  # samples
WINDOW_MS = 16


class NoiseFloor:
    """How loud the room is by itself, learned while it is heard. One call a window."""

    def __init__(self, policy: EarPolicy, window_ms: int) -> None:
        self._policy = policy
        self._heard: deque[float] = deque(maxlen=policy.floor_span_ms // window_ms)

    def hear(self, decibel: float) -> float:
        """The floor in dBFS, this window included."""
        self._heard.append(decibel)
        rank = int(len(self._heard) * self._policy.floor_share)
        quiet = np.partition(np.fromiter(self._heard, np.float32), rank)[rank]
        return min(float(quiet), self._policy.highest_floor_dbfs)


class EnergyEar:
    def __init__(self, policy: EarPolicy | None = None) -> None:
        self.policy = policy or ear_policy()
        self._floor = NoiseFloor(self.policy, WINDOW_MS)
        self._windows = Windows(WINDOW)
        self._stretches = Stretches(self.policy, WINDOW_MS)

    @property
    def speech_since_ms(self) -> int | None:
        return self._stretches.since_ms

    @property
    def voiced_ms(self) -> int:
        return self._stretches.voiced_ms

    def feed(self, pcm16: bytes, start_ms: int) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        if self._windows.jumps_to(start_ms):
            events += self.flush()
            self._windows.begin(start_ms)
            self._stretches.begin(start_ms)
        loud = decibels(self._windows.cut(pcm16))
        for decibel, now_ms in zip(loud.tolist(), self._windows.times(len(loud)), strict=True):
            above = self.policy.start_db if self.speech_since_ms is None else self.policy.keep_db
            voiced = decibel > max(self._floor.hear(decibel) + above, self.policy.quietest_dbfs)
            events += self._stretches.hear(voiced, decibel, now_ms)
        return events

    def flush(self) -> list[SpeechEvent]:
        self._windows.clear()
        return self._stretches.end()

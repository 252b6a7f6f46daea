"""When somebody speaks, and when an answer has ended (design §4). Pure: PCM and its place in time in, events out.

An `Ear` finds speech; `AnswerWatch` is the patience. The ear here is an energy gate with an adaptive noise floor; a trained
detector takes its place behind the same protocol. Neither has any say in what is stored (threats 24).
"""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

import numpy as np

WINDOW = 256  # samples, 16 ms
WINDOW_MS = 16


@dataclass(frozen=True)
class GatePolicy:
    """Milliseconds and decibels. Patience is interview-grade: nobody is cut off while thinking."""

    start_db: float = 9.0  # above the noise floor: speech begins
    keep_db: float = 5.0  # above it: speech goes on
    quietest_dbfs: float = -55.0  # below it nothing is speech, however silent the room
    floor_span_ms: int = 5_000
    floor_share: float = 0.1  # the floor is this quantile of the last loudnesses
    highest_floor_dbfs: float = -38.0
    begin_windows: int = 5  # voiced among the last `begin_of`: «да» has more, a key press fewer
    begin_of: int = 8
    segment_silence_ms: int = 600  # ends a stretch of speech
    longest_segment_ms: int = 60_000
    pre_roll_ms: int = 300
    tail_ms: int = 200
    patience_ms: int = 2_500  # silence that ends an answer
    early_patience_ms: int = 4_000  # … while it has only just begun
    early_speech_ms: int = 2_000  # "only just": less speech than this


@dataclass(frozen=True)
class SpeechStarted:
    at_ms: int  # pre-roll included


@dataclass(frozen=True)
class SpeechEnded:
    """A whole stretch of speech, pre-roll and tail included."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class AnswerEnded:
    start_ms: int
    end_ms: int


SpeechEvent = SpeechStarted | SpeechEnded


class Ear(Protocol):
    """Finds speech in a stream. Times are on the clock of the caller's `start_ms`."""

    @property
    def speech_since_ms(self) -> int | None:
        """Where the speech that is going on began, None in silence."""

    def feed(self, pcm16: bytes, start_ms: int) -> list[SpeechEvent]:
        """The next piece of PCM16-LE, 16 kHz; a jump in time ends what was going on."""

    def flush(self) -> list[SpeechEvent]:
        """The stream has ended."""


class EnergyEar:
    """Speech is what stands out of the quietest tenth of the last seconds."""

    def __init__(self, policy: GatePolicy | None = None) -> None:
        self.policy = policy or GatePolicy()
        self._loudness: deque[float] = deque(maxlen=self.policy.floor_span_ms // WINDOW_MS)
        self._voiced: deque[bool] = deque(maxlen=self.policy.begin_of)
        self._rest = b""
        self._now_ms: int | None = None  # end of what was heard
        self._stream_start_ms = 0
        self._since_ms: int | None = None
        self._last_voiced_ms = 0

    @property
    def speech_since_ms(self) -> int | None:
        return self._since_ms

    def feed(self, pcm16: bytes, start_ms: int) -> list[SpeechEvent]:
        events: list[SpeechEvent] = []
        if self._now_ms is None or abs(start_ms - self._position_ms()) > WINDOW_MS:
            events += self.flush()
            self._now_ms = self._stream_start_ms = start_ms
        data = self._rest + pcm16
        whole = len(data) // (WINDOW * 2) * (WINDOW * 2)
        self._rest = data[whole:]
        windows = np.frombuffer(data[:whole], "<i2").reshape(-1, WINDOW).astype(np.float32)
        for decibel in 10 * np.log10((windows**2).mean(axis=1) / 32768**2 + 1e-10):
            self._now_ms += WINDOW_MS
            events += self._hear(float(decibel))
        return events

    def flush(self) -> list[SpeechEvent]:
        events = self._end() if self._since_ms is not None else []
        self._voiced.clear()
        self._rest = b""
        self._now_ms = None
        return events

    def _position_ms(self) -> int:
        return (self._now_ms or 0) + len(self._rest) // 32

    def _hear(self, decibel: float) -> list[SpeechEvent]:
        policy = self.policy
        self._loudness.append(decibel)
        above = policy.keep_db if self._since_ms is not None else policy.start_db
        voiced = decibel > max(self._floor() + above, policy.quietest_dbfs)
        self._voiced.append(voiced)
        if voiced:
            self._last_voiced_ms = self._now_ms
        if self._since_ms is None:
            if sum(self._voiced) < policy.begin_windows:
                return []
            began = self._now_ms - policy.begin_of * WINDOW_MS - policy.pre_roll_ms
            self._since_ms = max(began, self._stream_start_ms)
            return [SpeechStarted(self._since_ms)]
        silent = self._now_ms - self._last_voiced_ms >= policy.segment_silence_ms
        return self._end() if silent or self._now_ms - self._since_ms >= policy.longest_segment_ms else []

    def _floor(self) -> float:
        rank = int(len(self._loudness) * self.policy.floor_share)
        quiet = np.partition(np.fromiter(self._loudness, np.float32), rank)[rank]
        return min(float(quiet), self.policy.highest_floor_dbfs)

    def _end(self) -> list[SpeechEvent]:
        end_ms = max(self._since_ms, min(self._last_voiced_ms + self.policy.tail_ms, self._now_ms))
        ended = SpeechEnded(self._since_ms, end_ms)
        self._since_ms = None
        self._voiced.clear()
        # What ends here may begin again at once (a stretch that was too long), but never twice over the same sound.
        self._stream_start_ms = end_ms
        return [ended]


class AnswerWatch:
    """Patience: an answer ends after silence, never before it has begun, and only while the floor is the candidate's."""

    def __init__(self, policy: GatePolicy | None = None) -> None:
        self.policy = policy or GatePolicy()
        self.is_open = False
        self._start_ms: int | None = None
        self._end_ms = 0
        self._spoken_ms = 0
        self._speaking = False
        self._resumed = False
        self._silent_from_ms = 0

    def open(self, speech_since_ms: int | None = None) -> None:
        """The floor is the candidate's; who already speaks has begun the answer."""
        if self.is_open:
            return
        self.is_open = True
        self._begin(speech_since_ms)

    def resume(self, start_ms: int, end_ms: int) -> None:
        """An answer that began before the connection was lost goes on; its silence counts from the next sound on."""
        if self.is_open:
            self._start_ms = start_ms if self._start_ms is None else min(start_ms, self._start_ms)
            self._end_ms = max(self._end_ms, end_ms)
            self._spoken_ms += end_ms - start_ms
            self._resumed = True

    def close(self) -> None:
        self.is_open = False
        self._begin(None)

    def hear(self, events: list[SpeechEvent], now_ms: int) -> AnswerEnded | None:
        """What the ear found, and where the sound now stands."""
        if not self.is_open:
            return None
        for event in events:
            if isinstance(event, SpeechStarted):
                self._start_ms = event.at_ms if self._start_ms is None else self._start_ms
                self._speaking = True
            elif self._start_ms is not None:
                self._speaking = False
                self._spoken_ms += event.end_ms - event.start_ms
                self._end_ms = event.end_ms
        if self._resumed:
            self._resumed, self._silent_from_ms = False, now_ms
        silent_from_ms = max(self._end_ms, self._silent_from_ms)
        if self._start_ms is None or self._speaking or now_ms - silent_from_ms < self._patience_ms():
            return None
        return self.take()

    def take(self, now_ms: int | None = None) -> AnswerEnded | None:
        """The answer so far, ended here ("I'm done"); None when nothing was said."""
        if self._start_ms is None:
            return None
        end_ms = max(self._end_ms, now_ms or 0) if self._speaking else self._end_ms
        ended = AnswerEnded(self._start_ms, max(self._start_ms, end_ms))
        self._begin(None)
        return ended

    def _begin(self, since_ms: int | None) -> None:
        self._start_ms = since_ms
        self._end_ms = since_ms or 0
        self._silent_from_ms = 0
        self._resumed = False
        self._spoken_ms = 0
        self._speaking = since_ms is not None

    def _patience_ms(self) -> int:
        policy = self.policy
        return policy.early_patience_ms if self._spoken_ms < policy.early_speech_ms else policy.patience_ms

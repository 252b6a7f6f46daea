"""When speech begins, pauses, goes on and ends: the part every ear shares. Pure; one call a window."""

from collections import deque

from transcription.ear.events import SpeechEnded, SpeechEvent, SpeechPaused, SpeechResumed, SpeechStarted
from transcription.ear.policy import EarPolicy


class Stretches:
    """`window_ms`: length of the windows that `hear` is told about, one after another without a gap."""

    def __init__(self, policy: EarPolicy, window_ms: int) -> None:
        self._policy, self._window_ms = policy, window_ms
        self._begin_windows = max(1, policy.begin_ms // window_ms)
        self._resume_windows = max(1, policy.resume_ms // window_ms)
        self._recent: deque[bool] = deque(maxlen=max(self._begin_windows, policy.begin_of_ms // window_ms))
        self._loudness: deque[tuple[int, float]] = deque(maxlen=policy.split_within_ms // window_ms)
        self._since_ms: int | None = None
        self._last_voiced_ms = 0
        self._now_ms = 0
        self._begins_at_ms = 0  # sound before this belongs to an earlier stretch, or is not there
        self._is_paused = False
        self._voiced_ms = 0

    @property
    def since_ms(self) -> int | None:
        return self._since_ms

    @property
    def voiced_ms(self) -> int:
        return self._voiced_ms if self._since_ms is not None else 0

    def begin(self, at_ms: int) -> None:
        """A new stream: nothing is known of what was before `at_ms`."""
        self._recent.clear()
        self._loudness.clear()
        self._begins_at_ms = self._now_ms = at_ms

    def hear(self, voiced: bool, decibel: float, now_ms: int) -> list[SpeechEvent]:
        """One window that ends at `now_ms`."""
        self._now_ms = now_ms
        self._recent.append(voiced)
        if self._since_ms is None:
            return self._wait()
        self._loudness.append((now_ms - self._window_ms // 2, decibel))
        events: list[SpeechEvent] = []
        if voiced:
            events = self._go_on()
        silent_ms = now_ms - self._last_voiced_ms
        if silent_ms >= self._policy.segment_silence_ms:
            return [*events, *self.end()]
        if silent_ms >= self._policy.pause_ms and not self._is_paused:
            self._is_paused = True
            events.append(SpeechPaused(self._since_ms, self._end_ms(), self._voiced_ms))
        if now_ms - self._since_ms >= self._policy.longest_segment_ms:
            events += self._split()
        return events

    def end(self) -> list[SpeechEvent]:
        """The stretch that is going on ends here; nothing in silence."""
        if self._since_ms is None:
            return []
        ended = SpeechEnded(self._since_ms, self._end_ms(), self._voiced_ms)
        self._since_ms = None
        self._recent.clear()
        self._begins_at_ms = ended.end_ms
        return [ended]

    def _wait(self) -> list[SpeechEvent]:
        policy = self._policy
        if sum(self._recent) < self._begin_windows:
            return []
        began = self._now_ms - len(self._recent) * self._window_ms - policy.pre_roll_ms
        self._since_ms = max(began, self._begins_at_ms)
        self._last_voiced_ms, self._is_paused = self._now_ms, False
        self._voiced_ms = sum(self._recent) * self._window_ms
        self._loudness.clear()
        return [SpeechStarted(self._since_ms)]

    def _go_on(self) -> list[SpeechEvent]:
        """A voiced window; in a pause one alone may be a click, and counts for nothing yet."""
        if not self._is_paused:
            self._last_voiced_ms = self._now_ms
            self._voiced_ms += self._window_ms
            return []
        latest = list(self._recent)[-self._resume_windows - 1 :]
        if sum(latest) < self._resume_windows:
            return []
        self._is_paused = False
        self._last_voiced_ms = self._now_ms
        self._voiced_ms += self._resume_windows * self._window_ms
        return [SpeechResumed(self._now_ms - self._resume_windows * self._window_ms, self._since_ms)]

    def _split(self) -> list[SpeechEvent]:
        """Two stretches that touch, cut where it is quietest."""
        at_ms = min(self._loudness, key=lambda point: point[1])[0]
        first = SpeechEnded(self._since_ms, at_ms, self._voiced_ms)
        self._since_ms = self._begins_at_ms = at_ms
        self._voiced_ms = 0
        return [first, SpeechStarted(at_ms)]

    def _end_ms(self) -> int:
        return max(self._since_ms, min(self._last_voiced_ms + self._policy.tail_ms, self._now_ms))

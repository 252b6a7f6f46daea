"""How long after the last voice of an answer things happened to it, on one monotonic clock."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from transcription.ear.policy import ear_policy


@dataclass
class Timeline:
    """Of one answer. `zero`: its last voice, in seconds of the clock. `marks`: ms since then."""

    zero: float
    clock: Callable[[], float]
    marks: dict[str, int] = field(default_factory=dict)

    def mark(self, name: str, at: float | None = None) -> None:
        self.marks[name] = max(0, round(((self.clock() if at is None else at) - self.zero) * 1000))

    @property
    def age_ms(self) -> int:
        return max(0, round((self.clock() - self.zero) * 1000))


class AnswerMarks:
    """`segment_closed`, `turn_ended` and, when there are words, `text_final`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._closed: tuple[int, float, float] | None = None  # a stretch's end, when it was known, its last voice
        self._understood: dict[int, float] = {}  # end of an answer → when its words were known, ahead of time

    def segment_closed(self, end_ms: int, now_ms: int) -> None:
        """A stretch of speech is over; `end_ms` and `now_ms` (the sound that was heard last) on the recording's clock."""
        self._closed = end_ms, self._clock(), self._last_voice(end_ms, now_ms)

    def understood(self, end_ms: int) -> None:
        """The words of an answer that may end here are known."""
        self._understood = {end_ms: self._clock()}

    def ended(self, end_ms: int, now_ms: int) -> Timeline:
        """The answer is over, at the end of its last stretch of speech."""
        if self._closed is not None and self._closed[0] == end_ms:  # sound that came late since then moves nothing
            timeline = Timeline(self._closed[2], self._clock)
            timeline.mark("segment_closed", self._closed[1])
        else:
            timeline = Timeline(self._last_voice(end_ms, now_ms), self._clock)
        timeline.mark("turn_ended")
        return timeline

    def _last_voice(self, end_ms: int, now_ms: int) -> float:
        """On our clock; a stretch of speech ends a little behind it."""
        return self._clock() - (now_ms - end_ms + ear_policy().tail_ms) / 1000

    def told(self, timeline: Timeline, end_ms: int, text: str) -> Mapping[str, int]:
        """Everything that is known when the answer is handed on."""
        if text:
            timeline.mark("text_final", self._understood.get(end_ms))
        return timeline.marks

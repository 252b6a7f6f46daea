"""When an answer has ended: interview-grade patience (design §4). Pure: what the ear found and what was understood in,
turns out.

No end before an answer has begun. Then silence ends it, and how much depends on how finished the words sound, on how much
was said, on this speaker's own pauses, on the question and on the accommodation. Every resumption raises the generation:
what was prepared for an older one is dropped.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.conf import settings

from transcription.ear.events import SpeechEnded, SpeechEvent, SpeechResumed, SpeechStarted
from transcription.endings import Ending, ending


@dataclass(frozen=True)
class Patience:
    """Milliseconds of silence that end an answer; each may be overridden by a setting with PATIENCE_ before its name."""

    closed_ms: int = 1_000  # "that's all"
    quick_ms: int = 1_500  # a whole sentence of somebody whose own pauses are known to be short; of a short answer
    finished_ms: int = 3_000  # a whole sentence
    unknown_ms: int = 3_000  # no words yet, or nothing that tells
    early_ms: int = 3_500  # … while the answer has only just begun
    early_speech_ms: int = 2_000  # "only just": less speech than this
    open_ms: int = 4_500  # a filler or a clause that hangs
    hold_ms: int = 10_000  # "let me think"
    ceiling_ms: int = 5_000  # own pauses never ask for more
    known_pauses: int = 6  # so many pauses tell how somebody speaks
    own_share: float = 1.5  # of the longest of them


@lru_cache(maxsize=1)
def patience() -> Patience:
    chosen = {name: getattr(settings, f"PATIENCE_{name.upper()}", None) for name in Patience.__dataclass_fields__}
    return Patience(**{name: value for name, value in chosen.items() if value is not None})


@dataclass(frozen=True)
class Pace:
    """What one question and one person ask for. `factor` multiplies every silence; `is_short`: a word or two is an answer."""

    factor: float = 1.0
    is_short: bool = False


@dataclass(frozen=True)
class MayEnd:
    """The answer may be over: time to work ahead. Nothing may be heard or shown of it before `AnswerEnded`."""

    generation: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class GoesOn:
    """It was a pause. What was prepared for an older generation than this one is void."""

    generation: int


@dataclass(frozen=True)
class AnswerEnded:
    start_ms: int
    end_ms: int
    generation: int = 0


TurnEvent = MayEnd | GoesOn | AnswerEnded
LEAST_PAUSE_MS = 300  # shorter ones are between words


@dataclass
class _SoFar:
    """The answer as it stands."""

    start_ms: int | None = None
    end_ms: int = 0
    spoken_ms: int = 0  # in stretches that are over
    is_speaking: bool = False
    silent_from_ms: int = 0  # silence counts from here, if that is later than `end_ms`
    sounds: Ending = Ending.UNKNOWN


@dataclass
class AnswerWatch:
    policy: Patience = field(default_factory=patience)
    is_open: bool = False
    generation: int = 0
    pace: Pace = field(default_factory=Pace)
    _now: _SoFar = field(default_factory=_SoFar)
    _own_pauses: deque[int] = field(default_factory=lambda: deque(maxlen=12))
    _counts_anew: bool = False

    def open(self, speech_since_ms: int | None = None, pace: Pace | None = None) -> None:
        """The floor is the candidate's; who already speaks has begun the answer."""
        self.pace = pace or self.pace
        if self.is_open:
            return
        self.is_open = True
        self._forget()
        if speech_since_ms is not None:
            self._now = _SoFar(speech_since_ms, speech_since_ms, is_speaking=True)

    def resume(self, start_ms: int, end_ms: int) -> None:
        """An answer that began before the connection was lost goes on; its silence counts from the next sound on."""
        if not self.is_open:
            return
        now = self._now
        now.start_ms = start_ms if now.start_ms is None else min(start_ms, now.start_ms)
        now.end_ms = max(now.end_ms, end_ms)
        now.spoken_ms += end_ms - start_ms
        self._counts_anew = True

    def close(self) -> None:
        self.is_open = False
        self._forget()

    def understood(self, generation: int, text: str) -> None:
        """The words of the answer so far; those of an older generation come too late."""
        if generation == self.generation:
            self._now.sounds = ending(text)

    def hear(self, events: Iterable[SpeechEvent], now_ms: int) -> list[TurnEvent]:
        """What the ear found, and where the sound now stands."""
        if not self.is_open:
            return []
        found: list[TurnEvent] = []
        for event in events:
            found += self._take(event, now_ms)
        now = self._now
        if self._counts_anew:
            self._counts_anew, now.silent_from_ms = False, now_ms
        silent_ms = now_ms - max(now.end_ms, now.silent_from_ms)
        if now.start_ms is not None and not now.is_speaking and silent_ms >= self.patience_ms():
            found.append(self.take())
        return found

    def take(self, now_ms: int | None = None) -> AnswerEnded | None:
        """The answer so far, ended here ("I'm done"); None when nothing was said."""
        now = self._now
        if now.start_ms is None:
            return None
        end_ms = max(now.end_ms, now_ms or 0) if now.is_speaking else now.end_ms
        ended = AnswerEnded(now.start_ms, max(now.start_ms, end_ms), self.generation)
        self._forget()
        return ended

    def patience_ms(self) -> int:
        """The silence that would end the answer as it stands."""
        policy, sounds = self.policy, self._now.sounds
        wait_ms = {
            Ending.CLOSED: policy.closed_ms, Ending.FINISHED: policy.finished_ms, Ending.UNKNOWN: policy.unknown_ms,
            Ending.OPEN: policy.open_ms, Ending.HOLD: policy.hold_ms,
        }[sounds]  # fmt: skip
        if sounds in (Ending.FINISHED, Ending.UNKNOWN):
            own_ms = self._own_ms()
            if self.pace.is_short and sounds is Ending.FINISHED:
                wait_ms = policy.quick_ms
            elif self._now.spoken_ms < policy.early_speech_ms and not self.pace.is_short:
                wait_ms = max(policy.early_ms, own_ms or 0)
            elif own_ms is not None:
                least_ms = policy.quick_ms if sounds is Ending.FINISHED else policy.unknown_ms
                wait_ms = max(least_ms, own_ms)
        return round(wait_ms * self.pace.factor)

    def _own_ms(self) -> int | None:
        """What this speaker's own pauses ask for; None while too few are known."""
        if len(self._own_pauses) < self.policy.known_pauses:
            return None
        return min(self.policy.ceiling_ms, round(max(self._own_pauses) * self.policy.own_share))

    def _take(self, event: SpeechEvent, now_ms: int) -> list[TurnEvent]:
        now = self._now
        if isinstance(event, SpeechStarted | SpeechResumed):
            was_silent = now.start_ms is not None and not now.is_speaking
            if now.start_ms is None:
                now.start_ms = event.at_ms if isinstance(event, SpeechStarted) else event.start_ms
            now.is_speaking = True
            if not was_silent:
                return []
            pause_ms = now_ms - now.end_ms  # not the stretch's own start: that has the pre-roll in it
            if pause_ms >= LEAST_PAUSE_MS and not self._counts_anew:
                self._own_pauses.append(pause_ms)
            now.sounds = Ending.UNKNOWN
            self.generation += 1
            return [GoesOn(self.generation)]
        if now.start_ms is None:
            return []  # the tail of what was said before the floor was given
        was_speaking, now.is_speaking = now.is_speaking, False
        now.end_ms = event.end_ms
        if isinstance(event, SpeechEnded):
            now.spoken_ms += event.end_ms - event.start_ms
        return [MayEnd(self.generation, now.start_ms, now.end_ms)] if was_speaking else []

    def _forget(self) -> None:
        self._now = _SoFar()
        self._counts_anew = False
        self.generation += 1

"""What an ear says. Times are ms on the clock of the caller's `start_ms`."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class SpeechStarted:
    at_ms: int  # pre-roll included


@dataclass(frozen=True)
class SpeechPaused:
    """A short silence: the stretch may be over here. `voiced_ms`: how much of it was voice."""

    start_ms: int
    end_ms: int
    voiced_ms: int = 0


@dataclass(frozen=True)
class SpeechResumed:
    """The pause was only a pause; the stretch that began at `start_ms` goes on."""

    at_ms: int
    start_ms: int = 0


@dataclass(frozen=True)
class SpeechEnded:
    """A whole stretch of speech, pre-roll and tail included."""

    start_ms: int
    end_ms: int
    voiced_ms: int = 0


SpeechEvent = SpeechStarted | SpeechPaused | SpeechResumed | SpeechEnded


class Ear(Protocol):
    """Finds speech in one stream. It has no say in what is stored (threats 24)."""

    @property
    def speech_since_ms(self) -> int | None:
        """Where the speech that is going on began, None in silence."""

    @property
    def voiced_ms(self) -> int:
        """How much voice the speech that is going on holds; 0 in silence."""

    def feed(self, pcm16: bytes, start_ms: int) -> list[SpeechEvent]:
        """The next piece of PCM16-LE, 16 kHz; a jump in time ends what was going on."""

    def flush(self) -> list[SpeechEvent]:
        """The stream has ended."""


def shifted(event: SpeechEvent, by_ms: int) -> SpeechEvent:
    """The same event on another clock."""
    if isinstance(event, SpeechStarted):
        return SpeechStarted(event.at_ms + by_ms)
    if isinstance(event, SpeechResumed):
        return SpeechResumed(event.at_ms + by_ms, event.start_ms + by_ms)
    return type(event)(event.start_ms + by_ms, event.end_ms + by_ms, event.voiced_ms)

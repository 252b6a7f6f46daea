"""The protocol of speech engines: one file each, one public `synthesize()` here (style §2, design §3)."""

import logging
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong
from avatars.speech.timeline import Timeline
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)

MIN_SPEED, MAX_SPEED = 0.5, 2.0


@dataclass(frozen=True)
class SpeechRequest:
    """`voice` is one of the engine's own names; empty means the usual one of the language. `speed` is 0.5–2.0, 1.0 = natural."""

    text: str
    language: str
    voice: str = ""
    speed: float = 1.0


@dataclass(frozen=True)
class SpokenAudio:
    """PCM16-LE mono and what the mouth does meanwhile."""

    pcm16: bytes
    sample_rate: int
    timeline: Timeline

    @property
    def duration_ms(self) -> int:
        return self.timeline["duration_ms"]


@dataclass(frozen=True)
class Voice:
    name: str
    language: str
    gender: str  # "female" | "male"
    label: str


@dataclass(frozen=True)
class Capabilities:
    """What callers may count on; they ask this, never the class.

    `speeds`: the slowest and quickest it speaks; what is beyond sounds like these. `tells_what_is_left`: it can be asked `left`.
    """

    languages: tuple[str, ...]
    needs_key: bool = False
    remote: bool = False
    costs_money: bool = False
    exact_timeline: bool = True
    speeds: tuple[float, float] = (MIN_SPEED, MAX_SPEED)
    tells_what_is_left: bool = False


@dataclass
class RetryPolicy:
    """How often one call may be repeated. Only connectivity and server faults are, and only where the engine says it is free."""

    attempts: int = 2
    repeatable: frozenset[Category] = field(default_factory=lambda: frozenset({Category.CONNECTIVITY, Category.SERVER}))

    def again(self, error: ProviderError, attempt: int) -> bool:
        return attempt < self.attempts and not error.permanent and error.category in self.repeatable


class SpeechEngine(ABC):
    """A voice. Instances are shared by all threads of a process, so `_synthesize` must be safe to call from several."""

    kind: str
    capabilities: Capabilities
    retry = RetryPolicy()

    @abstractmethod
    def _synthesize(self, request: SpeechRequest) -> SpokenAudio:
        """Make the sound. Called from any thread, may be called twice for one request; must end within its own time limit.

        Raises ProviderError, NothingToSay or TextTooLong.
        """

    @abstractmethod
    def voices(self) -> tuple[Voice, ...]:
        """The voices, best first. Must not call the network."""

    def version(self) -> str:
        """Changes when the same request would sound different, so that cached speech is made anew."""
        return "1"

    def warm_up(self) -> None:  # noqa: B027  most engines have nothing to load
        """Load what the first request would wait for. May be called at start-up and may fail quietly."""

    def left(self) -> tuple[int, str] | None:
        """What the account may still say, as (amount, unit); None when it does not tell. Raises ProviderError.

        Asked only with `tells_what_is_left`: costs nothing, and proves the key.
        """
        return None

    def close(self) -> None:  # noqa: B027  most engines hold nothing
        """Give back processes and sockets. May be called twice."""

    def default_voice(self, language: str, gender: str = "female") -> str:
        """The usual voice of the language; empty when the engine has none for it."""
        mine = [voice for voice in self.voices() if voice.language == language]
        return next((voice.name for voice in mine if voice.gender == gender), mine[0].name if mine else "")

    def synthesize(self, request: SpeechRequest) -> SpokenAudio:
        """Speech for the request, tried again where that can help.

        Raises NothingToSay, TextTooLong, ProviderError (invalid_request for an unknown language or voice, or a wrong speed).
        """
        self._check(request)
        started, attempt = time.monotonic(), 1
        while True:
            try:
                audio = self._synthesize(request)
                break
            except ProviderError as error:
                log.warning("speech failed", extra={**self._facts(request, started, attempt), "category": str(error.category)})
                if not self.retry.again(error, attempt):
                    raise
                attempt += 1
        log.info("speech made", extra={**self._facts(request, started, attempt), "duration_ms": audio.duration_ms})
        return audio

    def _check(self, request: SpeechRequest) -> None:
        if len(request.text) > MAX_CHARACTERS:
            raise TextTooLong(f"at most {MAX_CHARACTERS} characters can be spoken at once")
        if not request.text.strip():
            raise NothingToSay("the text is empty")
        if request.language not in self.capabilities.languages:
            raise self.refused(f"language {request.language[:8]!r}")
        # NaN fails this comparison too.
        if not MIN_SPEED <= request.speed <= MAX_SPEED:
            raise self.refused("speed outside 0.5–2.0")
        if request.voice and request.voice not in {voice.name for voice in self.voices()}:
            raise self.refused(f"voice {request.voice[:40]!r}")

    def refused(self, what: str) -> ProviderError:
        return ProviderError(f"{self.kind} refuses {what}", category=Category.INVALID_REQUEST, provider=self.kind)

    def _facts(self, request: SpeechRequest, started: float, attempt: int) -> dict[str, object]:
        # Never the text: it may hold a candidate's name (style §3).
        return {
            "engine": self.kind,
            "language": request.language,
            "voice": request.voice,
            "characters": len(request.text),
            "attempt": attempt,
            "took_ms": round((time.monotonic() - started) * 1000),
        }

"""The protocol of avatar providers and the values that cross it (design §3, style §2).

The public methods are ours: breaker, timing, one log line a call. A provider writes the private ones and the data of its
capabilities; vendor words never leave its file. Callers ask `capabilities`, never the class.
"""

import logging
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from interview_site import outbound
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
MAX_VIDEO_BYTES = 500 * outbound.MIB


@dataclass(frozen=True)
class Capabilities:
    """What callers may count on. `languages` empty: any.

    `own_audio`: a video can be made from sound of ours; otherwise the provider speaks (`speech`). `renders_here`: our own
    machine does the work inside `create_video`. `create_is_idempotent`: the same reference never makes or costs a second
    video. `finds_by_reference`: it can be asked whether it has an order. `cancels`: a running order can be stopped.
    """

    languages: tuple[str, ...] = ()
    catalogue: bool = False
    speech: bool = False
    recorded_video: bool = False
    live_session: bool = False
    interrupt: bool = False
    own_audio: bool = False
    captions: bool = False
    renders_here: bool = False
    create_is_idempotent: bool = False
    finds_by_reference: bool = False
    cancels: bool = False
    needs_key: bool = True
    costs_money: bool = True


@dataclass(frozen=True)
class Polling:
    """When to ask after an order: first near the usual time, then every 5 s slowing to 30 s (threats 51)."""

    first_s: float = 10.0
    every_s: float = 5.0
    slowest_s: float = 30.0
    deadline_s: float = 20 * 60.0
    deadline_per_clip_s: float = 0.0  # added for each second of the clip

    def wait_s(self, polls: int) -> float:
        """Seconds until the next question after `polls` questions."""
        return self.first_s if polls == 0 else min(self.every_s * 1.3 ** (polls - 1), self.slowest_s)

    def deadline_for(self, clip_s: float) -> float:
        """Seconds from the order after which it needs a person."""
        return self.deadline_s + self.deadline_per_clip_s * clip_s


@dataclass(frozen=True)
class Voice:
    """A voice of the provider's own; `sample_url` may be empty."""

    id: str
    name: str
    language: str
    gender: str = ""
    sample_url: str = ""


@dataclass(frozen=True)
class Character:
    """An avatar of the provider. `live`, `recorded`: what it can be used for."""

    id: str
    name: str
    gender: str = ""
    picture_url: str = ""
    live: bool = False
    recorded: bool = True


@dataclass(frozen=True)
class OwnAudio:
    """Sound of ours for a video: a WAV file on this machine, its length and timeline v1."""

    path: Path
    duration_ms: int
    timeline: dict[str, Any]


@dataclass(frozen=True)
class VideoJob:
    """One order. `reference` is ours and the same when the order is repeated. `settings` is a profile's snapshot.

    Either `audio` (the provider accepts our own) or `provider_audio` (its own word for the sound it made) is there.
    `video_path` is where a provider that renders here puts the file.
    """

    reference: str
    text: str
    language: str
    settings: dict[str, Any]
    audio: OwnAudio | None = None
    provider_audio: str = ""
    video_path: Path | None = None


class VideoStatus(StrEnum):
    ACCEPTED = "accepted"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True)
class VideoState:
    """How an order stands. An unknown word of the provider is `PROCESSING` (threats 51).

    `video_url` is short-lived: fetched at once. `error` explains a failure: `permanent` or worth another order.
    """

    status: VideoStatus
    provider_id: str = ""
    progress: int = 0
    video_url: str = ""
    duration_ms: int = 0
    cost: Decimal | None = None
    error: ProviderError | None = None


@dataclass(frozen=True)
class ProviderSpeech:
    """Sound a provider made for its own use: `audio` is its word for it (an address, an id)."""

    audio: str
    duration_ms: int = 0


@dataclass(frozen=True)
class Balance:
    amount: Decimal
    unit: str


# Called by a provider that renders here, with 0–100; it may raise to stop the work.
Progress = Callable[[int], None]


def no_progress(percent: int) -> None:
    """For callers that do not watch."""


class Breaker(Protocol):
    """`before` raises ProviderError while the provider rests; the other two tell how a call went."""

    def before(self, provider: str) -> None: ...
    def succeeded(self, provider: str) -> None: ...
    def failed(self, provider: str, error: ProviderError) -> None: ...


class NoBreaker:
    """For providers without a network between them and us, and for tests of one provider alone."""

    def before(self, provider: str) -> None: ...
    def succeeded(self, provider: str) -> None: ...
    def failed(self, provider: str, error: ProviderError) -> None: ...


@dataclass
class AvatarProvider:
    """A provider. Instances are shared by threads. Every public method raises ProviderError and nothing else."""

    breaker: Breaker = field(default_factory=NoBreaker)
    kind = ""
    label = ""
    capabilities = Capabilities()
    polling = Polling()

    def version(self) -> str:
        """Changes when the same order would look different, so that it is made anew. Part of the fingerprint."""
        return "1"

    # --- Ours ---

    def characters(self) -> tuple[Character, ...]:
        """The avatars on offer; () when the provider has no catalogue."""
        return self._called("characters", self._characters) if self.capabilities.catalogue else ()

    def voices(self) -> tuple[Voice, ...]:
        """The voices on offer; () when the provider does not speak."""
        return self._called("voices", self._voices) if self.capabilities.speech else ()

    def speak(self, job: VideoJob) -> ProviderSpeech:
        """Let the provider make the sound of `job.text` for its own use. May cost; safe to call twice."""
        return self._called("speak", lambda: self._speak(job))

    def create_video(self, job: VideoJob, progress: Progress = no_progress) -> VideoState:
        """Order a video. Costs money unless the capabilities say otherwise; renders at once where they say `renders_here`.

        A ProviderError of kind connectivity or server leaves it open whether the order was taken (threats 49).
        """
        return self._called("create_video", lambda: self._create_video(job, progress))

    def video_state(self, provider_id: str) -> VideoState:
        """How the order stands. Free, safe to call at any time."""
        return self._called("video_state", lambda: self._video_state(provider_id))

    def find_video(self, reference: str) -> VideoState | None:
        """The order with our reference, or None when the provider has none. Only with `finds_by_reference`."""
        return self._called("find_video", lambda: self._find_video(reference))

    def cancel_video(self, provider_id: str) -> None:
        """Stop a running order; forgives one that is unknown or finished. Only with `cancels`."""
        self._called("cancel_video", lambda: self._cancel_video(provider_id))

    def fetch_video(self, state: VideoState, path: Path) -> None:
        """Our copy of a finished video into `path` (threats 52). The address is the provider's word: the guarded client."""
        self._called("fetch_video", lambda: self._fetch_video(state, path))

    def balance(self) -> Balance | None:
        """What is left to spend, or None where nothing is paid or told."""
        return self._called("balance", self._balance) if self.capabilities.costs_money else None

    # --- Theirs ---

    def _characters(self) -> tuple[Character, ...]:
        return ()

    def _voices(self) -> tuple[Voice, ...]:
        return ()

    def _speak(self, job: VideoJob) -> ProviderSpeech:
        raise self.unable("speak")

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        raise self.unable("make videos")

    def _video_state(self, provider_id: str) -> VideoState:
        raise self.unable("make videos")

    def _find_video(self, reference: str) -> VideoState | None:
        raise self.unable("look orders up")

    def _cancel_video(self, provider_id: str) -> None:
        raise self.unable("cancel")

    def _fetch_video(self, state: VideoState, path: Path) -> None:
        outbound.download(state.video_url, path, max_bytes=MAX_VIDEO_BYTES, provider=self.kind, total_s=240.0)

    def _balance(self) -> Balance | None:
        return None

    def unable(self, what: str) -> ProviderError:
        return ProviderError(f"{self.kind} does not {what}", category=Category.INVALID_REQUEST, provider=self.kind)

    # --- Around each call ---

    def _called(self, name: str, call: Callable[[], Any]) -> Any:
        self.breaker.before(self.kind)
        with self._timed(name):
            try:
                answer = call()
            except ProviderError as error:
                self.breaker.failed(self.kind, error)
                raise
        self.breaker.succeeded(self.kind)
        return answer

    @contextmanager
    def _timed(self, name: str) -> Any:
        began, outcome = time.monotonic(), "ok"
        try:
            yield
        except ProviderError as error:
            outcome = str(error.category)
            raise
        except Exception as error:
            outcome = type(error).__name__
            raise
        finally:
            took_ms = round((time.monotonic() - began) * 1000)
            log.info("provider call", extra={"provider": self.kind, "call": name, "outcome": outcome, "ms": took_ms})

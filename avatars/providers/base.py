"""The protocol of avatar providers and the values that cross it (design §3, style §2).

The public methods are ours: breaker, timing, one log line a call. A provider writes the private ones and the data of its
capabilities; vendor words never leave its file. Callers ask `capabilities`, never the class.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from avatars.providers.calls import Breaker, Calls, NoBreaker
from interview_site import outbound
from interview_site.errors import Category, ProviderError

__all__ = [
    "AvatarProvider", "Balance", "Breaker", "CannotTell", "Capabilities", "Character", "NoBreaker", "Origin", "OwnAudio",
    "Polling", "Progress", "ProviderSpeech", "VideoJob", "VideoState", "VideoStatus", "Voice", "no_progress",
]  # fmt: skip
MAX_VIDEO_BYTES = 500 * outbound.MIB


@dataclass(frozen=True)
class Capabilities:
    """What callers may count on. `languages` empty: any.

    `own_audio`: a video can be made from sound of ours; otherwise the provider speaks (`speech`). `renders_here`: our own
    machine does the work inside `create_video`. `create_is_idempotent`: the same reference never makes or costs a second
    video; `idempotent_for_s`: for so long after it was sent, 0 for ever. `finds_by_reference`: it can be asked whether it has
    an order. `cancels`: a running order can be stopped. `states_at_once`: of so many orders one call tells how they stand.
    `most_at_once`: it makes so many videos at a time and refuses more, 0 any number. `voice_samples`: a voice of its
    catalogue says a sentence for somebody who chooses.
    """

    languages: tuple[str, ...] = ()
    emotions: tuple[str, ...] = ()  # what a profile's `emotion` may be; () when it has no effect
    catalogue: bool = False
    speech: bool = False
    recorded_video: bool = False
    live_session: bool = False
    interrupt: bool = False
    own_audio: bool = False
    captions: bool = False
    renders_here: bool = False
    create_is_idempotent: bool = False
    idempotent_for_s: float = 0.0
    finds_by_reference: bool = False
    cancels: bool = False
    states_at_once: int = 1
    most_at_once: int = 0
    voice_samples: bool = False
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


class Origin(StrEnum):
    """Whose a voice or an avatar is: everybody's, made by this account, or cloned from a person by this account."""

    PUBLIC = "public"
    OWN = "own"
    CLONED = "cloned"


@dataclass(frozen=True)
class Voice:
    """A voice of the provider's own; `sample_url` may be empty."""

    id: str
    name: str
    language: str
    gender: str = ""
    sample_url: str = ""
    origin: Origin = Origin.PUBLIC


@dataclass(frozen=True)
class Character:
    """An avatar of the provider. `live`, `recorded`: what it can be used for.

    `languages`: what it surely speaks live by the provider's own voices; () when nobody knows.
    """

    id: str
    name: str
    gender: str = ""
    picture_url: str = ""
    live: bool = False
    recorded: bool = True
    origin: Origin = Origin.PUBLIC
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnAudio:
    """Sound of ours for a video: a WAV file on this machine, its length and timeline v1.

    `address` is where others may fetch it for some hours, for a provider that takes no file; they may not be able to reach it.
    """

    path: Path
    duration_ms: int
    timeline: dict[str, Any]
    address: str = ""


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

    `video_url` is short-lived: fetched at once. `error` explains a failure: `permanent` or worth another order. `brief`: only
    the status was told; how it ended is to be asked by `video_state`.
    """

    status: VideoStatus
    provider_id: str = ""
    progress: int = 0
    video_url: str = ""
    duration_ms: int = 0
    cost: Decimal | None = None
    error: ProviderError | None = None
    brief: bool = False


@dataclass(frozen=True)
class ProviderSpeech:
    """Sound a provider made for its own use: `audio` is its word for it (an address, an id)."""

    audio: str
    duration_ms: int = 0


@dataclass(frozen=True)
class Balance:
    amount: Decimal
    unit: str


class CannotTell(ProviderError):
    """Whether there is an order with our reference cannot be found out: a person has to look."""

    def __init__(self, log_text: str, *, provider: str) -> None:
        super().__init__(log_text, category=Category.INVALID_REQUEST, provider=provider, code="answer_lost")


# Called by a provider that renders here, with 0–100; it may raise to stop the work.
Progress = Callable[[int], None]


def no_progress(percent: int) -> None:
    """For callers that do not watch."""


@dataclass
class AvatarProvider(Calls):
    """A provider. Instances are shared by threads. Every public method raises ProviderError and nothing else."""

    capabilities = Capabilities()
    polling = Polling()

    def version(self) -> str:
        """Changes when the same order would look different, so that it is made anew. Part of the fingerprint."""
        return "1"

    def takes_our_sound(self, settings: Mapping[str, Any]) -> bool:
        """Whether a video with this profile's snapshot is made from sound of ours; otherwise the provider speaks itself."""
        return self.capabilities.own_audio

    def takes_given_sound(self) -> bool:
        """Whether a video can be made now from a finished sound a person chose, whatever a profile says about voices."""
        return self.capabilities.own_audio

    def check_profile(self, settings: Mapping[str, Any]) -> None:
        """Raises ProviderError for a profile's snapshot it can make no video of, whatever the text. Asks nobody."""

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

    def voice_sample(self, voice: str, text: str, language: str) -> str:
        """An address of `text` said by a voice of the catalogue. May cost; safe to call twice. Only with `voice_samples`."""
        return self._called("voice_sample", lambda: self._voice_sample(voice, text, language))

    def create_video(self, job: VideoJob, progress: Progress = no_progress) -> VideoState:
        """Order a video. Costs money unless the capabilities say otherwise; renders at once where they say `renders_here`.

        A ProviderError of kind connectivity or server leaves it open whether the order was taken (threats 49).
        """
        return self._called("create_video", lambda: self._create_video(job, progress))

    def video_state(self, provider_id: str) -> VideoState:
        """How the order stands. Free, safe to call at any time."""
        return self._called("video_state", lambda: self._video_state(provider_id))

    def video_states(self, provider_ids: Sequence[str]) -> dict[str, VideoState]:
        """How several orders stand, by id; one the provider did not tell about is left out. Free, safe to call at any time.

        One call for at most `states_at_once` ids, else one each.
        """
        return self._called("video_states", lambda: self._video_states(provider_ids))

    def find_video(self, reference: str) -> VideoState | None:
        """The order with our reference, or None when the provider surely has none. Only with `finds_by_reference`.

        Raises CannotTell when its list does not show it either way.
        """
        return self._called("find_video", lambda: self._find_video(reference))

    def cancel_video(self, provider_id: str) -> None:
        """Stop a running order; forgives one that is unknown or finished. Only with `cancels`."""
        self._called("cancel_video", lambda: self._cancel_video(provider_id))

    def fetch_video(self, state: VideoState, path: Path) -> None:
        """Our copy of a finished video into `path` (threats 52). The address is the provider's word: the guarded client."""
        self._called("fetch_video", lambda: self._fetch_video(state, path))

    def detected_language(self, text: str) -> str:
        """What the provider takes the text for: "ru", "en", "kk", or "" when it cannot say. Free, and advice only."""
        return self._called("detected_language", lambda: self._detected_language(text))

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

    def _voice_sample(self, voice: str, text: str, language: str) -> str:
        raise self.unable("say samples")

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        raise self.unable("make videos")

    def _video_state(self, provider_id: str) -> VideoState:
        raise self.unable("make videos")

    def _video_states(self, provider_ids: Sequence[str]) -> dict[str, VideoState]:
        return {provider_id: self._video_state(provider_id) for provider_id in provider_ids}

    def _find_video(self, reference: str) -> VideoState | None:
        raise self.unable("look orders up")

    def _cancel_video(self, provider_id: str) -> None:
        raise self.unable("cancel")

    def _fetch_video(self, state: VideoState, path: Path) -> None:
        outbound.download(state.video_url, path, max_bytes=MAX_VIDEO_BYTES, provider=self.kind, total_s=240.0)

    def _detected_language(self, text: str) -> str:
        return ""

    def _balance(self) -> Balance | None:
        return None

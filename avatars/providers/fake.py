"""A scripted provider: runs whole flows without a key, with the delays and failures it was told to have (style §2)."""

import threading
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from avatars.providers.base import (
    AvatarProvider,
    Balance,
    Capabilities,
    Character,
    Polling,
    Progress,
    ProviderSpeech,
    VideoJob,
    VideoState,
    VideoStatus,
    Voice,
)
from interview_site.errors import ProviderError

Step = VideoState | ProviderError


@dataclass
class FakeProvider(AvatarProvider):
    """`on_create`, `on_state`, `on_find` are taken one by one; empty, an order is accepted, then succeeds.

    A `ProviderError` is raised; with `takes_before_failing` the order counts as taken all the same (a lost answer).
    `orders` maps references to provider ids: what was really taken, and would be paid.
    """

    video: bytes = b""
    on_create: list[Step] = field(default_factory=list)
    on_state: list[Step] = field(default_factory=list)
    on_find: list[Step] = field(default_factory=list)
    takes_before_failing: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)
    capabilities: Capabilities = Capabilities(
        catalogue=True, speech=True, recorded_video=True, own_audio=True, finds_by_reference=True, cancels=True
    )
    polling: Polling = Polling()
    kind = "fake"
    label = "Fake"

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def _characters(self) -> tuple[Character, ...]:
        return (Character("anna", "Anna", "female"), Character("boris", "Boris", "male"))

    def _voices(self) -> tuple[Voice, ...]:
        return (Voice("v1", "Anna", "ru", "female"),)

    def _speak(self, job: VideoJob) -> ProviderSpeech:
        self._note("speak", job.reference)
        return ProviderSpeech(f"fake:{job.reference}", len(job.text) * 60)

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        step = self._next("create", job.reference, self.on_create)
        if step is None or isinstance(step, VideoState) or self.takes_before_failing:
            with self._lock:
                self.orders.setdefault(job.reference, f"fake-{len(self.orders) + 1}")
        if isinstance(step, ProviderError):
            raise step
        return step or VideoState(VideoStatus.ACCEPTED, self.orders[job.reference])

    def _video_state(self, provider_id: str) -> VideoState:
        step = self._next("state", provider_id, self.on_state)
        if isinstance(step, ProviderError):
            raise step
        return step or VideoState(
            VideoStatus.SUCCEEDED, provider_id, 100, video_url=f"https://fake.invalid/{provider_id}.mp4", cost=Decimal("1")
        )

    def _find_video(self, reference: str) -> VideoState | None:
        step = self._next("find", reference, self.on_find)
        if isinstance(step, ProviderError):
            raise step
        found = self.orders.get(reference)
        return step or (VideoState(VideoStatus.PROCESSING, found) if found else None)

    def _cancel_video(self, provider_id: str) -> None:
        self._note("cancel", provider_id)

    def _fetch_video(self, state: VideoState, path: Path) -> None:
        self._note("fetch", state.video_url)
        path.write_bytes(self.video)

    def _balance(self) -> Balance | None:
        return Balance(Decimal("100"), "coins")

    def _note(self, what: str, key: str) -> None:
        with self._lock:
            self.asked.append((what, key))

    def _next(self, what: str, key: str, script: list[Step]) -> Step | None:
        with self._lock:
            self.asked.append((what, key))
            return script.pop(0) if script else None

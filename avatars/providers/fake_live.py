"""A scripted live provider: whole conversations without a key, with the failures it was told to have (style §2)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.utils import timezone

from avatars.providers import remedies
from avatars.providers.live import (
    LiveCapabilities,
    LiveJoin,
    LiveProvider,
    LiveRequest,
    Note,
    Room,
    Spoken,
    Transport,
)
from interview_site.errors import Category, ProviderError


@dataclass
class FakeLiveProvider(LiveProvider):
    """`on_open`, `on_close`, `on_speak`, `on_running` are taken one by one; None in a script, or an empty one: all goes well.

    A `ProviderError` is raised; with `takes_before_failing` a room is open all the same (a lost answer). `rooms` are the open
    ones by provider id, with their references: what is being paid. `said` are (provider id, words) in order, with "■" for an
    interruption. `before_note` is called first; `before_open` inside `open_room` before its room exists; `after_open` when it
    exists and nothing was answered yet; so are `before_close` and `after_close`. With `notes` the id is known before the room.
    """

    on_open: list[ProviderError | None] = field(default_factory=list)
    on_close: list[ProviderError | None] = field(default_factory=list)
    on_speak: list[ProviderError | None] = field(default_factory=list)
    on_running: list[ProviderError | None] = field(default_factory=list)
    takes_before_failing: bool = False
    notes: bool = False
    finds: bool | None = True  # False: its list lags; None: it cannot be asked
    before_note: Callable[[], None] = lambda: None
    before_open: Callable[[], None] = lambda: None
    after_open: Callable[[], None] = lambda: None
    before_close: Callable[[], None] = lambda: None
    after_close: Callable[[], None] = lambda: None
    gives_s: float | None = None  # how long its rooms live; None: as long as was asked for
    rooms: dict[str, str] = field(default_factory=dict)
    requests: list[LiveRequest] = field(default_factory=list)
    contexts: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, str]] = field(default_factory=list)
    sounds: list[bytes] = field(default_factory=list)
    kept_alive: list[str] = field(default_factory=list)
    live: LiveCapabilities = LiveCapabilities(
        Transport.LIVEKIT, interrupt=True, own_sound=True, keep_alive_s=120.0, minute_cost=Decimal("0.1"), lists_rooms=True,
        takes_context=True,
    )  # fmt: skip
    kind = "fake"
    label = "Fake"

    def __post_init__(self) -> None:
        self._lock, self._opened = threading.Lock(), 0

    def _open_room(self, request: LiveRequest, note: Note) -> Room:
        with self._lock:
            self.requests.append(request)
            self._opened += 1
            provider_id = f"room-{self._opened}"
        self.before_note()
        if self.notes:
            note(provider_id)
        self.before_open()
        fault = self._next(self.on_open)
        if fault is None or self.takes_before_failing:
            with self._lock:
                self.rooms[provider_id] = request.reference
                self.contexts[provider_id] = request.context
        if fault is not None:
            raise fault
        self.after_open()
        join = LiveJoin(self.live.transport, url=f"wss://fake.invalid/{provider_id}", access_token=f"token-{provider_id}")
        expires_at = None if self.gives_s is None else timezone.now() + timedelta(seconds=self.gives_s)
        return Room(provider_id, join, {"secret": f"secret-{provider_id}"}, expires_at, request.reference)

    def _find_room(self, reference: str) -> str | None:
        if self.finds is None:
            return super()._find_room(reference)
        if not self.finds:
            return None
        with self._lock:
            return next((provider_id for provider_id, mine in self.rooms.items() if mine == reference), None)

    def _set_context(self, room: Room, text: str) -> None:
        self._must_be_open(room)
        self.contexts[room.provider_id] = text

    def _speak(self, room: Room, text: str, language: str) -> Spoken:
        self._must_be_open(room)
        self._raise_next(self.on_speak)
        with self._lock:
            self.said.append((room.provider_id, text))
            return Spoken(f"task-{len(self.said)}", len(text) * 60)

    def _speak_sound(self, room: Room, wav_path: Path, text: str) -> Spoken:
        self.sounds.append(wav_path.read_bytes())
        return self._speak(room, text, "")

    def _interrupt(self, room: Room) -> None:
        self._must_be_open(room)
        with self._lock:
            self.said.append((room.provider_id, "■"))

    def _keep_alive(self, room: Room) -> None:
        self._must_be_open(room)
        self.kept_alive.append(room.provider_id)

    def _close(self, room: Room) -> None:
        self.before_close()
        self._raise_next(self.on_close)
        with self._lock:
            self.rooms.pop(room.provider_id, None)
        self.after_close()

    def _is_open(self, room: Room) -> bool | None:
        return room.provider_id in self.rooms

    def _running(self) -> list[str]:
        self._raise_next(self.on_running)
        with self._lock:
            return list(self.rooms)

    def _must_be_open(self, room: Room) -> None:
        if room.provider_id not in self.rooms:
            raise ProviderError("no such room", category=Category.INVALID_REQUEST, provider=self.kind, code=remedies.ROOM_GONE)

    def _next(self, script: list[ProviderError | None]) -> ProviderError | None:
        with self._lock:
            return script.pop(0) if script else None

    def _raise_next(self, script: list[ProviderError | None]) -> None:
        if fault := self._next(script):
            raise fault

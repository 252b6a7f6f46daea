"""The protocol of live avatars and the values that cross it (design §3).

The public methods are ours: breaker, timing, one log line a call. A provider writes the private ones and the data of its
capabilities; vendor words never leave its files. Instances are shared by threads. Every public method raises ProviderError
and nothing else; a room that is not there any more is a ProviderError with the code `room_gone`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from avatars.providers.base import CannotTell
from avatars.providers.calls import Calls

# `open_room` answers within so long, its own repeats included: a row that waits longer is taken for crashed.
OPEN_WITHIN_S = 40.0


class Transport(StrEnum):
    """How a browser joins the room."""

    AGORA = "agora"
    LIVEKIT = "livekit"
    LOCAL = "local"  # our own presenter over our own WebSocket


@dataclass(frozen=True)
class LiveCapabilities:
    """What callers may count on. `languages` empty: any.

    `own_sound`: the avatar can speak sound of ours. `keep_alive_s`: how often `keep_alive` is to be called, 0 never.
    `most_at_once`: it has so many rooms at a time, 0 any number. `minute_cost`: of one minute, in the site's currency, where
    PROVIDER_PRICES has none; `own_sound_cost`: with our own sound, where that is another. `lists_rooms`: `running` can tell.
    `takes_context`: `set_context` has an effect.
    """

    transport: Transport = Transport.LOCAL
    interrupt: bool = False
    own_sound: bool = False
    languages: tuple[str, ...] = ()
    keep_alive_s: float = 0.0
    most_at_once: int = 0
    minute_cost: Decimal = Decimal(0)
    own_sound_cost: Decimal | None = None
    lists_rooms: bool = False
    takes_context: bool = False
    needs_key: bool = True
    costs_money: bool = True


@dataclass(frozen=True)
class LiveRequest:
    """One room. `reference` is ours (the session's public_id) and never repeated. `quality`: low, medium, high.

    `most_s`: the hard cap asked of the provider. `own_sound`: we shall send the sound ourselves. `settings`: a profile's
    snapshot (voice, speed, looks).
    """

    reference: str
    avatar_id: str
    language: str
    voice: str = ""
    quality: str = "medium"
    most_s: int = 1800
    own_sound: bool = False
    context: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LiveJoin:
    """What a browser may see: all that it needs to join, and nothing that opens or closes rooms."""

    transport: Transport
    url: str = ""
    access_token: str = ""
    app_id: str = ""
    channel: str = ""
    uid: int | None = None
    expires_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values without the empty ones."""
        values = {
            "transport": str(self.transport), "url": self.url, "access_token": self.access_token, "app_id": self.app_id,
            "channel": self.channel, "uid": self.uid, "expires_at": self.expires_at.isoformat() if self.expires_at else "",
        }  # fmt: skip
        return {name: value for name, value in values.items() if value not in ("", None)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "LiveJoin":
        expires_at = values.get("expires_at")
        return cls(
            Transport(values["transport"]), values.get("url", ""), values.get("access_token", ""), values.get("app_id", ""),
            values.get("channel", ""), values.get("uid"), datetime.fromisoformat(expires_at) if expires_at else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Room:
    """A room at the provider. `private` is plain JSON for the server only: session token, socket address.

    One that is being closed may know nothing but its `provider_id`.
    """

    provider_id: str
    join: LiveJoin | None = None
    private: Mapping[str, Any] = field(default_factory=dict)
    expires_at: datetime | None = None
    reference: str = ""  # ours: the public_id of the session, and of its group in interview_site.notify


@dataclass(frozen=True)
class Spoken:
    """A sentence the room took. `duration_ms` 0: not told. `task_id` "": the provider gives none."""

    task_id: str = ""
    duration_ms: int = 0


# Called with the provider's id as soon as it is known, before anything is paid: a crash after it can be undone.
Note = Callable[[str], None]


def no_note(provider_id: str) -> None:
    """For callers that do not write it down."""


@dataclass
class LiveProvider(Calls):
    """A provider of rooms in which an avatar speaks."""

    live = LiveCapabilities()

    def open_room(self, request: LiveRequest, note: Note = no_note) -> Room:
        """Open a room within OPEN_WITHIN_S. Costs money from now on; never repeated blindly.

        A ProviderError of kind connectivity or server leaves it open whether there is a room now. `hosts_occupied`: all its
        avatars are busy.
        """
        return self._called("open_room", lambda: self._open_room(request, note))

    def find_room(self, reference: str) -> str | None:
        """The provider's id of the open room with our reference, or None when it surely has none. Raises CannotTell."""
        return self._called("find_room", lambda: self._find_room(reference))

    def set_context(self, room: Room, text: str) -> None:
        """What the avatar should know, for providers that answer by themselves; nothing without `takes_context`."""
        if self.live.takes_context:
            self._called("set_context", lambda: self._set_context(room, text))

    def speak(self, room: Room, text: str, language: str = "") -> Spoken:
        """Say these words now or after those before. Costs no more than the room.

        A room that is spoken to with sound of ours raises NothingToSay and TextTooLong besides.
        """
        return self._called("speak", lambda: self._speak(room, text, language))

    def speak_sound(self, room: Room, wav_path: Path, text: str) -> Spoken:
        """Let the avatar speak sound of ours: a mono 16-bit WAV file. Only with `own_sound`."""
        return self._called("speak_sound", lambda: self._speak_sound(room, wav_path, text))

    def interrupt(self, room: Room) -> None:
        """Be silent and forget what waits; nothing without the capability (the page mutes)."""
        if self.live.interrupt:
            self._called("interrupt", lambda: self._interrupt(room))

    def silences(self, room: Room) -> int:
        """How often the room was silenced so far, by its own page too; 0 where that cannot be told. Never asks a service."""
        return 0

    def keep_alive(self, room: Room) -> None:
        """Every `keep_alive_s` while somebody is there."""
        self._called("keep_alive", lambda: self._keep_alive(room))

    def close(self, room: Room) -> None:
        """Returns only when the provider confirmed that nothing is paid any more; one that is already gone is fine."""
        self._called("close", lambda: self._close(room), even_paused=True)

    def is_open(self, room: Room) -> bool | None:
        """Whether the provider has this room open; None when it cannot be asked."""
        return self._called("is_open", lambda: self._is_open(room))

    def running(self) -> list[str]:
        """The provider's ids of all rooms this account has open. Raises CannotTell."""
        return self._called("running", self._running)

    # --- Theirs ---

    def _open_room(self, request: LiveRequest, note: Note) -> Room:
        raise self.unable("open rooms")

    def _find_room(self, reference: str) -> str | None:
        raise CannotTell("rooms cannot be found by our reference", provider=self.kind)

    def _set_context(self, room: Room, text: str) -> None:
        raise self.unable("take a context")

    def _speak(self, room: Room, text: str, language: str) -> Spoken:
        raise self.unable("speak")

    def _speak_sound(self, room: Room, wav_path: Path, text: str) -> Spoken:
        raise self.unable("take our own sound")

    def _interrupt(self, room: Room) -> None:
        raise self.unable("interrupt")

    def _keep_alive(self, room: Room) -> None: ...

    def _close(self, room: Room) -> None:
        raise self.unable("close rooms")

    def _is_open(self, room: Room) -> bool | None:
        return None

    def _running(self) -> list[str]:
        raise CannotTell("the provider does not list rooms", provider=self.kind)

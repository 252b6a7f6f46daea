"""The LITE sockets this process holds, and the way to those of other processes.

`say`, `interrupt`, `keep_alive` work from any process: where the socket is held they act, elsewhere they ask the holder.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.files.storage import default_storage
from django.db import close_old_connections

from avatars.providers import remedies
from avatars.providers.live import Room, Spoken
from avatars.providers.liveavatar import faults
from avatars.providers.liveavatar.lite import LiteLine, Utterance
from avatars.providers.liveavatar.relay import Relay, Unanswered
from avatars.services import speech
from avatars.speech.text import NothingToSay, TextTooLong
from interview_site.errors import Category, ProviderError


@cache
def process_holding() -> "Holding":
    """The sockets of this process: one relay however many providers are made."""
    return Holding()


@dataclass(frozen=True)
class Held:
    """`settings`: a profile's snapshot, the session's own voice in it."""

    line: LiteLine
    reference: str
    settings: Mapping[str, Any]
    language: str


class Holding:
    """Every method raises ProviderError and nothing else; `line_lost` when nobody holds the socket any more."""

    def __init__(self) -> None:
        self._held: dict[str, Held] = {}
        self._lock = threading.Lock()
        self._relay = Relay(self._obey)

    def open(self, room: Room, settings: Mapping[str, Any], language: str) -> None:
        """Join the room's socket and hold it."""
        line = LiteLine(room.provider_id, str(room.private["ws_url"]), ended=self._ended)
        line.open()
        with self._lock:
            self._held[room.provider_id] = Held(line, room.reference, settings, language)
        self._relay.listen(room.reference)

    def close(self, room: Room) -> None:
        """Let go of a socket held here; one held elsewhere ends with its session."""
        if held := self._held.get(room.provider_id):
            held.line.close()
            self._ended(held.line)

    def holds(self, room: Room) -> bool:
        return room.provider_id in self._held

    def speak_sound(self, room: Room, wav: bytes, text: str) -> Spoken:
        """Sound made in this process; another one makes it again from the text, which it has by then."""
        held = self._held.get(room.provider_id)
        return _spoken(held, wav) if held else self._asked(room, op="speak", text=text, language="")

    def speak(self, room: Room, text: str, language: str) -> Spoken:
        held = self._held.get(room.provider_id)
        return self._said(held, text, language) if held else self._asked(room, op="speak", text=text, language=language)

    def interrupt(self, room: Room) -> None:
        held = self._held.get(room.provider_id)
        held.line.interrupt() if held else self._asked(room, op="interrupt")

    def keep_alive(self, room: Room) -> None:
        held = self._held.get(room.provider_id)
        held.line.keep_alive() if held else self._asked(room, op="keep_alive")

    # --- Within ---

    def _said(self, held: Held, text: str, language: str) -> Spoken:
        try:
            made = speech.for_settings(held.settings, text, language or held.language)
        except (NothingToSay, TextTooLong) as error:
            raise faults.fault("nothing to say", Category.INVALID_REQUEST, code="nothing_to_say") from error
        with default_storage.open(made.audio.name) as file:
            return _spoken(held, file.read())

    def _asked(self, room: Room, **command: Any) -> Spoken:
        try:
            answer = self._relay.ask(room.reference, room=room.provider_id, **command)
        except Unanswered as error:
            raise _lost() from error
        if fault := answer.get("fault"):
            if fault == remedies.ROOM_GONE:
                raise _lost()
            raise faults.fault("who holds the socket failed", Category(fault), code="line_broken")
        return Spoken(answer["task"], answer["ms"])

    def _obey(self, command: dict[str, Any]) -> dict[str, Any]:
        """A wish of another process, in a thread of the relay."""
        held = self._held.get(command["room"])
        if held is None:
            return {"fault": remedies.ROOM_GONE}
        spoken = Spoken()
        close_old_connections()
        try:
            if command["op"] == "speak":
                spoken = self._said(held, command["text"], command["language"])
            elif command["op"] == "interrupt":
                held.line.interrupt()
            else:
                held.line.keep_alive()
        except ProviderError as error:
            return {"fault": remedies.ROOM_GONE if error.code == remedies.ROOM_GONE else str(error.category)}
        finally:
            close_old_connections()
        return {"task": spoken.task_id, "ms": spoken.duration_ms}

    def _ended(self, line: LiteLine) -> None:
        with self._lock:
            held = self._held.pop(line.session_id, None)
        if held:
            self._relay.forget(held.reference)


def _spoken(held: Held, wav: bytes) -> Spoken:
    utterance = Utterance.of_wav(wav)
    return Spoken(held.line.speak(utterance), utterance.duration_ms)


def _lost() -> ProviderError:
    return faults.fault("nobody holds the socket of this room", Category.CONNECTIVITY, code="line_lost")

"""LiveAvatar's LITE WebSocket on loopback (docs/contracts/liveavatar.md §6): sound comes in, the avatar of the room says it."""

import base64
import binascii
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from avatars.provider_stub.rooms import Room, Saying
from interview_site.stub_server import Call, Reply
from interview_site.stub_socket import StubSocket

if TYPE_CHECKING:
    from avatars.provider_stub.liveavatar import LiveAvatarStub

RATE = 24_000
MOST_CHUNK_BYTES = 1024 * 1024


@dataclass
class Utterance:
    """Sound under one `event_id`. `chunks` are the lengths as they came, in bytes; `first_at` is `time.perf_counter()`."""

    id: str
    pcm16: bytearray = field(default_factory=bytearray)
    chunks: list[int] = field(default_factory=list)
    ended: bool = False
    first_at: float = 0.0

    @property
    def ms(self) -> int:
        return len(self.pcm16) * 1000 // (2 * RATE)


@dataclass
class LiteLine:
    """What a session's socket has been through, over all its connections."""

    utterances: dict[str, Utterance] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)  # said before it was connected, or no sound: lost without an error
    connections: int = 0
    line: StubSocket | None = None


class LiteLines:
    """`connect_s`: how long it is `connecting`. `held`: it stays so until set."""

    def __init__(self, stub: "LiveAvatarStub") -> None:
        self._stub, self.connect_s = stub, 0.0
        self.lines: dict[str, LiteLine] = {}
        stub.add("GET", "/v1/lite/{id}", self._talk)
        stub.rooms.watchers.append(self._spoken)

    def url(self, session_id: str, token: str) -> str:
        return self._stub.url(f"/v1/lite/{session_id}?token={token}").replace("http", "ws", 1)

    def of(self, session_id: str) -> LiteLine:
        return self.lines.setdefault(session_id, LiteLine())

    def drop(self, session_id: str) -> None:
        """Cut the line without a word."""
        if line := self.of(session_id).line:
            line.drop()

    def close(self, session_id: str) -> None:
        if line := self.of(session_id).line:
            line.send_json({"type": "session.state_updated", "state": "closing"})
            line.send_json({"type": "session.state_updated", "state": "closed"})
            line.close()

    def _talk(self, call: Call) -> Reply:
        session = self._stub.sessions.get(call.names["id"])
        if session is None or call.query.get("token") != session.token or not session.room or session.room.closed_at:
            return Reply({"code": 40401, "data": None, "message": "Invalid or expired session token"}, status=401)
        room = session.room
        return Reply(talk=lambda line: self._on(session.id, room, line))

    def _on(self, session_id: str, room: Room, line: StubSocket) -> None:
        kept = self.of(session_id)
        kept.line, kept.connections = line, kept.connections + 1
        state = {"connected": not self.connect_s}
        line.send_json({"type": "session.state_updated", "state": "connecting"})
        if self.connect_s:
            threading.Thread(target=self._connect, args=(line, state), daemon=True).start()
        else:
            line.send_json({"type": "session.state_updated", "state": "connected"})
        try:
            for message in line:
                self._heard(kept, room, line, message, connected=state["connected"])
        finally:
            if kept.line is line:
                kept.line = None

    def _connect(self, line: StubSocket, state: dict[str, bool]) -> None:
        time.sleep(self.connect_s)
        state["connected"] = True
        line.send_json({"type": "session.state_updated", "state": "connected"})

    def _heard(self, kept: LiteLine, room: Room, line: StubSocket, message: str | bytes, *, connected: bool) -> None:
        try:
            told: Any = json.loads(message)
        except ValueError:
            told = None
        kind = str(told.get("type")) if isinstance(told, dict) else ""
        if not connected or not kind:
            kept.dropped.append(kind or "noise")
            return
        kept.commands.append(kind)
        if kind == "agent.speak":
            self._sound(kept, line, str(told.get("event_id")), told.get("audio"))
        elif kind == "agent.speak_end":
            self._end(kept, room, str(told.get("event_id")))
        elif kind == "agent.interrupt":
            self._stub.rooms.interrupt(room)
            line.send_json({"type": "agent.speak_interrupted"})

    def _sound(self, kept: LiteLine, line: StubSocket, event_id: str, audio: object) -> None:
        arrived = time.perf_counter()
        try:
            pcm16 = base64.b64decode(str(audio), validate=True)
        except (binascii.Error, ValueError):
            pcm16 = b""
        if not pcm16 or len(pcm16) % 2 or len(str(audio)) > MOST_CHUNK_BYTES:
            kept.dropped.append("agent.speak")
            return
        utterance = kept.utterances.setdefault(event_id, Utterance(event_id, first_at=arrived))
        utterance.pcm16 += pcm16
        utterance.chunks.append(len(pcm16))

    def _end(self, kept: LiteLine, room: Room, event_id: str) -> None:
        utterance = kept.utterances.get(event_id)
        if utterance and not utterance.ended:
            utterance.ended = True
            self._stub.rooms.say(room, f"sound {event_id}", ms=utterance.ms, id=event_id)

    def _spoken(self, room: Room, saying: Saying, what: str) -> None:
        kept = self.lines.get(room.id)
        if kept is None or kept.line is None or saying.id not in kept.utterances or what == "cut":
            return
        word = "agent.speak_started" if what == "started" else "agent.speak_ended"
        kept.line.send_json({"type": word, "event_id": saying.id, "task": {"id": secrets.token_hex(4)}})

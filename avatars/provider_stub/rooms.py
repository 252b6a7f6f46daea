"""The live rooms of a stand-in: who is in them, what was said there, how long they cost; and a room a page can join.

No media server is here (no registry has a LiveKit or Agora server to install): a room is a small WebSocket of our own, which
a test's adapter joins in place of the vendor's SDK. It gives what an SDK gives: tracks, moving pictures, loudness, data.

    ws://…/rooms/{id}?token=…      the token is the join token; a wrong one or a closed room is answered 403

The room says, as JSON in text frames:

| message | when |
|---|---|
| `{"type": "joined", "room", "avatar"}` | first |
| `{"type": "track", "kind": "video"}` and `"audio"` | then: both are published |
| `{"type": "picture", "number", "hue", "mouth"}` | ten a second: a test pattern to draw; `mouth` 0–1 moves while it speaks |
| `{"type": "volume", "level"}` | 0–100, when speech begins and ends |
| `{"type": "data", "topic", "message"}` | the provider's own events, as its data channel carries them |
| `{"type": "left", "reason"}` | the room was closed at the provider; the connection ends |

and hears `{"type": "data", "topic", "message"}`: what a page publishes. A cut line comes without a word. From another process:
`GET /stub/rooms` lists the rooms, `POST /stub/rooms/{id}/drop` cuts the lines, `…/close` closes the room at the provider.
"""

import json
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from interview_site.stub_server import Call, Reply, Routes
from interview_site.stub_socket import StubSocket

CHARACTERS_A_SECOND = 14.0
PICTURE_EVERY_S = 0.1


@dataclass
class Saying:
    """One thing the avatar says: `ms` at its real pace."""

    text: str
    ms: int
    id: str = ""
    state: str = "waiting"  # waiting → speaking → said | cut


@dataclass
class Room:
    """`heard`: what was spoken here, in order. `lasts_s`: after so long the provider closes it. Moments are monotonic."""

    id: str
    avatar_id: str
    lasts_s: float
    token: str = field(default_factory=lambda: f"join-{secrets.token_hex(8)}")
    opened_at: float = field(default_factory=time.monotonic)
    closed_at: float = 0.0
    reason: str = ""
    sayings: list[Saying] = field(default_factory=list)
    lines: list[StubSocket] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)  # what the provider's own stand-in keeps about it

    @property
    def heard(self) -> list[str]:
        return [saying.text for saying in self.sayings]

    @property
    def is_speaking(self) -> bool:
        return any(saying.state == "speaking" for saying in self.sayings)

    @property
    def seconds(self) -> float:
        return (self.closed_at or time.monotonic()) - self.opened_at

    @property
    def minutes(self) -> int:
        """As they are charged: begun minutes."""
        return max(1, math.ceil(self.seconds / 60))


# What a provider's data channel says when a saying begins, ends, or is cut: (room, saying, "started"|"ended"|"cut") → messages.
Told = Callable[[Room, Saying, str], list[dict[str, Any]]]
# A page has published something.
Heard = Callable[[Room, str, dict[str, Any]], None]


class Rooms:
    """The rooms of one account, and their routes. `pace`: 1 speaks in real time, 0.01 a hundred times faster."""

    def __init__(self, routes: Routes, *, told: Told, heard: Heard | None = None, pace: float = 1.0) -> None:
        self._routes, self._told, self._heard, self.pace = routes, told, heard or (lambda *_args: None), pace
        self._rooms: dict[str, Room] = {}
        self._lock = threading.RLock()
        self.watchers: list[Told] = []  # also told, besides the room: the socket of a LITE session
        for method, path, work in (
            ("GET", "/rooms/{id}", self._join),
            ("GET", "/stub/rooms", self._list),
            ("POST", "/stub/rooms/{id}/drop", self._dropped),
            ("POST", "/stub/rooms/{id}/close", self._closed),
        ):
            routes.add(method, path, work)

    # --- Rows ---

    def open(self, room_id: str, avatar_id: str, lasts_s: float, **facts: Any) -> Room:
        room = Room(room_id, avatar_id, lasts_s, facts=facts)
        with self._lock:
            self._rooms[room_id] = room
        return room

    def all(self) -> list[Room]:
        """Oldest first, closed ones too."""
        with self._lock:
            rooms = list(self._rooms.values())
        for room in rooms:
            self._expire(room)
        return rooms

    def running(self) -> list[Room]:
        return [room for room in self.all() if not room.closed_at]

    def find(self, room_id: str) -> Room | None:
        """The room while it is open."""
        return next((room for room in self.running() if room.id == room_id), None)

    def close(self, room: Room, reason: str) -> None:
        """May be called twice."""
        with self._lock:
            if room.closed_at:
                return
            room.closed_at, room.reason = time.monotonic(), reason
            lines, room.lines = room.lines, []
        for line in lines:
            line.send_json({"type": "left", "reason": reason})
            line.close()

    def drop(self, room: Room) -> None:
        """Cut every page's line; the room itself lives on."""
        for line in list(room.lines):
            line.drop()

    def url(self, room: Room) -> str:
        return self._routes.url(f"/rooms/{quote(room.id, safe='')}").replace("http", "ws", 1)

    # --- Speech ---

    def say(self, room: Room, text: str, *, ms: int | None = None, id: str = "") -> Saying:
        """Queued behind what is being said; a page in the room is told when it begins and ends."""
        saying = Saying(text, ms if ms is not None else round(len(text) / CHARACTERS_A_SECOND * 1000), id or secrets.token_hex(8))
        with self._lock:
            idle = not any(other.state in ("waiting", "speaking") for other in room.sayings)
            room.sayings.append(saying)
        if idle:
            self._begin(room, saying)
        return saying

    def interrupt(self, room: Room) -> None:
        """What is being said ends at once, what waits is never said."""
        with self._lock:
            cut = [saying for saying in room.sayings if saying.state in ("waiting", "speaking")]
            spoken = [saying for saying in cut if saying.state == "speaking"]
            for saying in cut:
                saying.state = "cut"
        for saying in spoken:
            self._tell(room, saying, "cut")

    def _begin(self, room: Room, saying: Saying) -> None:
        with self._lock:
            if saying.state != "waiting" or room.closed_at:
                return
            saying.state = "speaking"
        self._tell(room, saying, "started")
        timer = threading.Timer(saying.ms / 1000 * self.pace, self._end, (room, saying))
        timer.daemon = True
        timer.start()

    def _end(self, room: Room, saying: Saying) -> None:
        with self._lock:
            if saying.state != "speaking":
                return
            saying.state = "said"
            following = next((other for other in room.sayings if other.state == "waiting"), None)
        self._tell(room, saying, "ended")
        if following:
            self._begin(room, following)

    def _tell(self, room: Room, saying: Saying, what: str) -> None:
        self.push(room, {"type": "volume", "level": 60 if what == "started" else 0})
        for message in self._told(room, saying, what):
            self.push(room, message)
        for watcher in self.watchers:
            watcher(room, saying, what)

    def push(self, room: Room, message: dict[str, Any]) -> None:
        """To every page in the room."""
        for line in list(room.lines):
            line.send_json(message)

    # --- Routes ---

    def _join(self, call: Call) -> Reply:
        room = self.find(call.names["id"])
        if room is None or call.query.get("token") != room.token:
            return Reply({"error": "no such room, or the token is not of it"}, status=403)
        return Reply(talk=lambda line: self._in_room(room, line))

    def _in_room(self, room: Room, line: StubSocket) -> None:
        room.facts["joined"] = True
        line.send_json({"type": "joined", "room": room.id, "avatar": room.avatar_id})
        line.send_json({"type": "track", "kind": "video"})
        line.send_json({"type": "track", "kind": "audio"})
        room.lines.append(line)
        threading.Thread(target=self._film, args=(room, line), daemon=True).start()
        try:
            for message in line:
                self._published(room, message)
        finally:
            if line in room.lines:
                room.lines.remove(line)

    def _published(self, room: Room, message: str | bytes) -> None:
        try:
            told = json.loads(message)
        except ValueError:
            return
        if isinstance(told, dict) and told.get("type") == "data" and isinstance(told.get("message"), dict):
            self._heard(room, str(told.get("topic") or ""), told["message"])

    def _film(self, room: Room, line: StubSocket) -> None:
        number = 0
        while line.is_open and line in room.lines:
            mouth = round(abs(math.sin(number)), 2) if room.is_speaking else 0.0
            line.send_json({"type": "picture", "number": number, "hue": number * 7 % 360, "mouth": mouth})
            number += 1
            time.sleep(PICTURE_EVERY_S)
            self._expire(room)

    def _list(self, call: Call) -> Reply:
        return Reply(
            [
                {"id": room.id, "avatar": room.avatar_id, "open": not room.closed_at, "reason": room.reason, "heard": room.heard,
                 "minutes": room.minutes, "pages": len(room.lines)}
                for room in self.all()
            ]
        )  # fmt: skip

    def _dropped(self, call: Call) -> Reply:
        return self._on_command(call, self.drop)

    def _closed(self, call: Call) -> Reply:
        return self._on_command(call, lambda room: self.close(room, "SERVER_ERROR"))

    def _on_command(self, call: Call, work: Callable[[Room], None]) -> Reply:
        room = self.find(call.names["id"])
        if room is None:
            return Reply({"error": "no such room"}, status=404)
        work(room)
        return Reply({"done": True})

    def _expire(self, room: Room) -> None:
        if not room.closed_at and time.monotonic() - room.opened_at > room.lasts_s:
            self.close(room, "MAX_DURATION_REACHED")

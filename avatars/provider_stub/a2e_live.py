"""A2E's streaming avatars (docs/contracts/a2e.md §7): rooms paid for in advance, keyed by `channel`, left or lost.

The answer names no address: a page joins Agora by `appId`. Here `appId` is `stub@host:port`, which a test's adapter reads
(`avatars.provider_stub.rooms`: ws://host:port/rooms/<channel>?token=…).
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from avatars.provider_stub.rooms import Room, Rooms
from interview_site.stub_server import Call, Reply, Work

MOST_CONTEXT = 5000
COINS_A_MINUTE = 6
AVATARS = (("676e1f054c86ff839eae2cc3", "Alice"), ("760718293a4b5c6d7e8f90a1", "Victor"))


@dataclass
class LiveSwitches:
    """Where the contract knows no better: both answers can be had.

    `hosts`: rooms at a time. `leave_name`: the one of three names circulating that works. `epoch_ms`: the moment of expiry in
    milliseconds. `queues`: a second speak waits for the first, else it replaces it.
    """

    hosts: int = 2
    leave_name: str = "leave"
    epoch_ms: bool = False
    queues: bool = True


class A2ELive:
    """The seven calls, mounted on A2E's other routes; `charge` and `refund` are the account's."""

    def __init__(
        self, routes: Any, *, good: Callable[[Any], Reply], bad: Callable[..., Reply], authorised: Callable[[Work], Work]
    ) -> None:
        self.account, self.good, self.bad, self.switches = routes, good, bad, LiveSwitches()
        self.rooms = Rooms(routes, told=lambda room, saying, what: [])
        for method, name, work in (
            ("GET", "all_avatars", self.all_avatars),
            ("POST", "agora-token", self.agora_token),
            ("POST", "set-qa-context", self.set_qa_context),
            ("POST", "ask", self.ask),
            ("POST", "speak", self.speak),
            ("POST", "leave", self.leave),
        ):
            routes.add(method, f"/api/v1/streaming-avatar/{name}", authorised(work))
        self._authorised = authorised

    def leaves_by(self, name: str) -> None:
        """Only this path leaves a room; the documented one answers 404."""
        self.switches.leave_name = name
        self.account.add("POST", f"/api/v1/streaming-avatar/{name}", self._authorised(self.leave))

    # --- Routes ---

    def all_avatars(self, call: Call) -> Reply:
        return self.good([{"_id": key, "name": name} for key, name in AVATARS])

    def agora_token(self, call: Call) -> Reply:
        body = call.json() or {}
        seconds, avatar = body.get("expire_seconds"), body.get("avatar_id")
        if not isinstance(seconds, int) or isinstance(seconds, bool) or seconds < 1:
            return self.bad("expire_seconds is required", 400)
        if avatar not in dict(AVATARS):
            return self.bad("avatar not found", 400)
        if len(self.rooms.running()) >= self.switches.hosts:
            return self.bad("All streaming hosts are occupied, try later", 1001, status=400)
        price = -(-seconds * COINS_A_MINUTE // 60)
        channel = secrets.token_hex(3)
        if not self.account.charge("live", channel, price):
            return self.bad("Insufficient coins", 402)
        room = self.rooms.open(channel, str(avatar), float(seconds), price=price, context="", asked=[])
        uid, until = 100_000 + secrets.randbelow(900_000), time.time() + seconds
        room.facts["uid"] = uid
        return self.good(
            {
                "appId": f"stub@{urlsplit(self.account.url('')).netloc}", "channel": channel, "token": room.token, "uid": uid,
                "expire_epoch_timestamp": round(until * (1000 if self.switches.epoch_ms else 1)),
                "expire_date_UTC": datetime.fromtimestamp(until, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            }
        )  # fmt: skip

    def set_qa_context(self, call: Call) -> Reply:
        return self._in_room(call, self._keep_context)

    def _keep_context(self, room: Room, text: str) -> Reply:
        if len(text) > MOST_CONTEXT:
            return self.bad("text is longer than 5000", 400)
        room.facts["context"] = text
        return self.good({})

    def ask(self, call: Call) -> Reply:
        return self._in_room(call, self._answer)

    def _answer(self, room: Room, text: str) -> Reply:
        if not room.facts["context"]:
            return self.bad("context is not set", 400)
        room.facts["asked"].append(text)
        answer = f"You asked: {text}"
        half = len(answer) // 2
        for piece, at in ((answer[:half], "start"), (answer[half:], "end")):
            self.rooms.push(room, {"type": "data", "topic": "", "message": {"type": "QA", "message": piece, "pos": at}})
        self.rooms.say(room, answer)
        return self.good({})

    def speak(self, call: Call) -> Reply:
        return self._in_room(call, self._say)

    def _say(self, room: Room, text: str) -> Reply:
        if not self.switches.queues:
            self.rooms.interrupt(room)
        self.rooms.say(room, text)
        room.facts.setdefault("spoken_at", []).append(time.perf_counter())
        return self.good({})

    def leave(self, call: Call) -> Reply:
        if not call.path.endswith(f"/{self.switches.leave_name}"):
            return self.bad("not found", 404, status=404)
        channel = (call.json() or {}).get("channel")
        room = next((room for room in self.rooms.all() if room.id == channel), None)
        if not isinstance(channel, str) or room is None:
            return self.bad("channel not found", 400)
        if not room.closed_at:
            self.rooms.close(room, "left")
            unused = max(0.0, 1 - room.seconds / room.lasts_s)
            self.account.refund(int(room.facts["price"] * unused))
        return self.good({})

    def _in_room(self, call: Call, work: Callable[[Room, str], Reply]) -> Reply:
        body = call.json() or {}
        channel, text = body.get("channel"), body.get("text")
        if not isinstance(channel, str) or not isinstance(text, str) or not text:
            return self.bad("channel and text are required", 400)
        room = self.rooms.find(channel)
        return work(room, text) if room else self.bad("channel not found", 400)

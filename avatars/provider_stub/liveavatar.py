"""LiveAvatar on loopback (docs/contracts/liveavatar.md): REST of §1–§3 and §7; rooms a page can join (`rooms`).

Numbers the contract does not know are switches. `credits` is the account; `rooms` is the ledger: opened, closed, minutes.
Its LITE WebSocket (§6) is `liveavatar_lite`.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from avatars.provider_stub.liveavatar_lite import LiteLines
from avatars.provider_stub.rooms import Room, Rooms, Saying
from interview_site.stub_server import Call, Reply, Routes, Work

SANDBOX_AVATAR = "dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"
VERA, OLEG, OLD = (f"9a7e0000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
VOICE = "b1c20000-0000-4000-8000-000000000002"
LANGUAGES = ("en", "ru", "de")
A_MINUTE = {"FULL": Decimal(2), "LITE": Decimal(1)}
REASONS = (
    "UNKNOWN USER_DISCONNECTED SERVER_ERROR IDLE_TIMEOUT NO_CREDITS USER_CLOSED AVATAR_DELETED MAX_DURATION_REACHED"
    " ZOMBIE_SESSION_REAP AGENT_HANG_UP"
).split()


@dataclass
class Session:
    """A token that was given out. `room` is there once it was started."""

    id: str
    token: str
    body: dict[str, Any]
    made_at: datetime
    room: Room | None = None

    @property
    def mode(self) -> str:
        return str(self.body.get("mode") or "FULL")


@dataclass
class LiveAvatarStub(Routes):
    """`token`: the key that works. `most_at_once`, `longest_s`: the plan's limits. `success`: its word for good, 1000 or 100.

    `credit_status`: how it refuses without credits. `ended_status`: how it answers a stop of what has ended.
    """

    token: str = "la-stub-key"  # noqa: S105  the stand-in's own
    credits: Decimal = Decimal("100")
    most_at_once: int = 3
    longest_s: int = 3600
    success: int | None = 1000
    credit_status: int = 402
    ended_status: int = 404
    pace: float = 1.0
    sessions: dict[str, Session] = field(default_factory=dict)
    contexts: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.rooms = Rooms(self, told=_told, heard=self.heard, pace=self.pace)
        self.lite = LiteLines(self)
        for method, path, who, work in (
            ("POST", "/v1/sessions/token", self._key, self.make_token),
            ("POST", "/v1/sessions/start", self._bearer, self.start),
            ("POST", "/v1/sessions/stop", self._either, self.stop),
            ("POST", "/v1/sessions/keep-alive", self._either, self.keep_alive),
            ("GET", "/v1/sessions", self._key, self.list_sessions),
            ("GET", "/v1/sessions/{id}", self._key, self.one_session),
            ("GET", "/v1/avatars/public", lambda work: work, self.public_avatars),
            ("GET", "/v1/avatars", self._key, self.own_avatars),
            ("GET", "/v1/voices", self._key, self.voices),
            ("GET", "/v1/languages", self._key, self.languages),
            ("GET", "/v1/contexts", self._key, self.list_contexts),
            ("POST", "/v1/contexts", self._key, self.make_context),
            ("PATCH", "/v1/contexts/{id}", self._key, self.change_context),
            ("DELETE", "/v1/contexts/{id}", self._key, self.delete_context),
            ("GET", "/v1/users/credits", self._key, self.left),
        ):
            self.add(method, path, who(work))

    @property
    def running(self) -> list[Session]:
        self.rooms.all()
        return [session for session in self.sessions.values() if session.room and not session.room.closed_at]

    # --- Sessions ---

    def make_token(self, call: Call) -> Reply:
        body = call.json() or {}
        mode = body.get("mode") or "FULL"
        if mode not in A_MINUTE:
            return _invalid("mode", "Input should be 'FULL' or 'LITE'")
        if not body.get("avatar_id"):
            return _invalid("avatar_id", "Field required")
        if mode == "FULL" and bool(body.get("avatar_persona")) == bool(body.get("voice_agent")):
            return _invalid("avatar_persona", "exactly one of avatar_persona or voice_agent")
        if mode == "LITE" and (body.get("avatar_persona") or body.get("voice_agent")):
            return _invalid("avatar_persona", "Extra inputs are not permitted")
        if body.get("is_sandbox") and body["avatar_id"] != SANDBOX_AVATAR:
            return self._bad(400, "This avatar is not available in sandbox mode")
        rows = [row for row in (*self.avatars(), *self.avatars(own=True)) if row["status"] == "ACTIVE" and not row["is_expired"]]
        if body["avatar_id"] not in {row["id"] for row in rows} | {SANDBOX_AVATAR}:
            return self._bad(404, "Avatar not found")
        if int(body.get("max_session_duration") or 0) > self.longest_s:
            return self._bad(400, f"max_session_duration must be at most {self.longest_s}")
        context = (body.get("avatar_persona") or {}).get("context_id")
        if context and context not in self.contexts:
            return self._bad(404, "Context not found")
        session = Session(str(uuid.uuid4()), f"eyJ.{secrets.token_hex(12)}", body, datetime.now(UTC))
        self.sessions[session.id] = session
        return self._good({"session_id": session.id, "session_token": session.token})

    def start(self, call: Call) -> Reply:
        session = self._session_of(call)
        assert session is not None
        if session.room:
            return self._bad(400, "Session has already been started")
        if len(self.running) >= self.most_at_once:
            return self._bad(409, "Session concurrency limit reached")
        free = bool(session.body.get("is_sandbox"))
        if not free and self.credits < A_MINUTE[session.mode]:
            return self._bad(self.credit_status, "Insufficient credits to start a session")
        lasts_s = 60 if free else int(session.body.get("max_session_duration") or self.longest_s)
        session.room = self.rooms.open(session.id, str(session.body["avatar_id"]), float(lasts_s), session=session)
        url = self.rooms.url(session.room)
        data = {
            "session_id": session.id, "livekit_url": url, "livekit_client_token": session.room.token,
            "livekit_agent_token": None, "max_session_duration": lasts_s,
            "ws_url": self.lite.url(session.id, session.token) if session.mode == "LITE" else None,
        }  # fmt: skip
        return self._good(data, status=201)

    def stop(self, call: Call) -> Reply:
        session = self._session_of(call)
        if session is None:
            return self._bad(404, "Session not found")
        reason = (call.json() or {}).get("reason", "UNKNOWN")
        if reason not in REASONS:
            return _invalid("reason", "Input should be one of the reasons")
        if session.room is None or session.room.closed_at:
            return self._bad(self.ended_status, "Session has already ended")
        self.end(session, reason)
        return self._good(None)

    def end(self, session: Session, reason: str) -> None:
        """The session is over at the provider: charged, its room and its socket are told."""
        if session.room is None or session.room.closed_at:
            return
        self.rooms.push(session.room, _event("session.stopped", session, end_reason=reason))
        self.lite.close(session.id)
        self.rooms.close(session.room, reason)
        if not session.body.get("is_sandbox"):
            self.credits -= A_MINUTE[session.mode] * session.room.minutes

    def keep_alive(self, call: Call) -> Reply:
        session = self._session_of(call)
        if session is None or session.room is None or session.room.closed_at:
            return self._bad(404, "Session not found")
        session.room.facts["kept_alive"] = session.room.facts.get("kept_alive", 0) + 1
        return self._good(None)

    def list_sessions(self, call: Call) -> Reply:
        kind = call.query.get("type")
        if kind not in ("active", "historic"):
            return _invalid("type", "Field required", where="query")
        started = [session for session in self.sessions.values() if session.room]
        active = {session.id for session in self.running}
        rows = [_row(session) for session in started if (session.id in active) == (kind == "active")]
        return self._page(rows, call)

    def one_session(self, call: Call) -> Reply:
        session = self.sessions.get(call.names["id"])
        return self._good(_row(session)) if session and session.room else self._bad(404, "Session not found")

    def heard(self, room: Room, topic: str, message: dict[str, Any]) -> None:
        """A page has published on the data channel (contract §5.1)."""
        if topic != "agent-control" or room.facts["session"].mode != "FULL":
            return
        kind, event_id = message.get("event_type"), str(message.get("event_id") or "")
        if kind in ("avatar.speak_text", "avatar.speak_response") and message.get("text"):
            text = str(message["text"])
            self.rooms.say(room, text if kind == "avatar.speak_text" else f"You said: {text}", id=event_id)
        elif kind == "avatar.interrupt":
            self.rooms.interrupt(room)

    # --- Catalogue, contexts, account ---

    def avatars(self, own: bool = False) -> list[dict[str, Any]]:
        stamp = "2026-05-02T10:00:00Z"
        rows = [(VERA, "Vera", "ACTIVE", False), (OLEG, "Oleg", "ACTIVE", False), (OLD, "Old", "ACTIVE", True)]
        if own:
            rows = [("9a7e0000-0000-4000-8000-00000000000a", "HR lead", "ACTIVE", False),
                    ("9a7e0000-0000-4000-8000-00000000000b", "In the oven", "DEPLOYING", False)]  # fmt: skip
        return [
            {
                "id": key, "space_id": None, "type": "VIDEO", "status": status, "name": name, "preview_url": "",
                "is_expired": expired, "is_1080p": True, "default_voice": {"id": VOICE, "name": f"{name} – warm"},
                "created_at": stamp, "updated_at": stamp, "error_message": None,
            }
            for key, name, status, expired in rows
        ]  # fmt: skip

    def public_avatars(self, call: Call) -> Reply:
        return self._page(self.avatars(), call)

    def own_avatars(self, call: Call) -> Reply:
        return self._page(self.avatars(own=True), call)

    def voices(self, call: Call) -> Reply:
        rows = [
            {"id": VOICE, "name": "Vera – warm", "description": "", "language": "Russian", "gender": "female", "tags": []},
            {"id": "b1c20000-0000-4000-8000-000000000003", "name": "Guy", "language": "English", "gender": "male", "tags": []},
        ]
        return self._page(rows if call.query.get("voice_type", "public") == "public" else [], call)

    def languages(self, call: Call) -> Reply:
        return self._good([{"code": code, "name": code.upper()} for code in LANGUAGES])

    def list_contexts(self, call: Call) -> Reply:
        return self._page(list(self.contexts.values()), call)

    def make_context(self, call: Call) -> Reply:
        body = call.json() or {}
        for name in ("name", "prompt", "opening_text"):
            if not isinstance(body.get(name), str):
                return _invalid(name, "Field required")
        row = {"id": str(uuid.uuid4()), "links": [], "required_dynamic_variables": [], **body}
        self.contexts[row["id"]] = row
        return self._good(row, status=201)

    def change_context(self, call: Call) -> Reply:
        row = self.contexts.get(call.names["id"])
        if row is None:
            return self._bad(404, "Context not found")
        row |= {name: value for name, value in (call.json() or {}).items() if name in ("name", "prompt", "opening_text", "links")}
        return self._good(row)

    def delete_context(self, call: Call) -> Reply:
        return self._good(None) if self.contexts.pop(call.names["id"], None) else self._bad(404, "Context not found")

    def left(self, call: Call) -> Reply:
        return self._good({"credits_left": f"{self.credits:.2f}"})

    # --- Within ---

    def _key(self, work: Work) -> Work:
        def checked(call: Call) -> Reply:
            return work(call) if call.headers.get("x-api-key") == self.token else self._bad(401, "Invalid API key")

        return checked

    def _bearer(self, work: Work) -> Work:
        def checked(call: Call) -> Reply:
            return work(call) if self._by_token(call) else self._bad(401, "Invalid or expired session token")

        return checked

    def _either(self, work: Work) -> Work:
        return lambda call: work(call) if self._by_token(call) else self._key(work)(call)

    def _by_token(self, call: Call) -> Session | None:
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        return next((session for session in self.sessions.values() if session.token == token), None)

    def _session_of(self, call: Call) -> Session | None:
        return self._by_token(call) or self.sessions.get(str((call.json() or {}).get("session_id")))

    def _good(self, data: Any, status: int = 200) -> Reply:
        code = {} if self.success is None else {"code": self.success}
        return Reply({**code, "data": data, "message": "ok"}, status=status)

    def _bad(self, status: int, message: str) -> Reply:
        return Reply({"code": 40000 + status, "data": [{"message": message}], "message": "error"}, status=status)

    def _page(self, rows: list[dict[str, Any]], call: Call) -> Reply:
        page, size = int(call.query.get("page") or 1), min(int(call.query.get("page_size") or 20), 100)
        more = page * size < len(rows)
        following = self.url(f"{call.path}?page={page + 1}") if more else None
        results = rows[(page - 1) * size : page * size]
        return self._good({"count": len(rows), "next": following, "previous": None, "results": results})


def _invalid(name: str, message: str, where: str = "body") -> Reply:
    return Reply({"detail": [{"loc": [where, name], "msg": message, "type": "value_error"}]}, status=422)


def _row(session: Session) -> dict[str, Any]:
    assert session.room is not None
    room = session.room
    ended = session.made_at + timedelta(seconds=room.seconds) if room.closed_at else None
    return {
        "id": session.id, "created_at": session.made_at.isoformat(), "updated_at": session.made_at.isoformat(),
        "duration": round(room.seconds), "source": "API", "mode": session.mode,
        "is_sandbox": bool(session.body.get("is_sandbox")),
        "credits_consumed": f"{A_MINUTE[session.mode] * room.minutes:.2f}", "end_at": ended.isoformat() if ended else None,
        "end_reason": room.reason or None,
    }  # fmt: skip


def _event(kind: str, session: Session, **fields: Any) -> dict[str, Any]:
    message = {"event_id": str(uuid.uuid4()), "event_type": kind, "session_id": session.id, **fields}
    return {"type": "data", "topic": "agent-response", "message": message}


def _told(room: Room, saying: Saying, what: str) -> list[dict[str, Any]]:
    """Contract §5.1: what the agent answers on the data channel. A cut saying ends too."""
    session: Session = room.facts["session"]
    by = {"source_event_id": saying.id}
    if what != "started":
        return [_event("avatar.speak_ended", session, **by)]
    text = [_event("avatar.transcription", session, text=saying.text, **by)] if session.mode == "FULL" else []
    return [_event("avatar.speak_started", session, **by), *text]


__all__ = ["LANGUAGES", "OLEG", "SANDBOX_AVATAR", "VERA", "VOICE", "LiveAvatarStub", "Session"]

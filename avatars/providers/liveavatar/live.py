"""LiveAvatar's rooms (docs/contracts/liveavatar.md §2, §5, §6): token and start on the server, the browser joins LiveKit.

Two modes. LITE (half the price): our own sound over the session's WebSocket, held by the process that opened the room. FULL:
LiveAvatar's voice says our words. There is no call by which a server speaks in FULL (§5.2): the participant in the room does.
So the page is told (`notify.live_event`: `speak` with `text` and `id`, `interrupt`) and publishes `avatar.speak_text` or
`avatar.interrupt` on the topic `agent-control`. A context is not used: without one the avatar never answers by itself.
"""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

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
from avatars.providers.liveavatar import api, catalogue, faults
from avatars.providers.liveavatar.api import Configuration, LiveAvatarApi
from avatars.providers.liveavatar.holding import Holding, process_holding
from interview_site import notify
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
KEEP_ALIVE_S = 120.0  # they cut off after five minutes of silence (contract §7)
# FULL takes two credits a minute, LITE one, a credit is about $0.12 (contract §7).
MINUTE_COST, LITE_MINUTE_COST = Decimal("0.24"), Decimal("0.12")
FULL, LITE = "FULL", "LITE"


class LiveAvatarLiveProvider(LiveProvider):
    kind = faults.KIND
    label = "LiveAvatar"

    def __init__(self, configuration: Configuration | None = None, lines: Holding | None = None) -> None:
        super().__init__()
        self.configuration = configuration or Configuration.from_settings()
        self.api = LiveAvatarApi(self.configuration)
        self.live = LiveCapabilities(
            Transport.LIVEKIT, interrupt=True, own_sound=True, keep_alive_s=KEEP_ALIVE_S, lists_rooms=True,
            minute_cost=Decimal(0) if self.configuration.sandbox else MINUTE_COST,
            own_sound_cost=Decimal(0) if self.configuration.sandbox else LITE_MINUTE_COST,
        )  # fmt: skip
        self._lines = lines or process_holding()

    # --- Opening and closing ---

    def _open_room(self, request: LiveRequest, note: Note) -> Room:
        """The token costs nothing and may be asked for twice; the start is sent once, when its id is written down."""
        token = self.api.ask(api.TOKEN, self._order(request))
        session_id, session_token = api.required(token, "session_id"), api.required(token, "session_token")
        note(session_id)
        started = self.api.start(session_token)
        try:
            room = _room(started, session_id, request)
            if request.own_sound:
                self._lines.open(room, {**request.settings, "voice": request.voice or request.settings.get("voice", "")},
                                 request.language)  # fmt: skip
        except ProviderError as error:
            raise self._undone(session_id, error) from error
        return room

    def _order(self, request: LiveRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "mode": LITE if request.own_sound else FULL, "avatar_id": self._avatar(request.avatar_id),
            "is_sandbox": self.configuration.sandbox,
            "video_settings": {"quality": request.quality, "encoding": "H264"}, "max_session_duration": request.most_s,
        }  # fmt: skip
        if not request.own_sound:
            persona = {"language": request.language}
            voice = str(request.voice or request.settings.get("voice") or "")
            if voice and request.settings.get("speech_engine") == self.kind:
                persona["voice_id"] = voice
            # Their microphone stays off: nothing of the candidate's is ever sent there.
            body |= {"avatar_persona": persona, "interactivity_type": "PUSH_TO_TALK"}
        return body

    def _avatar(self, wanted: str) -> str:
        if self.configuration.sandbox:
            return catalogue.SANDBOX_AVATAR
        if wanted:
            return wanted
        offered = catalogue.characters(self.api)
        if not offered:
            raise faults.fault("no avatar is ready", Category.INVALID_REQUEST, code=remedies.AVATAR_MISSING)
        return offered[0].id

    def _undone(self, session_id: str, error: ProviderError) -> ProviderError:
        """The room was started and cannot be used. Stopped for sure, it counts as never opened."""
        try:
            self._close(Room(session_id))
        except ProviderError as stop:
            log.error("a room that cannot be used was not stopped", extra={"room": session_id, "fault": stop.log_text})
            return faults.fault(error.log_text, Category.CONNECTIVITY, code="not_stopped")
        return faults.fault(error.log_text, error.category, code="not_sent", permanent=error.permanent)

    def _find_room(self, reference: str) -> str | None:
        """None: a room's id is written down before it is started, so a row without one has none."""
        return None

    def _close(self, room: Room) -> None:
        """Stop, and when that is not confirmed look whether it still runs (contract §8): a fault only if it may."""
        self._lines.close(room)
        try:
            self.api.ask(api.STOP, {"session_id": room.provider_id, "reason": "USER_CLOSED"})
        except ProviderError as error:
            if error.category in (Category.AUTHENTICATION, Category.RATE_LIMIT) or room.provider_id in self._running():
                raise

    def _is_open(self, room: Room) -> bool | None:
        return room.provider_id in self._running()

    def _running(self) -> list[str]:
        return [str(row["id"]) for row in self.api.rows(api.SESSIONS, type="active") if row.get("id")]

    def _keep_alive(self, room: Room) -> None:
        """LITE has a message of its own for this besides the call (contract §6); a lost socket shows when somebody speaks."""
        self.api.ask(api.KEEP_ALIVE, {"session_id": room.provider_id})
        if _is_lite(room) and self._lines.holds(room):
            self._lines.keep_alive(room)

    # --- Speech ---

    def _speak(self, room: Room, text: str, language: str) -> Spoken:
        if _is_lite(room):
            return self._in_line(room, lambda: self._lines.speak(room, text, language))
        task_id = secrets.token_hex(12)
        notify.live_event(room.reference, "speak", text=text, id=task_id)
        return Spoken(task_id)

    def _speak_sound(self, room: Room, wav_path: Path, text: str) -> Spoken:
        if not _is_lite(room):
            raise self.unable("take our sound in this room")
        wav = wav_path.read_bytes()
        return self._in_line(room, lambda: self._lines.speak_sound(room, wav, text))

    def _interrupt(self, room: Room) -> None:
        if _is_lite(room):
            self._in_line(room, lambda: self._lines.interrupt(room))
        else:
            notify.live_event(room.reference, "interrupt")

    def _in_line(self, room: Room, work: Any) -> Any:
        """A room whose socket is lost is mute for ever: it is stopped, and then it is gone."""
        try:
            return work()
        except ProviderError as error:
            if error.code not in ("line_lost", remedies.ROOM_GONE):
                raise
            self._close(room)
            raise faults.gone(error.log_text) from error


def _is_lite(room: Room) -> bool:
    return room.private.get("mode") == LITE


def _room(started: Any, session_id: str, request: LiveRequest) -> Room:
    """Raises ProviderError (server): a room without its addresses."""
    url, token = api.required(started, "livekit_url"), api.required(started, "livekit_client_token")
    private = {"mode": LITE if request.own_sound else FULL}
    if request.own_sound:
        private["ws_url"] = api.required(started, "ws_url")
    if not url.startswith(("wss://", "ws://")):
        raise faults.fault("the room's address is no WebSocket", Category.SERVER, code="odd_answer")
    lasts_s = started.get("max_session_duration")
    lasts_s = lasts_s if isinstance(lasts_s, int) and 0 < lasts_s <= request.most_s else request.most_s
    expires_at = datetime.now(UTC) + timedelta(seconds=lasts_s)
    join = LiveJoin(Transport.LIVEKIT, url=url, access_token=token, expires_at=expires_at)
    return Room(session_id, join, private, expires_at, request.reference)

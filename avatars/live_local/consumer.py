"""The socket `/ws/avatar/<public_id>`: a translator between messages and the room of the local presenter (docs/embedding.md).

Rows are the truth: each hint of the channel layer, and each LOOK_S without one, only means "read them again" (threats 6).
"""

import asyncio
import json
import logging
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from avatars import room_tokens
from avatars.live_local import messages, sessions, words
from avatars.models import LocalRoom
from avatars.services import local_rooms
from avatars.services.local_rooms import RoomGone
from interview_site.held import Held
from interview_site.notify import live_hints
from interview_site.sockets import Bucket, Close, Refused, bucket_for, check_foreign_origin
from interview_site.threads import StorageUnavailable, Threads

log = logging.getLogger(__name__)
MOST_SOCKETS = 8  # of one session in one process: a few tabs and returns, not a flood
LOOK_S = 3.0  # for hints that were lost
LOOKS = 30  # then the hints are subscribed anew, in case the broker was away
BEAT_S = 10.0
OVER = 1000
_in_store = Threads("live-local", 4).run


class PresenterConsumer(AsyncWebsocketConsumer):
    channel_layer_alias = "unused"  # a broker that is away must not end a conversation

    async def connect(self) -> None:
        self.public_id: str = self.scope["url_route"]["kwargs"]["public_id"]
        self.viewer = secrets.token_hex(8)
        self.room: LocalRoom | None = None
        self.bucket: Bucket | None = None
        self.held = Held()
        self.sent, self.generation = -1, 0
        self.warned_at: datetime | None = None
        self.is_closed = False
        await self.accept()
        try:
            check_foreign_origin(self.scope)
            self._check_token()
        except Refused as refused:
            await self._close(refused.code)
            return
        self.bucket = bucket_for(f"live-local.{self.public_id}")
        self.bucket.sockets += 1
        if self.bucket.sockets > MOST_SOCKETS:
            await self._close(Close.TOO_FAST)
            return
        try:
            self.room = await _in_store(local_rooms.take_seat, self.public_id, self.viewer)
            self.generation = self.room.generation
            hello = await _in_store(messages.hello, self.room, words.words(self.room.language))
        except RoomGone:
            await self._over()
            return
        except StorageUnavailable:
            await self._close(Close.STORAGE)
            return
        await self._send(hello)
        self.held.start("follow", self._follow())
        self.held.start("beat", self._beat())

    async def disconnect(self, code: int) -> None:
        self.is_closed = True
        await self.held.close()
        if self.bucket is not None:
            self.bucket.sockets -= 1

    # --- Up ------------------------------------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.room is None or self.is_closed:
            return
        wait = self.bucket.take()
        if wait:
            await self._error("too_fast", retry_s=int(wait) + 1)
            await self._close(Close.TOO_FAST)
            return
        if bytes_data is not None or len(text_data or "") > messages.MOST_CHARACTERS:
            await self._error("too_long" if bytes_data is None else "bad_message")
            await self._close(Close.TOO_BIG)
            return
        try:
            message = messages.parse(text_data or "")
        except messages.BadMessage as bad:
            await self._error(bad.code)
            return
        try:
            await getattr(self, f"on_{message['type']}")(message)
        except StorageUnavailable:
            log.warning("storage unavailable", extra={"live": self.public_id})  # said again by the page or the next beat

    async def on_heartbeat(self, message: dict[str, Any]) -> None:
        await self._alive()

    async def on_spoken(self, message: dict[str, Any]) -> None:
        await _in_store(local_rooms.heard, self.public_id, self.viewer, message["sentence"])

    async def on_interrupt(self, message: dict[str, Any]) -> None:
        await _in_store(local_rooms.interrupt, self.public_id, self.viewer)

    async def on_telemetry(self, message: dict[str, Any]) -> None:
        extra = {"live": self.public_id, "kind": message["kind"], "ms": message.get("ms", 0)}
        log.info("presenter telemetry", extra=extra)

    # --- Down ----------------------------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Tell the page what is new while the socket is open. Should that fail, it is closed, and the page comes back."""
        try:
            while not self.is_closed:
                async with live_hints(self.public_id) as wait:
                    for _look in range(LOOKS):
                        await self._look()
                        if self.is_closed:
                            return
                        await wait(LOOK_S)
        except Exception:
            await self._close(Close.STORAGE)
            raise

    async def _look(self) -> None:
        try:
            news = await _in_store(local_rooms.news, self.public_id, self.viewer, after=self.sent)
        except RoomGone:
            await self._over()
            return
        except StorageUnavailable:
            return  # the next look
        if not news.is_seated:
            await self._send(messages.closed("elsewhere"))
            await self._close(Close.ELSEWHERE)
            return
        if news.generation > self.generation:
            self.generation = news.generation
            await self._send(messages.stop_speaking(news.generation - 1))
        for line in news.lines:
            self.sent = line.number
            await self._send(messages.say(line))

    async def _beat(self) -> None:
        """The open socket is a sign of life: a hidden page's own timers may sleep for a minute."""
        while True:
            try:
                await self._alive()
            except StorageUnavailable:
                log.warning("storage unavailable", extra={"live": self.public_id})
            await asyncio.sleep(BEAT_S)

    async def _alive(self) -> None:
        warned_at = await _in_store(sessions.beat, self.public_id)
        warned_before, self.warned_at = self.warned_at, warned_at
        if warned_at and warned_at != warned_before:
            await self._send(messages.idle_warning(words.idle_words(self.room.language)))

    async def _over(self) -> None:
        try:
            reason = await _in_store(sessions.end_reason, self.public_id)
        except StorageUnavailable:
            reason = ""
        await self._send(messages.closed(reason or "closed"))
        await self._close(OVER)

    # --- Inside --------------------------------------------------------------------------------------------------------

    def _check_token(self) -> None:
        """Raises Refused(SESSION)."""
        query = parse_qs(self.scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
        given = query.get("access_token", [])
        if len(given) != 1 or not room_tokens.opens(given[0], self.public_id):
            raise Refused(Close.SESSION)

    async def _close(self, code: int) -> None:
        if not self.is_closed:
            self.is_closed = True
            await self.close(int(code))  # a bare int: autobahn refuses the enum that names the code

    async def _send(self, message: dict[str, Any]) -> None:
        if not self.is_closed:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))

    async def _error(self, code: str, *, retry_s: int = 0) -> None:
        await self._send(messages.error(code, words.refusal(code, self.room.language), retry_s))

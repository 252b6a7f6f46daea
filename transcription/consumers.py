"""The socket `/api/transcribe/ws`: a translator between messages and a `Stream` (docs/contracts/compat_api.md section 2.7)."""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from interview_site import socket_callers
from interview_site.api.scopes import Scope
from interview_site.socket_callers import Caller, ReadShortToken
from interview_site.sockets import Bucket, Close, Refused, bucket_for
from interview_site.threads import StorageUnavailable, Threads
from transcription.recorder import CloseSocket
from transcription.streaming.policy import stream_policy
from transcription.streaming.stream import Stream, known_language

log = logging.getLogger(__name__)
_ask = Threads("transcribe-ask", 2).run
ALL = "transcribe"  # the count of all lines of this process


class TranscribeConsumer(AsyncWebsocketConsumer):
    """`default_language` is asked for whoever does not say theirs; `read_short_token` knows the tokens of addresses.

    `permission`: what staff, and the owners of tokens, must hold, as for the calls of the same scope.
    """

    channel_layer_alias = "unused"  # a broker that is away must not end a line

    def __init__(
        self, *, default_language: Callable[[], str], read_short_token: ReadShortToken | None = None, permission: str = ""
    ) -> None:
        super().__init__()
        self.default_language, self.read_short_token, self.permission = default_language, read_short_token, permission
        self.caller: Caller | None = None
        self.stream: Stream | None = None
        self.buckets: list[Bucket] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.outbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_closed = False

    async def connect(self) -> None:
        await self.accept()
        needs = Scope.AVATAR.value
        try:
            self.caller = await _ask(
                socket_callers.admitted, self.scope, needs=needs, permission=self.permission,
                read_short_token=self.read_short_token,
            )  # fmt: skip
            language = self._wanted_language() or await _ask(self.default_language)
        except Refused as refused:
            await self.close(refused.code)
            return
        except StorageUnavailable:
            await self.close(Close.STORAGE)
            return
        if not self._seated(self.caller):
            await self.close(Close.TOO_FAST)
            return
        self.stream = Stream(
            self.outbox.put_nowait, self._hang_up, language=known_language(language) or "ru",
            local_only=not self.caller.may_spend,
        )  # fmt: skip
        self.tasks = [asyncio.create_task(self._tell()), asyncio.create_task(self._recheck(self.caller, needs))]
        log.info("transcription line opened", extra={"caller": self.caller.name})

    async def disconnect(self, code: int) -> None:
        self.is_closed = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.stream is not None:
            await self.stream.close()
            log.info("transcription line closed", extra={"caller": self.caller.name, "code": code})
        for bucket in self.buckets:
            bucket.sockets -= 1

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.stream is None or self.is_closed:
            return
        try:
            if bytes_data is not None:
                self.stream.sound(bytes_data)
            else:
                self.stream.text(text_data or "")
        except CloseSocket as closing:
            await self._empty_outbox()
            await self.close(closing.close_code)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Once; what still comes after it is not heard."""
        if not self.is_closed:
            self.is_closed = True
            # A bare int: autobahn refuses the enum that names the code, and the socket would stay open.
            await super().close(None if code is None else int(code), reason)

    def _wanted_language(self) -> str | None:
        """`?language=kk`: for older clients, which send no `start`."""
        given = parse_qs(bytes(self.scope.get("query_string", b"")).decode("latin-1")).get("language", [])
        return known_language(given[0]) if given else None

    def _seated(self, caller: Caller) -> bool:
        """Counted among the open lines of the process and of the caller; False when there are too many."""
        policy = stream_policy()
        for name, most in ((ALL, policy.most_streams), (f"{ALL}:{caller.counted_as}", policy.most_streams_of_caller)):
            bucket = bucket_for(name)
            bucket.sockets += 1
            self.buckets.append(bucket)
            if bucket.sockets > most:
                return False
        return True

    async def _tell(self) -> None:
        while True:
            await self._send(await self.outbox.get())

    async def _empty_outbox(self) -> None:
        while not self.outbox.empty():
            await self._send(self.outbox.get_nowait())

    async def _send(self, message: dict[str, Any]) -> None:
        if not self.is_closed:
            await self.send(text_data=json.dumps(message, ensure_ascii=False))

    async def _hang_up(self) -> None:
        await self._empty_outbox()
        await self.close(1000)

    async def _recheck(self, caller: Caller, needs: str) -> None:
        """A revoked token, a person switched off: the line ends (threats 26, 41)."""
        while True:
            await asyncio.sleep(stream_policy().recheck_s)
            try:
                await _ask(socket_callers.check_still, caller, needs=needs, permission=self.permission)
            except Refused as refused:
                await self.close(refused.code)
            except StorageUnavailable:
                continue  # looked at again

"""A client of `/api/transcribe/ws`: the older one with its recorder, and the newer one with a stream of samples."""

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any

from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth import get_user_model
from django.urls import path

from interview_site.api import tokens
from transcription.consumers import TranscribeConsumer
from transcription.decoding import decode

SOUNDS = Path(__file__).parent / "sounds"
PHRASE = (SOUNDS / "phrase_ru.webm").read_bytes()  # Chromium's MediaRecorder: three seconds of speech
YES = (SOUNDS / "da_ru.webm").read_bytes()  # … and «да», 0.2 s of it
RATE_BYTES_PER_MS = 32
TIMEOUT_S = 30

application = URLRouter([path("api/transcribe/ws", TranscribeConsumer.as_asgi(default_language=lambda: "ru"))])


def spoken() -> bytes:
    """PCM of the phrase, with a second of silence behind it."""
    return decode(PHRASE, most_s=60, within_s=10) + bytes(RATE_BYTES_PER_MS * 1_000)


def make_token(scopes: tuple[str, ...] = ("avatar",)) -> str:
    owner, _made = get_user_model().objects.get_or_create(username="bob", is_staff=True)
    return tokens.mint(name="Chat page", owner=owner, scopes=list(scopes))[1]


class Closed(Exception):
    """The server closed the line with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Line:
    """`credentials` are headers; None: a fresh token with the right scope."""

    def __init__(self, credentials: dict[str, str] | None = None, *, query: str = "", app: Any = application) -> None:
        self._credentials, self._query, self._app = credentials, query, app
        self.heard: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Line":
        given = self._credentials
        if given is None:
            given = {"authorization": f"Bearer {await sync_to_async(make_token)()}"}
        headers = [(name.encode(), value.encode()) for name, value in given.items()]
        self.socket = WebsocketCommunicator(self._app, f"/api/transcribe/ws{self._query}", headers=headers)
        await self.socket.connect(timeout=TIMEOUT_S)
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.socket.disconnect(timeout=TIMEOUT_S)

    async def say(self, message: dict[str, Any] | str) -> None:
        await self.socket.send_to(text_data=message if isinstance(message, str) else json.dumps(message))

    async def record(self, *pieces: bytes) -> None:
        """As the older client: a whole file, then `idle`."""
        for piece in pieces:
            await self.socket.send_to(bytes_data=piece)
        await self.say("idle")

    async def stream(self, pcm: bytes, *, message_ms: int = 40) -> None:
        size = message_ms * RATE_BYTES_PER_MS
        for at in range(0, len(pcm), size):
            await self.socket.send_to(bytes_data=pcm[at : at + size])
            await asyncio.sleep(0)

    async def start(self, **fields: Any) -> None:
        await self.say({"type": "start", "format": "pcm16", "sample_rate": 16_000, **fields})

    async def next(self) -> dict[str, Any]:
        """The next message. Raises Closed."""
        output = await self.socket.receive_output(timeout=TIMEOUT_S)
        if output["type"] == "websocket.close":
            raise Closed(output["code"])
        message = json.loads(output["text"])
        self.heard.append(message)
        return message

    async def until(self, kind: str) -> dict[str, Any]:
        while (message := await self.next())["type"] != kind:
            pass
        return message

    async def closed(self) -> int:
        """The close code, whatever comes before it."""
        while True:
            try:
                await self.next()
            except Closed as closed:
                return closed.code

    def kinds(self) -> list[str]:
        return [message["type"] for message in self.heard]

"""A page on the other end of the socket, for tests: says hello, hears sentences to their end, types."""

import json
from types import TracebackType
from typing import Any
from uuid import uuid4

from channels.testing import WebsocketCommunicator
from django.conf import settings

from interview_site.asgi import application
from interviews import links
from interviews.models import Interview

TIMEOUT_S = 30


class Closed(Exception):
    """The server closed the socket with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Page:
    """One tab. `cookie` and `origin` None leave the header out."""

    def __init__(
        self, interview: Interview, *, device: str = "", cookie: str | None = "right", origin: str | None = "right"
    ) -> None:
        self.device = device or uuid4().hex
        headers = []
        if cookie is not None:
            value = links.cookie_value(interview.public_id, interview.link_generation) if cookie == "right" else cookie
            headers.append((b"cookie", f"{links.cookie_name(interview.public_id)}={value}".encode()))
        if origin is not None:
            headers.append((b"origin", (settings.SOCKET_ORIGINS[0] if origin == "right" else origin).encode()))
        self.socket = WebsocketCommunicator(application, f"/ws/interview/{interview.public_id}/", headers=headers)
        self.seen: list[dict[str, Any]] = []
        self.hears = True  # says `spoken` for each sentence
        self.answered = 0  # of `seen`, when the last answer was given

    async def __aenter__(self) -> "Page":
        await self.socket.connect(timeout=TIMEOUT_S)
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.socket.disconnect(timeout=TIMEOUT_S)
        assert not self.socket.future.cancelled(), "the consumer did not end by itself"

    async def send(self, kind: str, /, **fields: object) -> None:
        await self.socket.send_to(text_data=json.dumps({"type": kind, **fields}))

    async def hello(self, **fields: object) -> None:
        await self.send("hello", device=self.device, **fields)

    async def type(self, text: str, **fields: object) -> str:
        fields.setdefault("id", uuid4().hex)
        await self.send("typed", text=text, **fields)
        return str(fields["id"])

    async def next(self) -> dict[str, Any]:
        """The next message down. Raises Closed."""
        output = await self.socket.receive_output(timeout=TIMEOUT_S)
        if output["type"] == "websocket.close":
            raise Closed(output["code"])
        message = json.loads(output["text"])
        self.seen.append(message)
        if message["type"] == "say" and self.hears:
            await self.send("spoken", sentence=message["sentence"], heard_ms=message["duration_ms"])
        return message

    async def listen_until(self, kind: str) -> dict[str, Any]:
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

    def said(self) -> list[str]:
        return [message["text"] for message in self.seen if message["type"] == "say"]

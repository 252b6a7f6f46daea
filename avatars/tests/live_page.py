"""A page that shows the local presenter, for tests: the other end of `ws/avatar/<public_id>`."""

import json
from types import TracebackType
from typing import Any

from channels.testing import WebsocketCommunicator

from avatars.models import LiveSession
from interview_site.asgi import application

TIMEOUT_S = 20


class Closed(Exception):
    """The server closed the socket with `code`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class PresenterPage:
    """One tab. `token` None leaves it out, `origin` None is a program."""

    def __init__(self, session: LiveSession, *, token: str | None = "right", origin: str | None = None) -> None:
        token = session.join["access_token"] if token == "right" else token
        query = "" if token is None else f"?access_token={token}"
        headers = [] if origin is None else [(b"origin", origin.encode())]
        self.socket = WebsocketCommunicator(application, f"/ws/avatar/{session.public_id}{query}", headers=headers)

    async def __aenter__(self) -> "PresenterPage":
        await self.socket.connect(timeout=TIMEOUT_S)
        return self

    async def __aexit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.socket.disconnect(timeout=TIMEOUT_S)

    async def send(self, kind: str, /, **fields: object) -> None:
        await self.socket.send_to(text_data=json.dumps({"type": kind, **fields}))

    async def next(self) -> dict[str, Any]:
        """The next message down. Raises Closed."""
        output = await self.socket.receive_output(timeout=TIMEOUT_S)
        if output["type"] == "websocket.close":
            raise Closed(output["code"])
        return json.loads(output["text"])

    async def until(self, kind: str) -> dict[str, Any]:
        while (message := await self.next())["type"] != kind:
            pass
        return message

    async def sentences(self, count: int) -> list[dict[str, Any]]:
        return [await self.until("say") for _each in range(count)]

    async def closed(self) -> int:
        """The close code, whatever comes before it."""
        while True:
            try:
                await self.next()
            except Closed as closed:
                return closed.code

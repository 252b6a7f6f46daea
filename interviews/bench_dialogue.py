"""A candidate who types, on a socket of a whole site: what the figures of typed answers have in common."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

from websockets.asyncio.client import connect


class Dialogue:
    """Hears everything at once and answers each question by `_answer`; `round_trips_ms`: messages that are refused at once."""

    def __init__(self, port: int, public_id: str, cookie: str) -> None:
        self._address = f"ws://127.0.0.1:{port}/ws/interview/{public_id}/"
        self._headers = {"Cookie": f"iv_{public_id}={cookie}"}
        self._origin, self.name = f"http://127.0.0.1:{port}", public_id
        self.round_trips_ms: list[float] = []

    async def hold(self, answers: int) -> None:
        async with connect(self._address, origin=self._origin, additional_headers=self._headers) as socket:
            self._socket = socket
            await self._send(type="hello", device="bench")
            for number in range(answers):
                await self._until("listening")
                await self._answer(number)

    async def _answer(self, number: int) -> None:
        raise NotImplementedError

    async def _round_trip(self) -> None:
        self.round_trips_ms.append(await self._timed("error", type="spoken", sentence="none"))

    async def _timed(self, awaited: str, **message: object) -> float:
        """Milliseconds from this message to the first one of the kind `awaited`."""
        began = time.perf_counter()
        await self._send(**message)
        await self._until(awaited)
        return (time.perf_counter() - began) * 1000

    async def _send(self, **message: object) -> None:
        await self._socket.send(json.dumps(message))

    async def _until(self, kind: str) -> dict[str, Any]:
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.recv(), 60))
            if message["type"] == "say":
                await self._send(type="spoken", sentence=message["sentence"], heard_ms=message["duration_ms"])
            if message["type"] == kind:
                return message


def hold(dialogues: Sequence[Dialogue], answers: int) -> None:
    """All of them at the same time, to the end."""

    async def together() -> None:
        await asyncio.gather(*(dialogue.hold(answers) for dialogue in dialogues))

    asyncio.run(together())

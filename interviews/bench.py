"""Figures of this app for `script/bench`: each beside a baseline of the same run (design §10)."""

import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, TypedDict


class Figure(TypedDict):
    """`value` and `baseline` in `unit`; `bar` is the limit for `value` on a quiet machine."""

    name: str
    value: float
    unit: str
    baseline: float
    bar: float


DIALOGUES = 20
QUESTIONS = 4
PAUSE_S = (0.5, 2.0)  # before a candidate answers: shorter than any person, so the load is harder than real
_MAKE = f"""
import json
from interviews import links
from interviews.models import Interview
from interviews.tests.builders import make_interview, make_position
position = make_position(questions=[f"Question number {{n}}, please?" for n in range({QUESTIONS})])
made = [make_interview(position=position, state=Interview.State.IN_PROGRESS) for _ in range({DIALOGUES})]
print(json.dumps([[one.public_id, links.cookie_value(one.public_id, 1)] for one in made]))
"""


class _Dialogue:
    """One candidate: answers each question after a short pause; measures typed → first `say`, and a bare round trip."""

    def __init__(self, port: int, public_id: str, cookie: str) -> None:
        self._address = f"ws://127.0.0.1:{port}/ws/interview/{public_id}/"
        self._headers = {"Cookie": f"iv_{public_id}={cookie}"}
        self._origin = f"http://127.0.0.1:{port}"
        self.replies_ms: list[float] = []
        self.round_trips_ms: list[float] = []

    async def hold(self) -> None:
        import websockets

        async with websockets.connect(self._address, origin=self._origin, additional_headers=self._headers) as socket:
            self._socket = socket
            await self._send(type="hello", device="bench")
            for number in range(QUESTIONS):
                await self._until("listening")
                await asyncio.sleep(random.uniform(*PAUSE_S))
                self.round_trips_ms.append(await self._timed("error", type="spoken", sentence="none"))
                self.replies_ms.append(await self._timed("say", type="typed", id=f"t{number}", text="An answer."))

    async def _timed(self, awaited: str, **message: object) -> float:
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


def bench_own_overhead() -> list[Figure]:
    """A typed answer → the first `say`, sound included as the call prepares it, with 20 dialogues on one web process.

    Baseline: a message that the consumer refuses at once, on the same sockets in the same run.
    """
    from interviews.tests.site_process import SiteProcess

    async def hold_all(dialogues: list[_Dialogue]) -> None:
        await asyncio.gather(*(dialogue.hold() for dialogue in dialogues))

    with tempfile.TemporaryDirectory() as folder, SiteProcess(Path(folder)) as site:
        made = json.loads(site.manage("shell", "--no-imports", "-c", _MAKE))
        dialogues = [_Dialogue(site.port, public_id, cookie) for public_id, cookie in made]
        asyncio.run(hold_all(dialogues))
    replies = [took for dialogue in dialogues for took in dialogue.replies_ms]
    baseline = statistics.median(took for dialogue in dialogues for took in dialogue.round_trips_ms)
    return [
        _figure("median", statistics.median(replies), baseline, 60.0),
        _figure("p95", statistics.quantiles(replies, n=20)[-1], baseline, 120.0),
    ]


def _figure(measure: str, value: float, baseline: float, bar: float) -> Figure:
    name = f"typed answer → first say, own part with {DIALOGUES} dialogues, {measure}"
    return {"name": name, "value": round(value, 1), "unit": "ms", "baseline": round(baseline, 1), "bar": bar}


def run() -> list[Figure]:
    return bench_own_overhead()

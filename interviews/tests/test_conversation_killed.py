"""The server is killed between any two messages; the interview goes on as if nothing had happened (design §5)."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import websockets

from interviews.tests.site_process import SiteProcess

MAKE = """
from interviews import links
from interviews.models import Interview
from interviews.tests.builders import make_interview
interview = make_interview(state=Interview.State.IN_PROGRESS)
print(interview.public_id, links.cookie_value(interview.public_id, 1))
"""
READ = """
import json
from interviews.models import Interview, Turn
rows = Turn.objects.order_by("number").values_list("number", "kind", "text", "first_sentence", "sentences")
print(json.dumps([Interview.objects.get().state, list(rows)]))
"""
MOST_KILLS = 5


class KilledPage:
    """A page as the real one behaves: reconnects for ever, sends typed texts again until they are confirmed."""

    def __init__(self, site: SiteProcess, public_id: str, cookie: str, seed: int) -> None:
        self.site, self.rng, self.kills = site, random.Random(seed), 0
        self.address = f"ws://127.0.0.1:{site.port}/ws/interview/{public_id}/"
        self.headers = {"Cookie": f"iv_{public_id}={cookie}"}
        self.heard, self.heard_texts = -1, []
        self.unconfirmed: dict[str, dict] = {}
        self.answers = 0
        self.is_finished = False

    async def live(self) -> None:
        while not self.is_finished:
            try:
                async with websockets.connect(self.address, origin=self.site.origin, additional_headers=self.headers) as socket:
                    await self._talk(socket)
            except (OSError, websockets.WebSocketException):
                if self.site._process is None:
                    await asyncio.to_thread(self.site.start)

    async def _talk(self, socket: websockets.ClientConnection) -> None:
        await socket.send(json.dumps({"type": "hello", "device": "phone", "last_sentence": self.heard}))
        for message in self.unconfirmed.values():
            await socket.send(json.dumps(message))
        kill_in = self.rng.randint(3, 9) if self.kills < MOST_KILLS else 10_000
        async for message in self._messages(socket):
            await self._answer(socket, message)
            kill_in -= 1
            if kill_in == 0:
                self.kills += 1
                await asyncio.to_thread(self.site.kill)
                return

    async def _messages(self, socket: websockets.ClientConnection) -> AsyncIterator[dict]:
        while not self.is_finished:
            yield json.loads(await asyncio.wait_for(socket.recv(), 30))

    async def _answer(self, socket: websockets.ClientConnection, message: dict) -> None:
        if message["type"] == "say":
            assert message["sentence"] > self.heard, "a sentence that was heard is said again"
            self.heard = message["sentence"]
            self.heard_texts.append(message["text"])
            await socket.send(json.dumps({"type": "spoken", "sentence": self.heard, "heard_ms": message["duration_ms"]}))
        elif message["type"] == "listening" and not self.unconfirmed:
            text = self.text(message)
            self.answers += 1
            typed = {"type": "typed", "id": f"t{self.answers}", "text": text, "question": message["question"]}
            self.unconfirmed[typed["id"]] = typed
            await socket.send(json.dumps(typed))
        elif message["type"] == "final":
            self.unconfirmed.pop(message["id"], None)
        elif message["type"] == "finished":
            self.is_finished = True

    def text(self, message: dict) -> str:
        """What is typed when the floor is given."""
        return f"Answer {self.answers}" if message["question"] else "No"


@pytest.mark.parametrize("seed", [1, 2])
async def test_killed_between_any_two_messages_the_interview_completes_with_nothing_said_twice(tmp_path: Path, seed: int):
    with SiteProcess(tmp_path) as site:
        public_id, cookie = site.manage("shell", "--no-imports", "-c", MAKE).split()
        page = KilledPage(site, public_id, cookie, seed)
        await asyncio.wait_for(page.live(), 180)
        state, rows = json.loads(site.manage("shell", "--no-imports", "-c", READ))
    assert page.kills >= 4
    assert state == "completed"
    assert [row[1] for row in rows] == [
        "greeting", "question", "answer", "reply", "question", "answer", "reply", "question", "answer",
        "invite_questions", "command", "farewell",
    ]  # fmt: skip
    assert [row[2] for row in rows if row[1] == "answer"] == ["Answer 0", "Answer 1", "Answer 2"]
    # Everything that was committed was heard, in order, once.
    assert page.heard_texts == [sentence for row in rows for sentence in row[4]]


async def test_the_page_reads_the_close_code_from_a_real_server(tmp_path: Path):
    with SiteProcess(tmp_path) as site:
        public_id, cookie = site.manage("shell", "--no-imports", "-c", MAKE).split()
        address = f"ws://127.0.0.1:{site.port}/ws/interview/{public_id}/"
        for origin, headers, code in (
            ("http://evil.example", {"Cookie": f"iv_{public_id}={cookie}"}, 4403),
            (site.origin, {"Cookie": f"iv_{public_id}=forged"}, 4401),
        ):
            async with websockets.connect(address, origin=origin, additional_headers=headers) as socket:
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    await asyncio.wait_for(socket.recv(), 30)
                assert closed.value.rcvd.code == code

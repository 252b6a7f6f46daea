"""The server is killed while a model thinks, and while it speaks: nothing is greeted, asked or lost twice (design §5)."""

import asyncio
import json
from pathlib import Path

import websockets

from interview_site.llm_stub import Asked, ModelStub, Reply
from interviews.tests.site_process import SiteProcess
from interviews.tests.test_conversation_killed import READ, KilledPage

MAKE = """
from interviews import links
from interviews.tests.led import make_led_interview
interview = make_led_interview()
print(interview.public_id, links.cookie_value(interview.public_id, 1))
"""
FOLLOW_UPS = {
    "billing": ("ASK: You mentioned billing. What ", "was ", "the hardest ", "part of billing?"),
    "storage": ("ASK: You mentioned storage. What ", "was ", "the hardest ", "part of storage?"),
    "reports": ("ASK: You mentioned reports. What ", "was ", "the hardest ", "part of reports?"),
}
ANSWERS = ("We moved the billing service.", "We built the storage.", "We wrote the reports.")


class TalkingPage(KilledPage):
    """Answers each question; the server dies when the model is first asked, and again with the first words that it says."""

    def __init__(self, site: SiteProcess, public_id: str, cookie: str) -> None:
        super().__init__(site, public_id, cookie, seed=0)
        self.said: list[str] = []
        self.died_in: list[str] = []

    async def _talk(self, socket: websockets.ClientConnection) -> None:
        await socket.send(json.dumps({"type": "hello", "device": "phone", "last_sentence": self.heard}))
        for message in self.unconfirmed.values():
            await socket.send(json.dumps(message))
        async for message in self._messages(socket):
            await self._answer(socket, message)
            if message["type"] == "say" and message["kind"] == "follow_up" and "saying" not in self.died_in:
                await self.die("saying")
                return

    async def die(self, where: str) -> None:
        self.died_in.append(where)
        await asyncio.to_thread(self.site.kill)

    def text(self, message: dict) -> str:
        """To a question its answer, to a follow-up a few words more."""
        if not message["question"]:
            return "No"
        questions = list(dict.fromkeys(self.said))
        if message["question"] in questions:
            return "The people."
        self.said.append(message["question"])
        return ANSWERS[len(questions)]


async def test_killed_while_the_model_thinks_and_while_it_speaks_the_interview_goes_on_as_if_nothing_had_happened(tmp_path: Path):
    with ModelStub() as model:
        settings = {"LLM_BASE_URL": model.base_url, "LLM_API_KEY": model.key, "LLM_MODEL": model.model}
        with SiteProcess(tmp_path, **settings) as site:
            public_id, cookie = site.manage("shell", "--no-imports", "-c", MAKE).split()
            page = TalkingPage(site, public_id, cookie)

            def thinks(asked: Asked) -> Reply:
                if not page.died_in:
                    page.died_in.append("thinking")
                    site.kill()  # the first word never comes
                found = next((pieces for word, pieces in FOLLOW_UPS.items() if word in asked.last), None)
                return Reply(pieces=found, pause_s=0.2) if found else Reply("NEXT")

            model.otherwise(thinks)
            await asyncio.wait_for(page.live(), 180)
            state, rows = json.loads(site.manage("shell", "--no-imports", "-c", READ))
    assert page.died_in == ["thinking", "saying"] and state == "completed"
    kinds = [row[1] for row in rows]
    assert (kinds.count("greeting"), kinds.count("question"), kinds.count("farewell")) == (1, 3, 1)
    assert kinds.count("follow_up") == 3 and [text for text in ANSWERS if text not in {row[2] for row in rows}] == []
    assert len({row[2] for row in rows if row[1] in ("question", "follow_up")}) == 6, "something was asked twice"
    # What was committed was heard, in order, once; the words the killed process had not committed were never heard.
    assert page.heard_texts == [sentence for row in rows for sentence in row[4]]

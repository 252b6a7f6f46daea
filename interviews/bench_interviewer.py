"""The interviewer's two promises: what a model writes is said at once, and a model that says nothing is not waited for.

Typed answers on one web process; the model is a stub. Its reply lies ready but for the last piece of the first sentence, which
is let go at a known moment: from there to the page's `say`, sound included, is our own part.
"""

import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from interview_site.bench import Figure, in_ms
from interview_site.llm_stub import Asked, Fault, ModelStub, Reply
from interviews.bench_dialogue import Dialogue, hold
from interviews.services.policies import policy
from interviews.tests.site_process import SiteProcess

DIALOGUES = 5
QUESTIONS = 4
PIECES = ("ASK: What was the hardest part", " of ", "moving it?")  # the last one closes the first sentence
WRITES_S = 0.3  # a model takes so long until its first sentence is whole
_MAKE = """
import json
from interviews import links
from interviews.tests.led import make_led_interview
made = [make_led_interview(questions=["Question number %s, please?" % n for n in range({questions})]) for _ in range({count})]
print(json.dumps([[one.public_id, links.cookie_value(one.public_id, 1)] for one in made]))
"""


class _Model:
    """Holds back the end of its first sentence; `let_go` is when it was written, by the words it answers to."""

    def __init__(self) -> None:
        self.let_go: dict[str, float] = {}
        self.is_silent = False
        self.stub = ModelStub()
        self.stub.otherwise(self._answer)

    def _answer(self, asked: Asked) -> Reply | Fault:
        if self.is_silent:
            return Fault.SLOW
        gate = threading.Event()
        threading.Timer(WRITES_S, self._let_go, (asked.text, gate)).start()
        return Reply(pieces=PIECES, gate=gate)

    def _let_go(self, about: str, gate: threading.Event) -> None:
        self.let_go[about] = time.perf_counter()
        gate.set()

    def wrote_at(self, answer: str) -> float | None:
        """When the sentence about this answer was whole; None when it was not asked about it."""
        return max((at for about, at in list(self.let_go.items()) if answer in about), default=None)


class _Dialogue(Dialogue):
    """Each answer is unlike all others."""

    def __init__(self, port: int, public_id: str, cookie: str) -> None:
        super().__init__(port, public_id, cookie)
        self.answered: list[tuple[str, float, float]] = []  # words, sent, first `say` of the reply

    async def _answer(self, number: int) -> None:
        await self._round_trip()
        words = f"We moved the billing service of {self.name} in {number + 3} months."
        began = time.perf_counter()
        await self._timed("say", type="typed", id=f"t{number}", text=words)
        self.answered.append((words, began, time.perf_counter()))


def bench_interviewer() -> list[Figure]:
    """Two rows, about half a minute."""
    model = _Model()
    with tempfile.TemporaryDirectory() as folder, model.stub:
        settings = model.stub.settings()
        environ = {"LLM_BASE_URL": settings["base_url"], "LLM_API_KEY": settings["api_key"], "LLM_MODEL": settings["model"]}
        with SiteProcess(Path(folder), **environ) as site:
            quick = _held(site, DIALOGUES, QUESTIONS)
            model.is_silent = True
            silent = _held(site, 2, 1)
    said_ms = [
        (said - wrote) * 1000
        for dialogue in quick
        for words, _sent, said in dialogue.answered
        if (wrote := model.wrote_at(words)) is not None and said > wrote
    ]
    took_over_s = [said - sent for dialogue in silent for _words, sent, said in dialogue.answered]
    baseline = statistics.median(took for dialogue in quick for took in dialogue.round_trips_ms)
    name = f"model's first sentence → say sent, sound included, {DIALOGUES} dialogues, median of {len(said_ms)}"
    return [
        in_ms(name, statistics.median(said_ms), baseline, 50.0),
        {
            "name": "end of turn → the script takes over from a silent model (baseline: what it is given)",
            "value": round(max(took_over_s), 2), "unit": "s", "baseline": policy().reply_s, "bar": 2.5,
        },
    ]  # fmt: skip


def _held(site: Any, count: int, answers: int) -> list[_Dialogue]:
    made = json.loads(site.manage("shell", "--no-imports", "-c", _MAKE.format(count=count, questions=QUESTIONS)).splitlines()[-1])
    dialogues = [_Dialogue(site.port, public_id, cookie) for public_id, cookie in made]
    hold(dialogues, answers)
    return dialogues

"""Figures of this app for `script/bench`: each beside a baseline of the same run (design §10)."""

import asyncio
import json
import random
import statistics
import tempfile
from pathlib import Path

from interview_site.bench import Figure, in_ms
from interviews import hearing_set
from interviews.bench_dialogue import Dialogue, hold
from interviews.bench_interviewer import bench_interviewer
from interviews.bench_voice import bench_voice
from interviews.tests.site_process import SiteProcess

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


class _Dialogue(Dialogue):
    """Answers each question after a short pause; measures typed → first `say`."""

    def __init__(self, port: int, public_id: str, cookie: str) -> None:
        super().__init__(port, public_id, cookie)
        self.replies_ms: list[float] = []

    async def _answer(self, number: int) -> None:
        await asyncio.sleep(random.uniform(*PAUSE_S))
        await self._round_trip()
        self.replies_ms.append(await self._timed("say", type="typed", id=f"t{number}", text="An answer."))


def bench_own_overhead() -> list[Figure]:
    """A typed answer → the first `say`, sound included as the call prepares it, with 20 dialogues on one web process.

    Baseline: a message that the consumer refuses at once, on the same sockets in the same run.
    """
    with tempfile.TemporaryDirectory() as folder, SiteProcess(Path(folder)) as site:
        made = json.loads(site.manage("shell", "--no-imports", "-c", _MAKE))
        dialogues = [_Dialogue(site.port, public_id, cookie) for public_id, cookie in made]
        hold(dialogues, QUESTIONS)
    replies = [took for dialogue in dialogues for took in dialogue.replies_ms]
    baseline = statistics.median(took for dialogue in dialogues for took in dialogue.round_trips_ms)
    name = f"typed answer → first say, own part with {DIALOGUES} dialogues, "
    return [
        in_ms(name + "median", statistics.median(replies), baseline, 60.0),
        in_ms(name + "p95", statistics.quantiles(replies, n=20)[-1], baseline, 120.0),
    ]


def bench_hearing(rounds: int = 6) -> list[Figure]:
    """The whole labelled set (interviews.hearing_set). A share is compared with its bar; there is no baseline to it."""
    figures = _hearing_figures(hearing_set.measure(rounds=rounds), "")
    if hearing_set.has_flite():
        by_flite = hearing_set.measure(rounds=rounds, languages=("en",), say=hearing_set.said_by_flite)
        figures += _hearing_figures(by_flite, " (English by flite)")
    return figures


def _hearing_figures(found: hearing_set.Figures, whose: str) -> list[Figure]:
    shares = (
        (f"answers cut off by silence, of {found.pauses} pauses", found.cut_off / found.pauses, 0.01),
        (f"ends of answers not found, of {found.answers}", found.missed / found.answers, 0.01),
        (f"interrupted by a cough or a backchannel, of {found.noises}", found.stopped / found.noises, 0.05),
        (f"interruptions not heard, of {found.interruptions}", 1 - found.caught / found.interruptions, 0.02),
    )
    figures: list[Figure] = [
        {"name": name + whose, "value": share, "unit": "share", "baseline": 0.0, "bar": bar} for name, share, bar in shares
    ]
    duck_s = statistics.median(found.onset_ms) / 1000
    figures.append({"name": f"voice over the avatar → duck{whose}", "value": duck_s, "unit": "s", "baseline": 0.0, "bar": 0.2})
    return figures


def run() -> list[Figure]:
    return [*bench_own_overhead(), *bench_interviewer(), *bench_voice(), *bench_hearing()]

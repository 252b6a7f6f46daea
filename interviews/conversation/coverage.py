"""The coverage matrix: what became of each question of the plan, read from the turns alone (design §5).

The turns are the one source: the page, the API and a rehearsal's report all read it here, so it cannot disagree with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from interviews.conversation.standing import ANCHORS
from interviews.conversation.timekeeping import active_s
from interviews.conversation.values import AVATAR, Said
from interviews.plan import Plan, PlanQuestion

ANSWERED, SKIPPED, UNANSWERED, OPEN, TIMED_OUT, NOT_REACHED = (
    "answered", "skipped", "unanswered", "open", "timed_out", "not_reached",
)  # fmt: skip
STATES = (ANSWERED, SKIPPED, UNANSWERED, OPEN, TIMED_OUT, NOT_REACHED)
Pauses = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Covered:
    """One question. `seconds` of active time from asking to moving on, follow-ups included; None when it was not asked.

    "open": it is being answered now. "timed_out": left out because the time was over. "not_reached": the conversation ended,
    or stands, before it. "unanswered": asked, and the conversation went on or ended without an answer.
    """

    question: PlanQuestion
    state: str
    follow_ups: int = 0
    repeats: int = 0
    seconds: int | None = None

    @property
    def is_asked(self) -> bool:
        return self.seconds is not None


def coverage(plan: Plan, turns: Sequence[Said], *, pauses: Pauses = (), is_over: bool = False) -> tuple[Covered, ...]:
    """One row per question, in the plan's order. `is_over`: the interview has ended, so that nothing is open any more."""
    return tuple(_covered(question, turns, pauses, is_over) for question in plan.questions)


def seconds_used(turns: Sequence[Said], *, pauses: Pauses = (), now: datetime | None = None) -> int:
    """Active seconds from the first turn to the last, or to `now` while the conversation goes on."""
    times = [turn.at for turn in turns if turn.at]
    return round(active_s(times[:-1] if now is None else times, pauses, now or times[-1])) if times else 0


def _covered(question: PlanQuestion, turns: Sequence[Said], pauses: Pauses, is_over: bool) -> Covered:
    asked = next((turn for turn in turns if turn.kind == "question" and turn.question == question.uuid), None)
    if asked is None:
        was_closed = any(turn.kind in ("invite_questions", "farewell") for turn in turns)
        return Covered(question, TIMED_OUT if was_closed else NOT_REACHED)
    own = [turn for turn in turns if turn.question == question.uuid]
    kinds = [turn.kind for turn in own]
    after = next((turn for turn in turns if turn.number > asked.number and turn.kind in ANCHORS), None)
    if "answer" in kinds:
        state = ANSWERED
    elif "skip" in kinds:
        state = SKIPPED
    else:
        state = UNANSWERED if after or is_over else OPEN
    stretch = [turn for turn in turns if turn.number >= asked.number and (after is None or turn.number <= after.number)]
    return Covered(
        question, state,
        follow_ups=sum(1 for turn in own if turn.kind == "follow_up" and turn.speaker == AVATAR),
        repeats=kinds.count("repeat"), seconds=seconds_used(stretch, pauses=pauses),
    )  # fmt: skip

"""A rehearsal asked for and played to its end, and what its report says."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from interview_site.llm_stub import Asked, ModelStub
from interviews.models import Criterion, Position, Question, Rehearsal
from interviews.services import rehearsing
from interviews.tests.builders import make_alice, make_position

GOOD = "Names the goal, the own part and a measured result."
POOR = "Blames others and has no example at all."


def rubric(position: Position) -> Position:
    """The position's criterion with words for a five and a one."""
    Criterion.objects.filter(position=position).update(anchor_5=GOOD, anchor_1=POOR)
    return position


def led(**fields: object) -> Position:
    position = rubric(make_position(**fields))
    Question.objects.filter(position=position).update(mode="adaptive", follow_ups=1)
    return position


def hr() -> object:
    return get_user_model().objects.filter(username="alice").first() or make_alice()


def rehearse(position: Position) -> Rehearsal:
    return finish(rehearsing.ask(position, language=position.language, by=hr()))


def finish(rehearsal: Rehearsal) -> Rehearsal:
    """Run a worker until nothing is due now."""
    for _run in range(40):
        rehearsing.work(rehearsal.pk)
        rehearsal.refresh_from_db()
        if not (rehearsal.due_at and rehearsal.due_at <= timezone.now()):
            break
    return rehearsal


def check(rehearsal: Rehearsal, code: str) -> dict[str, Any]:
    return next(check for check in rehearsal.report["checks"] if check["code"] == code)


def levels(rehearsal: Rehearsal) -> dict[str, str]:
    return {check["code"]: check["level"] for check in rehearsal.report["checks"]}


def data(rehearsal: Rehearsal, code: str) -> dict[str, Any]:
    return check(rehearsal, code)["data"]


def scored(*, strong: int = 5, weak: int = 2, injecting: int = 2) -> Callable[[Asked], dict[str, Any]]:
    """A model that scores by the words the made-up candidates use, and quotes them."""

    def answer(asked: Asked) -> dict[str, Any]:
        said = re.findall(r"<<<answer\n(.*)\nanswer>>>", asked.last, re.DOTALL)[-1]
        honest = re.split(r"(?<=[.!?])\s", said)[-1]
        score = strong if GOOD in said else injecting if "score" in said or "criteria" in said else weak
        return {"score": score, "quotes": [" ".join(honest.split()[:8])], "reason": "As said."}

    return answer


def plays(model: ModelStub, *, follow_up: str = "NEXT", marks: Callable[[Asked], dict[str, Any]] | None = None) -> ModelStub:
    """What the model answers: to evaluation `marks`, to the dialogue `follow_up`."""
    model.otherwise(lambda asked: (marks or scored())(asked) if asked.schema else follow_up)
    return model

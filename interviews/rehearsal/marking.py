"""Scoring a rehearsed conversation with the evaluation's own rules, prompt and model, several times over."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median_low
from typing import Any

from interviews.evaluation.evidence import Question
from interviews.evaluation.gather import Material, gather
from interviews.evaluation.judging import judge
from interviews.models import RehearsedInterview
from interviews.plan import Plan, PlanCriterion
from interviews.rehearsal.personas import PERSONAS

Mark = dict[str, Any]  # as in RehearsedInterview.marks


def left(part: RehearsedInterview, material: Material) -> Iterator[tuple[PlanCriterion, Question | None, int]]:
    """What is still to be scored of this part: (criterion, question, repeat from 1)."""
    done = {(mark["criterion"], mark["question"], mark["repeat"]) for mark in part.marks}
    for repeat in range(1, PERSONAS[part.persona].marked + 1):
        for criterion, question in material.pairs():
            if (criterion.uuid, question.uuid if question else "", repeat) not in done:
                yield criterion, question, repeat


def mark_next(part: RehearsedInterview, *, subject: str, may_go_on: Callable[[], bool]) -> bool:
    """Score one more answer by one criterion and keep it; False when nothing is left. Raises ProviderError, Stopped."""
    material = gather(part.interview)
    wanted = next(left(part, material), None)
    if wanted is None:
        return False
    criterion, question, repeat = wanted
    judged = judge(material.plan, criterion, question, subject=subject, may_go_on=may_go_on)
    insufficient = judged.insufficient or ("" if judged.score else "unfounded")
    part.marks = [*part.marks, {"criterion": criterion.uuid, "question": question.uuid if question else "", "repeat": repeat,
                                "score": judged.score, "insufficient": insufficient}]  # fmt: skip
    part.save(update_fields=["marks"])
    return True


def how_many(plan: Plan) -> int:
    """Scores of all candidates together; those found insufficient by rule cost nothing."""
    pairs = sum(max(1, sum(criterion.uuid in question.criteria for question in plan.questions)) for criterion in plan.criteria)
    return pairs * sum(persona.marked for persona in PERSONAS.values())


def by_criterion(marks: Sequence[Mark]) -> dict[str, int]:
    """Criterion → the lower median of its scores, as the review page shows it; criteria without a score are left out."""
    scores: dict[str, list[int]] = {}
    for mark in marks:
        if mark["score"] is not None:
            scores.setdefault(mark["criterion"], []).append(mark["score"])
    return {criterion: median_low(found) for criterion, found in scores.items()}


def overall(plan: Plan, marks: Sequence[Mark]) -> float | None:
    """The weighted mean of the criteria's scores; None when there is no score at all."""
    found = by_criterion(marks)
    weighed = [(found[criterion.uuid], criterion.weight) for criterion in plan.criteria if criterion.uuid in found]
    weights = sum(weight for _score, weight in weighed)
    return round(sum(score * weight for score, weight in weighed) / weights, 2) if weights else None


def spread(marks: Sequence[Mark]) -> int:
    """How far the scores of the same answer by the same criterion lie apart, at most; 0 when none was scored twice."""
    scores: dict[tuple[str, str], list[int]] = {}
    for mark in marks:
        if mark["score"] is not None:
            scores.setdefault((mark["criterion"], mark["question"]), []).append(mark["score"])
    return max((max(found) - min(found) for found in scores.values()), default=0)


def wavering(marks: Sequence[Mark]) -> int:
    """Answers that got a score one time and none another time."""
    has_score: dict[tuple[str, str], set[bool]] = {}
    for mark in marks:
        has_score.setdefault((mark["criterion"], mark["question"]), set()).add(mark["score"] is not None)
    return sum(1 for found in has_score.values() if len(found) == 2)

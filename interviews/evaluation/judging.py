"""What one answer shows about one criterion: the rules first, then the model, and only what has ground (design §5)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from interviews.evaluation.asking import ask
from interviews.evaluation.evidence import Question
from interviews.evaluation.quotes import Found
from interviews.evaluation.rules import Insufficient, too_little
from interviews.evaluation.suspicion import suspects
from interviews.plan import Plan, PlanCriterion


@dataclass(frozen=True)
class Judged:
    """A score with its quotes; or `insufficient` says why there is none; or neither: the model's answers had no ground."""

    score: int | None = None
    insufficient: str = ""
    reason: str = ""
    quotes: tuple[Found, ...] = ()
    input_hash: str = ""
    asks: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)


def refused_by_rule(question: Question | None) -> Insufficient | None:
    """The rule that forbids a score without asking anybody; None when a model is to be asked."""
    why = too_little([question] if question else [])
    if why is None and question is not None and _only_orders(question):
        return Insufficient.ONLY_INSTRUCTIONS
    return why


def judge(
    plan: Plan, criterion: PlanCriterion, question: Question | None, *, subject: str, may_go_on: Callable[[], bool]
) -> Judged:
    """`may_go_on` is asked before each request. Raises ProviderError, and asking.Stopped when it says no."""
    why = refused_by_rule(question)
    if why is not None or question is None:
        return Judged(insufficient=why or "")
    asked = ask(plan, criterion, question, subject=subject, may_go_on=may_go_on)
    spent = {"input_hash": asked.input_hash, "asks": asked.asks, "tokens": asked.tokens, "cost": asked.cost}
    if asked.verdict is None:
        return Judged(**spent)
    verdict = asked.verdict
    return Judged(verdict.score, verdict.insufficient or "", verdict.reason, verdict.quotes, **spent)


def _only_orders(question: Question) -> bool:
    """Without the sentences that give orders to the machine, too little is left."""
    rest = question
    for order in reversed(suspects(question.answers)):
        rest = replace(rest, answers=tuple(
            replace(answer, text=answer.text[: order.start] + " " + answer.text[order.end :])
            if answer.turn == order.turn else answer
            for answer in rest.answers
        ))  # fmt: skip
    return rest is not question and too_little([rest]) is not None

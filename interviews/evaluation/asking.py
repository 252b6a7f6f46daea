"""Asking a model about one answer and one criterion, and asking again when what it says has no ground (design §5).

The model is shown the criterion, its anchors, one question and the answer to it: no name, no other answer, no mark of anybody.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from interview_site import llm
from interview_site.errors import ProviderError
from interviews.evaluation.evidence import Question
from interviews.evaluation.suspicion import suspects
from interviews.evaluation.verdicts import SCHEMA, Unfounded, Verdict, read
from interviews.plan import Plan, PlanCriterion
from interviews.prompts import Prompt, prompt

MOST_ASKS = 3
MOST_TOKENS = 900
# What another answer may put right; every other fault is the caller's.
MISSHAPEN = ("invalid_response", "empty")
_AGAIN = (
    "Your answer cannot stand: {problems}. Answer again by the same rules, with one JSON object. "
    "If the answer does not show the criterion, the score is null and the quotes are empty."
)


@dataclass(frozen=True)
class Asked:
    """`verdict` is None when `asks` answers had no ground."""

    verdict: Verdict | None
    asks: int
    tokens: int
    cost: Decimal
    input_hash: str


def prompt_for(language: str) -> Prompt:
    return prompt("evaluate", language)


def ask(
    plan: Plan, criterion: PlanCriterion, question: Question, *, subject: str, may_go_on: Callable[[], bool] = lambda: True
) -> Asked:
    """`may_go_on` is asked before each request. Raises ProviderError, and Stopped when it says no."""
    orders = suspects(question.answers)
    messages = _messages(plan, criterion, question)
    shown = json.dumps([llm.model_name(llm.Purpose.EVALUATION), messages, SCHEMA], ensure_ascii=False, sort_keys=True)
    input_hash = hashlib.sha256(shown.encode()).hexdigest()
    tokens, cost, said = 0, Decimal(0), list(messages)
    for number in range(1, MOST_ASKS + 1):
        if not may_go_on():
            raise Stopped
        try:
            answer = llm.complete(
                llm.Purpose.EVALUATION, said, max_tokens=MOST_TOKENS, schema=SCHEMA, temperature=0.0, subject=subject
            )
        except ProviderError as error:
            if error.code not in MISSHAPEN:
                raise
            said = [*messages, {"role": "user", "content": _AGAIN.format(problems="it is not an object of the schema")}]
            continue
        tokens, cost = tokens + answer.usage.tokens, cost + answer.cost
        try:
            return Asked(read(answer.data, question.answers, orders), number, tokens, cost, input_hash)
        except Unfounded as error:
            again = {"role": "user", "content": _AGAIN.format(problems="; ".join(error.problems))}
            said = [*messages, {"role": "assistant", "content": answer.text[:4000]}, again]
    return Asked(None, MOST_ASKS, tokens, cost, input_hash)


class Stopped(Exception):
    """The caller's permission was withdrawn."""


def _messages(plan: Plan, criterion: PlanCriterion, question: Question) -> list[dict[str, str]]:
    anchors = [f"{mark}: {' '.join(anchor.split())}" for mark, anchor in enumerate(criterion.anchors, 1) if anchor.strip()]
    described = "\n".join([" ".join(f"{criterion.name}. {criterion.meaning}".split()), *anchors])
    said = "\n".join(" ".join(answer.text.split()) for answer in question.answers if answer.text.strip())
    return prompt_for(plan.language).messages(
        title=" ".join(plan.title.split()), criterion=described, question=" ".join(question.text.split()), answer=said
    )

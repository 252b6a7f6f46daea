"""From the rows of a rehearsal to its report: codes and numbers, said to people by `words`."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.conf import settings

from interview_site import llm
from interview_site.llm.usage import spent_on
from interviews.conversation.coverage import ANSWERED, coverage, seconds_used
from interviews.models import Rehearsal, RehearsedInterview
from interviews.plan import Plan
from interviews.rehearsal import marking
from interviews.rehearsal.checks import Run, checks
from interviews.rehearsal.parts import subject
from interviews.rehearsal.personas import PERSONAS, STRONG
from interviews.services.turns import said


def report_of(rehearsal: Rehearsal, plan: Plan, parts: Sequence[RehearsedInterview]) -> dict[str, Any]:
    """{"checks": [{code, level, data}], "rows": [one a candidate], "cost", "one", "currency", "tokens"}.

    "one": what an interview like the strong candidate's costs, scored once. Money as decimal strings.
    """
    runs = [_run(plan, part) for part in parts]
    spent = [spent_on(subject(part)) for part in parts]
    found = checks(plan, runs, led=rehearsal.is_led, marked=rehearsal.is_marked)
    return {
        "checks": [asdict(check) for check in found],
        "rows": [_row(plan, run) for run in runs],
        "cost": _money(sum((one.cost for one in spent), Decimal(0))),
        "one": _money(_cost_of_one(parts)),
        "tokens": sum(one.usage.tokens for one in spent),
        "currency": settings.LLM_CURRENCY,
    }


def _run(plan: Plan, part: RehearsedInterview) -> Run:
    turns = said(part.interview_id)
    covered = coverage(plan, turns, is_over=True)
    return Run(part.persona, part.ending, turns, covered, seconds_used(turns, now=part.at), part.marks, part.replies)


def _row(plan: Plan, run: Run) -> dict[str, Any]:
    return {
        "persona": run.persona,
        "ending": run.ending,
        "minutes": -(-run.seconds // 60),
        "asked": sum(row.is_asked for row in run.covered),
        "answered": sum(row.state == ANSWERED for row in run.covered),
        "total": len(run.covered),
        "follow_ups": sum(row.follow_ups for row in run.covered),
        "score": marking.overall(plan, run.marks),
    }


def _cost_of_one(parts: Sequence[RehearsedInterview]) -> Decimal:
    strong = next(part for part in parts if part.persona == STRONG)
    talking = spent_on(subject(strong), llm.Purpose.DIALOGUE).cost
    scoring = spent_on(subject(strong), llm.Purpose.EVALUATION).cost / max(1, PERSONAS[STRONG].marked)
    return talking + scoring


def _money(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.0001')):f}"

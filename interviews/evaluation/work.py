"""What a worker does for one evaluation: one finding a run, committed, then it rings again (design §2, threats 3, 5).

So a long evaluation never holds a worker, a killed one loses at most one request, and none is paid for twice that was stored.
"""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from interview_site import due, llm
from interview_site.errors import Category, ProviderError
from interview_site.rings import ring
from interviews.evaluation import asking, permission
from interviews.evaluation.evidence import Question
from interviews.evaluation.gather import Material, gather
from interviews.evaluation.judging import judge
from interviews.models import Evaluation, EvaluationPassage, Finding, Interview
from interviews.plan import PlanCriterion, PlanError

log = logging.getLogger(__name__)
State = Evaluation.State
TASK = "interviews.tasks.evaluate"
LEASE_S = 300  # longer than three requests and their tries
MOST_ATTEMPTS = 10  # of one finding, hours with back-off
WAIT_FOR_WORDS_S = 30.0
LONGEST_WAIT = timedelta(hours=24)  # for a recogniser that is away; then what is there is judged
_NEEDS_PERSON = {Category.AUTHENTICATION: "key", Category.QUOTA: "budget", Category.INVALID_REQUEST: "refused"}


def work(pk: int) -> None:
    """The next finding of this evaluation, if it is due and nobody else has it. Safe to run twice and to be killed anywhere."""
    if not Evaluation.claim(pk, lease_s=LEASE_S):
        return
    evaluation = Evaluation.objects.select_related("interview__version", "interview__candidate").get(pk=pk)
    try:
        _step(evaluation)
    except ProviderError as error:
        _faulty(evaluation, error)
    except PlanError as error:
        _end(evaluation, State.NEEDS_PERSON, "plan", str(error))
    except asking.Stopped:
        code = permission.problem(evaluation.interview) or "no_consent"
        _end(evaluation, State.NEEDS_PERSON, code, "stopped")


def _step(evaluation: Evaluation) -> None:
    interview = evaluation.interview
    if evaluation.attempts > MOST_ATTEMPTS:
        _end(evaluation, State.NEEDS_PERSON, "failed", evaluation.last_error)
        return
    if problem := permission.problem(interview):
        _end(evaluation, State.NEEDS_PERSON, problem, problem)
        return
    material = gather(interview)
    if material.is_pending and timezone.now() - evaluation.created_at < LONGEST_WAIT:
        _later(evaluation, WAIT_FOR_WORDS_S)
        return
    pairs = material.pairs()
    if evaluation.state == State.QUEUED:
        language = material.plan.language
        begun = {"total": len(pairs), "model": llm.model_name(llm.Purpose.EVALUATION)[:200],
                 "prompt": f"evaluate/{language} {asking.prompt_for(language).version}"}  # fmt: skip
        if not _move(evaluation, State.RUNNING, "begun", **begun):
            return
    done = {(str(criterion), str(question or "")) for criterion, question in
            evaluation.findings.values_list("criterion_uuid", "question_uuid")}  # fmt: skip
    left = [pair for pair in pairs if (pair[0].uuid, pair[1].uuid if pair[1] else "") not in done]
    if left:
        _find(evaluation, material, *left[0])
    if len(left) > 1:
        Evaluation.objects.filter(pk=evaluation.pk, state=State.RUNNING).update(
            due_at=timezone.now(), lease_until=None, attempts=0, last_error=""
        )
        ring(TASK, evaluation.pk)
        return
    unfounded = any(finding.needs_person for finding in evaluation.findings.all())
    _end(evaluation, State.NEEDS_PERSON if unfounded else State.PROPOSED, "unfounded" if unfounded else "", "")


def _find(evaluation: Evaluation, material: Material, criterion: PlanCriterion, question: Question | None) -> None:
    """Make and store one finding. Raises ProviderError, asking.Stopped."""
    judged = judge(
        material.plan, criterion, question, subject=evaluation.interview.public_id, may_go_on=lambda: _keeps(evaluation)
    )
    quotes = [vars(found) for found in judged.quotes]
    try:
        with transaction.atomic():
            # What was erased or withdrawn while the model was asked leaves no quotation behind (threats 77).
            Interview.objects.select_for_update().get(pk=evaluation.interview_id)
            if permission.problem(evaluation.interview):
                raise asking.Stopped
            Finding.objects.create(
                evaluation=evaluation, criterion_uuid=criterion.uuid, question_uuid=question.uuid if question else None,
                score=judged.score, insufficient=judged.insufficient, reason=judged.reason, quotes=quotes,
                quote_count=len(quotes), input_hash=judged.input_hash, asks=judged.asks,
            )  # fmt: skip
            Evaluation.objects.filter(pk=evaluation.pk).update(tokens=F("tokens") + judged.tokens, cost=F("cost") + judged.cost)
    except IntegrityError:
        return  # a worker that lost its lease was here first


def _keeps(evaluation: Evaluation) -> bool:
    """Consent as it stands now; the lease is prolonged for the next request."""
    if permission.problem(evaluation.interview):
        return False
    Evaluation.renew(evaluation.pk, lease_s=LEASE_S)
    return True


def _faulty(evaluation: Evaluation, error: ProviderError) -> None:
    log.warning("evaluation failed", extra={"evaluation": evaluation.pk, "category": str(error.category), "code": error.code})
    if error.permanent:
        code = "not_configured" if error.code == "not_configured" else _NEEDS_PERSON.get(error.category, "failed")
        _end(evaluation, State.NEEDS_PERSON, code, error.log_text)
    else:
        _later(evaluation, max(error.retry_after_s or 0.0, due.backoff_s(evaluation.attempts)), error.log_text)


def _later(evaluation: Evaluation, seconds: float, error: str = "") -> None:
    attempts = {} if error else {"attempts": 0}  # waiting for words is no attempt
    Evaluation.objects.filter(pk=evaluation.pk, state__in=(State.QUEUED, State.RUNNING)).update(
        due_at=timezone.now() + timedelta(seconds=seconds), lease_until=None, last_error=error[:500], **attempts
    )


def _end(evaluation: Evaluation, state: str, code: str, reason: str) -> None:
    ended = {"error_code": code, "last_error": reason[:500], "due_at": None, "lease_until": None, "finished_at": timezone.now()}
    if _move(evaluation, state, reason or code, **ended):
        log.info("evaluation ended", extra={"evaluation": evaluation.pk, "state": str(state), "code": code or "-"})


MOVES = {State.RUNNING: (State.QUEUED,), State.PROPOSED: (State.RUNNING,), State.NEEDS_PERSON: (State.QUEUED, State.RUNNING)}


def _move(evaluation: Evaluation, new: str, reason: str, **fields: object) -> bool:
    with transaction.atomic():
        for old in MOVES[new]:
            if Evaluation.objects.filter(pk=evaluation.pk, state=old).update(state=new, **fields):
                EvaluationPassage.objects.create(evaluation=evaluation, old_state=old, new_state=new, reason=reason[:200])
                evaluation.refresh_from_db()
                return True
    return False

"""Whether an interview may be evaluated by a model, and asking for it (design §5, hiring_law 3)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site import llm
from interview_site.rings import ring
from interviews.interviewer.permission import refusal
from interviews.models import Evaluation, Interview
from interviews.services import audit

TASK = "interviews.tasks.evaluate"
EVALUABLE = (Interview.State.COMPLETED, Interview.State.ABANDONED)
# Codes of `problem` and of Evaluation.error_code, with what a person may do about each.
TEXTS: dict[str, Promise] = {
    "not_finished": _("There is nothing to evaluate yet: the interview is not complete."),
    "erased": _("The answers were erased after their days. Nothing is left to evaluate."),
    "no_criteria": _("The position has no criteria, so there is nothing to judge by."),
    "no_consent": _("The candidate did not agree to AI analysis. Nothing is sent to a language model."),
    "cross_border": _("The candidate refused the transfer abroad, and the language model runs elsewhere. Nothing is sent to it."),
    "not_configured": _("No language model is configured. Set LLM_BASE_URL, LLM_MODEL and LLM_API_KEY (docs/models.md)."),
    "budget": _("The budget for language models is used up. Raise it or wait for the next month, then evaluate again."),
    "key": _("The language model's server refuses the key. Check LLM_API_KEY, then evaluate again."),
    "refused": _("The language model's server does not accept the request. Check LLM_MODEL, then evaluate again."),
    "failed": _("The language model could not be reached for hours. Evaluate again when it answers."),
    "unfounded": _("For some criteria the model named words that nobody said, three times. Please judge these yourself."),
    "plan": _("The position's frozen plan cannot be read. Please tell whoever runs the site."),
}


def problem(interview: Interview) -> str:
    """A code of TEXTS, or "" when it may be evaluated now. Consents are read anew: a withdrawal works at once."""
    if interview.state not in EVALUABLE:
        return "not_finished"
    if Interview.objects.filter(pk=interview.pk, erased_at__isnull=False).exists():
        return "erased"
    if not interview.version.plan.get("criteria"):
        return "no_criteria"
    if refused := refusal(interview, llm.Purpose.EVALUATION):
        return refused
    return "" if llm.is_configured(llm.Purpose.EVALUATION) else "not_configured"


class CannotEvaluate(Exception):
    """`code` is one of TEXTS; `text` says it to a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.text = code, TEXTS[code]


def evaluate(interview: Interview, *, by: object = None) -> Evaluation:
    """Ask for a (new) proposal; the one under way when there is one. Never waits. Raises CannotEvaluate."""
    if code := problem(interview):
        raise CannotEvaluate(code)
    try:
        with transaction.atomic():
            made = Evaluation.objects.create(interview=interview, created_by=by, due_at=timezone.now())
            audit.record("evaluate", interview, actor=by)
            ring(TASK, made.pk)
    except IntegrityError:  # two asked at once
        return Evaluation.objects.get(interview=interview, state__in=(Evaluation.State.QUEUED, Evaluation.State.RUNNING))
    return made


def evaluate_completed(interview: Interview) -> None:
    """Part of completing an interview: a proposal is prepared by itself where it may be."""
    if interview.kind in (Interview.Kind.REAL, Interview.Kind.DEMO) and not problem(interview):
        evaluate(interview)

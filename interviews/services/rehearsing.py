"""Rehearsals as rows: asked for by HR, played in a worker, stopped or tried again, and read before inviting (design §5)."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from interview_site import llm
from interview_site.rings import ring
from interviews.models import Interview, Position, Rehearsal, RehearsedInterview
from interviews.plan import Plan, from_json
from interviews.rehearsal import marking
from interviews.rehearsal.parts import part_of, subject
from interviews.rehearsal.personas import PERSONAS
from interviews.rehearsal.report import report_of
from interviews.rehearsal.stage import Stage
from interviews.services import audit, drafting
from interviews.services.model_work import ask_again, end, perform, progress, save
from interviews.services.policies import policy
from interviews.services.versions import NothingToAsk, freeze, plan_of

State = Rehearsal.State
TASK = "interviews.tasks.rehearse"
SLICE_S = 20.0  # of one run: other work of the queue is not kept waiting
PLAYING_PERCENT = 40  # of the progress, when answers are scored afterwards
STEPS: dict[str, str | Promise] = {
    "playing": _("The made-up candidates are being interviewed"), "marking": _("Their answers are being scored"),
}  # fmt: skip
FAULTS: dict[str, str | Promise] = {
    **drafting.FAULTS,
    "refused": _("The language model refused to score an answer."),
    "invalid_response": _("The language model's answers could not be used. Try again, or use another model."),
}
WARNINGS: dict[str, str | Promise] = {
    "missing": _("This position has not been rehearsed yet."),
    "changed": _("The position has changed since its last rehearsal."),
    "warned": _("The last rehearsal found something to look at."),
    "failed": _("The last rehearsal broke off."),
    "under_way": _("This position is being rehearsed right now."),
}


class UnderWay(Exception):
    """This position is being rehearsed already; `rehearsal` is the one."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        super().__init__()
        self.rehearsal = rehearsal


class NotNow(Exception):
    """Only a rehearsal that broke off or was stopped can be tried again, and only one that is under way can be stopped."""


def ask(position: Position, *, language: str, by: object) -> Rehearsal:
    """Queue a rehearsal of the present draft. Raises NothingToAsk, UnderWay."""
    version = freeze(position, by=by)
    plan = from_json(version.plan)
    if language not in plan.languages:
        language = plan.language
    try:
        with transaction.atomic():
            made = Rehearsal.objects.create(
                position=position, version=version, language=language, created_by=by, due_at=timezone.now(),
                is_led=_is_led(plan),
                is_marked=bool(plan.criteria) and llm.is_configured(llm.Purpose.EVALUATION),
            )  # fmt: skip
            audit.record("rehearse", position, actor=by)
            ring(TASK, made.pk)
    except IntegrityError:
        raise UnderWay(Rehearsal.objects.get(position=position, state__in=(State.QUEUED, State.RUNNING))) from None
    return made


def _is_led(plan: Plan) -> bool:
    """A model takes part: for follow-up questions, or for questions about the job."""
    has_work = bool(plan.facts.strip()) or any(question.mode == "adaptive" for question in plan.questions)
    return has_work and llm.is_configured(llm.Purpose.DIALOGUE)


def most_requests(plan: Plan) -> int:
    """How often the evaluation model is asked at most, re-asks apart; so that HR know before they start."""
    return marking.how_many(plan)


def cancel(rehearsal: Rehearsal, *, by: object) -> None:
    """Stop it; a worker that is busy with it writes nothing more. Raises NotNow."""
    with transaction.atomic():
        under_way = Rehearsal.objects.filter(pk=rehearsal.pk, state__in=(State.QUEUED, State.RUNNING))
        ended = {"state": State.CANCELLED, "due_at": None, "lease_until": None, "step": "", "finished_at": timezone.now()}
        if under_way.update(**ended, run=F("run") + 1) != 1:
            raise NotNow
        left = Interview.objects.filter(rehearsed__rehearsal=rehearsal.pk, state__in=Interview.LIVE)
        left.update(state=Interview.State.ABANDONED)
        audit.record("rehearsal_stopped", rehearsal.position, actor=by)


def try_again(rehearsal: Rehearsal, *, by: object) -> None:
    """Go on with one that broke off, from where it stopped. Raises NotNow, UnderWay."""
    if rehearsal.state != State.FAILED:
        raise NotNow
    try:
        with transaction.atomic():
            ask_again(rehearsal)
            audit.record("rehearse", rehearsal.position, actor=by)
            ring(TASK, rehearsal.pk)
    except IntegrityError:
        raise UnderWay(Rehearsal.objects.get(position=rehearsal.position_id, state__in=(State.QUEUED, State.RUNNING))) from None


def fault_text(rehearsal: Rehearsal) -> str | Promise:
    return FAULTS.get(rehearsal.error_code, FAULTS["server"]) if rehearsal.error_code else ""


# --- What is known of a position ------------------------------------------------------------------------------------------


def latest(position: Position) -> Rehearsal | None:
    """The newest rehearsal that was not stopped."""
    return position.rehearsals.exclude(state=State.CANCELLED).select_related("version").first()


def is_of_present_draft(rehearsal: Rehearsal) -> bool:
    """Whether what it rehearsed is what would be asked now. Voice, contact and retention make no difference."""
    try:
        return _essence(from_json(rehearsal.version.plan)) == _essence(plan_of(rehearsal.position))
    except NothingToAsk:
        return False


@dataclass(frozen=True)
class Standing:
    """The newest rehearsal that was not stopped, and a code of WARNINGS: why HR may want to rehearse before inviting, or ""."""

    last: Rehearsal | None = None
    warning: str = "missing"

    @property
    def is_present(self) -> bool:
        """It rehearsed what would be asked now."""
        return self.warning not in ("missing", "changed")


def standing(position: Position) -> Standing:
    last = latest(position)
    if last is None:
        return Standing()
    if not is_of_present_draft(last):
        return Standing(last, "changed")
    if last.is_under_way:
        return Standing(last, "under_way")
    if last.state == State.FAILED:
        return Standing(last, "failed")
    return Standing(last, "warned" if last.warnings else "")


def warning(position: Position) -> str:
    return standing(position).warning


def _essence(plan: Plan) -> str:
    avatar = {"persona": plan.avatar.get("persona", "")}
    return replace(plan, avatar=avatar, contact="", retention_days=0, translations={}).fingerprint()


# --- In the worker --------------------------------------------------------------------------------------------------------


def work(pk: int) -> None:
    """One slice of a rehearsal. Safe to run twice and to be killed anywhere."""
    perform(Rehearsal, pk, _work)


def _work(rehearsal: Rehearsal) -> None:
    until = time.monotonic() + SLICE_S
    plan = from_json(rehearsal.version.plan).in_language(rehearsal.language)
    parts = [part_of(rehearsal, persona) for persona in PERSONAS]

    def goes_on() -> bool:
        """Keeps the lease and says how far it is; Superseded ends a run that nobody wants any more."""
        step, percent = _standing(rehearsal, plan, parts)
        progress(rehearsal, step, percent)
        return time.monotonic() < until

    for part in parts:
        if not part.ending:
            Stage(part, policy=policy(), subject=subject(part)).play(goes_on=goes_on)
            if not part.ending:
                _hand_on(rehearsal)
                return
    if rehearsal.is_marked:
        for part in parts:
            while _marks_left(part):
                if not goes_on():
                    _hand_on(rehearsal)
                    return
                marking.mark_next(part, subject=subject(part), may_go_on=lambda: _keeps(rehearsal, goes_on))
    model = llm.model_name(llm.Purpose.EVALUATION if rehearsal.is_marked else llm.Purpose.DIALOGUE)
    report = report_of(rehearsal, plan, parts)
    spent = {"tokens": report["tokens"], "cost": Decimal(report["cost"]), "model": model[:200] if rehearsal.is_led else ""}
    end(rehearsal, State.READY, report=report, **spent)


def _keeps(rehearsal: Rehearsal, goes_on: Callable[[], bool]) -> bool:
    goes_on()  # renews the lease, and raises when it was stopped
    return True


def _hand_on(rehearsal: Rehearsal) -> None:
    """The next run goes on here."""
    save(rehearsal, due_at=timezone.now(), lease_until=None, attempts=0)
    ring(TASK, rehearsal.pk)


def _marks_left(part: RehearsedInterview) -> bool:
    return next(marking.left(part, marking.gather(part.interview)), None) is not None


def _standing(rehearsal: Rehearsal, plan: Plan, parts: list[RehearsedInterview]) -> tuple[str, int]:
    played = sum(1 for part in parts if part.ending)
    playing = PLAYING_PERCENT if rehearsal.is_marked else 99
    if played < len(parts):
        return "playing", 1 + (playing - 1) * played // len(parts)
    marked, total = sum(len(part.marks) for part in parts), max(1, marking.how_many(plan))
    return "marking", min(99, playing + (99 - playing) * marked // total)

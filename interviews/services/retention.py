"""After the days the position promised, sound and words go; what people decided stays (threats 63, 77, 78).

Words are the candidate's own, the greeting that tells the name (and its kept sound), letters, and what reviewers and
models wrote about the answers. Marks, decisions with their reasons, consents and the audit log are the proof of a fair procedure.

Counted from the end of an interview, or from its deadline when it never ended. A legal hold stops it. In batches, each
interview by itself: a fault with one does not keep the others, and the next night goes on where this one stopped.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from avatars.services import speech_cleanup
from interviews.conversation import names
from interviews.models import Finding, Interview, Mark, OutgoingMail, Review, ReviewChange, Turn
from interviews.plan import PlanError, from_json
from interviews.services import audit
from transcription.services.erase import erase_recording

log = logging.getLogger(__name__)
DEFAULT_DAYS = 180
SHORTEST_DAYS = 1


@dataclass
class Applied:
    """Counts for the log and the command: what was, or with a dry run would be, erased."""

    interviews: int = 0
    turns: int = 0
    takes: int = 0
    bytes: int = 0
    held: int = 0
    faults: int = 0


def overdue(now: object = None) -> QuerySet[Interview]:
    """Interviews that might be over their days: those of at least the shortest retention, not erased."""
    latest = (now or timezone.now()) - timedelta(days=SHORTEST_DAYS)
    ended = Q(completed_at__lt=latest) | Q(completed_at=None, deadline__lt=latest)
    running = Q(state__in=Interview.LIVE)
    rows = Interview.objects.filter(ended, erased_at=None).exclude(running)
    return rows.select_related("version__position", "candidate").order_by("pk")


def apply_retention(*, dry_run: bool = False, batch: int = 500) -> Applied:
    """Erase what is over its days. May run twice at once and be cut anywhere."""
    applied = Applied()
    now, last = timezone.now(), 0
    while True:
        rows = list(overdue(now).filter(pk__gt=last)[:batch])
        if not rows:
            break
        last = rows[-1].pk
        for interview in rows:
            if now < _until(interview):
                continue
            if interview.legal_hold:
                applied.held += 1
                continue
            try:
                _erase(interview, applied, dry_run=dry_run)
            except Exception as error:  # the outermost loop: the next night tries this one again
                applied.faults += 1
                log.error("retention failed", extra={"interview": interview.public_id, "fault": type(error).__name__})
    log.info("retention", extra={**vars(applied), "dry_run": dry_run})
    return applied


def erase_answers(interview: Interview, *, reason: str, actor: object = None) -> int:
    """Erase sound and words of one interview now, hold or not; returns how many turns lost their words."""
    erase_recording(interview.recording_key)
    speech_cleanup.forget_sentences(_sentences_with_name(interview))
    with transaction.atomic():
        Interview.objects.select_for_update().get(pk=interview.pk)  # a finding that is being stored comes before or not at all
        Turn.objects.filter(_personal(), interview=interview).update(text="", sentences=[])
        OutgoingMail.objects.filter(interview=interview).update(to="", subject="", body="", due_at=None)
        Review.objects.filter(interview=interview).update(comment="")
        Mark.objects.filter(review__interview=interview).update(note="")
        for change in ReviewChange.objects.filter(review__interview=interview):
            marks = {uuid: [score, ""] for uuid, (score, _note) in change.marks.items()}
            ReviewChange.objects.filter(pk=change.pk).update(comment="", marks=marks)
        for finding in Finding.objects.filter(evaluation__interview=interview):
            quotes = [{"turn": quote["turn"]} for quote in finding.quotes]
            Finding.objects.filter(pk=finding.pk).update(quotes=quotes, reason="")
        turns = Turn.objects.filter(interview=interview, speaker=Turn.Speaker.CANDIDATE)
        count = turns.update(text="", sentences=[], text_state=Turn.TextState.FINAL, start_ms=None, end_ms=None)
        # Accommodations tell about health: nothing of them outlives the interview.
        Interview.objects.filter(pk=interview.pk).update(accommodations={})
        Interview.objects.filter(pk=interview.pk, erased_at=None).update(erased_at=timezone.now())
        audit.record("erase", interview, actor=actor, note=reason)
    return count


def set_hold(interview: Interview, held: bool, *, by: object) -> bool:
    """Keep this interview from retention and from erasing on request, or let go of it; False when it stands so already."""
    changed = Interview.objects.filter(pk=interview.pk, legal_hold=not held, erased_at=None).update(legal_hold=held)
    if changed:
        audit.record("hold" if held else "release", interview, actor=by)
    return bool(changed)


def _erase(interview: Interview, applied: Applied, *, dry_run: bool) -> None:
    receipt = erase_recording(interview.recording_key, dry_run=True)
    applied.interviews += 1
    applied.takes += receipt.takes
    applied.bytes += receipt.bytes
    if dry_run:
        applied.turns += Turn.objects.filter(interview=interview, speaker=Turn.Speaker.CANDIDATE).count()
    elif Interview.objects.filter(pk=interview.pk, legal_hold=False).exists():  # somebody may have set it a moment ago
        applied.turns += erase_answers(interview, reason="retention")


def _personal() -> Q:
    """The interviewer's words that tell the name, or that a model took from the candidate's answer."""
    return Q(speaker=Turn.Speaker.AVATAR) & (Q(kind__in=[Turn.Kind.GREETING, Turn.Kind.FOLLOW_UP]) | ~Q(source=""))


def _sentences_with_name(interview: Interview) -> list[str]:
    """Of the scripted turns only a greeting tells the name (conversation.script); a model's words go whole."""
    person = interview.candidate
    called = {names.address(person.name), names.spoken(person.name, person.form_of_address)} - {""}
    rows = Turn.objects.filter(_personal(), interview=interview).values_list("kind", "sentences")
    return [
        sentence
        for kind, sentences in rows
        for sentence in sentences
        if kind != Turn.Kind.GREETING or any(name in sentence for name in called)
    ]


def _until(interview: Interview) -> object:
    try:
        days = from_json(interview.version.plan).retention_days
    except PlanError:
        days = DEFAULT_DAYS
    return (interview.completed_at or interview.deadline) + timedelta(days=max(SHORTEST_DAYS, days))

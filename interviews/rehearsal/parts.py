"""The rows of one made-up candidate's interview: of the kind "rehearsal", in no list, without an address."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from interviews.models import Candidate, Interview, Rehearsal, RehearsedInterview
from interviews.rehearsal.personas import STRONG, words


def part_of(rehearsal: Rehearsal, persona: str) -> RehearsedInterview:
    """The part this persona plays, made when it is not there yet."""
    found = RehearsedInterview.objects.filter(rehearsal=rehearsal, persona=persona).select_related("interview__version").first()
    if found is None:
        with transaction.atomic():
            now = timezone.now()
            interview = Interview.objects.create(
                candidate=_made_up(rehearsal.language), version=rehearsal.version, kind=Interview.Kind.REHEARSAL,
                language=rehearsal.language, state=Interview.State.IN_PROGRESS, started_at=now, active_at=now,
                created_by=rehearsal.created_by, deadline=now + timedelta(days=rehearsal.position.answer_days),
            )  # fmt: skip
            found = RehearsedInterview.objects.create(rehearsal=rehearsal, persona=persona, interview=interview, at=now)
    found.rehearsal = rehearsal
    return found


def subject(part: RehearsedInterview) -> str:
    """Whom the cost counts for: each made-up candidate has the budget of one interview."""
    return f"rehearsal-{part.rehearsal_id}-{part.persona}"


def _made_up(language: str) -> Candidate:
    """The person all rehearsals of a language are with."""
    known = Candidate.objects.filter(language=language, interviews__kind=Interview.Kind.REHEARSAL).first()
    return known or Candidate.objects.create(name=words(STRONG, language).name, language=language)

"""The interview's row as values of the pure core, and the lock under which an event is taken (design §5)."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from interviews.conversation.timekeeping import active_s
from interviews.conversation.values import Facts, Said
from interviews.interviewer.permission import may_think
from interviews.models import Consent, Interview, InterviewPassage, PositionVersion
from interviews.plan import Plan, from_json
from interviews.services import consents
from interviews.services.disclosure import words_leave

LOCK_TIMEOUT_MS = 2000


def interview_rows() -> QuerySet[Interview]:
    return Interview.objects.select_related("candidate").annotate(plan_fingerprint=F("version__fingerprint"))


def plan_of(interview: Interview) -> Plan:
    return _read_plan(interview.version_id, interview.plan_fingerprint, interview.language)


def locked(interview_id: int) -> Interview:
    """The row, locked until the transaction ends (SQLite: the IMMEDIATE transaction itself is the lock)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
    rows = interview_rows()
    if connection.features.has_select_for_update_of:
        return rows.select_for_update(of=("self",)).get(pk=interview_id)
    return rows.select_for_update().get(pk=interview_id)


@lru_cache(maxsize=256)
def _read_plan(version_id: int, fingerprint: str, language: str) -> Plan:
    """A version is never changed, so its plan may be kept; the fingerprint tells apart rows that had the same number."""
    return from_json(PositionVersion.objects.values_list("plan", flat=True).get(pk=version_id)).in_language(language)


def facts_of(interview: Interview, turns: Sequence[Said]) -> Facts:
    now, may_be_personal = timezone.now(), _may_say_personal_words(interview)
    return Facts(
        language=interview.language,
        name=interview.candidate.name if may_be_personal else "",
        seed=interview.public_id,
        now=now,
        deadline=interview.deadline,
        elapsed_s=active_s([turn.at for turn in turns if turn.at], _pauses(interview), now),
        heard_sentence=interview.heard_sentence,
        paused=interview.state == Interview.State.PAUSED,
        company=settings.COMPANY_NAME,
        model=may_be_personal and may_think(interview),
        generation=interview.reply_generation,
        awaits=interview.reply_state,
        form_of_address=interview.candidate.form_of_address,
    )


def _may_say_personal_words(interview: Interview) -> bool:
    """A name, and a question a model words from an answer, are said by a voice or face made outside the company only with
    consent to that; else the greeting goes without the name, and the script asks."""
    return not words_leave(plan_of(interview).avatar) or consents.may_leave(interview, Consent.Data.WORDS)


def _pauses(interview: Interview) -> list[tuple[datetime, datetime | None]]:
    """(from, to) of each pause; to is None for the present one."""
    pauses: list[tuple[datetime, datetime | None]] = []
    for new_state, at in InterviewPassage.objects.filter(interview_id=interview.pk).order_by("pk").values_list("new_state", "at"):
        if pauses and pauses[-1][1] is None:
            pauses[-1] = (pauses[-1][0], at)
        if new_state == Interview.State.PAUSED:
            pauses.append((at, None))
    return pauses

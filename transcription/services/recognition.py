"""One stretch of speech → text, by the configured engine (design §4). The row is the job; a task only runs it."""

import logging
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from interview_site import due
from interview_site.errors import ProviderError
from interview_site.rings import ring
from transcription import phantoms
from transcription.engines.base import Recognised, RecognitionEngine
from transcription.engines.registry import configured_engine
from transcription.models import SpeechSegment
from transcription.services.segments import TASK
from transcription.services.sound import wav_of

log = logging.getLogger(__name__)
State = SpeechSegment.State
LEASE_S = 180  # longer than any one call may take
MOST_ATTEMPTS = 12  # then a person looks; with back-off that is some hours


def transcribe(pk: int) -> None:
    """Run one segment's recognition, if it is due and nobody else has it. Safe to run twice."""
    if not SpeechSegment.claim(pk, lease_s=LEASE_S):
        return
    segment = SpeechSegment.objects.select_related("take__recording").get(pk=pk)
    engine = configured_engine()
    if not segment.take.recording.recognise or segment.take.recording.erased_at:
        _settle(segment, State.OFF, "")
        return
    if engine is None:  # the key was taken away meanwhile: it waits for the next one
        _release(segment, due_at=None, error="")
        return
    if segment.attempts > MOST_ATTEMPTS:
        _settle(segment, State.FAILED, segment.last_error or "crashed repeatedly")
        return
    SpeechSegment.objects.filter(pk=pk).update(state=State.RUNNING)
    try:
        wav = wav_of(segment.take, segment.start_ms, segment.end_ms)
        answer = engine.recognise(wav, segment.take.recording.language)
    except ProviderError as error:
        _failed(segment, error)
    except OSError as error:  # the disk is away
        _release(segment, due_at=_after(due.backoff_s(segment.attempts)), error=type(error).__name__)
    else:
        _done(segment, engine, answer)


def again(segments: QuerySet[SpeechSegment]) -> int:
    """"Transcribe again": failed, done or waiting ones become due now. Returns how many."""
    chosen = segments.exclude(state__in=(State.RUNNING, State.OFF)).filter(take__recording__recognise=True)
    keys = list(chosen.values_list("pk", flat=True))
    changed = SpeechSegment.objects.filter(pk__in=keys).exclude(state=State.RUNNING).update(
        state=State.QUEUED, due_at=timezone.now() if configured_engine() else None, lease_until=None, attempts=0, last_error=""
    )  # fmt: skip
    for pk in keys:
        ring(TASK, pk, queue_name="recording")
    return changed


def _done(segment: SpeechSegment, engine: RecognitionEngine, answer: Recognised) -> None:
    text = phantoms.without_loops(answer.text)
    if phantoms.is_phantom(text, answer.no_speech, answer.confidence):
        text = ""
    model = getattr(getattr(engine, "configuration", None), "model", "")
    SpeechSegment.objects.filter(pk=segment.pk, state=State.RUNNING).update(
        state=State.DONE, text=text, language=answer.language[:8], confidence=answer.confidence,
        engine=f"{engine.name}:{model}"[:80].rstrip(":"), due_at=None, lease_until=None, last_error="",
    )  # fmt: skip


def _failed(segment: SpeechSegment, error: ProviderError) -> None:
    log.warning("recognition failed", extra={"segment": segment.pk, "category": error.category, "request": error.request_id})
    if error.permanent or segment.attempts >= MOST_ATTEMPTS:
        _settle(segment, State.FAILED, error.log_text)
        return
    wait_s = max(error.retry_after_s or 0.0, due.backoff_s(segment.attempts))
    _release(segment, due_at=_after(wait_s), error=error.log_text)


def _settle(segment: SpeechSegment, state: str, error: str) -> None:
    SpeechSegment.objects.filter(pk=segment.pk).update(state=state, due_at=None, lease_until=None, last_error=error[:500])


def _release(segment: SpeechSegment, *, due_at: object, error: str) -> None:
    attempts = F("attempts") if error else F("attempts") - 1
    SpeechSegment.objects.filter(pk=segment.pk).update(
        state=State.QUEUED, due_at=due_at, lease_until=None, last_error=error[:500], attempts=attempts
    )


def _after(seconds: float) -> object:
    return timezone.now() + timedelta(seconds=seconds)

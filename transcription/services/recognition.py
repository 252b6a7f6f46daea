"""One stretch of speech → text, by the engines of the settings (design §4). The row is the job; a task only runs it."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from interview_site import due
from interview_site.errors import ProviderError
from interview_site.rings import ring
from transcription.models import Recording, SegmentText, SpeechSegment
from transcription.services.listening import may_ever, permitted
from transcription.services.segments import TASK
from transcription.services.sound import wav_to_recognise
from transcription.services.understanding import Understanding, understand

log = logging.getLogger(__name__)
State = SpeechSegment.State
LEASE_S = 290  # longer than a task may run: a worker that lives never loses its row to another
MOST_ATTEMPTS = 12  # then a person looks; with back-off that is some hours
_OF_A_TEXT = ("text", "language", "language_mismatch", "confidence", "engine")


def transcribe(pk: int) -> None:
    """Run one segment's recognition, if it is due and nobody else has it. Safe to run twice."""
    if not SpeechSegment.claim(pk, lease_s=LEASE_S):
        return
    segment = SpeechSegment.objects.select_related("take__recording").get(pk=pk)
    recording = segment.take.recording
    if not may_ever(recording):
        _give_up(segment, State.OFF, "")
        return
    engines = permitted(recording, wanted=segment.wanted_engine)
    if not engines and segment.wanted_engine:
        _give_up(segment, State.FAILED, f"{segment.wanted_engine} is not there any more")
        return
    if not engines:  # the key was taken away meanwhile: it waits for the next one
        _wait(segment, None)
        return
    if segment.attempts > MOST_ATTEMPTS:
        _give_up(segment, State.FAILED, segment.last_error or "crashed repeatedly")
        return
    SpeechSegment.objects.filter(pk=pk).update(state=State.RUNNING)
    try:
        wav = wav_to_recognise(segment.take, segment.start_ms, segment.end_ms)
        understanding = understand(engines, wav, recording, on_piece=lambda: SpeechSegment.renew(pk, lease_s=LEASE_S))
    except ProviderError as error:
        _failed(segment, error)
    except OSError as error:  # the disk is away
        _try_later(segment, due.backoff_s(segment.attempts), type(error).__name__)
    else:
        _done(segment, understanding)


def again(segments: QuerySet[SpeechSegment], *, engine: str = "") -> int:
    """ "Transcribe again", by `engine` or as the settings say: due now, unless running or not allowed. Returns how many.

    A segment keeps its text until the new one is there, and afterwards too (SegmentText).
    """
    able: dict[tuple, bool] = {}
    chosen = []
    for segment in segments.exclude(state=State.RUNNING).select_related("take__recording"):
        recording = segment.take.recording
        key = (recording.language, recording.local_only, recording.recognise, recording.erased_at is None)
        if key not in able:
            able[key] = bool(permitted(recording, wanted=engine))
        if able[key]:
            chosen.append(segment.pk)
    changed = SpeechSegment.objects.filter(pk__in=chosen).exclude(state=State.RUNNING).update(
        state=State.QUEUED, due_at=timezone.now(), lease_until=None, attempts=0, last_error="", wanted_engine=engine
    )  # fmt: skip
    for pk in chosen:
        ring(TASK, pk, queue_name="recording")
    return changed


def choose(text: SegmentText) -> None:
    """Make an earlier text the current one."""
    with transaction.atomic():
        SpeechSegment.objects.select_for_update().get(pk=text.segment_id)
        SegmentText.objects.filter(segment=text.segment_id, is_current=True).exclude(pk=text.pk).update(is_current=False)
        SegmentText.objects.filter(pk=text.pk).update(is_current=True)
        SpeechSegment.objects.filter(pk=text.segment_id).update(**{name: getattr(text, name) for name in _OF_A_TEXT})


def _done(segment: SpeechSegment, understanding: Understanding) -> None:
    fields = {name: getattr(understanding, name) for name in _OF_A_TEXT}
    with transaction.atomic():
        # `end_ms`: the stretch may have grown while it was recognised; then it is queued anew.
        mine = SpeechSegment.objects.filter(pk=segment.pk, state=State.RUNNING, end_ms=segment.end_ms)
        if not mine.update(state=State.DONE, due_at=None, lease_until=None, last_error="", wanted_engine="", **fields):
            return  # erased, or another worker was first
        earlier = SegmentText.objects.filter(segment=segment)
        if segment.engine and not earlier.exists():  # a text from before each run had its own row
            kept = {name: getattr(segment, name) for name in _OF_A_TEXT}
            SegmentText.objects.create(segment=segment, is_current=False, **kept)
        earlier.filter(is_current=True).update(is_current=False)
        SegmentText.objects.create(segment=segment, words=understanding.word_times, **fields)


def _failed(segment: SpeechSegment, error: ProviderError) -> None:
    log.warning("recognition failed", extra={"segment": segment.pk, "category": error.category, "request": error.request_id})
    if error.code == "breaker_open":  # nobody was asked: no attempt
        _wait(segment, _after(error.retry_after_s or 1.0), error.log_text)
    elif error.permanent or segment.attempts >= MOST_ATTEMPTS:
        _give_up(segment, State.FAILED, error.log_text)
    else:
        _try_later(segment, max(error.retry_after_s or 0.0, due.backoff_s(segment.attempts)), error.log_text)


def _give_up(segment: SpeechSegment, state: str, error: str) -> None:
    """`state`, or `done` when there is a text from before: asking again must not cost what is known."""
    if state == State.FAILED and segment.engine:
        state = State.DONE
    SpeechSegment.objects.filter(pk=segment.pk).update(
        state=state, due_at=None, lease_until=None, last_error=error[:500], wanted_engine=""
    )


def _try_later(segment: SpeechSegment, wait_s: float, error: str) -> None:
    _put_back(segment, due_at=_after(wait_s), last_error=error[:500])


def _wait(segment: SpeechSegment, due_at: datetime | None, error: str = "") -> None:
    """Back into the queue without counting an attempt."""
    _put_back(segment, due_at=due_at, last_error=error[:500], attempts=F("attempts") - 1)


def _put_back(segment: SpeechSegment, **fields: object) -> None:
    SpeechSegment.objects.filter(pk=segment.pk).update(state=State.QUEUED, lease_until=None, **fields)


def _after(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def segments_of(owner_key: str) -> QuerySet[SpeechSegment]:
    """All stretches of speech of one owner."""
    recordings = Recording.objects.filter(owner_key=owner_key, erased_at=None)
    return SpeechSegment.objects.filter(take__recording__in=recordings)

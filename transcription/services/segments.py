"""Stretches of speech as rows: made while somebody speaks, or later from the file. Synchronous."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils import timezone

from interview_site.rings import ring
from transcription.ear.choice import make_ear
from transcription.ear.events import SpeechEnded, SpeechEvent
from transcription.models import Recording, SegmentText, SpeechSegment, Take
from transcription.services.listening import may_ever, permitted
from transcription.services.sound import BYTES_PER_MS, pcm_of
from transcription.services.takes import TakeRefused, give_up

PIECE_MS = 64 * 64  # read at once when hearing a file
QUIET_S = 60  # a take without new sound for so long is heard from its file
TASK = "transcription.tasks.transcribe"


def add(take_id: int, spans: Iterable[tuple[int, int]], *, heard_ms: int) -> list[int]:
    """Rows for [start, end) ms of a take, and the note that everything before `heard_ms` is heard. May come twice."""
    take = Take.objects.select_related("recording").filter(pk=take_id).first()
    if take is None:
        return []
    state = SpeechSegment.State.QUEUED if may_ever(take.recording) else SpeechSegment.State.OFF
    due_at = timezone.now() if permitted(take.recording) else None
    made, starts = [], []
    for start_ms, end_ms in spans:
        starts.append(start_ms)
        segment, fresh = SpeechSegment.objects.get_or_create(
            take=take, start_ms=start_ms, defaults={"end_ms": end_ms, "state": state, "due_at": due_at}
        )
        if fresh:
            made.append(segment.pk)
            if due_at:
                ring(TASK, segment.pk, queue_name="recording")
        elif segment.end_ms < end_ms and start_ms >= take.segmented_ms:
            _grow(segment, end_ms)
    # Up to `segmented_ms` everything is final; behind it stood only what was tried ahead of time.
    take.segments.filter(start_ms__gte=take.segmented_ms, start_ms__lt=heard_ms).exclude(start_ms__in=starts).delete()
    Take.objects.filter(pk=take_id).update(segmented_ms=Greatest(F("segmented_ms"), heard_ms))
    return made


def early(take_id: int, start_ms: int, end_ms: int) -> None:
    """A stretch that may be over goes to recognition ahead of time; `add` settles it, longer or not at all."""
    take = Take.objects.select_related("recording").filter(pk=take_id, segmented_ms__lte=start_ms).first()
    if take is None or not permitted(take.recording):
        return
    segment, fresh = SpeechSegment.objects.get_or_create(
        take=take, start_ms=start_ms, defaults={"end_ms": end_ms, "due_at": timezone.now()}
    )
    if fresh:
        ring(TASK, segment.pk, queue_name="recording")
    elif segment.end_ms < end_ms:
        _grow(segment, end_ms)


def _grow(segment: SpeechSegment, end_ms: int) -> None:
    """It was longer: recognised anew; what was understood of the shorter one, or still will be, is not kept."""
    SegmentText.objects.filter(segment=segment).delete()
    SpeechSegment.objects.filter(pk=segment.pk).update(
        end_ms=end_ms, state=SpeechSegment.State.QUEUED, text="", engine="", due_at=timezone.now(),
        lease_until=None, attempts=0, last_error="",
    )  # fmt: skip
    ring(TASK, segment.pk, queue_name="recording")


def hear_file(take_id: int, until_ms: int | None = None) -> None:
    """Listen to the stored sound nobody listened to while it came, up to `until_ms` or its end. Raises OSError."""
    take = Take.objects.filter(pk=take_id).first()
    if take is None:
        return
    end_ms = take.duration_ms if until_ms is None else min(until_ms, take.duration_ms)
    ear, spans = make_ear(), []

    def note(events: list[SpeechEvent]) -> None:
        spans.extend((event.start_ms, event.end_ms) for event in events if isinstance(event, SpeechEnded))

    for at_ms in range(take.segmented_ms, end_ms, PIECE_MS):
        note(ear.feed(pcm_of(take, at_ms, min(at_ms + PIECE_MS, end_ms)), at_ms))
    note(ear.flush())
    add(take_id, spans, heard_ms=end_ms)
    if until_ms is None and take.state != Take.State.OPEN:
        Take.objects.filter(pk=take_id, bytes=take.bytes).update(heard=True)


def tend(*, late_hours: int, batch: int = 50) -> int:
    """Close what nobody came back for, hear what nobody heard (beat). Returns how many takes were touched."""
    now = timezone.now()
    late = Take.objects.filter(state=Take.State.OPEN, stored_at__lt=now - timedelta(hours=late_hours))
    touched = 0
    for take in late.order_by("stored_at")[:batch]:
        try:
            give_up(take)
        except (OSError, TakeRefused):
            continue
        touched += 1
    unheard = (
        Take.objects.filter(heard=False, stored_at__lt=now - timedelta(seconds=QUIET_S))
        .filter(Q(bytes__gt=F("segmented_ms") * BYTES_PER_MS + BYTES_PER_MS) | ~Q(state=Take.State.OPEN))
        .order_by("stored_at")
    )
    for pk in unheard.values_list("pk", flat=True)[:batch]:
        try:
            hear_file(pk)
        except OSError:
            continue  # the disk is away; the next tick tries again
        touched += 1
    return touched


def wake_waiting(*, batch: int = 200) -> int:
    """Once an engine that may hear them is there, what waited becomes due (beat). Returns how many."""
    waiting = SpeechSegment.objects.filter(
        state=SpeechSegment.State.QUEUED, due_at__isnull=True, take__recording__recognise=True, take__recording__erased_at=None
    )
    kinds = waiting.order_by().values_list("take__recording__language", "take__recording__local_only").distinct()
    able = Q(pk__in=[])
    for language, local_only in kinds:
        if permitted(Recording(language=language, local_only=local_only, recognise=True)):
            able |= Q(take__recording__language=language, take__recording__local_only=local_only)
    chosen = list(waiting.filter(able).order_by("pk").values_list("pk", flat=True)[:batch])
    still_waiting = SpeechSegment.objects.filter(pk__in=chosen, state=SpeechSegment.State.QUEUED, due_at__isnull=True)
    return still_waiting.update(due_at=timezone.now())

"""The words of a span of a recording, as far as they are known (for whoever owns the recording)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from transcription.models import SAMPLE_RATE, Recording, SpeechSegment, Take
from transcription.services.listening import permitted
from transcription.services.segments import hear_file

State = SpeechSegment.State
MOST_UNHEARD_MS = 1_000  # a rest shorter than this cannot hold a word worth waiting for


@dataclass(frozen=True)
class Piece:
    """One stretch of speech on the recording's clock."""

    start_ms: int
    end_ms: int
    text: str
    state: str
    confidence: float | None = None
    language: str = ""
    language_mismatch: bool = False


@dataclass(frozen=True)
class Transcript:
    """`pending`: more words may come; `failed`: some stretch needs a person; `allowed`: recognition is permitted.

    `awaited`: words may come right now, because an engine is there that may hear this recording.
    """

    text: str
    pending: bool
    failed: bool
    allowed: bool
    pieces: tuple[Piece, ...] = ()
    awaited: bool = False

    @property
    def language_mismatch(self) -> bool:
        """Some of it is in another language than the one expected."""
        return any(piece.language_mismatch for piece in self.pieces)


def text_between(recording_key: str, start_ms: int, end_ms: int) -> Transcript:
    """What was said in [start, end) of the recording's clock. Segments that touch the span belong to it."""
    pieces: list[Piece] = []
    pending, allowed, recording = False, True, None
    for take in _takes_in(recording_key, start_ms, end_ms):
        recording = take.recording
        allowed = recording.recognise
        first, last = start_ms - take.offset_ms, end_ms - take.offset_ms
        for segment in take.segments.filter(start_ms__lt=last, end_ms__gt=first).order_by("start_ms"):
            began, ended = take.offset_ms + segment.start_ms, take.offset_ms + segment.end_ms
            pieces.append(
                Piece(
                    began, ended, segment.text, segment.state, segment.confidence, segment.language, segment.language_mismatch
                )
            )  # fmt: skip
        unheard_ms = min(last, take.duration_ms) - max(first, take.segmented_ms)
        pending = pending or (allowed and not take.heard and unheard_ms > MOST_UNHEARD_MS)
    pieces.sort(key=lambda piece: piece.start_ms)
    return Transcript(
        text=" ".join(piece.text for piece in pieces if piece.text),
        pending=pending or any(piece.state in (State.QUEUED, State.RUNNING) for piece in pieces),
        failed=any(piece.state == State.FAILED for piece in pieces),
        allowed=allowed,
        pieces=tuple(pieces),
        awaited=bool(recording is None or permitted(recording)),
    )


def speech_since(recording_key: str, clock_ms: int, heard_from: dict[int, int]) -> tuple[int, int, int] | None:
    """(start, end, spoken) ms of all speech that began at `clock_ms` or later, None when there is none. Raises OSError.

    For an answer the connection was lost in: what was not heard while it came is heard from the file first. `heard_from`:
    take id → ms from which somebody listens to it just now; that part is left to them.
    """
    spans: list[tuple[int, int]] = []
    for take in _takes_in(recording_key, clock_ms, 2**62):
        end_ms = min(take.duration_ms, heard_from.get(take.pk, take.duration_ms))
        if take.segmented_ms < end_ms:
            hear_file(take.pk, end_ms)
        first = clock_ms - take.offset_ms
        found = SpeechSegment.objects.filter(take=take, start_ms__gte=first).values_list("start_ms", "end_ms")
        spans.extend((take.offset_ms + start_ms, take.offset_ms + end_ms) for start_ms, end_ms in found)
    if not spans:
        return None
    return min(start for start, _ in spans), max(end for _, end in spans), sum(end - start for start, end in spans)


def floor_given(recording_key: str, since: datetime | None) -> datetime | None:
    """Note that an answer is waited for from now on. Returns the earlier moment when it has been waited for since then already.

    `since`: when something was last said and settled; a floor given before that is over.
    """
    earlier = Recording.objects.filter(owner_key=recording_key).values_list("floor_at", flat=True).first()
    if earlier is not None and since is not None and earlier >= since:
        return earlier
    Recording.objects.filter(owner_key=recording_key).update(floor_at=timezone.now())
    return None


def speech_since_moment(recording_key: str, since: datetime, heard_from: dict[int, int]) -> tuple[int, int, int] | None:
    """`speech_since` a moment of the server's time."""
    recording = Recording.objects.filter(owner_key=recording_key).first()
    if recording is None:
        return None
    return speech_since(recording_key, max(0, int((since - recording.created_at).total_seconds() * 1000)), heard_from)


def _takes_in(recording_key: str, start_ms: int, end_ms: int) -> list[Take]:
    ends = F("offset_ms") + F("bytes") * 1000 / (SAMPLE_RATE * 2)
    takes = Take.objects.filter(recording__owner_key=recording_key, offset_ms__lt=end_ms).annotate(ends_ms=ends)
    return list(takes.filter(ends_ms__gt=start_ms).select_related("recording").order_by("offset_ms"))

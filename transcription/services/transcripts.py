"""The words of a span of a recording, as far as they are known (for whoever owns the recording)."""

from dataclasses import dataclass

from django.db.models import F

from transcription.models import SAMPLE_RATE, SpeechSegment, Take

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


@dataclass(frozen=True)
class Transcript:
    """`pending`: more words may come; `failed`: some stretch needs a person; `allowed`: recognition is permitted."""

    text: str
    pending: bool
    failed: bool
    allowed: bool
    pieces: tuple[Piece, ...] = ()


def text_between(recording_key: str, start_ms: int, end_ms: int) -> Transcript:
    """What was said in [start, end) of the recording's clock. Segments that touch the span belong to it."""
    pieces: list[Piece] = []
    pending, allowed = False, True
    for take in _takes_in(recording_key, start_ms, end_ms):
        allowed = take.recording.recognise
        first, last = start_ms - take.offset_ms, end_ms - take.offset_ms
        for segment in take.segments.filter(start_ms__lt=last, end_ms__gt=first).order_by("start_ms"):
            began, ended = take.offset_ms + segment.start_ms, take.offset_ms + segment.end_ms
            pieces.append(Piece(began, ended, segment.text, segment.state, segment.confidence))
        unheard_ms = min(last, take.duration_ms) - max(first, take.segmented_ms)
        pending = pending or (allowed and not take.heard and unheard_ms > MOST_UNHEARD_MS)
    pieces.sort(key=lambda piece: piece.start_ms)
    return Transcript(
        text=" ".join(piece.text for piece in pieces if piece.text),
        pending=pending or any(piece.state in (State.QUEUED, State.RUNNING) for piece in pieces),
        failed=any(piece.state == State.FAILED for piece in pieces),
        allowed=allowed,
        pieces=tuple(pieces),
    )


def _takes_in(recording_key: str, start_ms: int, end_ms: int) -> list[Take]:
    ends = F("offset_ms") + F("bytes") * 1000 / (SAMPLE_RATE * 2)
    takes = Take.objects.filter(recording__owner_key=recording_key, offset_ms__lt=end_ms).annotate(ends_ms=ends)
    return list(takes.filter(ends_ms__gt=start_ms).select_related("recording").order_by("offset_ms"))

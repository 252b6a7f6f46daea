"""All texts of a recording at once, for a page that shows every answer with what each engine made of it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from transcription.models import SegmentText, SpeechSegment

State = SpeechSegment.State


@dataclass
class Run:
    """What one engine made of a span at one time. `id` names it among the runs of this span."""

    id: str
    engine: str
    at: datetime
    texts: list[SegmentText] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(text.text for text in self.texts if text.text)

    @property
    def is_current(self) -> bool:
        return all(text.is_current for text in self.texts)


@dataclass(frozen=True)
class Span:
    """Stretches of speech that belong to one answer, in their order, and the runs over them, the oldest first."""

    segments: tuple[SpeechSegment, ...] = ()
    runs: tuple[Run, ...] = ()

    @property
    def waiting(self) -> int:
        return sum(segment.state in (State.QUEUED, State.RUNNING) for segment in self.segments)

    @property
    def failed(self) -> bool:
        return any(segment.state == State.FAILED for segment in self.segments)

    @property
    def language_mismatch(self) -> bool:
        return any(segment.language_mismatch for segment in self.segments)

    @property
    def languages(self) -> str:
        """Languages heard in the stretches that are in another one than expected, such as "en"; may be empty."""
        heard = {segment.language for segment in self.segments if segment.language_mismatch and segment.language}
        return ", ".join(sorted(heard))

    @property
    def confidence(self) -> float | None:
        """[0, 1], weighted by length; None when no engine said."""
        known = [
            (segment.confidence, segment.end_ms - segment.start_ms)
            for segment in self.segments
            if segment.confidence is not None and segment.text
        ]
        total = sum(length for _, length in known)
        return sum(value * length for value, length in known) / total if total else None


class RecordingTexts:
    """Two queries, whatever the number of answers."""

    def __init__(self, recording_key: str) -> None:
        rows = SpeechSegment.objects.filter(take__recording__owner_key=recording_key).select_related("take")
        self._segments = sorted(rows, key=lambda row: row.take.offset_ms + row.start_ms)
        self._texts: dict[int, list[SegmentText]] = defaultdict(list)
        for text in SegmentText.objects.filter(segment__take__recording__owner_key=recording_key).order_by("pk"):
            self._texts[text.segment_id].append(text)

    @property
    def waiting(self) -> int:
        return sum(segment.due_at is not None for segment in self._segments)

    @property
    def total(self) -> int:
        return len(self._segments)

    def between(self, start_ms: int, end_ms: int) -> Span:
        """What belongs to [start, end) of the recording's clock: every stretch that touches it."""
        inside = tuple(
            row
            for row in self._segments
            if row.take.offset_ms + row.start_ms < end_ms and row.take.offset_ms + row.end_ms > start_ms
        )
        return Span(inside, self._runs(inside))

    def _runs(self, segments: tuple[SpeechSegment, ...]) -> tuple[Run, ...]:
        """The first text of an engine for each segment is its first run, the second its second, and so on."""
        runs: dict[str, Run] = {}
        for segment in segments:
            seen: dict[str, int] = defaultdict(int)
            for text in self._texts[segment.pk]:
                seen[text.engine] += 1
                name = f"{text.engine}#{seen[text.engine]}"
                runs.setdefault(name, Run(name, text.engine, text.created_at)).texts.append(text)
        return tuple(sorted(runs.values(), key=lambda run: run.at))

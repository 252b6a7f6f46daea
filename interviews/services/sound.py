"""The sound of an interview for those who review it: which files are asked for, and what a page's player is told."""

from collections.abc import Iterable
from dataclasses import dataclass

from interviews.models import Interview, Turn
from transcription.models import SoundFile
from transcription.services import sound_files

LEAD_MS = 300  # heard before the first word, so that nothing seems cut


def span_of(turn: Turn) -> tuple[int, int] | None:
    """[start, end) ms of a spoken answer on the recording's clock; None when it was not spoken."""
    if turn.input != Turn.Input.VOICE or turn.start_ms is None or turn.end_ms is None:
        return None
    return max(0, turn.start_ms - LEAD_MS), turn.end_ms


def want_files(*, batch: int = 200) -> int:
    """Ask for a file of every spoken answer that has none yet (beat); returns how many."""
    waiting = Turn.objects.filter(input=Turn.Input.VOICE, sound_file_wanted=False, end_ms__isnull=False)
    turns = list(waiting.select_related("interview").order_by("pk")[:batch])
    for turn in turns:
        if not turn.interview.erased_at and (span := span_of(turn)):
            sound_files.want(turn.interview.recording_key, *span)
        Turn.objects.filter(pk=turn.pk).update(sound_file_wanted=True)
    return len(turns)


def want_whole(interview: Interview) -> SoundFile | None:
    """The file of the whole interview, asked for once nothing is added to it any more."""
    if not interview.is_finished or not interview.started_at or interview.erased_at:
        return None
    return sound_files.want(interview.recording_key)


@dataclass(frozen=True)
class Waveform:
    """What a player draws. `state`: ready, making, failed or none; `peaks` 0–100 over `duration_ms`."""

    state: str
    peaks: list[int]
    duration_ms: int

    def to_json(self) -> dict[str, object]:
        return {"state": self.state, "peaks": self.peaks, "duration_ms": self.duration_ms}


def waveforms(interview: Interview, turns: Iterable[Turn] | None = None) -> dict[str, Waveform]:
    """`whole` and each spoken turn by its number: one query, another one without `turns`."""
    rows = SoundFile.objects.filter(recording__owner_key=interview.recording_key, recording__erased_at=None)
    files = {(file.start_ms, file.end_ms): file for file in rows}
    found = {"whole": _waveform(files.get((0, None)))}
    for turn in Turn.objects.filter(interview=interview, input=Turn.Input.VOICE) if turns is None else turns:
        if span := span_of(turn):
            found[str(turn.number)] = _waveform(files.get(span)) if turn.sound_file_wanted else Waveform("making", [], 0)
    return found


def _waveform(file: SoundFile | None) -> Waveform:
    if file is None:
        return Waveform("none", [], 0)
    if file.path:  # also while it is made anew
        return Waveform("ready", file.peaks, file.sound_ms)
    return Waveform("failed" if file.state == SoundFile.State.FAILED else "making", [], 0)

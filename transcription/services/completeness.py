"""Is all of a recording there? By sequence, hash and the decoded length of the finished file (threats 23, 33)."""

from dataclasses import dataclass

from django.db.models import QuerySet

from transcription.models import SoundFile, Take


@dataclass(frozen=True)
class Completeness:
    """`proved`: takes whose frames are all there and have the hash their device named. `open`: still being recorded or sent.

    `broken`: takes whose device never came back, or whose hash is another; `missing_s`: seconds a device said it has and
    has not sent. `sound_ms`: of all takes. `decoded_ms`: of the finished file, None until there is one.
    """

    takes: int = 0
    proved: int = 0
    open: int = 0
    broken: int = 0
    conflicts: int = 0
    missing_s: int = 0
    sound_ms: int = 0
    decoded_ms: int | None = None
    files_failed: int = 0

    @property
    def is_proved(self) -> bool:
        return self.takes > 0 and self.proved == self.takes and not self.conflicts


def completeness_of(owner_key: str) -> Completeness:
    """Two queries."""
    takes = list(Take.objects.filter(recording__owner_key=owner_key))
    states = [take.state for take in takes]
    missing = sum(max(0, (take.expected_frames or 0) - take.next_seq) for take in takes)
    files = list(_files(owner_key).only("end_ms", "state", "decoded_ms"))
    return Completeness(
        takes=len(takes),
        proved=states.count(Take.State.COMPLETE),
        open=states.count(Take.State.OPEN),
        broken=states.count(Take.State.INCOMPLETE),
        conflicts=sum(take.conflicts for take in takes),
        missing_s=round(missing * 0.064),
        sound_ms=sum(take.duration_ms for take in takes),
        decoded_ms=next((file.decoded_ms for file in files if file.end_ms is None and file.state == SoundFile.State.DONE), None),
        files_failed=sum(file.state == SoundFile.State.FAILED for file in files),
    )


def _files(owner_key: str) -> QuerySet[SoundFile]:
    return SoundFile.objects.filter(recording__owner_key=owner_key)

"""A recording is erased: its text at once, its files by queued rows that are tried until they are gone (threats 63, 77)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from interview_site import due
from interview_site.rings import ring
from transcription.models import CameraTake, FileToDelete, Recording, SoundFile, SpeechSegment, Take
from transcription.services import takes

log = logging.getLogger(__name__)
TASK = "transcription.tasks.delete_file"
SETTLED_S = 3600  # a file younger than this may belong to a row that is not committed yet


@dataclass(frozen=True)
class Receipt:
    """What was (or with `dry_run` would be) erased."""

    recordings: int = 0
    takes: int = 0
    bytes: int = 0
    segments: int = 0
    files: int = 0  # made for listening
    camera_takes: int = 0
    dry_run: bool = False


def erase_recording(owner_key: str, *, dry_run: bool = False) -> Receipt:
    """Erase sound, camera and text of one owner; the empty recording stays and takes nothing more. May come twice."""
    recording = Recording.objects.filter(owner_key=owner_key).first()
    if recording is None:
        return Receipt(dry_run=dry_run)
    found, filmed = Take.objects.filter(recording=recording), CameraTake.objects.filter(recording=recording)
    receipt = Receipt(
        recordings=1,
        takes=found.count(),
        bytes=sum(rows.aggregate(total=Sum("bytes"))["total"] or 0 for rows in (found, filmed)),
        segments=SpeechSegment.objects.filter(take__recording=recording).count(),
        files=SoundFile.objects.filter(recording=recording).exclude(path="").count(),
        camera_takes=filmed.count(),
        dry_run=dry_run,
    )
    if dry_run:
        return receipt
    with transaction.atomic():
        Recording.objects.filter(pk=recording.pk, erased_at=None).update(erased_at=timezone.now(), recognise=False, hints=[])
        # Locked and read again: a take that was started meanwhile goes too.
        doomed = list(Take.objects.select_for_update().filter(recording=recording).values_list("pk", "path"))
        made = SoundFile.objects.select_for_update().filter(recording=recording)
        _delete_later([*(path for _, path in doomed), *made.exclude(path="").values_list("path", flat=True)])
        made.delete()
        erase_camera(owner_key)
        Take.objects.filter(pk__in=[pk for pk, _ in doomed]).delete()
    for pk, _ in doomed:
        takes.forget(pk)
    return receipt


def erase_camera(owner_key: str) -> None:
    """Erase what the camera recorded; the sound stays. May come twice."""
    with transaction.atomic():
        filmed = CameraTake.objects.select_for_update().filter(recording__owner_key=owner_key)
        _delete_later([path for both in filmed.values_list("path", "made_path") for path in both if path])
        CameraTake.objects.filter(recording__owner_key=owner_key).delete()


def _delete_later(paths: Sequence[str]) -> None:
    """Queue these files in the transaction that deletes their rows."""
    queued = FileToDelete.objects.bulk_create([FileToDelete(path=path, due_at=timezone.now()) for path in paths])
    for row in queued:
        ring(TASK, row.pk, queue_name="recording")


def delete_file(pk: int) -> None:
    """Delete one queued file, if it is due and nobody else has it."""
    if not FileToDelete.claim(pk):
        return
    row = FileToDelete.objects.get(pk=pk)
    path = _inside(row.path)
    try:
        if path is not None:
            path.unlink(missing_ok=True)
            _remove_empty(path.parent)
    except OSError as error:
        log.warning("a file could not be deleted", extra={"file": row.pk, "fault": type(error).__name__})
        later = timezone.now() + timedelta(seconds=due.backoff_s(row.attempts))
        FileToDelete.objects.filter(pk=pk).update(due_at=later, lease_until=None, last_error=type(error).__name__)
        return
    row.delete()


def report_orphans() -> tuple[int, int]:
    """(files without a row, rows without a file); both are logged, nothing is deleted here."""
    root = Path(settings.RECORDING_DIR)
    settled = timezone.now().timestamp() - SETTLED_S
    strays = 0
    for path in (found for pattern in ("*.take", "sound-*", "*.camera", "camera-*") for found in root.glob(f"*/*/{pattern}")):
        name = path.relative_to(root).as_posix()
        try:
            young = path.stat().st_mtime > settled
        except OSError:
            continue
        known = any(model.objects.filter(path=name).exists() for model in (Take, SoundFile, FileToDelete, CameraTake))
        if not young and not known and not CameraTake.objects.filter(made_path=name).exists():
            strays += 1
            log.warning("a sound file belongs to no recording", extra={"file": name})
    missing = 0
    for pk, name in Take.objects.filter(bytes__gt=0).values_list("pk", "path").iterator():
        if not (root / name).exists():
            missing += 1
            log.error("a take's file is missing", extra={"take": pk})
    for pk, name in SoundFile.objects.filter(state=SoundFile.State.DONE).values_list("pk", "path").iterator():
        if not (root / name).exists():
            missing += 1  # it is made anew from the takes
            SoundFile.objects.filter(pk=pk).update(state=SoundFile.State.QUEUED, due_at=timezone.now(), attempts=0, path="")
    return strays, missing


def _inside(name: str) -> Path | None:
    root = Path(settings.RECORDING_DIR).resolve()
    path = (root / name).resolve()
    return path if path.is_relative_to(root) and path != root else None


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # other takes of the recording are still there

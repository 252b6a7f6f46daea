"""A recording is erased: its text at once, its files by queued rows that are tried until they are gone (threats 63, 77)."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from interview_site import due
from interview_site.rings import ring
from transcription.models import FileToDelete, Recording, SpeechSegment, Take
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
    dry_run: bool = False


def erase_recording(owner_key: str, *, dry_run: bool = False) -> Receipt:
    """Erase sound and text of one owner; the empty recording stays and takes nothing more. May come twice."""
    recording = Recording.objects.filter(owner_key=owner_key).first()
    if recording is None:
        return Receipt(dry_run=dry_run)
    found = Take.objects.filter(recording=recording)
    receipt = Receipt(
        recordings=1,
        takes=found.count(),
        bytes=found.aggregate(total=Sum("bytes"))["total"] or 0,
        segments=SpeechSegment.objects.filter(take__recording=recording).count(),
        dry_run=dry_run,
    )
    if dry_run:
        return receipt
    with transaction.atomic():
        Recording.objects.filter(pk=recording.pk, erased_at=None).update(erased_at=timezone.now(), recognise=False)
        # Locked and read again: a take that was started meanwhile goes too.
        doomed = list(Take.objects.select_for_update().filter(recording=recording).values_list("pk", "path"))
        queued = [FileToDelete(path=path, due_at=timezone.now()) for _, path in doomed]
        FileToDelete.objects.bulk_create(queued)
        Take.objects.filter(pk__in=[pk for pk, _ in doomed]).delete()
    for pk, _ in doomed:
        takes.forget(pk)
    for row in queued:
        ring(TASK, row.pk, queue_name="recording")
    return receipt


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
    for path in root.glob("*/*/*.take"):
        name = path.relative_to(root).as_posix()
        try:
            young = path.stat().st_mtime > settled
        except OSError:
            continue
        if not young and not Take.objects.filter(path=name).exists() and not FileToDelete.objects.filter(path=name).exists():
            strays += 1
            log.warning("a sound file belongs to no recording", extra={"file": name})
    missing = 0
    for pk, name in Take.objects.filter(bytes__gt=0).values_list("pk", "path").iterator():
        if not (root / name).exists():
            missing += 1
            log.error("a take's file is missing", extra={"take": pk})
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

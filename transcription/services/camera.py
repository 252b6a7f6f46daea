"""The candidate's camera: MediaRecorder's pieces, stored as they come and made into seekable files (threats 19–24, 33).

Pieces are numbered from 0 within a take and carry their SHA-256. A piece is acknowledged after append, fsync and row; the answer
is cumulative. The chain proves the whole: chain₀ = "", chainₙ₊₁ = SHA-256(chainₙ + hex SHA-256 of piece n), as hex text on both
sides; `finish` carries the device's chain, and the server compares it with one computed anew from the disk.
A worker then copies the packets (nothing is decoded) into one WebM or MP4 with an index: when the take is finished, or when
nothing came for a while, so that what was acknowledged before a tab was killed can be watched.
"""

import fcntl
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from interview_site import due
from interview_site.rings import ring
from transcription.containers import MP4, WEBM, container_of
from transcription.models import CameraChunk, CameraTake, FileToDelete, Recording
from transcription.remux import RemuxFailed, remux
from transcription.services.takes import TakeRefused

log = logging.getLogger(__name__)
TASK = "transcription.tasks.make_camera_file"
MOST_CHUNK_BYTES = 1024 * 1024
MOST_TAKES = 200
IDLE = timedelta(minutes=5)  # nothing came for so long: a file of what there is
LEASE_S = 290
MOST_ATTEMPTS = 5
State = CameraTake.State


@dataclass(frozen=True)
class Stored:
    """The answer to a start or a piece: the first number not stored. `problem`: "", gap, conflict, ended."""

    take: int
    next: int
    problem: str = ""


@dataclass(frozen=True)
class Finished:
    """The answer to `finish`. `reason`: "", missing, mismatch or hash."""

    take: int
    complete: bool
    next: int
    reason: str = ""


def start(owner_key: str, device: str, *, key: str, language: str = "ru") -> Stored:
    """A new take, or the one this page already started under `key`. Raises TakeRefused: erased, too_many_takes."""
    # What the recording's sound may be used for is not decided here.
    recording, _ = Recording.objects.get_or_create(owner_key=owner_key, defaults={"language": language})
    if recording.erased_at:
        raise TakeRefused("erased")
    for _ in range(5):
        if known := CameraTake.objects.filter(recording=recording, key=key).first():
            return Stored(known.number, known.next_seq)
        number = 1 + (recording.camera_takes.aggregate(highest=Max("number"))["highest"] or 0)
        if number > MOST_TAKES:
            break
        path = f"{recording.pk // 1000}/{recording.pk}/{number}-{secrets.token_hex(8)}.camera"
        try:
            with transaction.atomic():
                CameraTake.objects.create(recording=recording, number=number, device=device, key=key, path=path)
        except IntegrityError:  # another tab took the number, or the same start came twice at once
            continue
        return Stored(number, 0)
    raise TakeRefused("too_many_takes")


def store(owner_key: str, number: int, seq: int, data: bytes, sha256: str) -> Stored:
    """One piece. Raises TakeRefused (unknown_take, corrupt, too_long, unknown_format) and OSError: not acknowledged."""
    if not data or len(data) > MOST_CHUNK_BYTES or hashlib.sha256(data).hexdigest() != sha256:
        raise TakeRefused("corrupt")
    pk = _take(owner_key, number).pk
    with _held(pk) as (take, file):
        if seq < take.next_seq:
            same = CameraChunk.objects.filter(take=take, seq=seq, sha256=sha256).exists()
            if not same:
                CameraTake.objects.filter(pk=pk).update(conflicts=F("conflicts") + 1)
            return Stored(number, take.next_seq, "" if same else "conflict")
        if take.state == State.COMPLETE:
            return Stored(number, take.next_seq, "ended")
        if seq > take.next_seq:
            return Stored(number, take.next_seq, "gap")
        if seq == 0 and container_of(data) not in (WEBM, MP4):
            raise TakeRefused("unknown_format")
        if _total(take) + len(data) > settings.CAMERA_MOST_MB * 1024**2:
            raise TakeRefused("too_long")
        os.ftruncate(file, take.bytes)  # what a killed process wrote was never acknowledged
        written = 0
        while written < len(data):
            written += os.pwrite(file, data[written:], take.bytes + written)
        os.fsync(file)
        with transaction.atomic():
            kept = CameraTake.objects.filter(pk=pk, next_seq=seq).update(
                next_seq=seq + 1, bytes=take.bytes + len(data), chain=_linked(take.chain, sha256), stored_at=timezone.now(),
                due_at=timezone.now() + IDLE, attempts=0,
            )  # fmt: skip
            if kept:
                CameraChunk.objects.create(take_id=pk, seq=seq, bytes=len(data), sha256=sha256)
        if not kept:  # erased while the piece was on its way: nothing may stay behind
            _path(take.path).unlink(missing_ok=True)
            raise TakeRefused("unknown_take")
        return Stored(number, seq + 1)


def finish(owner_key: str, number: int, chunks: int, chain: str) -> Finished:
    """Compare the device's count and chain with what is on the disk. May come twice. Raises TakeRefused, OSError."""
    pk = _take(owner_key, number).pk
    with _held(pk) as (take, file):
        if take.next_seq != chunks:
            return Finished(number, False, take.next_seq, "missing" if take.next_seq < chunks else "mismatch")
        if take.state == State.COMPLETE:
            return Finished(number, take.chain == chain, chunks, "" if take.chain == chain else "hash")
        proved = _chain_on_disk(take, file) == chain
        state = State.COMPLETE if proved else State.INCOMPLETE
        CameraTake.objects.filter(pk=pk).update(state=state, finished_at=timezone.now(), due_at=timezone.now(), attempts=0)
    if not proved:
        log.error("a finished camera take has another hash than its page says", extra={"camera_take": pk})
    ring(TASK, pk, queue_name="default")
    return Finished(number, proved, chunks, "" if proved else "hash")


def make(pk: int) -> None:
    """Make the file of one take, if it is due and nobody else has it. Safe to run twice."""
    if not CameraTake.claim(pk, lease_s=LEASE_S):
        return
    try:
        with _held(pk) as (take, file):
            if take.state == State.OPEN:  # nobody came back so far; when they do, it goes on
                CameraTake.objects.filter(pk=pk).update(state=State.INCOMPLETE)
            os.ftruncate(file, take.bytes)
    except TakeRefused:
        return  # erased a moment ago
    if not take.bytes or (take.made_path and take.made_of == take.bytes):
        CameraTake.objects.filter(pk=pk, bytes=take.bytes).update(due_at=None, lease_until=None)
        return
    try:
        made = _remuxed(take)
    except (OSError, RemuxFailed) as error:
        log.warning("a camera recording could not be made playable", extra={"camera_take": pk, "fault": str(error)[:200]})
        over = isinstance(error, RemuxFailed) or take.attempts >= MOST_ATTEMPTS
        later = None if over else timezone.now() + timedelta(seconds=due.backoff_s(take.attempts, base_s=30))
        text = f"{type(error).__name__}: {error}"[:500]
        CameraTake.objects.filter(pk=pk, bytes=take.bytes).update(due_at=later, last_error=text)
        CameraTake.objects.filter(pk=pk).update(lease_until=None)
        return
    CameraTake.objects.filter(pk=pk, bytes=take.bytes).update(due_at=None)  # not when more came meanwhile
    kept = CameraTake.objects.filter(pk=pk).update(lease_until=None, last_error="", **made)
    # Erased meanwhile, or there was a file from before: nothing may stay behind that no row knows.
    for name in {take.made_path if kept else made["made_path"]} - {""}:
        doomed = FileToDelete.objects.create(path=name, due_at=timezone.now())
        ring("transcription.tasks.delete_file", doomed.pk, queue_name="recording")


def takes_of(owner_key: str) -> list[CameraTake]:
    """Those with something in them, in order."""
    found = CameraTake.objects.filter(recording__owner_key=owner_key, recording__erased_at=None, bytes__gt=0)
    return list(found.order_by("number"))


def made_file(owner_key: str, number: int) -> Path | None:
    take = next((take for take in takes_of(owner_key) if take.number == number), None)
    return _path(take.made_path) if take and take.made_path else None


def _remuxed(take: CameraTake) -> dict[str, object]:
    source = _path(take.path)
    with source.open("rb") as file:
        container = container_of(file.read(12))
    name = Path(take.path).parent / f"camera-{take.number}-{secrets.token_hex(8)}.{container}"
    draft = _path(name.as_posix()).with_suffix(".part")
    try:
        found = remux(source, draft, container=container, alive=lambda: CameraTake.renew(take.pk, lease_s=LEASE_S))
        size = draft.stat().st_size
        draft.rename(_path(name.as_posix()))
    finally:
        draft.unlink(missing_ok=True)
    return {
        "made_path": name.as_posix(), "made_bytes": size, "made_of": take.bytes, "made_ms": found.duration_ms,
        "packets": found.packets,
    }  # fmt: skip


def _chain_on_disk(take: CameraTake, file: int) -> str:
    """Raises OSError. "" when the file has less than its row says, or other bytes."""
    chain, at = "", 0
    for length in CameraChunk.objects.filter(take=take).order_by("seq").values_list("bytes", flat=True).iterator():
        chain = _linked(chain, hashlib.sha256(os.pread(file, length, at)).hexdigest())
        at += length
    return chain if at == take.bytes else ""


def _linked(chain: str, sha256: str) -> str:
    return hashlib.sha256((chain + sha256).encode()).hexdigest()


def _total(take: CameraTake) -> int:
    return CameraTake.objects.filter(recording=take.recording_id).aggregate(total=Sum("bytes"))["total"] or 0


def _take(owner_key: str, number: int) -> CameraTake:
    take = CameraTake.objects.filter(recording__owner_key=owner_key, recording__erased_at=None, number=number).first()
    if take is None:
        raise TakeRefused("unknown_take")
    return take


@contextmanager
def _held(pk: int) -> Iterator[tuple[CameraTake, int]]:
    """The row, read under the file's lock, and the open file. Raises TakeRefused when it was erased."""
    take = CameraTake.objects.filter(pk=pk).first()
    if take is None:
        raise TakeRefused("unknown_take")
    path = _path(take.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        fresh = CameraTake.objects.filter(pk=pk).first()
        if fresh is None:
            path.unlink(missing_ok=True)
            raise TakeRefused("unknown_take")
        yield fresh, file
    finally:
        os.close(file)  # and with it the lock


def _path(name: str) -> Path:
    return Path(settings.RECORDING_DIR) / name

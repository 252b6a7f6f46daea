"""Files to listen to: one M4A for each answer and one for the whole recording, made by a worker from the takes (SoundFile).

1. Whoever owns the recording asks for a span (`want`); asking twice is one row.
2. A worker claims it, encodes the span beside the takes, decodes the result and compares its length with the sound's.
3. Sound that arrives late in the span (kept on a device through a dead network) has the file made again.

Without a file the span is heard as WAV, put together while it is read (services.playback).
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from interview_site import due
from interview_site.rings import ring
from transcription.encoding import EncodingFailed, Peaks, decoded_ms, write_m4a
from transcription.models import FileToDelete, Recording, SoundFile, Take
from transcription.services.playback import Sound, WavFile, sound_of
from transcription.wav import WAV_HEADER_BYTES

log = logging.getLogger(__name__)
LEASE_S = 290
MOST_ATTEMPTS = 5
MOST_PEAKS = 600
PEAK_MS = 50  # an answer shorter than MOST_PEAKS of them has fewer
PIECE_BYTES = 512 * 1024
SETTLE_S = 5  # the last frames of an answer are on their way when it ends
# Threats 33: within 2 %; an encoder's frame (64 ms) more or less for something short.
TOLERANCE, TOLERANCE_MS = 0.02, 130
State = SoundFile.State


def want(owner_key: str, start_ms: int = 0, end_ms: int | None = None) -> SoundFile | None:
    """The row for this span, made now or before; None when there is no such recording or it is erased."""
    recording = Recording.objects.filter(owner_key=owner_key, erased_at=None).first()
    if recording is None:
        return None
    due_at = timezone.now() + timedelta(seconds=SETTLE_S)
    file, fresh = SoundFile.objects.get_or_create(
        recording=recording, start_ms=start_ms, end_ms=end_ms, defaults={"due_at": due_at}
    )
    if not fresh and file.state == State.DONE and file.source != _source(sound_of(owner_key, start_ms, end_ms)):
        make_again(SoundFile.objects.filter(pk=file.pk))
    return file


def path_of(file: SoundFile) -> Path:
    return Path(settings.RECORDING_DIR) / file.path


def make(pk: int) -> None:
    """Make one file, if it is due and nobody else has it. Safe to run twice."""
    if not SoundFile.claim(pk, lease_s=LEASE_S):
        return
    file = SoundFile.objects.select_related("recording").get(pk=pk)
    if file.recording.erased_at:
        file.delete()
        return
    if file.attempts > MOST_ATTEMPTS:
        _settle(file, state=State.FAILED, last_error=file.last_error or "crashed repeatedly")
        return
    SoundFile.objects.filter(pk=pk).update(state=State.RUNNING)
    try:
        made = _encode(file)
    except (OSError, EncodingFailed) as error:
        _failed(file, error)
        return
    kept = _settle(file, state=State.DONE, made_at=timezone.now(), last_error="", **made)
    # Erased meanwhile, or there was a file from before: nothing may stay behind that no row knows.
    for name in {made["path"] if not kept else "", file.path if kept else ""} - {""}:
        doomed = FileToDelete.objects.create(path=name, due_at=timezone.now())
        ring("transcription.tasks.delete_file", doomed.pk, queue_name="recording")


def remake_stale(*, since: timedelta = timedelta(minutes=10), batch: int = 50) -> int:
    """Files of spans in which a take ended lately with more sound than they were made of (beat). Returns how many."""
    takes = Take.objects.filter(finished_at__gt=timezone.now() - since).select_related("recording")
    count = 0
    for take in takes.order_by("-finished_at")[:batch]:
        ends_ms = take.offset_ms + take.duration_ms
        touched = SoundFile.objects.filter(recording=take.recording_id, state=State.DONE, start_ms__lt=ends_ms)
        touched = touched.filter(Q(end_ms__isnull=True) | Q(end_ms__gt=take.offset_ms), made_at__lt=take.finished_at)
        for file in touched:
            if file.source != _source(sound_of(take.recording.owner_key, file.start_ms, file.end_ms)):
                count += make_again(SoundFile.objects.filter(pk=file.pk))
    return count


def make_again(files: QuerySet[SoundFile]) -> int:
    """Finished or failed ones become due now; the file they have is played until the new one is there. Returns how many."""
    idle = files.filter(state__in=(State.DONE, State.FAILED))
    return idle.update(state=State.QUEUED, due_at=timezone.now(), attempts=0, last_error="")


def _encode(file: SoundFile) -> dict[str, object]:
    """The fields of a finished file. Raises OSError, EncodingFailed; nothing is left behind then."""
    key = file.recording.owner_key
    sound = sound_of(key, file.start_ms, file.end_ms)
    if not any(piece.path for piece in sound.pieces):
        raise EncodingFailed("there is no sound in this span")
    folder = Path(f"{file.recording_id // 1000}/{file.recording_id}")
    name = folder / f"sound-{file.start_ms}-{secrets.token_hex(8)}.m4a"
    path = Path(settings.RECORDING_DIR) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    count = min(MOST_PEAKS, max(1, sound.duration_ms // PEAK_MS))
    peaks = Peaks(sound.pcm_bytes, count)
    try:
        write_m4a((peaks.pass_by(piece) for piece in _pieces(file.pk, sound)), draft)
        found_ms = decoded_ms(draft)
        off_ms = abs(found_ms - sound.duration_ms)
        if off_ms > max(TOLERANCE_MS, sound.duration_ms * TOLERANCE):
            raise EncodingFailed(f"{found_ms} ms came out of {sound.duration_ms} ms")
        size = draft.stat().st_size
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return {
        "path": name.as_posix(), "bytes": size, "sound_ms": sound.duration_ms, "decoded_ms": found_ms,
        "peaks": peaks.values(), "source": _source(sound),
    }  # fmt: skip


def _pieces(pk: int, sound: Sound) -> Iterator[bytes]:
    wav = WavFile(sound, "")
    try:
        wav.seek(WAV_HEADER_BYTES)
        while piece := wav.read(PIECE_BYTES):
            SoundFile.renew(pk, lease_s=LEASE_S)
            yield piece
    finally:
        wav.close()


def _source(sound: Sound) -> str:
    """A fingerprint of the bytes a span is made of: takes, places, lengths."""
    told = ";".join(f"{piece.path and piece.path.name},{piece.first},{piece.length}" for piece in sound.pieces)
    return hashlib.sha256(told.encode()).hexdigest()


def _failed(file: SoundFile, error: Exception) -> None:
    log.warning("a file to listen to could not be made", extra={"file": file.pk, "fault": str(error)[:200]})
    text = f"{type(error).__name__}: {error}"[:500]
    if file.attempts >= MOST_ATTEMPTS or isinstance(error, EncodingFailed):
        _settle(file, state=State.FAILED, last_error=text)
        return
    later = timezone.now() + timedelta(seconds=due.backoff_s(file.attempts, base_s=30))
    SoundFile.objects.filter(pk=file.pk).update(state=State.QUEUED, due_at=later, lease_until=None, last_error=text)


def _settle(file: SoundFile, **fields: object) -> bool:
    """False when the row is gone: erased while the file was made."""
    return bool(SoundFile.objects.filter(pk=file.pk).update(due_at=None, lease_until=None, **fields))

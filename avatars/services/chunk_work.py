"""What a worker does for one chunk: speak, paint, encode, publish, wake the next (threats 3, 5).

1. Claim the row by its lease. A lease that ran out is a lost worker; the third one fails the chunk with its reason.
2. Take the speech made while the caller waited, or make it.
3. Publish the WAV, then render into a temporary file within time and size limits, renewing the lease; publish the video.
4. Tell whoever waits, and wake the chunks behind: two behind the first, one behind each other. So a new caller's first
   chunk waits for at most the chunks being rendered, however much stands in the queue.
"""

import logging
import tempfile
import time
import wave
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import av
import numpy as np
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from avatars.models import Speech, VideoChunk
from avatars.models.chunks import VideoChunk as Chunk
from avatars.models.speech import new_speech_id
from avatars.presenter.format import UnknownPresenter
from avatars.render.clip import Busy, ClipOrder, Stopped, TooLong, render_clip
from avatars.render.sound import Voice, joined, labelled_wav
from avatars.services.chunk_looks import look_of_chunk
from avatars.services.chunks import wake
from avatars.services.speech import NothingToSay, TextTooLong, for_settings
from avatars.speech.chunking import split_chunks
from interview_site import due, notify
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
State = VideoChunk.State
LEASE_S = 60
RENEW_EVERY_S = 5.0
# A chunk of a hundred words takes two seconds; a whole text of 10,000 characters less than a minute.
TIME_LIMIT_S = 200.0
MAX_BYTES = 200 * 1024 * 1024
MOST_ATTEMPTS = 3
# One stretch of a long text: short enough for the voice's own limits.
STRETCH_WORDS = 60


class OutOfBounds(RuntimeError):
    """The clip took too long or grew too large."""


def render_chunk(pk: int) -> None:
    """Make one chunk, if it is due and nobody else has it. Safe to run twice and to be killed anywhere."""
    before = VideoChunk.objects.filter(pk=pk).values_list("lease_until", flat=True).first()
    if not VideoChunk.claim(pk, lease_s=LEASE_S):
        return
    chunk = VideoChunk.objects.select_related("speech").get(pk=pk)
    if before is not None and _crashed_too_often(chunk):
        return
    VideoChunk.objects.filter(pk=pk).update(state=State.RENDERING)
    started = time.monotonic()
    try:
        _make(chunk, started)
    except (NothingToSay, TextTooLong, TooLong) as error:
        _fail(chunk, str(error))
    except ProviderError as error:
        _fail(chunk, error.log_text) if error.permanent else _later(chunk, error.log_text)
    except (Busy, Stopped) as error:
        _later(chunk, type(error).__name__)
    except OutOfBounds:
        _fail(chunk, "the clip took too long or grew too large")
    except (UnknownPresenter, FileNotFoundError, av.FFmpegError, OSError) as error:
        _later(chunk, type(error).__name__)
    _wake_behind(chunk)


def _make(chunk: Chunk, started: float) -> None:
    voice = joined([_voice_of(speech) for speech in _speeches(chunk)])
    audio = default_storage.save(_name(chunk, "wav"), ContentFile(labelled_wav(voice)))
    video = ""
    published = False
    try:
        VideoChunk.objects.filter(pk=chunk.pk).update(audio=audio, duration_ms=round(voice.duration_ms))
        notify.chunk_changed(chunk.public_id)
        order = ClipOrder(
            look_of_chunk(chunk.settings), voice, captions=bool(chunk.settings.get("chunk_captions")),
            seed=zlib.crc32(chunk.batch.encode()) + chunk.index,
        )  # fmt: skip
        with tempfile.TemporaryFile() as file:
            render_clip(order, file, stop=_watch(chunk, file, started))
            rendered_s = time.monotonic() - started
            file.seek(0)
            video = default_storage.save(_name(chunk, "mp4"), File(file))
        published = _publish(chunk, video)
        log.info(
            "chunk rendered",
            extra={"chunk": chunk.pk, "duration_ms": order.duration_ms, "took_ms": round(rendered_s * 1000)},
        )
    finally:
        if not published:
            _forget(chunk, audio, video)
    notify.chunk_changed(chunk.public_id)


def _speeches(chunk: Chunk) -> list[Speech]:
    if chunk.speech is not None and default_storage.exists(chunk.speech.audio.name):
        return [chunk.speech]
    pieces = split_chunks(chunk.text, chunk.language, STRETCH_WORDS)
    return [for_settings(chunk.settings, piece, chunk.language) for piece in pieces]


def _voice_of(speech: Speech) -> Voice:
    with speech.audio.open("rb") as stored, wave.open(stored) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return Voice(sound, file.getframerate(), speech.timeline, speech.text)


def _watch(chunk: Chunk, file: Any, started: float) -> Callable[[], bool]:
    """Asked before every frame: stops a clip whose row is gone, renews the lease, keeps the limits."""
    renewed = time.monotonic()

    def stop() -> bool:
        nonlocal renewed
        now = time.monotonic()
        if now - started > TIME_LIMIT_S or file.tell() > MAX_BYTES:
            raise OutOfBounds
        if now - renewed < RENEW_EVERY_S:
            return False
        renewed = now
        VideoChunk.renew(chunk.pk, lease_s=LEASE_S)
        return not VideoChunk.objects.filter(pk=chunk.pk).exists()

    return stop


def _publish(chunk: Chunk, video: str) -> bool:
    """False when the row was deleted or taken over meanwhile."""
    return bool(
        VideoChunk.objects.filter(pk=chunk.pk, state=State.RENDERING, attempts=chunk.attempts).update(
            state=State.READY, video=video, due_at=None, lease_until=None, last_error=""
        )
    )


def _forget(chunk: Chunk, audio: str, video: str) -> None:
    VideoChunk.objects.filter(pk=chunk.pk, audio=audio).update(audio="")
    for name in filter(None, (audio, video)):
        default_storage.delete(name)


def _crashed_too_often(chunk: Chunk) -> bool:
    crashes = chunk.crashes + 1
    VideoChunk.objects.filter(pk=chunk.pk).update(crashes=crashes)
    if crashes < due.MAX_CRASHES:
        return False
    log.error("chunk lost its worker too often", extra={"chunk": chunk.pk, "crashes": crashes})
    _fail(chunk, f"{crashes} workers were lost while making it")
    _wake_behind(chunk)
    return True


def _fail(chunk: Chunk, reason: str) -> None:
    VideoChunk.objects.filter(pk=chunk.pk, attempts=chunk.attempts).update(
        state=State.FAILED, due_at=None, lease_until=None, last_error=reason[:500]
    )
    log.warning("chunk failed", extra={"chunk": chunk.pk, "reason": reason[:200]})
    notify.chunk_changed(chunk.public_id)


def _later(chunk: Chunk, reason: str) -> None:
    """Once more after a moment; too often is a failure."""
    if chunk.attempts - chunk.crashes >= MOST_ATTEMPTS:
        return _fail(chunk, reason)
    wait = timedelta(seconds=due.backoff_s(chunk.attempts, base_s=1.0, most_s=10.0))
    VideoChunk.objects.filter(pk=chunk.pk, attempts=chunk.attempts).update(
        state=State.QUEUED, due_at=timezone.now() + wait, lease_until=None, last_error=reason[:500]
    )
    log.warning("chunk is tried again", extra={"chunk": chunk.pk, "reason": reason[:200]})


def _wake_behind(chunk: Chunk) -> None:
    behind = VideoChunk.objects.filter(
        batch=chunk.batch, index__gt=chunk.index, state=State.QUEUED, attempts=0, due_at__gt=timezone.now()
    ).order_by("index")
    wake(list(behind.values_list("pk", flat=True)[: 2 if chunk.index == 0 else 1]))


def _name(chunk: Chunk, ending: str) -> str:
    # A random part of its own: a name in a listing or a log must not open the chunk.

    return f"chunks/{chunk.created_at:%Y%m%d}/{new_speech_id()}.{ending}"

"""Text → chunks of talking-avatar video for other sites: ordering and finding them (docs/contracts/compat_api.md section 3).

The caller gets ids and durations at once; workers render (`chunk_work`), the first chunk alone and first.
"""

import re
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from avatars.engines.registry import speech_engine
from avatars.models import AvatarSettings, Speech, VideoChunk
from avatars.models.chunks import new_chunk_id
from avatars.models.speech import new_speech_id
from avatars.services.speech import BUILT_IN, for_settings
from avatars.speech.chunking import split_chunks
from interview_site.errors import Category, ProviderError
from interview_site.rings import ring

TASK, QUEUE = "avatars.tasks.render_chunk", "render"
DEFAULT_SIZE, LEAST_SIZE, MOST_SIZE = 15, 1, 100  # words
MAX_TEXT = 10_000  # characters
# All sound is made while the caller waits, for true durations, but not for longer than this: then durations are estimates.
SPEAKING_BUDGET_S = 1.5
# The chunks behind the first are woken by the one before them; should that worker be lost, the relay wakes them after this.
UNCALLED_S = 4.0
MAX_WAITING = 600  # chunks of all callers together
_MS_A_CHARACTER = 75.0
_ID = re.compile(r"\d{8}_\d{6}_\d{6}_\d{1,6}_[0-9a-f]{32}", re.ASCII)


class TooMuchWaiting(RuntimeError):
    """More chunks are waiting than the workers make in minutes: come back later."""


def profile_for_chunks(*, may_spend: bool) -> dict[str, object]:
    """A snapshot of the default profile. Without `may_spend` a voice that costs money is replaced by the built-in one."""
    profile = AvatarSettings.objects.filter(is_default=True).first() or AvatarSettings()
    snapshot = profile.snapshot()
    if not may_spend and _costs_money(str(snapshot.get("speech_engine") or BUILT_IN)):
        snapshot |= {"speech_engine": BUILT_IN, "voice": ""}
    return snapshot


def order_chunks(*, text: str, language: str, size: int, settings: Mapping[str, object]) -> list[VideoChunk]:
    """The chunks of `text`, already being made.

    1. Split, speak the first one, write the rows, wake a worker for the first.
    2. Speak the others while it renders; what does not fit the budget is left to the workers.

    Raises NothingToSay, TextTooLong, TooMuchWaiting, ProviderError.
    """
    pieces = split_chunks(text, language, size)
    _refuse_when_full(len(pieces))
    started = time.monotonic()
    first = for_settings(settings, pieces[0], language)
    pace = first.duration_ms / max(len(pieces[0]), 1)
    chunks = _write_rows(pieces, language, settings, first, pace)
    for chunk in chunks[1:]:
        if time.monotonic() - started > SPEAKING_BUDGET_S:
            break
        try:
            _give_speech(chunk, for_settings(settings, chunk.text, language))
        except ProviderError as error:
            if error.permanent:
                raise
            break  # the worker tries again
    return chunks


def order_whole(*, text: str, language: str, settings: Mapping[str, object]) -> VideoChunk:
    """One clip for the whole text. Raises NothingToSay, TextTooLong, TooMuchWaiting."""
    split_chunks(text, language, MOST_SIZE)  # refuses here what a worker could only fail at
    _refuse_when_full(1)
    return _write_rows([text], language, settings, None, _MS_A_CHARACTER)[0]


def find_chunk(public_id: str) -> VideoChunk | None:
    """The chunk of this id while it lives; None for everything else, whatever it looks like."""
    if not _ID.fullmatch(public_id):
        return None
    return VideoChunk.objects.filter(public_id=public_id, expires_at__gt=timezone.now()).first()


def wake(chunk_pks: Sequence[int]) -> None:
    """Let workers have these chunks now."""
    for pk in chunk_pks:
        if VideoChunk.objects.filter(pk=pk, state=VideoChunk.State.QUEUED).update(due_at=timezone.now()):
            ring(TASK, pk, queue_name=QUEUE)


def _costs_money(engine: str) -> bool:
    try:
        return speech_engine(engine).capabilities.costs_money
    except ProviderError as error:
        return error.category != Category.INVALID_REQUEST


def _refuse_when_full(more: int) -> None:
    if VideoChunk.objects.filter(due_at__isnull=False).count() + more > MAX_WAITING:
        raise TooMuchWaiting


def _write_rows(
    pieces: Sequence[str], language: str, settings: Mapping[str, object], first: Speech | None, ms_a_character: float
) -> list[VideoChunk]:
    now, batch = timezone.now(), new_speech_id()
    with transaction.atomic():
        chunks = VideoChunk.objects.bulk_create(
            VideoChunk(
                public_id=new_chunk_id(now, index),
                batch=batch,
                index=index,
                text=piece,
                language=language,
                settings=dict(settings),
                speech=first if index == 0 else None,
                duration_ms=first.duration_ms if first and index == 0 else max(300, round(len(piece) * ms_a_character)),
                due_at=now + timedelta(seconds=UNCALLED_S if index else 0),
            )
            for index, piece in enumerate(pieces)
        )
        ring(TASK, chunks[0].pk, queue_name=QUEUE)
    return chunks


def _give_speech(chunk: VideoChunk, speech: Speech) -> None:
    chunk.speech, chunk.duration_ms = speech, speech.duration_ms
    VideoChunk.objects.filter(pk=chunk.pk).update(speech=speech, duration_ms=speech.duration_ms)

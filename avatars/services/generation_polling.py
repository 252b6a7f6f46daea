"""Asking providers after their videos: a beat tick claims what is due, asks in parallel, saves conditionally (design §2).

No query grows with the number of videos that wait: only due rows are touched, by their index.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.providers import registry
from avatars.providers.base import AvatarProvider, CannotTell, VideoState, VideoStatus
from avatars.services.generation_results import ABOUT_THE_FILE, accept, later
from avatars.services.generation_states import State, block, move, wake
from interview_site import due
from interview_site.errors import ProviderError
from interview_site.rings import ring

log = logging.getLogger(__name__)
BATCH = 100
LEASE_S = 290  # a tick may fetch long videos; its task's own time limit ends before the lease does
MOST_S = 60.0  # one tick takes no new batch after this; the next tick goes on
PARALLEL = 8
# What is due a moment after this tick is taken now: a 5 s wait that began within a tick would else last two.
EARLY = timedelta(seconds=0.9)
# "Nothing known" is believed only so long after the order was sent: lists of providers lag behind.
BELIEVE_NONE_AFTER_S = 60.0
_PUT_OFF = VideoState(VideoStatus.PROCESSING)  # stands for: it could not be asked, and the row has its next time


def poll_due() -> int:
    """Ask after every due video once; returns how many were asked about. Ticks that overlap share the work."""
    asked, until = 0, time.monotonic() + MOST_S
    while keys := _claimed():
        _ask(keys)
        asked += len(keys)
        if len(keys) < BATCH or time.monotonic() >= until:
            break
    return asked


def ring_bell(provider: str, provider_id: str, public_id: str = "") -> bool:
    """Somebody says there is news of this order: ask now. True when it is an order of ours that waits for its result.

    The message itself is believed in nothing (threats 57). `public_id` finds the row where the provider's id does not.
    """
    theirs = AvatarGeneration.objects.awaiting_result().filter(provider=provider)
    # Said as the index of provider's ids says it, or SQLite would not use it.
    known = theirs.exclude(provider_id="")
    now = timezone.now()
    if not (provider_id and known.filter(provider_id=provider_id).update(due_at=now)) and not (
        public_id and theirs.filter(public_id=public_id).update(due_at=now)
    ):
        return False
    ring("avatars.tasks.poll_videos")
    return True


def _ask(keys: list[int]) -> None:
    """Ask after a claimed batch: together where the provider can be asked so, the rest in parallel."""
    rows = list(AvatarGeneration.objects.unfinished().filter(pk__in=keys))
    known = _asked_together(rows)
    left = [row for row in rows if not _only_goes_on(row, known.get(row.pk))]
    if len(left) <= 1:
        for row in left:
            _ask_one(row, known.get(row.pk))
        return
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="poll") as pool:
        list(pool.map(lambda row: _in_thread(row, known.get(row.pk)), left))


def _asked_together(rows: list[AvatarGeneration]) -> dict[int, VideoState]:
    """What bulk calls told, by row; a row that is not in it is asked after alone."""
    known: dict[int, VideoState] = {}
    by_kind: dict[str, list[AvatarGeneration]] = {}
    for row in rows:
        if row.provider_id and row.state != State.UNKNOWN:
            by_kind.setdefault(row.provider, []).append(row)
    for kind, mine in by_kind.items():
        try:
            provider = registry.provider(kind)
        except ProviderError:
            continue
        most = provider.capabilities.states_at_once
        for start in range(0, len(mine) if most > 1 and len(mine) > 1 else 0, most):
            known |= _states(provider, mine[start : start + most])
    return known


def _states(provider: AvatarProvider, rows: list[AvatarGeneration]) -> dict[int, VideoState]:
    try:
        told = provider.video_states([row.provider_id for row in rows])
    except ProviderError as error:
        if error.permanent:
            return {}  # whatever it dislikes about the question: each one alone
        for row in rows:
            _not_told(row, provider, error)
        return {row.pk: _PUT_OFF for row in rows}
    return {row.pk: told[row.provider_id] for row in rows if row.provider_id in told}


def _only_goes_on(row: AvatarGeneration, answer: VideoState | None) -> bool:
    """True when the bulk answer was all there is to do for this row; no thread is needed for it."""
    if answer is _PUT_OFF:
        return True
    if answer is None or answer.status in (VideoStatus.SUCCEEDED, VideoStatus.FAILED):
        return False
    accept(row, registry.provider(row.provider), answer)
    return True


def _ask_one(generation: AvatarGeneration, answer: VideoState | None) -> None:
    """Ask after one claimed video and save what it means. Every fault ends in a later time or a person."""
    try:
        provider = registry.provider(generation.provider)
    except ProviderError as error:
        if generation.state != State.BLOCKED:
            block(generation, "not_configured", error.log_text)
        else:
            AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=None, lease_until=None)
        return
    try:
        if generation.state == State.UNKNOWN or not generation.provider_id:
            _look_up(generation, provider)
            return
        if answer is None or answer.brief:
            answer = provider.video_state(generation.provider_id)
        accept(generation, provider, answer)
    except ProviderError as error:
        _not_told(generation, provider, error)
    except OSError as error:
        later(generation, provider, at_least_s=30.0, error_code="storage", last_error=type(error).__name__)


def _not_told(generation: AvatarGeneration, provider: AvatarProvider, error: ProviderError) -> None:
    """A failed status read is no failed video (threats 51)."""
    code = error.code if error.code in ABOUT_THE_FILE else ""
    later(
        generation, provider, at_least_s=max(error.retry_after_s or 0.0, due.backoff_s(1)), error_code=code,
        last_error=error.log_text[:500],
    )  # fmt: skip


def _claimed() -> list[int]:
    """Take the due batch: one statement's worth of lock, nothing is asked inside the transaction."""
    now = timezone.now()
    with transaction.atomic():
        rows = AvatarGeneration.objects.awaiting_result().due(now + EARLY).order_by("due_at").select_for_update(skip_locked=True)
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if keys:
            AvatarGeneration.objects.filter(pk__in=keys).update(lease_until=now + timedelta(seconds=LEASE_S))
    return keys


def _in_thread(generation: AvatarGeneration, answer: VideoState | None) -> None:
    try:
        _ask_one(generation, answer)
    except Exception:  # the outermost loop: the lease brings the row back, the others go on
        log.exception("asking after a video failed", extra={"generation": generation.pk})
    finally:
        connection.close()


def _look_up(generation: AvatarGeneration, provider: AvatarProvider) -> None:
    """An order whose answer was lost: is it there? At most one is ever paid (threats 49)."""
    if not provider.capabilities.finds_by_reference:
        if not block(generation, "answer_lost", "the provider cannot be asked whether it took the order"):
            AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=None, lease_until=None)
        return
    try:
        found = provider.find_video(generation.reference)
    except CannotTell as error:
        if not block(generation, "answer_lost", error.log_text):
            AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=None, lease_until=None)
        return
    if found is not None:
        accept(generation, provider, found)
        return
    if generation.state == State.BLOCKED:
        later(generation, provider)
        return
    sent_s = (timezone.now() - (generation.submitting_at or generation.created_at)).total_seconds()
    if sent_s < BELIEVE_NONE_AFTER_S:
        AvatarGeneration.objects.filter(pk=generation.pk, state=State.UNKNOWN).update(
            due_at=timezone.now() + timedelta(seconds=BELIEVE_NONE_AFTER_S - sent_s), lease_until=None
        )
    elif move(
        generation, State.SPEAKING, reason="the provider has none", submitting_at=None, due_at=timezone.now(), lease_until=None
    ):
        wake(generation)

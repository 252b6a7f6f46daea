"""Asking providers after their videos: a beat tick claims what is due, asks in parallel, saves conditionally (design §2).

No query grows with the number of videos that wait: only due rows are touched, by their index.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.providers import registry
from avatars.providers.base import AvatarProvider
from avatars.services.generation_results import accept, later
from avatars.services.generation_states import State, block, move, wake
from interview_site import due
from interview_site.errors import ProviderError

log = logging.getLogger(__name__)
BATCH = 100
LEASE_S = 290  # a tick may fetch long videos; its task's own time limit ends before the lease does
PARALLEL = 8
# "Nothing known" is believed only so long after the order was sent: lists of providers lag behind.
BELIEVE_NONE_AFTER_S = 60.0


def poll_due() -> int:
    """Ask after every due video once; returns how many were asked about. Two ticks at once share the work."""
    keys = _claimed()
    if len(keys) <= 1:
        for pk in keys:
            ask_after(pk)
    else:
        with ThreadPoolExecutor(PARALLEL, thread_name_prefix="poll") as pool:
            list(pool.map(_in_thread, keys))
    return len(keys)


def ask_after(pk: int) -> None:
    """Ask after one claimed video and save what it means. Every fault ends in a later time or a person."""
    generation = AvatarGeneration.objects.filter(pk=pk).first()
    if generation is None or generation.is_finished:
        return
    try:
        provider = registry.provider(generation.provider)
    except ProviderError as error:
        if generation.state != State.BLOCKED:
            block(generation, "not_configured", error.log_text)
        else:
            AvatarGeneration.objects.filter(pk=pk).update(due_at=None, lease_until=None)
        return
    try:
        if generation.state == State.UNKNOWN or not generation.provider_id:
            _look_up(generation, provider)
        else:
            accept(generation, provider, provider.video_state(generation.provider_id))
    except ProviderError as error:
        # A failed status read is no failed video (threats 51).
        code = error.code if error.code == "bad_media" else ""
        later(
            generation, provider, at_least_s=max(error.retry_after_s or 0.0, due.backoff_s(1)), error_code=code,
            last_error=error.log_text[:500],
        )  # fmt: skip
    except OSError as error:
        later(generation, provider, at_least_s=30.0, error_code="storage", last_error=type(error).__name__)


def _claimed() -> list[int]:
    """Take the due batch: one statement's worth of lock, nothing is asked inside the transaction."""
    now = timezone.now()
    with transaction.atomic():
        rows = AvatarGeneration.objects.awaiting_result().due(now).order_by("due_at").select_for_update(skip_locked=True)
        keys = list(rows.values_list("pk", flat=True)[:BATCH])
        if keys:
            AvatarGeneration.objects.filter(pk__in=keys).update(lease_until=now + timedelta(seconds=LEASE_S))
    return keys


def _in_thread(pk: int) -> None:
    try:
        ask_after(pk)
    except Exception:  # the outermost loop: the lease brings the row back, the others go on
        log.exception("asking after a video failed", extra={"generation": pk})
    finally:
        connection.close()


def _look_up(generation: AvatarGeneration, provider: AvatarProvider) -> None:
    """An order whose answer was lost: is it there? At most one is ever paid (threats 49)."""
    if not provider.capabilities.finds_by_reference:
        if not block(generation, "answer_lost", "the provider cannot be asked whether it took the order"):
            AvatarGeneration.objects.filter(pk=generation.pk).update(due_at=None, lease_until=None)
        return
    found = provider.find_video(generation.reference)
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

"""What a live avatar should know: kept on our side for each owner and avatar, sent again to each new room (compat section 1)."""

from datetime import timedelta

from django.conf import settings as site
from django.db import transaction
from django.utils import timezone

from avatars.models import StreamingContext
from avatars.models.live import MAX_CONTEXT_CHARACTERS
from avatars.providers import registry
from avatars.services import live_sessions
from avatars.services.live_states import State

__all__ = ["MAX_CONTEXT_CHARACTERS", "ContextTooLong", "context", "delete_contexts", "delete_old_contexts", "set_context"]


class ContextTooLong(ValueError):
    """More than MAX_CONTEXT_CHARACTERS."""


def set_context(*, owner: str, avatar_id: str, text: str) -> StreamingContext:
    """Keep it, and send it to the owner's open room of this avatar. Raises ContextTooLong, and ProviderError when it is kept
    and the room did not take it."""
    text = text.replace("\0", " ")
    if len(text) > MAX_CONTEXT_CHARACTERS:
        raise ContextTooLong(f"at most {MAX_CONTEXT_CHARACTERS} characters")
    with transaction.atomic():
        kept, _new = StreamingContext.objects.update_or_create(
            owner=owner[:80], avatar_id=avatar_id[:120], defaults={"text": text}
        )
    session = live_sessions.newest(owner=owner, avatar_id=avatar_id)
    if session is not None and session.state == State.LIVE:
        registry.live_provider(session.provider).set_context(session.room, text)
    return kept


def context(*, owner: str, avatar_id: str) -> str:
    """"" when there is none."""
    return StreamingContext.objects.filter(owner=owner, avatar_id=avatar_id).values_list("text", flat=True).first() or ""


def delete_old_contexts() -> int:
    """Those that nobody has set, and no room was opened with, for LIVE_CONTEXT_DAYS; returns how many went. Safe to run twice."""
    before = timezone.now() - timedelta(days=site.LIVE_CONTEXT_DAYS)
    return StreamingContext.objects.filter(updated_at__lt=before).delete()[0]


def delete_contexts(*, owner: str) -> int:
    """All of an owner's: when it is erased."""
    return StreamingContext.objects.filter(owner=owner).delete()[0]

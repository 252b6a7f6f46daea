"""Live sessions: opened and stopped by the server only, one at a time for each owner (design §3, threats 53).

All verbs are synchronous and may wait for a provider: call them from threads. How a room is opened: `live_opening`.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings as site
from django.utils import timezone

from avatars.models import LiveSession
from avatars.providers import registry
from avatars.providers.live import LiveJoin
from avatars.services import live_closing, offers, speech
from avatars.services.live_opening import LiveRefused, awaited, open_row
from avatars.services.live_states import QUEUE, TASK, Reason, State, save
from avatars.services.profiles import for_provider
from interview_site import notify
from interview_site.rings import ring

__all__ = [
    "LiveRefused", "SessionGone", "close", "close_soon", "find", "heartbeat", "join", "mark_active", "newest", "open_session",
    "page_left", "used",
]  # fmt: skip
BACK_WITHIN_S = 15.0
_NOT_KEPT = ("persona", "knowledge")


class SessionGone(Exception):
    """The session has ended or is ending."""


def open_session(
    *, owner: str, provider: str | None, settings: Mapping[str, Any], avatar_id: str = "", language: str, voice: str = "",
    quality: str = "", context: str = "", most_s: int | None = None, purpose: str,
) -> LiveSession:  # fmt: skip
    """A room that is live. Asked again, the owner's open one; a wish for another provider or avatar closes that one first.

    `provider` None: the first of the profile's list that gives a room. `most_s` can only shorten the profile's limit.
    `voice`: an id of services.offers. `context` "": the one stored for this owner and avatar. Raises LiveRefused; nothing is
    paid then, or it is being stopped.
    """
    kinds = _kinds(provider, settings)
    settings = _with_voice(settings, voice, language) if voice else settings
    held = _held(owner)
    if held is not None:
        fits = held.provider in kinds and avatar_id in ("", held.avatar_id)
        # Somebody is there again; a room that ends at this very moment is followed by a new one.
        if fits and used(session=awaited(held)):
            return held
        live_closing.close(session=held, reason=Reason.REPLACED)
    refusal: LiveRefused | None = None
    for kind in kinds:
        row = LiveSession(
            owner=owner[:80], purpose=purpose, provider=kind, language=language[:2],
            voice=str(settings.get("voice") or "")[:120] if voice else "",
            avatar_id=(avatar_id or for_provider(settings, kind)["live_avatar"])[:120],
            settings={name: value for name, value in settings.items() if name not in _NOT_KEPT},
            quality=quality or str(settings.get("live_quality") or "medium"), most_s=_most_s(settings, most_s),
        )  # fmt: skip
        try:
            return open_row(row, context)
        except LiveRefused as error:
            refusal = refusal or error
    raise refusal or LiveRefused("not_configured")


def find(*, owner: str, public_id: str) -> LiveSession | None:
    """This owner's session with that id, ended or not; None for a stranger's."""
    return LiveSession.objects.filter(owner=owner, public_id=public_id).first()


def newest(*, owner: str, avatar_id: str = "") -> LiveSession | None:
    """This owner's open session, with that avatar where one is given."""
    found = LiveSession.objects.open().filter(owner=owner)
    return (found.filter(avatar_id=avatar_id) if avatar_id else found).order_by("-created_at").first()


def join(session: LiveSession) -> LiveJoin:
    """What the owner's browser needs to join. Raises SessionGone."""
    if session.state != State.LIVE or not session.join:
        raise SessionGone(session.public_id)
    return LiveJoin.from_json(session.join)


def heartbeat(*, session: LiveSession) -> None:
    """The page is there: every 10 s. Raises SessionGone."""
    if not save(session, states=LiveSession.OPEN, heartbeat_at=timezone.now()):
        raise SessionGone(session.public_id)


def used(*, session: LiveSession) -> bool:
    """Somebody who holds it calls about it; whether it is open. No heartbeat of a page that has given none so far."""
    LiveSession.objects.open().seen().filter(pk=session.pk).update(heartbeat_at=timezone.now())
    session.refresh_from_db()
    return session.is_open


def page_left(*, session: LiveSession) -> None:
    """The page has gone without a word, perhaps for a reload: unless one comes back in BACK_WITHIN_S, the sweeper stops it."""
    lost = timezone.now() - timedelta(seconds=site.LIVE_HEARTBEAT_LOST_S)
    save(session, states=(State.LIVE,), heartbeat_at=lost + timedelta(seconds=BACK_WITHIN_S))


def mark_active(*, session: LiveSession, for_ms: int = 0) -> None:
    """Somebody speaks: the person now, or the avatar for `for_ms` after what it says already. The idle limit begins anew."""
    mine, now = LiveSession.objects.open().filter(pk=session.pk), timezone.now()
    heard_till = mine.values_list("active_at", flat=True).first()
    if heard_till is None:
        return
    until = max(heard_till, now) + timedelta(milliseconds=for_ms)
    if mine.filter(warned_at__isnull=False).update(warned_at=None, active_at=until):
        notify.live_event(session.public_id, "active")
    else:
        mine.filter(active_at__lt=until).update(active_at=until)


def close(*, session: LiveSession, reason: str, by: Any = None) -> LiveSession:
    """End it and stop its room; again, or when it has ended, nothing happens.

    A stop that fails leaves the row `closing`, which is tried again until the provider confirms, and an alert.
    """
    return live_closing.close(session=session, reason=reason, by=by)


def close_soon(*, session: LiveSession, reason: str, by: Any = None) -> bool:
    """As `close`, for a page that does not wait for a provider: a worker stops the room. False when it has ended already."""
    if live_closing.close_later(session, reason, by=by):
        ring(TASK, session.pk, queue_name=QUEUE)
    return session.state == State.CLOSING and session.reason == reason


# --- Opening ---


def _kinds(provider: str | None, settings: Mapping[str, Any]) -> list[str]:
    able = registry.live_kinds()
    if provider is not None:
        if provider not in able:
            raise LiveRefused("not_configured")
        return [provider]
    order = settings.get("providers")
    return [kind for kind in order if kind in able] if isinstance(order, list) else []


def _with_voice(settings: Mapping[str, Any], wanted: str, language: str) -> dict[str, Any]:
    """The snapshot with this voice and the engine that speaks it; with ours where there is no other. Raises LiveRefused."""
    try:
        found = offers.voice(wanted, language)
    except offers.NotOffered:
        raise LiveRefused("voice") from None
    if found is None:
        return {**settings, "speech_engine": speech.BUILT_IN, "voice": ""}
    if not found.speaks:  # a provider's own, which no engine of ours has
        raise LiveRefused("voice")
    return {**settings, "speech_engine": found.engine, "voice": found.name}


def _most_s(settings: Mapping[str, Any], asked: int | None) -> int:
    limit = settings.get("live_minutes_limit")
    most = limit * 60 if isinstance(limit, int) and limit > 0 else 1800
    return max(min(most, asked), 60) if asked else most


def _held(owner: str) -> LiveSession | None:
    """The owner's open session; one that is over, or whose opener died, is ended first, whether the sweeper runs or not."""
    held, now = LiveSession.objects.open().filter(owner=owner[:80]).first(), timezone.now()
    if held is None:
        return None
    if held.state == State.OPENING and held.due_at and held.due_at <= now:
        live_closing.stop(held.pk)
        return None
    if held.ends_at and held.ends_at <= now:
        live_closing.close(session=held, reason=Reason.TIME_UP)
        return None
    return held

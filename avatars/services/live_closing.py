"""Stopping rooms: a row `closing` is tried until the provider confirms; a stop that fails is an alert (threats 53)."""

import logging
from datetime import timedelta
from typing import Any

from django.utils import timezone

from avatars.models import LiveAlert, LiveSession
from avatars.providers import registry, remedies
from avatars.providers.base import CannotTell
from avatars.providers.live import LiveProvider
from avatars.services.live_states import QUEUE, TASK, Reason, State, alert, backoff_s, move, save, wait
from interview_site.errors import ProviderError
from interview_site.rings import ring

log = logging.getLogger(__name__)
# As long as a call that stops a room may take; after it somebody else tries too, which does no harm.
LEASE_S = 45
# A room whose answer was lost may appear in the provider's list so late.
BELIEVE_NONE_AFTER_S = 30.0
# So long after a room's own end nobody tries to stop it any more.
GIVE_UP_AFTER_S = 600.0


def close(*, session: LiveSession, reason: str, by: Any = None) -> LiveSession:
    """End it; its room is stopped in this call where possible. Again, or when it has ended, nothing happens."""
    if close_later(session, reason, by=by):
        stop(session.pk)
    session.refresh_from_db()
    return session


def close_later(session: LiveSession, reason: str, *, by: Any = None) -> bool:
    """End it; True when its room is to be stopped now (`stop`), which the sweeper does too."""
    # Twice: it may become live between the two looks.
    for _again in range(2):
        if move(session, State.CLOSING, only_from=(State.LIVE,), reason=reason, by=by, due_at=timezone.now(), lease_until=None):
            return True
        # Who opens it finds out and stops it; the row stays due for the case that this one died.
        if move(session, State.CLOSING, only_from=(State.OPENING,), reason=reason, by=by):
            return False
    return False


def doubt(row: LiveSession, error: ProviderError) -> None:
    """Whether a room was opened is not known: it is looked up and stopped."""
    fields = {"due_at": timezone.now(), "error": remedies.code_of(error), "last_error": error.log_text[:500]}
    if not move(row, State.CLOSING, only_from=(State.OPENING,), reason=Reason.ANSWER_LOST, **fields):
        save(row, states=(State.CLOSING,), **fields)
    ring(TASK, row.pk, queue_name=QUEUE)


def opened_too_late(row: LiveSession, about: dict[str, Any]) -> None:
    """Its room is there, and the row has gone on without it: stop it now."""
    now = timezone.now()
    if not save(row, states=(State.CLOSING,), **about, due_at=now, lease_until=None):
        move(row, State.CLOSING, only_from=LiveSession.FINISHED, reason=Reason.FOUND_RUNNING, **about, due_at=now)
    stop(row.pk)


def stop(pk: int) -> None:
    """One step of one row that is due, if nobody else has it. Safe to run twice and to be killed anywhere."""
    if not LiveSession.claim(pk, lease_s=LEASE_S):
        return
    session = LiveSession.objects.get(pk=pk)
    if session.state == State.OPENING and not move(session, State.CLOSING, only_from=(State.OPENING,), reason=Reason.CRASHED):
        session.refresh_from_db()
    if session.state != State.CLOSING:
        LiveSession.objects.filter(pk=pk).exclude(state__in=(State.OPENING, State.CLOSING)).update(due_at=None, lease_until=None)
        return
    try:
        provider = registry.live_provider(session.provider)
        if session.provider_id or _looked_up(session, provider):
            provider.close(session.room)
            move(session, State.CLOSED, only_from=(State.CLOSING,), reason="stopped")
    except CannotTell as error:
        _unknown(session, error)
    except ProviderError as error:
        if error.code == remedies.ROOM_GONE:
            move(session, State.CLOSED, only_from=(State.CLOSING,), reason=Reason.ROOM_GONE)
        else:
            _failed(session, error)


def _looked_up(session: LiveSession, provider: LiveProvider) -> bool:
    """The room of a row that has no provider's id: True when there is one, and its id is kept now. Raises CannotTell."""
    found = provider.find_room(session.public_id)
    if found:
        return save(session, states=(State.CLOSING,), provider_id=found)
    asked_s = (timezone.now() - session.created_at).total_seconds()
    if asked_s < BELIEVE_NONE_AFTER_S:
        wait(session, BELIEVE_NONE_AFTER_S - asked_s, log_text="the provider has none yet")
    else:
        move(session, State.CLOSED, only_from=(State.CLOSING,), reason="the provider has none")
    return False


def _unknown(session: LiveSession, error: CannotTell) -> None:
    """No way to learn whether there is a room: it ends by itself when its time is over, and is counted as paid in full."""
    if _past_its_end(session, 60.0):
        move(session, State.LOST, only_from=(State.CLOSING,), reason=Reason.ANSWER_LOST)
        return
    alert(LiveAlert.Kind.ANSWER_LOST, session=session, text=error.log_text)
    wait(session, 300.0, log_text=error.log_text)


def _failed(session: LiveSession, error: ProviderError) -> None:
    stops = session.stops + 1
    alert(LiveAlert.Kind.STOP_FAILED, session=session, text=error.log_text)
    if _past_its_end(session, GIVE_UP_AFTER_S):
        move(session, State.LOST, only_from=(State.CLOSING,), reason="nobody could stop it", stops=stops)
        return
    wait(session, max(min(error.retry_after_s or 0.0, 120.0), backoff_s(stops)), log_text=error.log_text, stops=stops)


def _past_its_end(session: LiveSession, margin_s: float) -> bool:
    end = session.ends_at or session.created_at + timedelta(seconds=session.most_s)
    return timezone.now() > end + timedelta(seconds=margin_s)

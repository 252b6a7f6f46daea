"""What the socket of a local room has to do with its live session."""

from datetime import datetime

from avatars.models import LiveSession
from avatars.services import live_sessions


def beat(public_id: str) -> datetime | None:
    """The page is there; when it was warned of its silence, or None. A session that has ended is told by its room."""
    session = LiveSession.objects.filter(public_id=public_id).first()
    if session is None:
        return None
    try:
        live_sessions.heartbeat(session=session)
    except live_sessions.SessionGone:
        return None
    return session.warned_at


def end_reason(public_id: str) -> str:
    """Why it ended, one of LiveSession.Reason or a caller's own word; "" when that is not known."""
    return LiveSession.objects.filter(public_id=public_id).values_list("reason", flat=True).first() or ""

"""Builders of the tests of live sessions, and time that passes."""

from datetime import timedelta
from typing import Any

from django.db.models import F

from avatars.models import LiveSession, ProviderHealth, Spending
from avatars.services.live_sessions import open_session

PROFILE: dict[str, Any] = {
    "style": "live", "providers": ["fake"], "live_avatar": "vera", "speech_engine": "espeak", "language": "en",
    "live_quality": "medium", "live_minutes_limit": 30,
}  # fmt: skip
CLOCKS = ("created_at", "started_at", "heartbeat_at", "active_at", "warned_at", "kept_at", "ends_at", "stopped_at", "due_at",
          "lease_until")  # fmt: skip


def opened(owner: str = "interview:1", **wishes: Any) -> LiveSession:
    settings = {**PROFILE, **wishes.pop("settings", {})}
    return open_session(**{"owner": owner, "provider": "fake", "settings": settings, "language": "en", "purpose": "interview",
                           **wishes})  # fmt: skip


def later(seconds: float, *sessions: LiveSession) -> None:
    """Time passes: the clocks of all rows go back by so much."""
    step = timedelta(seconds=seconds)
    LiveSession.objects.update(**{clock: F(clock) - step for clock in CLOCKS})
    ProviderHealth.objects.update(paused_until=F("paused_until") - step, open_since=F("open_since") - step)
    for session in sessions:
        session.refresh_from_db()


def passages(session: LiveSession) -> list[str]:
    return list(session.passages.values_list("new_state", flat=True))


def spent(session: LiveSession) -> Any:
    return Spending.objects.values_list("amount", flat=True).get(reference=session.spending_reference)

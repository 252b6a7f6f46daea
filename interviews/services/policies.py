"""The conversation's numbers with what the settings override: `INTERVIEW_POLICY = {"pause_s": 180, ...}`."""

from dataclasses import replace

from django.conf import settings

from interviews.conversation.policy import Policy


def policy() -> Policy:
    """Raises TypeError for a name that is not a field: a misspelt setting is not ignored."""
    return replace(Policy(), **getattr(settings, "INTERVIEW_POLICY", {}))

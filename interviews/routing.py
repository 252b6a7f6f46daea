"""Sockets of the interviews, and those that need to know two apps."""

from typing import Any

from django.urls import path

from avatars.services.profiles import default_snapshot
from interview_site.api.compat import PREFIX
from interviews.api.streaming import tokens
from interviews.api.streaming.base import LiveView
from interviews.consumers import InterviewConsumer
from transcription.consumers import TranscribeConsumer


def default_language() -> str:
    """The default profile's: whoever sends sound without a language is taken to speak it."""
    return str(default_snapshot()["language"])


TRANSCRIBE: dict[str, Any] = {
    "default_language": default_language, "read_short_token": tokens.caller_of, "permission": LiveView.permission,
}  # fmt: skip
websocket_urlpatterns = [
    path("ws/interview/<str:public_id>/", InterviewConsumer.as_asgi()),
    path("api/transcribe/ws", TranscribeConsumer.as_asgi(**TRANSCRIBE)),
    path(f"{PREFIX.strip('/')}/api/transcribe/ws", TranscribeConsumer.as_asgi(**TRANSCRIBE)),
]

"""Chat and live avatars; every address also answers under /r. No trailing slashes."""

from django.urls import URLPattern, path

from interviews.api.streaming import avatar, chat, sessions

CALLS = {
    "api/chat": (chat.Chat, "chat"),
    "api/streaming/token": (sessions.Token, "streaming_token"),
    "api/streaming/session": (sessions.Session, "streaming_session"),
    "api/streaming/start": (sessions.Start, "streaming_start"),
    "api/streaming/task": (sessions.Task, "streaming_task"),
    "api/streaming/heartbeat": (sessions.Heartbeat, "streaming_heartbeat"),
    "api/streaming/interrupt": (sessions.Interrupt, "streaming_interrupt"),
    "api/streaming/stop": (sessions.Stop, "streaming_stop"),
    "api/v1/avatar/streaming-avatars": (avatar.Avatars, "streaming_avatars"),
    "api/v1/avatar/streaming": (avatar.Streaming, "avatar_streaming"),
    "api/v1/avatar/streaming/get-token": (avatar.GetToken, "streaming_get_token"),
    "api/v1/avatar/streaming/set-context": (avatar.SetContext, "streaming_set_context"),
    "api/v1/avatar/streaming/get-context": (avatar.GetContext, "streaming_get_context"),
    "api/v1/avatar/streaming/ask-question": (avatar.AskQuestion, "streaming_ask_question"),
    "api/v1/avatar/streaming/speak": (avatar.Speak, "streaming_speak"),
    "api/v1/avatar/streaming/leave-room": (avatar.LeaveRoom, "streaming_leave_room"),
}


def compat(prefix: str = "") -> list[URLPattern]:
    """The addresses under `prefix` ("" or "r/"); those with it have names that end in "_r"."""
    end = "_r" if prefix else ""
    return [path(prefix + address, view.as_view(), name=name + end) for address, (view, name) in CALLS.items()]


urlpatterns = [*compat(), *compat("r/")]

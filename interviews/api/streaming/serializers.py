"""Bodies of chat and streaming calls. Unknown fields are ignored, as the older clients expect; ids are not looked at closely."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from avatars.api.refusals import DetailSerializer
from avatars.api.serializers import LANGUAGES
from interviews.chat.messages import MOST_MESSAGE, MOST_REFERENCE

TRANSPORTS = ("livekit", "local")  # of a session
JOINS = ("agora", "livekit", "local")  # of a room
QUALITIES = ("low", "medium", "high")
MOST_ID = 120
_TEXT_ERRORS = {
    "required": _("The text is required."), "null": _("The text is required."), "blank": _("The text is empty."),
}  # fmt: skip


class _Id(serializers.CharField):
    """An id of ours or of a provider."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MOST_ID, **kwargs})


class _Optional(serializers.CharField):
    """A text that may be left out, empty or null: all mean the usual one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MOST_ID, "required": False, "allow_blank": True, "allow_null": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).strip()


class _Lower(serializers.ChoiceField):
    """One of a few words, in any case: older clients write REPEAT and Sync too."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data.lower() if isinstance(data, str) else data)


# --- /api/chat --------------------------------------------------------------------------------------------------------


class ChatOrderSerializer(serializers.Serializer):
    message = serializers.CharField(
        max_length=MOST_MESSAGE, help_text=f"What the person said, at most {MOST_MESSAGE} characters.",
        error_messages={
            "required": _("The message is required."), "null": _("The message is required."), "blank": _("The message is empty."),
        },
    )  # fmt: skip
    session_id = _Optional(help_text="A live session of yours: it speaks the answer and remembers the conversation.")
    stream = serializers.BooleanField(default=False, help_text="Answer as server-sent events, one a sentence.")


class ChatAnswerSerializer(serializers.Serializer):
    response = serializers.CharField()
    session_id = serializers.CharField(required=False, help_text="As given.")
    spoken = serializers.BooleanField(required=False, help_text="With a session: whether the avatar took the words.")
    speech_error = serializers.CharField(required=False, help_text="Why it did not.")


# --- /api/streaming ---------------------------------------------------------------------------------------------------


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="For `?token=` of the other calls.")
    expires_in = serializers.IntegerField(help_text="Seconds.")


class SessionOrderSerializer(serializers.Serializer):
    avatar_id = _Optional(help_text="The default profile's when left out.")
    voice_id = _Optional(help_text="The default profile's when left out.")
    quality = _Lower(QUALITIES, required=False, allow_null=True)
    language = _Lower(LANGUAGES, required=False, allow_null=True, help_text="The default profile's when left out.")
    transport = _Lower(TRANSPORTS, default="livekit", help_text="`local`: our own presenter; it needs no provider.")


class SessionSerializer(serializers.Serializer):
    session_id = serializers.CharField()
    url = serializers.CharField(help_text="For `room.connect(url, access_token)`; with `local` the address of a WebSocket.")
    access_token = serializers.CharField()
    transport = serializers.ChoiceField(TRANSPORTS)


class _FallbackSerializer(serializers.Serializer):
    transport = serializers.CharField()


class NoProviderSerializer(DetailSerializer):
    fallback = _FallbackSerializer(help_text="Ask again with this transport: it always works.")


class SessionIdSerializer(serializers.Serializer):
    session_id = _Id(error_messages={"required": _("The session_id is required."), "blank": _("The session_id is empty.")})


class SessionStateSerializer(serializers.Serializer):
    session_id = serializers.CharField()
    status = serializers.ChoiceField(("started", "open", "idle", "silent", "stopped"))


class TaskOrderSerializer(SessionIdSerializer):
    text = serializers.CharField(
        max_length=MOST_MESSAGE, error_messages=_TEXT_ERRORS, help_text=f"At most {MOST_MESSAGE} characters."
    )
    task_type = _Lower(("repeat", "talk", "chat"), default="repeat", help_text="`chat` is an older name of `talk`.")
    task_mode = _Lower(("sync", "async"), default="async", help_text="`sync` answers when the avatar has finished speaking.")


class TaskSerializer(serializers.Serializer):
    task_id = serializers.CharField()
    duration_ms = serializers.IntegerField(help_text="Of the speech; of what was handed over so far, when it is not all.")
    text = serializers.CharField(required=False, help_text="With `talk`: the answer.")


# --- /api/v1/avatar/streaming… ----------------------------------------------------------------------------------------


class AvatarSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()


class AvatarsSerializer(serializers.Serializer):
    avatars = AvatarSerializer(many=True)
    count = serializers.IntegerField()


class StreamingOrderSerializer(serializers.Serializer):
    avatar_id = _Optional(help_text="The default profile's live avatar when left out.")


class AvatarIdSerializer(serializers.Serializer):
    avatar_id = _Id(error_messages={"required": _("The avatar_id is required."), "blank": _("The avatar_id is empty.")})


class ContextSerializer(AvatarIdSerializer):
    context = serializers.CharField(
        max_length=MOST_REFERENCE, allow_blank=True, help_text=f"At most {MOST_REFERENCE} characters; empty: none.",
        error_messages={"required": _("The context is required."), "null": _("The context is required.")},
    )  # fmt: skip


class AvatarQuestionSerializer(AvatarIdSerializer):
    question = serializers.CharField(
        max_length=MOST_MESSAGE,
        error_messages={"required": _("The question is required."), "blank": _("The question is empty.")},
    )


class SpeakSerializer(AvatarIdSerializer):
    text = serializers.CharField(max_length=MOST_MESSAGE, error_messages=_TEXT_ERRORS)


class JoinSerializer(serializers.Serializer):
    """A room, or why there is none: look at `success`."""

    success = serializers.BooleanField()
    avatar_id = serializers.CharField()
    token = serializers.CharField(required=False)
    stream_url = serializers.CharField(allow_null=True)
    fallback_mode = serializers.BooleanField()
    transport = serializers.ChoiceField(JOINS, required=False)
    app_id = serializers.CharField(required=False)
    channel = serializers.CharField(required=False)
    uid = serializers.IntegerField(required=False)
    expires_at = serializers.CharField(required=False)
    url = serializers.CharField(required=False)
    access_token = serializers.CharField(required=False)
    error = serializers.ChoiceField(("streaming_unavailable", "connection_failed"), required=False)
    message = serializers.CharField(required=False)
    fallback_endpoint = serializers.CharField(required=False)


class StreamSerializer(JoinSerializer):
    status = serializers.ChoiceField(("available", "unavailable"))


class DoneSerializer(serializers.Serializer):
    """What a call to a room answers: `error` and `message` when `success` is false."""

    success = serializers.BooleanField()
    avatar_id = serializers.CharField()
    error = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class ContextAnswerSerializer(DoneSerializer):
    context = serializers.CharField()


class QuestionAnswerSerializer(DoneSerializer):
    question = serializers.CharField()
    response = serializers.CharField(allow_null=True, help_text="Null when there is none; an answer is never invented.")
    spoken = serializers.BooleanField(required=False)


class _SpokenSerializer(serializers.Serializer):
    task_id = serializers.CharField()
    duration_ms = serializers.IntegerField()


class SpeakAnswerSerializer(DoneSerializer):
    text = serializers.CharField()
    result = _SpokenSerializer(allow_null=True)

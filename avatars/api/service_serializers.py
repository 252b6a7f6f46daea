"""Bodies and answers of the avatar service (docs/contracts/compat_api.md §1). Unknown fields of a request are ignored."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from avatars.engines.base import MAX_SPEED, MIN_SPEED
from avatars.models import AvatarSettings
from avatars.services.old_names import QUALITIES
from avatars.speech.text import MAX_CHARACTERS
from interview_site.api.problems import Problem

LANGUAGES = {code.lower(): code[:2] for code in ("ru", "ru-RU", "en", "en-US", "kk", "kk-KZ")}
HIGH, STANDARD = ("high", "best"), ("standard", "fast", "low", "medium", "normal")
# video-status (docs/contracts/compat_api.md §1)
STANDINGS = ("available", "unavailable", "error")
WORDS = ("init", "pending", "copy", "success", "failed", "error")


@extend_schema_field({"type": "integer", "enum": [720, 1080]})
class Resolution(serializers.Field):
    """720 or 1080, also as a string and with a "p"."""

    default_error_messages = {"invalid": _("Choose 720 or 1080.")}

    def to_internal_value(self, data: Any) -> int:
        word = str(data).lower().removesuffix("p") if isinstance(data, int | str) and not isinstance(data, bool) else ""
        if word not in ("720", "1080"):
            self.fail("invalid")
        return int(word)

    def to_representation(self, value: Any) -> int:
        return int(value)


@extend_schema_field({"type": "string", "maxLength": 200})
class Label(serializers.Field):
    """A free label: a short string or a number, given back as it came."""

    default_error_messages = {"invalid": _("Give a string of at most 200 characters, or a number.")}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, bool) or not isinstance(data, str | int) or len(str(data)) > 200:
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class Wish(serializers.CharField):
    """An id of a catalogue, or a word; null and "" are no wish."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, allow_null=True, max_length=120, **kwargs)


class Words(serializers.CharField):
    """The text to say."""

    def __init__(self, **kwargs: Any) -> None:
        words = _("The text is required.")
        super().__init__(
            trim_whitespace=False, help_text=f"At most {MAX_CHARACTERS} characters.",
            error_messages={"required": words, "null": words, "blank": _("The text is empty.")}, **kwargs,
        )  # fmt: skip

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        if not text.strip():
            raise serializers.ValidationError(_("The text is empty."), code="blank")
        if len(text) > MAX_CHARACTERS:
            raise Problem(413, "too_large", _("The text is longer than %(most)s characters.") % {"most": MAX_CHARACTERS})
        return text


def rate() -> serializers.FloatField:
    return serializers.FloatField(required=False, allow_null=True, min_value=MIN_SPEED, max_value=MAX_SPEED)


class TtsSerializer(serializers.Serializer):
    text = Words()
    voice_id = Wish(help_text="An id of `voices`; the default profile's voice when left out.")
    speech_rate = rate()


class SpokenSerializer(serializers.Serializer):
    audio_url = serializers.CharField(help_text="A finished WAV, open to whoever holds the address, for an hour.")
    text = serializers.CharField()
    voice_id = serializers.CharField(help_text="The voice that spoke.")
    speech_rate = serializers.FloatField()
    duration = serializers.FloatField(help_text="Seconds.")


class VideoOrderSerializer(serializers.Serializer):
    text = Words()
    session_id = Label(required=False, allow_null=True, help_text="A free label, given back.")
    voice_id = Wish(help_text="An id of `voices`; the default profile's voice when left out.")
    avatar_id = Wish(help_text="An id of `characters`; the default profile's avatar when left out.")
    resolution = Resolution(required=False, allow_null=True, help_text="720 or 1080.")


class VideoSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    video_url = serializers.CharField(help_text="Our copy, open for an hour to whoever holds the address.")
    session_id = serializers.CharField(allow_null=True)
    text = serializers.CharField()
    task_id = serializers.CharField()
    mode = serializers.CharField(required=False, help_text="`fallback_video` from `fallback/generate-video`.")


class OrderedVideoSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    task_id = serializers.CharField()
    status = serializers.ChoiceField(WORDS)
    session_id = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class TaskSerializer(serializers.Serializer):
    task_id = serializers.CharField(max_length=64)


class TaskStateSerializer(serializers.Serializer):
    task_id = serializers.CharField()
    status = serializers.ChoiceField(WORDS)
    progress = serializers.IntegerField(help_text="Per cent.")
    result_url = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="What went wrong and what to do.")
    error_code = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class ProfileWishSerializer(serializers.Serializer):
    """Any of the fields; what is left out, null or empty stays as it is."""

    voice_id = Wish()
    avatar_id = Wish()
    resolution = Resolution(required=False, allow_null=True)
    speech_rate = rate()
    language = Wish(help_text="ru-RU, en-US or kk-KZ; or ru, en, kk.")
    quality = Wish(help_text="standard or high: of the lips.")
    aspect = serializers.ChoiceField(AvatarSettings.Aspect.values, required=False, allow_null=True)
    captions = serializers.BooleanField(required=False, allow_null=True, default=None)

    def validate_language(self, word: str | None) -> str | None:
        if word and word.lower() not in LANGUAGES:
            raise serializers.ValidationError(_("Unknown language: choose ru, kk or en."), code="invalid_choice")
        return LANGUAGES[word.lower()] if word else None

    def validate_quality(self, word: str | None) -> str | None:
        if word and word.lower() not in (*HIGH, *STANDARD):
            raise serializers.ValidationError(_("Choose standard or high."), code="invalid_choice")
        return ("high" if word.lower() in HIGH else "standard") if word else None

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in (None, "")}


class ProfileSerializer(serializers.Serializer):
    voice_id = serializers.CharField()
    avatar_id = serializers.CharField()
    resolution = serializers.IntegerField()
    speech_rate = serializers.FloatField()
    language = serializers.CharField()
    quality = serializers.ChoiceField(tuple(QUALITIES.values()))
    aspect = serializers.CharField()
    captions = serializers.BooleanField()
    background = serializers.CharField()
    emotion = serializers.CharField()
    style = serializers.CharField()
    provider = serializers.CharField(help_text="Who makes a video with these settings now.")
    speech_engine = serializers.CharField()


class ChangedProfileSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    message = serializers.CharField()
    settings = ProfileSerializer()


class WrongProfileSerializer(serializers.Serializer):
    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class StandingSerializer(serializers.Serializer):
    service = serializers.CharField()
    status = serializers.ChoiceField(STANDINGS)
    base_url = serializers.CharField()
    api_key_configured = serializers.BooleanField()
    api_accessible = serializers.BooleanField()
    available_voices_count = serializers.IntegerField()
    available_voices = serializers.IntegerField()
    default_avatar_id = serializers.CharField(allow_null=True)
    default_voice_id = serializers.CharField(allow_null=True)
    streaming_available = serializers.BooleanField()
    alice_available = serializers.BooleanField()
    supported_languages = serializers.ListField(child=serializers.CharField())
    video_quality = serializers.CharField()
    error = serializers.CharField(required=False)


class ServiceStandingSerializer(StandingSerializer):
    service_type = serializers.CharField()
    last_generation = serializers.DateTimeField(allow_null=True)
    total_generations = serializers.IntegerField()
    errors_count = serializers.IntegerField()


class VoiceSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    gender = serializers.CharField()
    lang = serializers.CharField()
    tts_rate = serializers.FloatField(help_text="The natural rate.")
    engine = serializers.CharField()


class VoicesSerializer(serializers.Serializer):
    voices = VoiceSerializer(many=True)
    count = serializers.IntegerField()
    country = serializers.CharField()
    region = serializers.CharField()


class CharacterSerializer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.ChoiceField(("public", "custom"))
    preview_url = serializers.CharField(allow_null=True)
    is_public = serializers.BooleanField()
    provider = serializers.CharField()


class CharactersSerializer(serializers.Serializer):
    characters = CharacterSerializer(many=True)
    count = serializers.IntegerField()


class VoiceLanguageSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    voices_count = serializers.IntegerField()


class LanguagesSerializer(serializers.Serializer):
    languages = VoiceLanguageSerializer(many=True)
    count = serializers.IntegerField()

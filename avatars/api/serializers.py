"""Bodies of the compatible API. Unknown fields are ignored, as the older clients expect."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from avatars.services.chunks import DEFAULT_SIZE, LEAST_SIZE, MAX_TEXT, MOST_SIZE
from interview_site.api.problems import Problem

LANGUAGES = ("ru", "kk", "en")
SIZES = ("480x480", "720x720", "1280x720", "720x1280")


class WholeTextSerializer(serializers.Serializer):
    """Body of `/api/generate`."""

    text = serializers.CharField(
        trim_whitespace=False, help_text=f"At most {MAX_TEXT} characters.",
        error_messages={
            "required": _("The text is required."), "null": _("The text is required."), "blank": _("The text is empty."),
        },
    )  # fmt: skip
    language = serializers.ChoiceField(
        LANGUAGES, default="ru", error_messages={"invalid_choice": _("Unknown language: choose ru, kk or en.")}
    )
    captions = serializers.BooleanField(default=False, help_text="Burn captions into the picture.")
    size = serializers.ChoiceField(SIZES, required=False, help_text="Of the picture; the operator's setting when left out.")

    def validate_text(self, text: str) -> str:
        if not text.strip():
            raise serializers.ValidationError(_("The text is empty."), code="blank")
        if len(text) > MAX_TEXT:
            raise Problem(413, "too_large", _("The text is longer than %(most)s characters.") % {"most": MAX_TEXT})
        return text

    def look(self) -> dict[str, object]:
        """What of the checked body goes into a chunk's settings."""
        data = self.validated_data
        return {"chunk_captions": data["captions"]} | ({"chunk_size": data["size"]} if "size" in data else {})


class ChunkOrderSerializer(WholeTextSerializer):
    """Body of `/api/stream_chunks`."""

    chunk_size = serializers.IntegerField(
        default=DEFAULT_SIZE, min_value=LEAST_SIZE, max_value=MOST_SIZE,
        help_text="Words a chunk, as a wish: chunks end at sentences and clauses near it.",
    )  # fmt: skip


class ChunkSerializer(serializers.Serializer):
    index = serializers.IntegerField()
    text = serializers.CharField(help_text="All texts together are the text that was sent.")
    video_url = serializers.CharField()
    audio_url = serializers.CharField()
    duration = serializers.FloatField(help_text="Seconds.")


class ChunksSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    total_chunks = serializers.IntegerField()
    language = serializers.CharField()
    chunks = ChunkSerializer(many=True)


class CleanupSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    deleted = serializers.IntegerField(help_text="Files.")


class ErrorSerializer(serializers.Serializer):
    success = serializers.BooleanField(default=False)
    error = serializers.CharField()

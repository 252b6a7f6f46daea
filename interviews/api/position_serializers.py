"""A position as the API shows and takes it: fields, criteria and questions of the draft in one document."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from avatars.models import AvatarSettings
from interview_site.api.serializers import Strict, printable, sensible_time
from interviews.api.rehearsal_warnings import WarningSerializer
from interviews.models import Criterion, Language, Position, Question

MAX_QUESTIONS, MAX_CRITERIA = 100, 50


class Anchors(serializers.ListField):
    """Five texts in the API, five columns in the row."""

    def __init__(self) -> None:
        child = serializers.CharField(max_length=500, allow_blank=True)
        super().__init__(child=child, source="*", min_length=5, max_length=5, required=False)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        return {f"anchor_{mark}": text for mark, text in enumerate(super().to_internal_value(data), 1)}

    def to_representation(self, row: Criterion) -> list[str]:
        return [getattr(row, f"anchor_{mark}") for mark in range(1, 6)]


class CriterionUuids(serializers.ListField):
    """A question's criteria, read from what was prefetched."""

    child = serializers.UUIDField()

    def to_representation(self, criteria: Any) -> list[str]:
        return [str(criterion.uuid) for criterion in criteria.all()]


class CriterionSerializer(Strict, serializers.ModelSerializer):
    """What answers are judged by. `anchors` say what marks 1 to 5 look like."""

    uuid = serializers.UUIDField(required=False, help_text="Yours or left out; stable through every frozen version.")
    name = serializers.CharField(max_length=120, validators=[printable])
    anchors = Anchors()

    class Meta:
        model = Criterion
        fields = ["uuid", "name", "meaning", "weight", "anchors"]


class QuestionSerializer(Strict, serializers.ModelSerializer):
    """A question; `criteria` are uuids of this position's criteria. Order is the order of the list."""

    uuid = serializers.UUIDField(required=False, help_text="Yours or left out; stable through every frozen version.")
    mode = serializers.ChoiceField(
        choices=Question.Mode.choices, required=False, help_text="verbatim: word for word; adaptive: with follow-ups."
    )
    criteria = CriterionUuids(required=False, max_length=MAX_CRITERIA)

    class Meta:
        model = Question
        fields = ["uuid", "text", "mode", "follow_ups", "think_time_s", "answer_time_s", "required", "criteria"]


class PositionSummary(Strict, serializers.ModelSerializer):
    """A position in a list, without its questions."""

    id = serializers.IntegerField(read_only=True)
    accepting = serializers.BooleanField(source="is_accepting", read_only=True, help_text="Candidates may start now.")

    class Meta:
        model = Position
        fields = ["id", "title", "language", "state", "accepting", "opens_at", "closes_at", "created_at", "updated_at"]
        read_only_fields = fields


EXAMPLE = {
    "title": "Backend engineer",
    "language": "en",
    "contact": "Alice Smith, alice@example.org",
    "criteria": [{"uuid": "6f2c1a34-9f0e-4a57-8f2e-0c9f7d9d3a10", "name": "Clarity", "weight": 2}],
    "questions": [
        {
            "text": "Which project do you remember best, and why?",
            "mode": "adaptive",
            "follow_ups": 2,
            "criteria": ["6f2c1a34-9f0e-4a57-8f2e-0c9f7d9d3a10"],
        }
    ],
}


@extend_schema_serializer(examples=[OpenApiExample("A draft", value=EXAMPLE, request_only=True)])
class PositionSerializer(PositionSummary):
    """A position with its draft. Changing it never touches people who are already invited."""

    title = serializers.CharField(max_length=200, validators=[printable])
    contact = serializers.CharField(
        max_length=200, validators=[printable], help_text="A name with an address or a telephone number."
    )
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    avatar = serializers.PrimaryKeyRelatedField(
        queryset=AvatarSettings.objects.all(),
        allow_null=True,
        required=False,
        help_text="An avatar profile; null: the default one.",
    )
    opens_at = serializers.DateTimeField(allow_null=True, required=False, validators=[sensible_time])
    closes_at = serializers.DateTimeField(allow_null=True, required=False, validators=[sensible_time])
    criteria = CriterionSerializer(many=True, required=False, max_length=MAX_CRITERIA)
    questions = QuestionSerializer(many=True, required=False, max_length=MAX_QUESTIONS)

    class Meta:
        model = Position
        fields = [
            "id", "title", "description", "language", "avatar", "intro", "farewell", "facts", "time_budget_min", "answer_days",
            "wait_for_clips", "retention_days", "camera_recording", "contact", "state", "accepting", "opens_at", "closes_at",
            "criteria", "questions", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["state", "created_at", "updated_at"]

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        opens = given.get("opens_at", getattr(self.instance, "opens_at", None))
        closes = given.get("closes_at", getattr(self.instance, "closes_at", None))
        if opens and closes and closes <= opens:
            raise serializers.ValidationError(
                {"closes_at": [serializers.ErrorDetail(str(_("It must close after it opens.")), "order")]}
            )
        return given


class OpenedPosition(PositionSerializer):
    """A position that was opened, and why it may be good to rehearse it before inviting."""

    warnings = WarningSerializer(many=True, read_only=True)

    class Meta(PositionSerializer.Meta):
        fields = [*PositionSerializer.Meta.fields, "warnings"]


def split(given: dict[str, Any]) -> dict[str, Any]:
    """Validated input as the arguments of `interviews.services.drafts`."""
    lists = ("criteria", "questions")
    return {
        "fields": {name: value for name, value in given.items() if name not in lists},
        **{name: given.get(name) for name in lists},
    }

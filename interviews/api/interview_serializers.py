"""An interview as machines read it: state and progress, transcript, reviews, decisions."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interview_site.api.serializers import QuerySerializer, Strict, sensible_time
from interviews.api.fields import CandidateName, Id, PositionName, PublicId
from interviews.conversation import coverage
from interviews.models import Decision, Interview, Mark, Position, Review, Turn


class Progress(Strict):
    """How far the plan is: questions answered or skipped, of all."""

    answered = serializers.IntegerField()
    total = serializers.IntegerField()


class InterviewSerializer(Strict, serializers.ModelSerializer):
    """One attempt of a candidate at a frozen version of a position."""

    id = PublicId(source="public_id", read_only=True)
    position = PositionName(source="version.position", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    candidate = CandidateName(read_only=True)
    progress = serializers.SerializerMethodField()
    decision = serializers.ChoiceField(
        source="latest_decision", choices=Decision.Outcome.choices, allow_null=True, read_only=True,
        help_text="The latest decision of a person; null: nobody has decided.",
    )  # fmt: skip

    class Meta:
        model = Interview
        fields = [
            "id", "kind", "state", "language", "position", "version", "candidate", "progress", "decision", "deadline",
            "created_at", "opened_at", "started_at", "completed_at", "active_at", "wants_person_at", "erased_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(Progress)
    def get_progress(self, row: Interview) -> dict[str, int]:
        total = len(row.version.plan.get("questions", []))
        return {"answered": min(row.answered, total), "total": total}


class InterviewQuery(QuerySerializer):
    position = Id(required=False)
    candidate = Id(required=False)
    state = serializers.ChoiceField(choices=Interview.State.choices, required=False)
    kind = serializers.ChoiceField(choices=Interview.Kind.choices, required=False)
    created_from = serializers.DateTimeField(required=False, validators=[sensible_time])
    created_to = serializers.DateTimeField(required=False, validators=[sensible_time])
    waiting = serializers.BooleanField(required=False, help_text="true: completed, and nobody has decided yet.")


class PositionQuery(QuerySerializer):
    state = serializers.ChoiceField(choices=Position.State.choices, required=False)


class CandidateQuery(QuerySerializer):
    email = serializers.EmailField(required=False, help_text="Exactly this address, whatever its case.")


class TurnSerializer(Strict, serializers.ModelSerializer):
    """One turn. `start_ms`/`end_ms` are on the recording's clock; `question` is a uuid of the plan."""

    question = serializers.UUIDField(source="question_uuid", allow_null=True, read_only=True)

    class Meta:
        model = Turn
        fields = ["number", "speaker", "kind", "text", "text_state", "question", "input", "start_ms", "end_ms", "rung", "at"]
        read_only_fields = fields


class CoverageSerializer(Strict, serializers.Serializer):
    """What became of one question of the plan. `seconds` of active time, follow-ups included; null: it was not asked."""

    question = serializers.UUIDField(source="question.uuid")
    state = serializers.ChoiceField(
        choices=coverage.STATES,
        help_text="timed_out: left out because the time was over. not_reached: the conversation ended or stands before it.",
    )
    follow_ups = serializers.IntegerField(help_text="Follow-up questions, which are outside the common questions.")
    repeats = serializers.IntegerField()
    seconds = serializers.IntegerField(allow_null=True)


class MarkSerializer(Strict, serializers.ModelSerializer):
    """A score 1–5, or null for "not enough evidence"."""

    criterion = serializers.UUIDField(source="criterion_uuid", read_only=True)

    class Meta:
        model = Mark
        fields = ["criterion", "score", "note"]
        read_only_fields = fields


class ReviewSerializer(Strict, serializers.ModelSerializer):
    """One reviewer's marks and comment."""

    reviewer = serializers.SerializerMethodField()
    marks = MarkSerializer(many=True, read_only=True)

    class Meta:
        model = Review
        fields = ["id", "reviewer", "marks", "comment", "created_at", "updated_at"]
        read_only_fields = fields

    @extend_schema_field({"type": "string"})
    def get_reviewer(self, row: Review) -> str:
        return name_of(row.reviewer)


class DecisionSerializer(Strict, serializers.ModelSerializer):
    """What a named person decided, and why. Made in the admin only: a program never decides."""

    reviewer = serializers.SerializerMethodField()

    class Meta:
        model = Decision
        fields = ["id", "reviewer", "outcome", "reason", "at"]
        read_only_fields = fields

    @extend_schema_field({"type": "string"})
    def get_reviewer(self, row: Decision) -> str:
        return name_of(row.reviewer)


def name_of(user: Any) -> str:
    return user.get_full_name() or user.get_username()

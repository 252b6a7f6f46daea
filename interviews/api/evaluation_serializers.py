"""A model's proposal as machines read it: per criterion, with its evidence, without any total (hiring_law 5)."""

from typing import Any

from rest_framework import serializers

from interview_site.api.serializers import Strict
from interviews.evaluation.permission import TEXTS
from interviews.evaluation.proposal import UNFOUNDED, WHY
from interviews.models import Evaluation

MARKS_FIRST = "marks_first"
NONE = "none"


class QuoteSerializer(Strict, serializers.Serializer):
    """The candidate's own words, found in the transcript. `at_ms` on the recording's clock; null: typed."""

    turn = serializers.IntegerField(help_text="`number` in the transcript.")
    text = serializers.CharField()
    at_ms = serializers.IntegerField(allow_null=True)
    unsure = serializers.BooleanField(help_text="The recogniser was not sure of these words.")


class ProposedPartSerializer(Strict, serializers.Serializer):
    """What the answer to one question shows about the criterion: a score with quotes, or why there is none."""

    question = serializers.UUIDField(allow_null=True)
    score = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    insufficient = serializers.ChoiceField(
        source="code", choices=[(str(code), text) for code, text in WHY.items()] + [("unfounded", UNFOUNDED)], allow_blank=True,
        help_text="Why there is no score; empty with one.",
    )  # fmt: skip
    reason = serializers.CharField()
    quotes = QuoteSerializer(many=True)


class ProposedCriterionSerializer(Strict, serializers.Serializer):
    """One criterion. `score` is the lower median of its parts' scores; null: not enough evidence."""

    criterion = serializers.UUIDField(source="criterion.uuid")
    name = serializers.CharField(source="criterion.name")
    score = serializers.IntegerField(allow_null=True, min_value=1, max_value=5)
    parts = ProposedPartSerializer(many=True)


class OrderFlagSerializer(Strict, serializers.Serializer):
    """Something that sounds like an order to the machine. It changes no score; a person looks."""

    turn = serializers.IntegerField()
    text = serializers.CharField()


class EvaluationSerializer(Strict, serializers.Serializer):
    """The latest proposal. It marks nothing and decides nothing."""

    state = serializers.ChoiceField(choices=[(NONE, "none"), *Evaluation.State.choices])
    problem = serializers.ChoiceField(
        source="code", choices=list(TEXTS.items()), allow_blank=True, help_text="Why there is none, or why a person is needed."
    )
    hidden = serializers.ChoiceField(
        choices=[(MARKS_FIRST, MARKS_FIRST)], allow_blank=True,
        help_text="marks_first: it is ready; people mark before it is shown.",
    )  # fmt: skip
    model = serializers.CharField()
    prompt = serializers.CharField(help_text="With its version.")
    asked_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    earlier = serializers.IntegerField(help_text="Proposals before this one; scoring again adds one.")
    criteria = ProposedCriterionSerializer(source="rows", many=True)
    flags = OrderFlagSerializer(many=True)

    def to_representation(self, proposal: Any) -> dict[str, Any]:
        latest = proposal.latest
        return super().to_representation(
            {
                "state": latest.state if latest else NONE, "code": proposal.code,
                "hidden": MARKS_FIRST if proposal.is_hidden else "", "model": latest.model if latest else "",
                "prompt": latest.prompt if latest else "", "asked_at": latest.created_at if latest else None,
                "finished_at": latest.finished_at if latest else None, "earlier": proposal.earlier, "rows": proposal.rows,
                "flags": proposal.flags,
            }
        )  # fmt: skip

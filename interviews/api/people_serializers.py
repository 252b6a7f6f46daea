"""Candidates, and inviting them."""

import zoneinfo
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from interview_site.api.serializers import Strict, printable
from interviews.api.fields import Id, PublicId, VisiblePosition
from interviews.api.rehearsal_warnings import EXAMPLE as WARNINGS
from interviews.api.rehearsal_warnings import WarningSerializer
from interviews.models import Candidate, Language

MAX_ROWS = 200


def known_zone(value: str) -> str:
    if value and value not in zoneinfo.available_timezones():
        raise serializers.ValidationError(_("There is no such time zone: write a name such as Asia/Almaty."), code="time_zone")
    return value


@extend_schema_serializer(
    examples=[OpenApiExample("Bob", value={"name": "Bob Brown", "email": "bob@example.org", "language": "en"}, request_only=True)]
)
class CandidateSerializer(Strict, serializers.ModelSerializer):
    """A person who is interviewed."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(max_length=200, validators=[printable])
    form_of_address = serializers.CharField(
        max_length=60, allow_blank=True, required=False, validators=[printable],
        help_text="How the avatar addresses this person in its greeting; empty: by the name.",
    )  # fmt: skip
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False, validators=[printable])
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    time_zone = serializers.CharField(max_length=60, allow_blank=True, required=False, validators=[known_zone])

    class Meta:
        model = Candidate
        fields = ["id", "name", "form_of_address", "email", "phone", "language", "time_zone", "telegram_id", "created_at"]
        read_only_fields = ["telegram_id", "created_at"]


class GuestSerializer(Strict):
    """One row: an existing candidate by id, or a name with an e-mail address."""

    candidate = Id(required=False, help_text="A candidate that exists; then no name and no e-mail.")
    name = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    email = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    language = serializers.ChoiceField(
        choices=Language.choices, required=False, help_text="Left out: the language given for all."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "candidate" in given and ("name" in given or "email" in given):
            raise serializers.ValidationError(_("Give a candidate, or a name and an e-mail address, not both."), code="both")
        return given


BATCH = {
    "position": 7,
    "guests": [
        {"name": "Bob Brown", "email": "bob@example.org"},
        {"name": "Дана Ахметова", "email": "dana@example.org", "language": "kk"},
    ],
}
RESULTS = {
    "position": 7,
    "invited": 1,
    "refused": 1,
    "results": [
        {"index": 0, "status": "invited", "interview": "h3kQ0xZyB2mN8pRt", "detail": ""},
        {
            "index": 1,
            "status": "refused",
            "interview": None,
            "detail": "This address already has an open invitation to this position.",
        },
    ],
    "warnings": WARNINGS,
}


@extend_schema_serializer(examples=[OpenApiExample("Two people", value=BATCH, request_only=True)])
class InvitationBatch(Strict):
    """Up to 200 people to invite to one position. Each row stands for itself."""

    position = VisiblePosition()
    language = serializers.ChoiceField(choices=Language.choices, required=False, help_text="Left out: the position's language.")
    guests = GuestSerializer(many=True, min_length=1, max_length=MAX_ROWS)
    wait_for_clips = serializers.BooleanField(
        required=False, allow_null=True, default=None,
        help_text="Letters wait while clips are being made; left out: as the position says.",
    )  # fmt: skip


class InvitationResult(Strict):
    """What became of one row, by its place in `guests`."""

    index = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["invited", "refused"])
    interview = PublicId(allow_null=True)
    detail = serializers.CharField(help_text="Why not, fit for a person; empty when invited.")


@extend_schema_serializer(examples=[OpenApiExample("One invited, one not", value=RESULTS, response_only=True)])
class InvitationResults(Strict):
    position = serializers.IntegerField()
    invited = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = InvitationResult(many=True)
    warnings = WarningSerializer(many=True, help_text="Why it may be good to rehearse the position.")


class LinkSerializer(Strict):
    """The candidate's link. Whoever holds it is the candidate: hand it to nobody else."""

    interview = PublicId()
    link = serializers.URLField()
    deadline = serializers.DateTimeField()


class Reason(Strict):
    reason = serializers.CharField(max_length=200, validators=[printable], help_text="Kept in the history of the interview.")


class Nothing(Strict):
    """No body, or an empty object."""

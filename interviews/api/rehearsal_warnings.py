"""What a program is told when it opens a position or invites to it: why to rehearse first (docs/rehearsal.md)."""

from typing import Any

from rest_framework import serializers

from interview_site.api.serializers import Strict
from interviews.models import Position
from interviews.services import rehearsing

EXAMPLE = [{"code": "missing", "detail": "This position has not been rehearsed yet."}]


class WarningSerializer(Strict):
    """Something to look at, though it was done."""

    code = serializers.ChoiceField(choices=list(rehearsing.WARNINGS), help_text="Of the rehearsal.")
    detail = serializers.CharField(help_text="Fit for a person.")


def warnings_of(position: Position) -> list[dict[str, Any]]:
    """As the admin warns: at most one, none when the last rehearsal is of the present draft and found nothing."""
    code = rehearsing.warning(position)
    return [{"code": code, "detail": str(rehearsing.WARNINGS[code])}] if code else []

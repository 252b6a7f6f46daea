"""Fields several serializers share."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interview_site.api.serializers import Strict
from interviews.models import Position

MAX_ID = 2**63 - 1


class Id(serializers.IntegerField):
    """The id of a row; what no column could hold is refused here."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)


@extend_schema_field({"type": "integer", "examples": [7]})
class VisiblePosition(serializers.PrimaryKeyRelatedField):
    """A position the caller may see; any other "does not exist"."""

    def get_queryset(self) -> Any:
        visible = Position.objects.visible_to(self.context["request"].user)
        return Position.objects.filter(pk__in=visible.values("pk"))  # no DISTINCT: the row is locked later


class PositionName(Strict):
    """A position as other things refer to it."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)


class CandidateName(Strict):
    """A candidate as other things refer to them."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True)


@extend_schema_field({"type": "string", "maxLength": 24, "examples": ["h3kQ0xZyB2mN8pRt"]})
class PublicId(serializers.CharField):
    """An interview's public id. It picks the interview and permits nothing."""

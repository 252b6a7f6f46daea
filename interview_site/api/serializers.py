"""Serializers that refuse what they do not know (threats 36)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

UNKNOWN = _("There is no such field.")
READ_ONLY = _("This field cannot be set.")


class Strict(serializers.Serializer):
    """Mixin: unknown and read-only fields are an error with a pointer, never ignored."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, Mapping):
            odd: dict[str, list[serializers.ErrorDetail]] = {}
            for name in data:
                if name not in self.fields:
                    odd[name] = [serializers.ErrorDetail(str(UNKNOWN), code="unknown_field")]
                elif self.fields[name].read_only:
                    odd[name] = [serializers.ErrorDetail(str(READ_ONLY), code="read_only")]
            if odd:
                raise serializers.ValidationError(odd)
        return super().to_internal_value(data)


def printable(value: str) -> str:
    """A validator for one-line texts: no control or invisible characters."""
    if not all(character.isprintable() for character in value):
        raise serializers.ValidationError(_("The text holds characters that cannot be stored."), code="not_printable")
    return value


def sensible_time(value: datetime) -> datetime:
    """A validator: deadlines are reckoned from these times, so the year must leave room for it."""
    if not 2000 <= value.year <= 2100:
        raise serializers.ValidationError(_("The year must lie between 2000 and 2100."), code="year")
    return value


class QuerySerializer(Strict):
    """The parameters of an address. Each may stand once; an unknown one is refused."""

    cursor = serializers.CharField(required=False, max_length=500, help_text="Where to go on: from `next` of a list.")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200, help_text="Rows a page, 50 when left out.")


def read_query(request: Request, serializer: type[Strict]) -> dict[str, Any]:
    """The checked parameters of the address. Raises ValidationError with pointers."""
    twice = [name for name in request.query_params if len(request.query_params.getlist(name)) > 1]
    if twice:
        raise serializers.ValidationError(
            {name: [serializers.ErrorDetail(str(_("This parameter may stand once.")), code="repeated")] for name in twice}
        )
    query = serializer(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    return query.validated_data

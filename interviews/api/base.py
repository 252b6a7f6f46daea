"""What every view of the API shares: rows the caller may see, ETags, answers nobody caches."""

from typing import Any

from django.http import Http404
from django.utils.cache import patch_cache_control
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.problems import Problem
from interview_site.api.serializers import Strict, read_query
from interviews.models import Interview


class ApiView(GenericAPIView):
    """`needs` says what each method asks of the caller: {"GET": (scope, permission)}."""

    needs: dict[str, tuple[str, str]] = {}
    query_serializer_class: type[Strict] | None = None
    queryset = Interview.objects.none()  # only tells the schema generator what an id in the path is

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # Unknown parameters are refused on calls that take none, too.
        self.query = read_query(request, self.query_serializer_class or NoQuery)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_cache_control(response, no_store=True)
        return response

    def page(self, rows: Any, serializer: type[serializers.BaseSerializer]) -> Response:
        """One page of `rows`: {next, previous, results}."""
        shown = self.paginate_queryset(rows)
        return self.get_paginated_response(serializer(shown, many=True, context=self.get_serializer_context()).data)

    def read(
        self, serializer: type[serializers.BaseSerializer], *, instance: Any = None, partial: bool = False
    ) -> dict[str, Any]:
        """The checked body. Raises ValidationError with pointers; a body that is no object is refused."""
        checked = serializer(instance, data=self.request.data, partial=partial, context=self.get_serializer_context())
        checked.is_valid(raise_exception=True)
        return checked.validated_data


class NoQuery(Strict):
    """A call without parameters."""


def found(rows: Any, **where: Any) -> Any:
    """The row, or Http404: a foreign one and none look the same (threats 35)."""
    row = rows.filter(**where).first()
    if row is None:
        raise Http404
    return row


def conflict(text: object, *, code: str = "conflict", **more: Any) -> Problem:
    return Problem(409, code, text, **more)

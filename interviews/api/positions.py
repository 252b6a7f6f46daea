"""/api/v1/positions: list, read, write the draft, open and close."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.idempotency import once
from interview_site.api.problems import Problem
from interview_site.api.schema import IDEMPOTENCY_KEY, IF_MATCH
from interview_site.api.scopes import Scope
from interview_site.api.versions import etag, require_unchanged
from interviews.api.base import ApiView, conflict, found
from interviews.api.interview_serializers import PositionQuery
from interviews.api.people_serializers import Nothing
from interviews.api.position_serializers import OpenedPosition, PositionSerializer, PositionSummary, split
from interviews.api.rehearsal_warnings import warnings_of
from interviews.models import Position
from interviews.services.drafts import BadDraft, change_draft, create_draft
from interviews.services.invitations import CannotInvite
from interviews.services.positions import close_position, open_position

READ = (Scope.POSITIONS_READ, "interviews.view_position")
WRITE = (Scope.POSITIONS_WRITE, "interviews.change_position")
ADD = (Scope.POSITIONS_WRITE, "interviews.add_position")


class PositionView(ApiView):
    queryset = Position.objects.none()

    def visible(self) -> Any:
        return Position.objects.filter(pk__in=Position.objects.visible_to(self.request.user).values("pk"))

    def shown(self, pk: int) -> dict[str, Any]:
        """What a GET answers now."""
        position = found(self.visible().prefetch_related("criteria", "questions__criteria"), pk=pk)
        return PositionSerializer(position, context=self.get_serializer_context()).data

    def answer(self, pk: int, status: int = 200, **more: Any) -> Response:
        """`more` is said of this call only: the ETag is that of a GET."""
        shown = self.shown(pk)
        headers = {"ETag": etag(shown)}
        if status == 201:
            headers["Location"] = f"/api/v1/positions/{pk}"
        return Response({**shown, **more}, status, headers=headers)


class Positions(PositionView):
    needs = {"GET": READ, "POST": ADD}
    query_serializer_class = PositionQuery

    @extend_schema(
        operation_id="positions_list", parameters=[PositionQuery], responses=PositionSummary(many=True), tags=["positions"]
    )
    def get(self, request: Request) -> Response:
        """The positions the caller may see, newest first."""
        rows = self.visible()
        if state := self.query.get("state"):
            rows = rows.filter(state=state)
        return self.page(rows, PositionSummary)

    @extend_schema(
        operation_id="positions_create", parameters=[IDEMPOTENCY_KEY], request=PositionSerializer,
        responses={201: PositionSerializer}, tags=["positions"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Write a new draft. Open it before inviting."""
        given = split(self.read(PositionSerializer))

        def run(before: dict[str, Any], keep: Any) -> tuple[int, dict[str, Any]]:
            if before:
                return 201, before
            with transaction.atomic():
                made = _or_problem(lambda: create_draft(
                    fields=given["fields"], criteria=given["criteria"] or [], questions=given["questions"] or [], by=request.user
                ))  # fmt: skip
                keep({"id": made.pk})
            return 201, {"id": made.pk}

        return once(request, run, lambda status, kept: self.answer(kept["id"], status))


class OnePosition(PositionView):
    needs = {"GET": READ, "PATCH": WRITE}

    @extend_schema(operation_id="positions_read", responses=PositionSerializer, tags=["positions"])
    def get(self, request: Request, pk: int) -> Response:
        """A position with its draft. The ETag is what a change must name."""
        return self.answer(pk)

    @extend_schema(
        operation_id="positions_update", parameters=[IF_MATCH], request=PositionSerializer, responses=PositionSerializer,
        tags=["positions"],
        examples=[OpenApiExample("New closing date", value={"closes_at": "2027-01-31T18:00:00Z"}, request_only=True)],
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is given. `criteria` and `questions` replace the whole list; people already invited keep their version."""
        found(self.visible(), pk=pk)
        with transaction.atomic():
            position = found(Position.objects.select_for_update(), pk=pk)
            require_unchanged(request, self.shown(pk))
            given = split(self.read(PositionSerializer, instance=position, partial=True))
            _or_problem(lambda: change_draft(position, **given, by=request.user))
        return self.answer(pk)


class OpenPosition(PositionView):
    needs = {"POST": WRITE}

    @extend_schema(operation_id="positions_open", request=Nothing, responses=OpenedPosition, tags=["positions"])
    def post(self, request: Request, pk: int) -> Response:
        """Let candidates in. Repeating it changes nothing; 409 when nobody could be interviewed.

        `warnings` tells why to rehearse before inviting.
        """
        self.read(Nothing)
        position = found(self.visible(), pk=pk)
        try:
            open_position(position, by=request.user)
        except CannotInvite as error:
            raise conflict(error.text, code="cannot_open") from None
        return self.answer(pk, warnings=warnings_of(position))


class ClosePosition(PositionView):
    needs = {"POST": WRITE}

    @extend_schema(operation_id="positions_close", request=Nothing, responses=PositionSerializer, tags=["positions"])
    def post(self, request: Request, pk: int) -> Response:
        """Let no more candidates start. Whoever is in the middle of an interview may finish it."""
        self.read(Nothing)
        close_position(found(self.visible(), pk=pk), by=request.user)
        return self.answer(pk)


def _or_problem(act: Any) -> Any:
    try:
        return act()
    except BadDraft as error:
        raise Problem(
            400, "invalid", _("Some fields are not valid."),
            errors=[{"pointer": error.pointer, "code": error.code, "detail": str(error.text)}],
        ) from None  # fmt: skip

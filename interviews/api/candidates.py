"""/api/v1/candidates: list, read, add, change. Erasing a person is done by people, in the admin."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.idempotency import once
from interview_site.api.schema import IDEMPOTENCY_KEY, IF_MATCH
from interview_site.api.scopes import Scope
from interview_site.api.versions import etag, require_unchanged
from interviews.api.base import ApiView, found
from interviews.api.interview_serializers import CandidateQuery
from interviews.api.people_serializers import CandidateSerializer
from interviews.models import Candidate
from interviews.services import audit

READ = (Scope.CANDIDATES_READ, "interviews.view_candidate")


class _CandidateView(ApiView):
    queryset = Candidate.objects.none()

    def visible(self) -> Any:
        return Candidate.objects.filter(pk__in=Candidate.objects.visible_to(self.request.user).values("pk"))

    def shown(self, pk: int) -> dict[str, Any]:
        return CandidateSerializer(found(self.visible(), pk=pk)).data

    def answer(self, pk: int, status: int = 200) -> Response:
        shown = self.shown(pk)
        headers = {"ETag": etag(shown)}
        if status == 201:
            headers["Location"] = f"/api/v1/candidates/{pk}"
        return Response(shown, status, headers=headers)


class Candidates(_CandidateView):
    needs = {"GET": READ, "POST": (Scope.CANDIDATES_WRITE, "interviews.change_candidate")}
    query_serializer_class = CandidateQuery

    @extend_schema(
        operation_id="candidates_list", parameters=[CandidateQuery], responses=CandidateSerializer(many=True), tags=["candidates"]
    )
    def get(self, request: Request) -> Response:
        """Candidates of positions the caller may see, and those the caller added; newest first."""
        rows = self.visible()
        if email := self.query.get("email"):
            rows = rows.filter(email__iexact=email)
        return self.page(rows, CandidateSerializer)

    @extend_schema(
        operation_id="candidates_create", parameters=[IDEMPOTENCY_KEY], request=CandidateSerializer,
        responses={201: CandidateSerializer}, tags=["candidates"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Add a person. Inviting is another call."""
        given = self.read(CandidateSerializer)

        def run(before: dict[str, Any], keep: Any) -> tuple[int, dict[str, Any]]:
            if before:
                return 201, before
            with transaction.atomic():
                made = Candidate.objects.create(**given, created_by=request.user)
                audit.record("create", made, actor=request.user)
                keep({"id": made.pk})
            return 201, {"id": made.pk}

        return once(request, run, lambda status, kept: self.answer(kept["id"], status))


class OneCandidate(_CandidateView):
    needs = {"GET": READ, "PATCH": (Scope.CANDIDATES_WRITE, "interviews.change_candidate")}

    @extend_schema(operation_id="candidates_read", responses=CandidateSerializer, tags=["candidates"])
    def get(self, request: Request, pk: int) -> Response:
        """A person. The ETag is what a change must name. Reading it is noted in the audit log."""
        answer = self.answer(pk)
        audit.record("view", Candidate(pk=pk), actor=request.user, note="api")
        return answer

    @extend_schema(
        operation_id="candidates_update", parameters=[IF_MATCH], request=CandidateSerializer, responses=CandidateSerializer,
        tags=["candidates"], examples=[OpenApiExample("New telephone", value={"phone": "+7 700 000 00 00"}, request_only=True)],
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        """Change what is given."""
        found(self.visible(), pk=pk)
        with transaction.atomic():
            candidate = found(Candidate.objects.select_for_update(), pk=pk)
            require_unchanged(request, self.shown(pk))
            given = self.read(CandidateSerializer, instance=candidate, partial=True)
            for name, value in given.items():
                setattr(candidate, name, value)
            if given:
                candidate.save(update_fields=list(given))
                audit.record("change", candidate, actor=request.user)
        return self.answer(pk)

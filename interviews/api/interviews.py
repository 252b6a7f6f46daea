"""/api/v1/interviews: state and progress, what was said, what people think and decided. All of it read only.

A decision needs a named person who looked: no call of the API makes one (hiring_law 5).
"""

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.scopes import Scope
from interview_site.api.serializers import QuerySerializer
from interviews.api.base import ApiView, found
from interviews.api.interview_serializers import (
    CoverageSerializer,
    DecisionSerializer,
    InterviewQuery,
    InterviewSerializer,
    ReviewSerializer,
    TurnSerializer,
)
from interviews.models import Decision, Interview, Review, Turn
from interviews.plan import from_json
from interviews.services import audit
from interviews.services.coverage import covered

READ = (Scope.INTERVIEWS_READ, "interviews.view_interview")
FILTERS = {
    "position": "version__position", "candidate": "candidate", "state": "state", "kind": "kind",
    "created_from": "created_at__gte", "created_to": "created_at__lt",
}  # fmt: skip
_DECISIONS = Decision.objects.filter(interview=OuterRef("pk"))


def visible_interviews(user: object) -> QuerySet[Interview]:
    """A plain filter by id: no DISTINCT over plans, and rows can be locked and annotated."""
    return Interview.objects.filter(pk__in=Interview.objects.visible_to(user).order_by().values("pk"))


def full(rows: QuerySet[Interview]) -> QuerySet[Interview]:
    """With all the serializer shows, in one query however many rows."""
    answered = (
        Turn.objects.filter(interview=OuterRef("pk"), kind__in=[Turn.Kind.ANSWER, Turn.Kind.SKIP]).order_by().values("interview")
        .annotate(number=Count("question_uuid", distinct=True)).values("number")
    )  # fmt: skip
    return rows.select_related("version__position", "candidate").annotate(
        answered=Coalesce(Subquery(answered, output_field=IntegerField()), 0),
        latest_decision=Subquery(_DECISIONS.order_by("-pk").values("outcome")[:1]),
    )


class Interviews(ApiView):
    needs = {"GET": READ}
    query_serializer_class = InterviewQuery

    @extend_schema(
        operation_id="interviews_list", parameters=[InterviewQuery], responses=InterviewSerializer(many=True), tags=["interviews"]
    )
    def get(self, request: Request) -> Response:
        """Interviews of positions the caller may see, newest first; previews and demos included, see `kind`."""
        rows = visible_interviews(request.user)
        rows = rows.filter(**{FILTERS[name]: value for name, value in self.query.items() if name in FILTERS})
        if "waiting" in self.query:
            waits = {"state": Interview.State.COMPLETED}
            waiting = rows.filter(~Exists(_DECISIONS), **waits)
            rows = waiting if self.query["waiting"] else rows.exclude(pk__in=waiting.values("pk"))
        return self.page(full(rows), InterviewSerializer)


class OneInterview(ApiView):
    needs = {"GET": READ}

    @extend_schema(operation_id="interviews_read", responses=InterviewSerializer, tags=["interviews"])
    def get(self, request: Request, public_id: str) -> Response:
        """One interview with its state and progress."""
        return Response(InterviewSerializer(found(full(visible_interviews(request.user)), public_id=public_id)).data)


class InOrder(CursorPagination):
    page_size = 200
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "number"


class OfInterview(ApiView):
    query_serializer_class = QuerySerializer

    def interview(self, public_id: str) -> Interview:
        return found(visible_interviews(self.request.user), public_id=public_id)

    def note(self, interview: Interview, what: str) -> None:
        """Who read it stands in the audit log, once a reading and not once a page (threats 79)."""
        if "cursor" not in self.query:
            audit.record("view", interview, actor=self.request.user, note=f"api {what}")


class Transcript(OfInterview):
    needs = {"GET": (Scope.TRANSCRIPTS_READ, "interviews.view_interview")}
    pagination_class = InOrder

    @extend_schema(
        operation_id="interviews_transcript",
        parameters=[QuerySerializer],
        responses=TurnSerializer(many=True),
        tags=["interviews"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        """What was said, turn by turn, in order. Reading it is noted in the audit log."""
        interview = self.interview(public_id)
        self.note(interview, "transcript")
        return self.page(Turn.objects.filter(interview=interview), TurnSerializer)


class Coverage(OfInterview):
    needs = {"GET": (Scope.INTERVIEWS_READ, "interviews.view_interview")}

    @extend_schema(
        operation_id="interviews_coverage", parameters=[QuerySerializer], tags=["interviews"],
        responses=CoverageSerializer(many=True),
        examples=[OpenApiExample("Answered with one follow-up", response_only=True, value={
            "question": "6f0d7a52-6a34-4a27-9d5b-6f6f6a1d2f11", "state": "answered", "follow_ups": 1, "repeats": 0,
            "seconds": 142,
        })],
    )  # fmt: skip
    def get(self, request: Request, public_id: str) -> Response:
        """What became of each question: a list in the plan's order, as long as the plan. Holds no words of anybody."""
        interview = self.interview(public_id)
        plan = from_json(interview.version.plan)
        rows = covered(interview, plan, list(interview.turns.all()), list(interview.passages.all()))
        return Response(CoverageSerializer(rows, many=True).data)


class Reviews(OfInterview):
    needs = {"GET": (Scope.REVIEWS_READ, "interviews.view_interview")}

    @extend_schema(
        operation_id="interviews_reviews",
        parameters=[QuerySerializer],
        responses=ReviewSerializer(many=True),
        tags=["interviews"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        """What reviewers think, newest first. A person signed in sees the others' marks only after giving their own."""
        interview = self.interview(public_id)
        self.note(interview, "reviews")
        reviews = Review.objects.filter(interview=interview)
        # As on the review page: nobody's judgement leans on another's. A token was given this scope by its maker.
        if request.auth is None and not reviews.filter(reviewer=request.user).exists():
            reviews = reviews.none()
        return self.page(reviews.select_related("reviewer").prefetch_related("marks"), ReviewSerializer)


class Decisions(OfInterview):
    needs = {"GET": (Scope.REVIEWS_READ, "interviews.view_interview")}

    @extend_schema(
        operation_id="interviews_decisions",
        parameters=[QuerySerializer],
        responses=DecisionSerializer(many=True),
        tags=["interviews"],
    )
    def get(self, request: Request, public_id: str) -> Response:
        """What was decided, newest first: the first one counts."""
        interview = self.interview(public_id)
        self.note(interview, "decisions")
        return self.page(Decision.objects.filter(interview=interview).select_related("reviewer"), DecisionSerializer)

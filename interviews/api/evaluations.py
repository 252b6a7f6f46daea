"""/api/v1/interviews/<id>/evaluation: the model's proposal, read only, and never before a person has marked.

Reviewers mark before they see a proposal (design §5). A person signed in is such a reviewer. A token is none: what it reads it
may show to anybody, so it gets nothing until the marks of at least one person are in.
"""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.scopes import Scope
from interview_site.api.serializers import QuerySerializer
from interviews.api.evaluation_serializers import EvaluationSerializer
from interviews.api.interviews import OfInterview
from interviews.evaluation.proposal import proposal_for
from interviews.models import Review
from interviews.plan import from_json

EXAMPLE = {
    "state": "proposed", "problem": "", "hidden": "", "model": "qwen3-14b", "prompt": "evaluate/en 1",
    "asked_at": "2026-11-20T09:12:44Z", "finished_at": "2026-11-20T09:13:31Z", "earlier": 0,
    "criteria": [
        {
            "criterion": "0d2f6c3e-1b34-4d6c-9a0b-2f1c1f6b7a55", "name": "Working with customers", "score": 4,
            "parts": [
                {
                    "question": "6f0d7a52-6a34-4a27-9d5b-6f6f6a1d2f11", "score": 4, "insufficient": "",
                    "reason": "Called the customer the same day and reported every week.",
                    "quotes": [{"turn": 5, "text": "I called them the same day", "at_ms": 184200, "unsure": False}],
                },
                {
                    "question": "c0a1d9de-95c3-4f43-8d0a-6f0e7fa6c1d2", "score": None, "insufficient": "too_little", "reason": "",
                    "quotes": [],
                },
            ],
        }
    ],
    "flags": [],
}  # fmt: skip
HIDDEN = {**EXAMPLE, "hidden": "marks_first", "criteria": []}


class OneEvaluation(OfInterview):
    needs = {"GET": (Scope.EVALUATIONS_READ, "interviews.view_interview")}

    @extend_schema(
        operation_id="interviews_evaluation", parameters=[QuerySerializer], responses=EvaluationSerializer, tags=["interviews"],
        examples=[
            OpenApiExample("A proposal", value=EXAMPLE, response_only=True),
            OpenApiExample("Ready, and nobody has marked yet", value=HIDDEN, response_only=True),
        ],
    )  # fmt: skip
    def get(self, request: Request, public_id: str) -> Response:
        """The latest proposal with its evidence. A person signed in needs marks of their own first; a token, anybody's.

        No total and no ranking: a named person decides. Reading it is noted in the audit log.
        """
        interview = self.interview(public_id)
        self.note(interview, "evaluation")
        reviews = Review.objects.filter(interview=interview)
        own = None if request.auth is not None else reviews.filter(reviewer=request.user).first()
        may_see = request.auth is not None and reviews.exists()
        plan, turns = from_json(interview.version.plan), list(interview.turns.all())
        proposal = proposal_for(interview, plan, own, turns, may_see=may_see)
        return Response(EvaluationSerializer(proposal).data)

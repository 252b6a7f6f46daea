"""/api/v1/invitations: invite many at once, and what can be done with an invitation afterwards.

Links stand in no stored answer: they are made again from the database's generation each time one is asked for (threats 9).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.idempotency import once
from interview_site.api.schema import IDEMPOTENCY_KEY
from interview_site.api.scopes import Scope
from interviews import links
from interviews.api.base import ApiView, conflict, found
from interviews.api.interview_serializers import InterviewSerializer
from interviews.api.interviews import full, visible_interviews
from interviews.api.people_serializers import InvitationBatch, InvitationResults, LinkSerializer, Nothing, Reason
from interviews.api.rehearsal_warnings import warnings_of
from interviews.models import Candidate, Interview, Position
from interviews.services import invitations
from interviews.services.invitations import CannotInvite
from interviews.services.states import WrongState

NO_CANDIDATE = _("There is no such candidate.")
OVER = _("The interview is over.")
INVITE = (Scope.INVITATIONS_WRITE, "interviews.change_interview")


class Invitations(ApiView):
    needs = {"POST": (Scope.INVITATIONS_WRITE, "interviews.add_interview")}

    @extend_schema(
        operation_id="invitations_create", parameters=[IDEMPOTENCY_KEY], request=InvitationBatch, responses=InvitationResults,
        tags=["invitations"],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Invite up to 200 people, each row by itself: good rows are invited once, bad rows say why not. Letters follow.

        `warnings` tells why to rehearse the position first; it hinders nobody.
        With an Idempotency-Key a request that broke off in the middle goes on where it stopped.
        """
        given = self.read(InvitationBatch)

        def run(before: dict[str, Any], keep: Any) -> tuple[int, dict[str, Any]]:
            results = list(before.get("results", []))
            for index, guest in enumerate(given["guests"][len(results) :], len(results)):
                # One transaction a row: the invitation and the note that it was made are stored together or not at all.
                with transaction.atomic():
                    results.append(self._invite(index, guest, given))
                    keep({"results": results})
            return 200, {"results": results}

        return once(request, run, lambda status, kept: self._answer(given["position"], kept["results"]))

    def _invite(self, index: int, guest: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        row = {"index": index, "status": "refused", "interview": None, "detail": ""}
        candidate = None
        if "candidate" in guest:
            candidate = Candidate.objects.visible_to(self.request.user).filter(pk=guest["candidate"]).first()
            if candidate is None:
                return {**row, "detail": str(NO_CANDIDATE)}
        try:
            made = invitations.invite(
                position=given["position"], by=self.request.user, candidate=candidate,
                name=candidate.name if candidate else guest.get("name", ""),
                email=candidate.email if candidate else guest.get("email", ""),
                wait_for_clips=given["wait_for_clips"],
                language=guest.get("language") or given.get("language", "") or (candidate.language if candidate else ""),
            )  # fmt: skip
        except CannotInvite as error:
            return {**row, "detail": str(error.text)}
        return {**row, "status": "invited", "interview": made.public_id}

    def _answer(self, position: Position, results: list[dict[str, Any]]) -> Response:
        invited = sum(1 for row in results if row["status"] == "invited")
        counted = {"invited": invited, "refused": len(results) - invited}
        return Response({"position": position.pk, **counted, "results": results, "warnings": warnings_of(position)})


class _OneInvitation(ApiView):
    needs = {"POST": INVITE}

    def interview(self, public_id: str) -> Interview:
        return found(visible_interviews(self.request.user).select_related("version__position", "candidate"), public_id=public_id)

    def link(self, interview: Interview) -> Response:
        link = links.link(interview.public_id, interview.link_generation)
        return Response({"interview": interview.public_id, "link": link, "deadline": interview.deadline})


class Link(_OneInvitation):
    needs = {"GET": INVITE}

    @extend_schema(operation_id="invitations_link", responses=LinkSerializer, tags=["invitations"])
    def get(self, request: Request, public_id: str) -> Response:
        """Show the candidate's link again; noted in the audit log. 409 when the interview is over."""
        interview = self.interview(public_id)
        _or_conflict(lambda: invitations.show_link(interview, by=request.user))
        return self.link(interview)


class Resend(_OneInvitation):
    @extend_schema(
        operation_id="invitations_resend",
        parameters=[IDEMPOTENCY_KEY],
        request=Nothing,
        responses={202: Nothing},
        tags=["invitations"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Send the letter again. 409 when the interview is over."""
        self.read(Nothing)
        interview = self.interview(public_id)
        act = partial(invitations.resend, interview, by=request.user)
        return _once(request, act, 202, lambda: Response({}, 202))


class Reissue(_OneInvitation):
    @extend_schema(
        operation_id="invitations_reissue",
        parameters=[IDEMPOTENCY_KEY],
        request=Nothing,
        responses=LinkSerializer,
        tags=["invitations"],
    )
    def post(self, request: Request, public_id: str) -> Response:
        """End the old link at once and make a new one. 409 when the interview is over."""
        self.read(Nothing)
        interview = self.interview(public_id)
        act = partial(invitations.reissue, interview, by=request.user)
        return _once(request, act, 200, lambda: self.link(interview))


class Revoke(_OneInvitation):
    @extend_schema(operation_id="invitations_revoke", request=Reason, responses=InterviewSerializer, tags=["invitations"])
    def post(self, request: Request, public_id: str) -> Response:
        """Take the invitation back; the link stops working. Repeating it changes nothing; 409 when the interview is over."""
        given = self.read(Reason)
        _or_conflict(lambda: invitations.revoke(self.interview(public_id), by=request.user, reason=given["reason"]))
        return Response(InterviewSerializer(full(visible_interviews(request.user)).get(public_id=public_id)).data)


def _once(request: Request, act: Callable[[], object], status: int, answer: Callable[[], Response]) -> Response:
    """Act and keep that it was done in one transaction; a repeated key gets the answer only."""

    def run(before: dict[str, Any], keep: Callable[[dict[str, Any]], None]) -> tuple[int, dict[str, Any]]:
        if not before:
            with transaction.atomic():
                _or_conflict(act)
                keep({"done": True})
        return status, {"done": True}

    return once(request, run, lambda _status, _kept: answer())


def _or_conflict(act: Callable[[], object]) -> None:
    try:
        act()
    except WrongState as error:
        raise conflict(OVER, code="wrong_state", state=error.state) from None

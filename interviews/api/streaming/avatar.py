"""/api/v1/avatar/streaming…: rooms keyed by avatar, as the clients of document 000 know them (compat_api.md section 1)."""

import logging
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.models import LiveSession
from avatars.services import live_contexts, live_sessions, profiles
from avatars.services.live_sessions import LiveRefused, SessionGone
from avatars.services.service_status import ALICE
from avatars.services.speech import NothingToSay, TextTooLong
from interview_site.api.compat import may_spend, prefix_of
from interview_site.api.problems import Problem
from interview_site.errors import ProviderError
from interviews.api.streaming import events, rooms
from interviews.api.streaming import serializers as shapes
from interviews.api.streaming.base import MAY_NOT_SPEND, LiveView, problem_of, wrong
from interviews.chat import memory, speaking, turns
from interviews.chat.turns import Superseded

log = logging.getLogger(__name__)
FALLBACK = "/api/v1/avatar/fallback/generate-video"
# Codes of LiveRefused that mean "we could not reach it", not "there is none for you".
_CONNECTION = ("unavailable",)
_FAULTS = (ProviderError, Superseded, SessionGone)
_AGORA = {
    "success": True, "token": "006a1b2c3…", "stream_url": "agora://a1b2c3/k3x9q", "avatar_id": ALICE, "fallback_mode": False,
    "transport": "agora", "app_id": "a1b2c3", "channel": "k3x9q", "uid": 5, "expires_at": "2026-03-01T12:30:00+00:00",
}  # fmt: skip
_NONE = {
    "success": False, "avatar_id": ALICE, "error": "streaming_unavailable", "stream_url": None, "fallback_mode": True,
    "message": "All live avatars are taken. Try again later.", "fallback_endpoint": FALLBACK,
}  # fmt: skip


class RoomView(LiveView):
    """A call about the caller's own room with an avatar."""

    def room(self, avatar_id: str) -> LiveSession | None:
        session = rooms.room(self.caller(), avatar_id)
        return session if session is not None and live_sessions.used(session=session) else None

    def joined(self, avatar_id: str) -> dict[str, Any]:
        """The room of the caller with this avatar, as both ways of asking for one answer."""
        if rooms.costs_money(avatar_id) and not may_spend(self.request):
            raise Problem(403, "may_not_spend", MAY_NOT_SPEND)
        try:
            session = rooms.open_room(self.caller(), avatar_id, self.context(avatar_id))
            join = live_sessions.join(session)
        except (LiveRefused, SessionGone) as error:
            return {
                "success": False, "avatar_id": avatar_id, "stream_url": None, "fallback_mode": True, **self._why(error),
                "fallback_endpoint": prefix_of(self.request.path) + FALLBACK,
            }  # fmt: skip
        address = join.url or f"{join.transport}://{join.app_id}/{join.channel}"
        usual = {"success": True, "token": join.access_token, "stream_url": address}
        return {**join.as_json(), **usual, "avatar_id": avatar_id, "fallback_mode": False}

    def _why(self, error: LiveRefused | SessionGone) -> dict[str, str]:
        refused = isinstance(error, LiveRefused)
        failed = not refused or error.code in _CONNECTION
        words = str(error.text) if refused else _("The live session is over.")
        return {"error": "connection_failed" if failed else "streaming_unavailable", "message": words}


class Avatars(LiveView):
    @extend_schema(
        operation_id="streaming_avatars", tags=["streaming"], responses={200: shapes.AvatarsSerializer, **wrong()},
        examples=[OpenApiExample("One", response_only=True, status_codes=["200"],
                                 value={"avatars": [{"id": ALICE, "name": "Alice"}], "count": 1})],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The avatars that can come live: of the configured providers, or else the local presenters.

        Also at `/r/api/v1/avatar/streaming-avatars`.
        """
        listed = [{"id": avatar.id, "name": avatar.name} for avatar in rooms.avatars()]
        return Response({"avatars": listed, "count": len(listed)})


class Streaming(RoomView):
    @extend_schema(
        operation_id="avatar_streaming", tags=["streaming"], request=shapes.StreamingOrderSerializer,
        responses={200: shapes.StreamSerializer, **wrong()},
        examples=[
            OpenApiExample("The usual avatar", request_only=True, value={}),
            OpenApiExample("A room", response_only=True, status_codes=["200"],
                           value={**_AGORA, "status": "available", "message": "The avatar is live."}),
            OpenApiExample("None free", response_only=True, status_codes=["200"], value={**_NONE, "status": "unavailable"}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Bring the avatar live; as `streaming/get-token`, with the usual avatar. Also at `/r/api/v1/avatar/streaming`."""
        wanted = self.checked(shapes.StreamingOrderSerializer).get("avatar_id")
        found = self.joined(wanted or rooms.usual_avatar(profiles.default_snapshot()))
        if found["success"]:
            found |= {"status": "available", "message": _("The avatar is live.")}
        else:
            found["status"] = "unavailable"
        return Response(found, headers={"Cache-Control": "no-store"})


class GetToken(RoomView):
    @extend_schema(
        operation_id="streaming_get_token", tags=["streaming"], request=shapes.AvatarIdSerializer,
        responses={200: shapes.JoinSerializer, **wrong()},
        examples=[
            OpenApiExample("Alice", request_only=True, value={"avatar_id": ALICE}),
            OpenApiExample("A room", response_only=True, status_codes=["200"], value=_AGORA),
            OpenApiExample("None free", response_only=True, status_codes=["200"], value=_NONE),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Open a room with this avatar, or get the one you have open. `success` false: use `fallback_endpoint`.

        Also at `/r/api/v1/avatar/streaming/get-token`.
        """
        found = self.joined(self.checked(shapes.AvatarIdSerializer)["avatar_id"])
        return Response(found, headers={"Cache-Control": "no-store"})


class SetContext(RoomView):
    @extend_schema(
        operation_id="streaming_set_context", tags=["streaming"], request=shapes.ContextSerializer,
        responses={200: shapes.ContextAnswerSerializer, **wrong()},
        examples=[
            OpenApiExample("Facts", request_only=True, value={"avatar_id": ALICE, "context": "Мы открыты с 9 до 18."}),
            OpenApiExample("Kept", response_only=True, status_codes=["200"],
                           value={"success": True, "avatar_id": ALICE, "context": "Мы открыты с 9 до 18."}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """What this avatar should know in your conversations; kept, and used in each new room. Empty: none.

        Also at `/r/api/v1/avatar/streaming/set-context`.
        """
        order = self.checked(shapes.ContextSerializer)
        avatar_id = order["avatar_id"]
        try:
            live_contexts.set_context(owner=rooms.owner_of(self.caller(), avatar_id), avatar_id=avatar_id, text=order["context"])
        except ProviderError as error:  # it is kept; our own model, which answers, reads it there
            log.warning("context not taken by the room", extra={"provider": error.provider, "fault": error.code})
        return Response({"success": True, "avatar_id": order["avatar_id"], "context": order["context"]})


class GetContext(RoomView):
    @extend_schema(
        operation_id="streaming_get_context", tags=["streaming"],
        parameters=[OpenApiParameter("avatar_id", str, required=True)],
        responses={200: shapes.ContextAnswerSerializer, **wrong()},
        examples=[OpenApiExample("Kept", response_only=True, status_codes=["200"],
                                 value={"success": True, "avatar_id": ALICE, "context": "Мы открыты с 9 до 18."})],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """What you have told this avatar; empty when nothing. Also at `/r/api/v1/avatar/streaming/get-context`."""
        avatar_id = self.checked(shapes.AvatarIdSerializer, request.query_params)["avatar_id"]
        return Response({"success": True, "avatar_id": avatar_id, "context": self.context(avatar_id)})


class AskQuestion(RoomView):
    @extend_schema(
        operation_id="streaming_ask_question", tags=["streaming"], request=shapes.AvatarQuestionSerializer,
        responses={200: shapes.QuestionAnswerSerializer, **wrong()},
        examples=[
            OpenApiExample("A question", request_only=True, value={"avatar_id": ALICE, "question": "Когда вы открыты?"}),
            OpenApiExample("Answered", response_only=True, status_codes=["200"], value={
                "success": True, "avatar_id": ALICE, "question": "Когда вы открыты?",
                "response": "Мы открыты с девяти до шести.", "spoken": True,
            }),
            OpenApiExample("No model", response_only=True, status_codes=["200"], value={
                "success": False, "avatar_id": ALICE, "question": "Когда вы открыты?", "response": None,
                "error": "not_configured", "message": "No language model is configured.",
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Let our language model answer, with the profile's persona and your context, and the avatar say it.

        Also at `/r/api/v1/avatar/streaming/ask-question`.
        """
        order = self.checked(shapes.AvatarQuestionSerializer)
        answer = {"avatar_id": order["avatar_id"], "question": order["question"]}
        session = self.room(order["avatar_id"])
        if session is None:
            return Response({"success": False, **answer, "response": None, **_no_room()})
        self.require_model()
        try:
            turn = turns.begin(
                message=order["question"], brief=self.brief(session), subject=f"chat:{session.public_id}", session=session
            )
            for _sentence in turn.sentences():
                pass
        except _FAULTS as error:
            return Response({"success": False, **answer, "response": None, **_fault(error)})
        return Response({"success": True, **answer, "response": turn.text, **events.spoken(turn)})


class Speak(RoomView):
    @extend_schema(
        operation_id="streaming_speak", tags=["streaming"], request=shapes.SpeakSerializer,
        responses={200: shapes.SpeakAnswerSerializer, **wrong()},
        examples=[
            OpenApiExample("A sentence", request_only=True, value={"avatar_id": ALICE, "text": "Добрый день!"}),
            OpenApiExample("Said", response_only=True, status_codes=["200"], value={
                "success": True, "avatar_id": ALICE, "text": "Добрый день!", "result": {"task_id": "5b0f3c", "duration_ms": 940},
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Let the avatar say exactly this, behind what it is saying. Also at `/r/api/v1/avatar/streaming/speak`."""
        order = self.checked(shapes.SpeakSerializer)
        answer = {"avatar_id": order["avatar_id"], "text": order["text"]}
        session = self.room(order["avatar_id"])
        if session is None:
            return Response({"success": False, **answer, "result": None, **_no_room()})
        try:
            generation = memory.join(session.public_id)
            said = speaking.say(session, generation, order["text"], language=session.language).said
        except (NothingToSay, TextTooLong):
            raise Problem(400, "nothing_to_say", _("text: This text cannot be spoken.")) from None
        except _FAULTS as error:
            return Response({"success": False, **answer, "result": None, **_fault(error)})
        return Response({"success": True, **answer, "result": {"task_id": said.task_id, "duration_ms": said.duration_ms}})


class LeaveRoom(RoomView):
    @extend_schema(
        operation_id="streaming_leave_room", tags=["streaming"], request=shapes.AvatarIdSerializer,
        responses={200: shapes.DoneSerializer, **wrong()},
        examples=[
            OpenApiExample("Alice", request_only=True, value={"avatar_id": ALICE}),
            OpenApiExample("Left", response_only=True, status_codes=["200"], value={"success": True, "avatar_id": ALICE}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Close your room with this avatar; also when there is none. Also at `/r/api/v1/avatar/streaming/leave-room`."""
        avatar_id = self.checked(shapes.AvatarIdSerializer)["avatar_id"]
        session = rooms.room(self.caller(), avatar_id)
        if session is not None:
            live_sessions.close(session=session, reason=LiveSession.Reason.LEFT)
            memory.forget(session.public_id)
        return Response({"success": True, "avatar_id": avatar_id})


def _no_room() -> dict[str, str]:
    return {"error": "no_room", "message": _("There is no open room with this avatar: call streaming/get-token first.")}


def _fault(error: ProviderError | Superseded | SessionGone) -> dict[str, str]:
    problem = problem_of(error)
    return {"error": str(problem.code), "message": str(problem.detail)}

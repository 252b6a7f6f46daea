"""/api/streaming/…: a live session of one page, from its token to its stop (docs/contracts/compat_api.md section 2)."""

import secrets
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.models import LiveSession
from avatars.providers import registry
from avatars.services import live_sessions, profiles
from avatars.services.speech import NothingToSay, TextTooLong
from interview_site.api.compat import may_spend
from interview_site.api.problems import Problem
from interview_site.errors import ProviderError
from interviews.api.streaming import rooms, tokens
from interviews.api.streaming import serializers as shapes
from interviews.api.streaming.base import MAY_NOT_SPEND, NO_PROVIDER, LiveView, TokenView, no_room, problem_of, wrong
from interviews.chat import memory, speaking, turns
from interviews.chat.turns import Superseded

_ID = "k3x9qV0bT1yQ7wJz5nD2fA"
# Refusals that are about what was asked for.
_FIELDS = {"language": "language", "voice": "voice_id"}


class Token(LiveView):
    @extend_schema(
        operation_id="streaming_token", tags=["streaming"], request=None,
        responses={200: shapes.TokenSerializer, **wrong()},
        examples=[OpenApiExample("A token", response_only=True, status_codes=["200"],
                                 value={"token": "WyJ0b2tlbjo3Iiwi…", "expires_in": 3600})],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """A short-lived token for one live session: a page may hold it. Also at `/r/api/streaming/token`."""
        token = tokens.mint(tokens.caller_name(request))
        return Response({"token": token, "expires_in": int(tokens.LIFE.total_seconds())}, headers={"Cache-Control": "no-store"})


class Session(TokenView):
    @extend_schema(
        operation_id="streaming_session", tags=["streaming"], request=shapes.SessionOrderSerializer,
        responses={200: shapes.SessionSerializer, **wrong(), **NO_PROVIDER},
        examples=[
            OpenApiExample("As the page wants it", request_only=True, value={}),
            OpenApiExample("Our own presenter", request_only=True, value={"transport": "local", "language": "ru"}),
            OpenApiExample("A room", response_only=True, status_codes=["200"], value={
                "session_id": _ID, "url": "wss://room.example.com", "access_token": "eyJhbGciOi…", "transport": "livekit",
            }),
            OpenApiExample("No provider", response_only=True, status_codes=["503"], value={
                "detail": "No live avatar provider is configured.", "fallback": {"transport": "local"},
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Open a live session, or get the one this token has open already. Also at `/r/api/streaming/session`.

        Connect with the LiveKit client: `room.connect(url, access_token)`; with `local` use `<avatar-presenter>`
        (docs/embedding.md). It ends with `stop`, when nobody has spoken for a while, and with its time.
        """
        order = self.checked(shapes.SessionOrderSerializer)
        profile = profiles.default_snapshot()
        kind = rooms.kind_by(order["transport"], profile)
        if kind is not None and registry.live_provider(kind).live.costs_money and not may_spend(request):
            raise Problem(403, "may_not_spend", MAY_NOT_SPEND)
        language = order.get("language") or str(profile.get("language") or "ru")
        try:
            if kind is None:
                raise live_sessions.LiveRefused("not_configured")
            session = live_sessions.open_session(
                owner=self.owner(), provider=kind, settings=profile, purpose=LiveSession.Purpose.CHAT,
                avatar_id=order.get("avatar_id") or "", language=language, voice=order.get("voice_id") or "",
                quality=order.get("quality") or "", most_s=self._most_s(),
            )  # fmt: skip
        except live_sessions.LiveRefused as refusal:
            if refusal.code in _FIELDS:
                raise Problem(400, refusal.code, f"{_FIELDS[refusal.code]}: {refusal.text}") from None
            return no_room(refusal)
        try:
            join = live_sessions.join(session)
        except live_sessions.SessionGone as error:
            raise problem_of(error) from None
        told = {"url": join.url, "access_token": join.access_token, "transport": str(join.transport)}
        return Response({"session_id": session.public_id, **told}, headers={"Cache-Control": "no-store"})

    def _most_s(self) -> int:
        """No longer than the token that can stop it; the profile's limit is kept by the service."""
        grant = getattr(self.request, "grant", None)
        return grant.left_s if grant is not None else int(tokens.LIFE.total_seconds())


class Start(TokenView):
    @extend_schema(
        operation_id="streaming_start", tags=["streaming"], request=shapes.SessionIdSerializer,
        responses={200: shapes.SessionStateSerializer, **wrong(404, 409)},
        examples=[
            OpenApiExample("A session", request_only=True, value={"session_id": _ID}),
            OpenApiExample("Started", response_only=True, status_codes=["200"], value={"session_id": _ID, "status": "started"}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Say that the page has joined. The room itself is open since `session`. Also at `/r/api/streaming/start`."""
        session = self.session(self.checked(shapes.SessionIdSerializer)["session_id"])
        _require_open(session)
        return Response({"session_id": session.public_id, "status": "started"})


class Task(TokenView):
    @extend_schema(
        operation_id="streaming_task", tags=["streaming"], request=shapes.TaskOrderSerializer,
        responses={200: shapes.TaskSerializer, **wrong(404, 409, 422, 503)},
        examples=[
            OpenApiExample("Say this", request_only=True, value={
                "session_id": _ID, "text": "Здравствуйте!", "task_type": "repeat", "task_mode": "sync",
            }),
            OpenApiExample("Answer this", request_only=True, value={
                "session_id": _ID, "text": "Когда вы открыты?", "task_type": "talk", "task_mode": "async",
            }),
            OpenApiExample("Said", response_only=True, status_codes=["200"], value={"task_id": "5b0f3c", "duration_ms": 1240}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Let the avatar speak: `repeat` says the text behind what it is saying, `talk` lets the language model answer it.

        `talk` takes the place of whatever is being said. `sync` answers when the avatar is silent again, `async` as soon as
        the words are with it. Also at `/r/api/streaming/task`.
        """
        order = self.checked(shapes.TaskOrderSerializer)
        session = self.session(order["session_id"])
        _require_open(session)
        is_sync = order["task_mode"] == "sync"
        try:
            if order["task_type"] == "repeat":
                return Response(self._repeat(session, order["text"], is_sync))
            self.require_model()
            return Response(self._talk(session, order["text"], is_sync))
        except (ProviderError, Superseded, live_sessions.SessionGone) as error:
            raise problem_of(error) from None
        except NothingToSay:
            raise Problem(400, "nothing_to_say", _("text: There is nothing in the text that can be spoken.")) from None
        except TextTooLong:
            raise Problem(400, "too_long", _("text: The text is too long to be spoken.")) from None

    def _repeat(self, session: LiveSession, text: str, is_sync: bool) -> dict[str, Any]:
        generation = memory.join(session.public_id)
        said = speaking.say(session, generation, text, language=session.language).said
        if is_sync:
            speaking.wait_until_said(session, generation)
        return {"task_id": said.task_id or secrets.token_hex(8), "duration_ms": said.duration_ms}

    def _talk(self, session: LiveSession, text: str, is_sync: bool) -> dict[str, Any]:
        brief = self.brief(session, language=session.language)
        turn = turns.begin(message=text, brief=brief, subject=f"chat:{session.public_id}", session=session)
        for _sentence in turn.sentences():
            pass
        spoken = turn.speech(until_said=is_sync)
        assert spoken is not None  # it has a session and has said something
        if spoken.fault:
            raise Problem(503, "not_spoken", spoken.fault)
        return {"task_id": spoken.task_ids[0] if spoken.task_ids else "", "duration_ms": spoken.duration_ms, "text": turn.text}


class Heartbeat(TokenView):
    @extend_schema(
        operation_id="streaming_heartbeat", tags=["streaming"], request=shapes.SessionIdSerializer,
        responses={200: shapes.SessionStateSerializer, **wrong(404, 409)},
        examples=[
            OpenApiExample("A session", request_only=True, value={"session_id": _ID}),
            OpenApiExample("Open", response_only=True, status_codes=["200"], value={"session_id": _ID, "status": "open"}),
            OpenApiExample("Nobody speaks", response_only=True, status_codes=["200"], value={
                "session_id": _ID, "status": "idle",
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """The page is still there: every 10 seconds. After the first one a page that falls silent loses its room within a minute.

        `idle`: it will be closed soon unless somebody speaks. Also at `/r/api/streaming/heartbeat`.
        """
        session = self.session(self.checked(shapes.SessionIdSerializer)["session_id"])
        try:
            live_sessions.heartbeat(session=session)
        except live_sessions.SessionGone as error:
            raise problem_of(error) from None
        return Response({"session_id": session.public_id, "status": "idle" if session.warned_at else "open"})


class Interrupt(TokenView):
    @extend_schema(
        operation_id="streaming_interrupt", tags=["streaming"], request=shapes.SessionIdSerializer,
        responses={200: shapes.SessionStateSerializer, **wrong(404, 409, 503)},
        examples=[
            OpenApiExample("A session", request_only=True, value={"session_id": _ID}),
            OpenApiExample("Silent", response_only=True, status_codes=["200"], value={"session_id": _ID, "status": "silent"}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Silence the avatar and drop the reply it was giving: somebody speaks. Also at `/r/api/streaming/interrupt`."""
        session = self.session(self.checked(shapes.SessionIdSerializer)["session_id"])
        _require_open(session)
        try:
            speaking.silence(session)
        except (ProviderError, live_sessions.SessionGone) as error:
            raise problem_of(error) from None
        return Response({"session_id": session.public_id, "status": "silent"})


class Stop(TokenView):
    @extend_schema(
        operation_id="streaming_stop", tags=["streaming"], request=shapes.SessionIdSerializer,
        responses={200: shapes.SessionStateSerializer, **wrong(404)},
        examples=[
            OpenApiExample("A session", request_only=True, value={"session_id": _ID}),
            OpenApiExample("Stopped", response_only=True, status_codes=["200"], value={"session_id": _ID, "status": "stopped"}),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """End the session; also when it has ended already. What was said in it is forgotten. Also at `/r/api/streaming/stop`."""
        session = self.session(self.checked(shapes.SessionIdSerializer)["session_id"])
        live_sessions.close(session=session, reason=LiveSession.Reason.CLOSED)
        memory.forget(session.public_id)
        return Response({"session_id": session.public_id, "status": "stopped"})


def _require_open(session: LiveSession) -> None:
    if not session.is_open:
        raise Problem(409, "session_over", _("The live session is over."))

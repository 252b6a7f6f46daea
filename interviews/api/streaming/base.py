"""What the calls of chat and live avatars share: who calls, which session is theirs, how faults are told."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.refusals import DetailSerializer
from avatars.models import LiveSession
from avatars.services import live_contexts, live_sessions, profiles
from interview_site import llm
from interview_site.api.authentication import TokenAuthentication
from interview_site.api.compat import CompatSession, CompatView, is_anonymous, may_spend
from interview_site.api.problems import Problem
from interview_site.api.throttles import caller_of, count
from interview_site.errors import ProviderError
from interviews.api.streaming import rooms
from interviews.api.streaming.serializers import NoProviderSerializer
from interviews.api.streaming.tokens import ANONYMOUS, StreamingToken, caller_name
from interviews.chat.messages import Brief, brief_of
from interviews.chat.turns import Superseded

_REFUSALS = ("refused", "content_filter")
MAY_NOT_SPEND = gettext_lazy("Nobody without credentials may spend money here: use an API token.")
WRONG = {
    code: OpenApiResponse(DetailSerializer, words)
    for code, words in {
        400: "A field is missing or wrong: `detail` names it.",
        401: "No credentials, or a token that is not valid.",
        403: "The scope is missing, the origin is not listed, or nobody here may spend.",
        404: "There is no such session, or it is not the caller's.",
        409: "A newer message took the place of this one, or the session is over.",
        422: "The language model refuses to answer this.",
        429: "Too many calls a minute: see Retry-After.",
        503: "The language model or the avatar is not available; `detail` says why.",
    }.items()
}
NO_PROVIDER = {503: OpenApiResponse(NoProviderSerializer, "No live provider is configured or free: the local one always is.")}


def wrong(*codes: int) -> dict[int, OpenApiResponse]:
    """The errors of a call, for its description; those of every call included."""
    return {code: WRONG[code] for code in (*codes, 400, 401, 403, 429)}


class LiveView(CompatView):
    """A call by an API token, a member of staff, or nobody where that is allowed."""

    permission = "avatars.view_avatarsettings"
    error_key = "detail"

    def checked(self, serializer: type, data: Any = None) -> dict[str, Any]:
        """The body, checked; raises ValidationError. An empty body is an empty object."""
        given = serializer(data=self.request.data if data is None else data)
        given.is_valid(raise_exception=True)
        return given.validated_data

    def session(self, public_id: str) -> LiveSession:
        """The caller's session, noted as in use. Raises 404 for a foreign one and none alike."""
        session = self._owned().filter(public_id=public_id).first() if "\0" not in public_id else None
        if session is None:
            raise Problem(404, "not_found", _("There is no such session."))
        live_sessions.used(session=session)
        return session

    def _owned(self) -> Any:
        grant = getattr(self.request, "grant", None)
        if grant is not None:
            return LiveSession.objects.filter(owner=grant.owner)
        caller = caller_name(self.request)
        return LiveSession.objects.filter(Q(owner=caller) | Q(owner__startswith=f"{caller}/"), purpose=LiveSession.Purpose.CHAT)

    def require_model(self) -> None:
        """Raises Problem: nobody without credentials may use a model that costs money, and no caller asks it without end."""
        if not llm.is_local(llm.Purpose.DIALOGUE) and not may_spend(self.request):
            raise Problem(403, "may_not_spend", MAY_NOT_SPEND)
        asked, wait_s = count(f"chats:{caller_of(self.request)}")
        if asked > settings.API_CHATS_PER_MINUTE:
            raise exceptions.Throttled(wait=max(1, wait_s))

    def brief(self, session: LiveSession | None, *, language: str = "") -> Brief:
        """Who answers: the session's profile, else the default one, in its language unless another is given, with what the
        session's avatar was told."""
        if session is None:
            return brief_of(profiles.default_snapshot(), language=language)
        return brief_of(profiles.current(session.settings), language=language, context=self.context(session.avatar_id))

    def caller(self) -> str:
        """The first part of the owner of rooms and contexts; callers without credentials are told apart by their address."""
        if not is_anonymous(self.request):
            return caller_name(self.request)
        return f"{ANONYMOUS}/{rooms.short_hash(caller_of(self.request))}"

    def context(self, avatar_id: str) -> str:
        """What the caller has told this avatar; "" when nothing."""
        return live_contexts.context(owner=rooms.owner_of(self.caller(), avatar_id), avatar_id=avatar_id)


BY_TOKEN_TOO = [StreamingToken, TokenAuthentication, CompatSession]


class TokenView(LiveView):
    """A call of /api/streaming: also by `?token=…`, which reaches its own session only."""

    authentication_classes = BY_TOKEN_TOO

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.owner()

    def owner(self) -> str:
        """Of sessions this call may open. Raises 401 for nobody without a token."""
        grant = getattr(self.request, "grant", None)
        if grant is None and is_anonymous(self.request):
            raise Problem(401, "token_missing", _("Get a token from /api/streaming/token and send it as ?token=…"))
        return grant.owner if grant is not None else caller_name(self.request)


def problem_of(error: ProviderError | Superseded | live_sessions.SessionGone) -> Problem:
    """The contract's answer to what went wrong: never an answer that nobody gave."""
    if isinstance(error, Superseded):
        return Problem(409, "superseded", _("A newer message took the place of this one."))
    if isinstance(error, live_sessions.SessionGone):
        return Problem(409, "session_over", _("The live session is over."))
    if error.code in _REFUSALS:
        return Problem(422, "refused", str(error.person_text))
    headers = {} if error.permanent else {"Retry-After": str(max(1, round(error.retry_after_s or 5)))}
    return Problem(503, error.code or "unavailable", str(error.person_text), headers=headers)


def no_room(refusal: live_sessions.LiveRefused) -> Response:
    """503 of a session nobody can open now, with the transport that needs no provider."""
    body = {"detail": str(refusal.text), "fallback": {"transport": "local"}}
    return Response(body, status=503, headers={"Retry-After": "30"})

"""POST /api/chat (docs/contracts/compat_api.md section 2.6)."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.throttles import caller_of
from interview_site.errors import ProviderError
from interviews.api.streaming import events
from interviews.api.streaming.base import BY_TOKEN_TOO, LiveView, problem_of, wrong
from interviews.api.streaming.serializers import ChatAnswerSerializer, ChatOrderSerializer
from interviews.chat import turns
from interviews.chat.turns import Superseded

_STREAM = (
    'data: {"index": 0, "text": "Мы открыты с девяти до шести."}\n\n'
    'event: done\ndata: {"response": "Мы открыты с девяти до шести."}\n\n'
)


class _AnyAccept(DefaultContentNegotiation):
    """Programs that want events say so in Accept too; what they get is decided by `stream`, and errors are JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class Chat(LiveView):
    authentication_classes = BY_TOKEN_TOO  # so that a page, which holds no other key, reads its answers as events
    content_negotiation_class = _AnyAccept

    @extend_schema(
        operation_id="chat", tags=["chat"], request=ChatOrderSerializer,
        responses={
            (200, "application/json"): ChatAnswerSerializer,
            (200, "text/event-stream"): OpenApiResponse(str, "With `stream`: an event a sentence, then `done` or `error`."),
            **wrong(404, 409, 422, 503),
        },
        examples=[
            OpenApiExample("A question", request_only=True, value={"message": "Когда вы открыты?"}),
            OpenApiExample("Spoken and streamed", request_only=True, value={
                "message": "Когда вы открыты?", "session_id": "k3x9qV0bT1yQ7wJz5nD2fA", "stream": True,
            }),
            OpenApiExample("The answer", response_only=True, status_codes=["200"], media_type="application/json",
                           value={"response": "Мы открыты с девяти до шести."}),
            OpenApiExample("Events", response_only=True, status_codes=["200"], media_type="text/event-stream", value=_STREAM),
            OpenApiExample("No model", response_only=True, status_codes=["503"], value={
                "detail": "No language model is configured. Set LLM_BASE_URL, LLM_MODEL and LLM_API_KEY (docs/models.md).",
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> HttpResponseBase:
        """Ask the avatar: the language model answers with the default profile's persona and knowledge.

        With a live session of yours each sentence is spoken as soon as it is complete, a new message drops what was being
        said, and the conversation is remembered until the session ends. A page may call with its `?token=`. Also at
        `/r/api/chat`.
        """
        order = self.checked(ChatOrderSerializer)
        self.require_model()
        session_id = order.get("session_id") or ""
        session = self.session(session_id) if session_id else None
        live = session if session is not None and session.is_open else None
        echo = {"session_id": session_id} if session is not None else {}
        over = {"spoken": False, "speech_error": _("The live session is over.")} if session is not None and live is None else {}
        subject = f"chat:{session_id}" if session is not None else f"chat:{caller_of(request)}:{timezone.now():%Y-%m-%d}"
        try:
            brief = self.brief(session, language=session.language if session is not None else "")
            turn = turns.begin(message=order["message"], brief=brief, subject=subject, session=live)
            sentences = turn.sentences()
            if order["stream"]:
                return events.Events(turn, next(sentences), sentences, echo | over)
            for _sentence in sentences:
                pass
        except (ProviderError, Superseded) as error:
            raise problem_of(error) from None
        return Response({"response": turn.text, **echo, **over, **events.spoken(turn)})

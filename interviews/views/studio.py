"""/studio/: video beside chat, for staff (docs/studio.md). The page talks by the calls of other sites; only these are its own."""

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from rest_framework import serializers

from avatars.models import AvatarSettings, LiveSession
from avatars.providers import registry
from avatars.services import live_sessions
from avatars.services.live_opening import QUALITIES, TEXTS
from avatars.speech.languages import LANGUAGES
from interview_site import llm
from interviews.api.streaming import tokens
from interviews.services import live_avatar, studio
from interviews.views.studio_words import studio_words

# The second is what the calls of live sessions ask of staff.
NEEDED = ("interviews.use_studio", "avatars.view_avatarsettings")
View = Callable[..., HttpResponse]


def for_studio(view: View) -> View:
    """Staff who may use the studio: a page asks them to sign in, a call is answered 403."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            if request.method == "GET":
                return redirect_to_login(request.get_full_path(), reverse("admin:login"))
            raise PermissionDenied
        if not (user.is_staff and user.has_perms(NEEDED)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


class SessionOrder(serializers.Serializer):
    """What the page wants; every field is checked again by the service."""

    token = serializers.CharField(max_length=tokens.MOST_CHARACTERS)
    profile = serializers.PrimaryKeyRelatedField(queryset=AvatarSettings.objects.all())
    provider = serializers.CharField(max_length=40)
    avatar_id = serializers.CharField(max_length=120, allow_blank=True, default="")
    voice = serializers.CharField(max_length=120, allow_blank=True, default="")
    language = serializers.ChoiceField(sorted(LANGUAGES))
    quality = serializers.ChoiceField(QUALITIES, default="medium")

    def validate_provider(self, value: str) -> str:
        if value not in registry.live_kinds():
            raise serializers.ValidationError(str(TEXTS["not_configured"]))
        return value


class _Message(serializers.Serializer):
    who = serializers.ChoiceField(("person", "avatar"))
    text = serializers.CharField(max_length=studio.MOST_CHARACTERS)


class KeepOrder(serializers.Serializer):
    messages = serializers.ListField(child=_Message(), min_length=1, max_length=studio.MOST_MESSAGES)


@require_GET
@for_studio
def page(request: HttpRequest) -> HttpResponse:
    profile = AvatarSettings.objects.filter(is_default=True).first()
    answer = render(request, "interviews/studio.html", {
        "profiles": AvatarSettings.objects.order_by("-is_default", "name"), "languages": settings.LANGUAGES,
        "language": profile.language if profile else get_language()[:2],
        "avatars": studio.avatars(), "voices": studio.voices(), "has_model": llm.is_configured(llm.Purpose.DIALOGUE),
        "may_see_kept": request.user.has_perm("interviews.view_keptconversation"), "data": _data(),
    })  # fmt: skip
    # The rooms of live providers; our own presenter's socket is on this site.
    answer._csp_update = {"connect-src": settings.LIVE_CONNECT_SOURCES}
    return answer


def _data() -> dict[str, Any]:
    """What the page's script needs, as JSON; no secret is in it."""
    names = {"token": "streaming_token", "task": "streaming_task", "interrupt": "streaming_interrupt", "stop": "streaming_stop",
             "chat": "chat", "session": "studio_session", "stopAll": "studio_stop_all"}  # fmt: skip
    return {
        "urls": {key: reverse(name) for key, name in names.items()}
        | {"standing": reverse("studio_standing", args=["-"]), "keep": reverse("studio_keep", args=["-"])},
        "carriers": live_avatar.carriers(), "worklet": static("dist/capture.js"), "currency": settings.BUDGET_CURRENCY,
        "words": studio_words(),
    }  # fmt: skip


@require_POST
@for_studio
def session(request: HttpRequest) -> JsonResponse:
    """Open a room: {session_id, join}; 409 with `detail` when there is none now."""
    order = _checked(SessionOrder, request)
    if isinstance(order, JsonResponse):
        return order
    grant = tokens.read(order.pop("token"))
    if grant is None or grant.caller != f"user:{request.user.pk}":
        return JsonResponse({"detail": _("This page was open for too long. Load it again.")}, status=403)
    try:
        opened = studio.open_session(owner=grant.owner, **order)
        join = live_sessions.join(opened)
    except live_sessions.LiveRefused as refused:
        return JsonResponse({"detail": str(refused.text), "code": refused.code}, status=409)
    except live_sessions.SessionGone:
        return JsonResponse({"detail": str(TEXTS["unavailable"]), "code": "unavailable"}, status=409)
    answer = {"session_id": opened.public_id, "join": join.as_json()}
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


@require_POST
@for_studio
def standing(request: HttpRequest, public_id: str) -> JsonResponse:
    """The page is there: a heartbeat, answered with how the session stands."""
    mine = _mine(request, public_id)
    try:
        live_sessions.heartbeat(session=mine)
    except live_sessions.SessionGone:
        mine.refresh_from_db()
    return JsonResponse(asdict(studio.standing(mine)))


@require_POST
@for_studio
def stop_all(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"stopped": studio.stop_all(request.user)})


@require_POST
@for_studio
def keep(request: HttpRequest, public_id: str) -> JsonResponse:
    order = _checked(KeepOrder, request)
    if isinstance(order, JsonResponse):
        return order
    kept = studio.keep(session=_mine(request, public_id), messages=order["messages"], by=request.user)
    return JsonResponse({"kept": kept.pk})


def _mine(request: HttpRequest, public_id: str) -> LiveSession:
    """This person's own session, open or ended."""
    found = LiveSession.objects.filter(public_id=public_id, owner__startswith=f"user:{request.user.pk}/").first()
    if found is None:
        raise Http404
    return found


def _checked(serializer: type[serializers.Serializer], request: HttpRequest) -> dict[str, Any] | JsonResponse:
    """The checked body, or the answer 400."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    shape = serializer(data=body)
    if shape.is_valid():
        return dict(shape.validated_data)
    return JsonResponse({"detail": _("This cannot be read."), "errors": shape.errors}, status=400)

"""Sound, timeline and recorded clips of the avatar's sentences, for whoever holds the interview's cookie (threats 60)."""

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from avatars.models import AvatarGeneration, Speech
from interview_site.media import ranged_response
from interviews import access
from interviews.services import clips

# The id names these very bytes: what a browser has fetched once stays right (design §5).
CACHE = "private, max-age=3600, immutable"


def _speech(request: HttpRequest, public_id: str, speech_id: str) -> Speech:
    access.candidate_interview(public_id, request.COOKIES)
    speech = Speech.objects.filter(public_id=speech_id).first()
    if speech is None:
        raise Http404
    return speech


@require_safe
async def audio(request: HttpRequest, public_id: str, speech_id: str) -> HttpResponseBase:
    speech = await sync_to_async(_speech)(request, public_id, speech_id)
    response = await ranged_response(request, speech.audio, content_type="audio/wav", cache_control=CACHE)
    return _headers(response)


@require_safe
async def timeline(request: HttpRequest, public_id: str, speech_id: str) -> HttpResponse:
    speech = await sync_to_async(_speech)(request, public_id, speech_id)
    response = JsonResponse(speech.timeline)
    response["Cache-Control"] = CACHE
    return _headers(response)


@require_safe
async def clip(request: HttpRequest, public_id: str, clip_id: str) -> HttpResponseBase:
    """Our copy of a clip of this interview's version; nothing is asked of the provider that made it."""
    video = await sync_to_async(_clip)(request, public_id, clip_id)
    response = await ranged_response(request, video.video, content_type="video/mp4", cache_control=CACHE)
    return _headers(response)


def _clip(request: HttpRequest, public_id: str, clip_id: str) -> AvatarGeneration:
    video = clips.video_of(access.candidate_interview(public_id, request.COOKIES), clip_id)
    if video is None:
        raise Http404
    return video


def _headers(response: HttpResponseBase) -> HttpResponseBase:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response

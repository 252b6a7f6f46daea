"""Sound and timeline of the avatar's sentences, for whoever holds the interview's cookie (design §5; threats 60)."""

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from avatars.models import Speech
from interview_site.media import ranged_response
from interviews import access

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


def _headers(response: HttpResponseBase) -> HttpResponseBase:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response

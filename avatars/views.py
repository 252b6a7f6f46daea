"""Speech files over HTTP. Who may hear what is decided by the caller; here stands the public address that needs no cookie."""

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from avatars.models import Speech
from avatars.services.public_files import generation_of_link
from interview_site.media import ranged_response

# The unguessable id is the key, for one hour (design §7).
LINK_AGE_S = 3600
_SIGNER = signing.TimestampSigner(salt="avatars.speech-link", sep="~")
# A speech never changes: a new text is a new id.
_CACHE = "private, max-age=3600, immutable"


async def speech_audio_response(speech: Speech, request: HttpRequest) -> HttpResponseBase:
    """The WAV by byte ranges, for a person the caller has checked. Raises Http404 when the file is gone."""
    return await ranged_response(request, speech.audio, content_type="audio/wav", cache_control=_CACHE)


def speech_timeline_response(speech: Speech, request: HttpRequest) -> HttpResponse:
    """Timeline v1 as JSON, for a person the caller has checked."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    return JsonResponse(speech.timeline, headers={"Cache-Control": _CACHE, "X-Content-Type-Options": "nosniff"})


def public_speech_urls(speech: Speech) -> tuple[str, str]:
    """Addresses of sound and timeline that work without any credential for an hour."""
    signed = _SIGNER.sign(speech.public_id)
    return reverse("speech-audio", args=[signed]), reverse("speech-timeline", args=[signed])


async def audio(request: HttpRequest, signed: str) -> HttpResponseBase:
    return await speech_audio_response(await sync_to_async(speech_for_link)(signed), request)


async def order_sound(request: HttpRequest, signed: str) -> HttpResponseBase:
    """The sound of a video order for the provider that makes it: the signed link is the permission, for hours."""
    generation = await sync_to_async(generation_of_link)(signed)
    if generation is None:
        raise Http404("There is no such sound.")
    return await ranged_response(request, generation.audio, content_type="audio/wav", cache_control="private, no-store")


async def timeline(request: HttpRequest, signed: str) -> HttpResponseBase:
    return speech_timeline_response(await sync_to_async(speech_for_link)(signed), request)


def speech_for_link(signed: str) -> Speech:
    """The speech of a public address. Raises Http404: wrong, expired and unknown look the same."""
    try:
        public_id = _SIGNER.unsign(signed, max_age=LINK_AGE_S)
    except signing.BadSignature:
        raise Http404("There is no such speech.")
    speech = Speech.objects.filter(public_id=public_id).first()
    if speech is None:
        raise Http404("There is no such speech.")
    return speech

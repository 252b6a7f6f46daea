"""Our copy of a recorded video at an address that needs no credential: it holds only our own words (threats 60)."""

from asgiref.sync import sync_to_async
from django.core import signing
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from avatars.models import AvatarGeneration
from interview_site.media import ranged_response

# The unguessable id is the key, for one hour; whoever asks again gets a new address.
LINK_AGE_S = 3600
_SIGNER = signing.TimestampSigner(salt="avatars.video-link", sep="~")


def public_video_path(generation: AvatarGeneration) -> str:
    """The address of a finished video, for an hour."""
    return reverse("video-file", args=[_SIGNER.sign(generation.public_id)])


async def video(request: HttpRequest, signed: str) -> HttpResponseBase:
    """GET, HEAD: the MP4 by byte ranges."""
    generation = await sync_to_async(_for_link)(signed)
    return await ranged_response(request, generation.video, content_type="video/mp4", cache_control="private, max-age=3600")


def _for_link(signed: str) -> AvatarGeneration:
    """Wrong, expired and unknown look the same."""
    try:
        public_id = _SIGNER.unsign(signed, max_age=LINK_AGE_S)
    except signing.BadSignature:
        raise Http404("There is no such video.") from None
    generation = AvatarGeneration.objects.filter(public_id=public_id).exclude(video="").first()
    if generation is None:
        raise Http404("There is no such video.")
    return generation

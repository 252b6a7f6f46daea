"""Video from a ready sound file (docs/contracts/compat_api.md section 4): the second of two visible steps, and its state."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.refusals import DetailSerializer, ServiceView, refused
from avatars.models import AvatarGeneration, CatalogueItem
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.given_sound import SoundRefused
from avatars.services.profiles import default_snapshot, for_provider
from avatars.services.sound_videos import generate_from_sound
from avatars.sound_addresses import sound_at
from avatars.views_video import public_video_path
from interview_site.api.compat import may_spend, prefix_of
from interview_site.api.problems import Problem
from interview_site.errors import ProviderError

HEYGEN, LOCAL = "heygen", "local"
State = AvatarGeneration.State
WORDS = {
    State.QUEUED: "pending", State.SPEAKING: "pending", State.SUBMITTED: "waiting", State.UNKNOWN: "waiting",
    State.PROCESSING: "processing", State.SUCCEEDED: "completed", State.FAILED: "failed", State.CANCELLED: "failed",
    State.BLOCKED: "failed",
}  # fmt: skip


class OrderSerializer(serializers.Serializer):
    """Unknown fields are ignored, as the older clients expect."""

    audio_url = serializers.CharField(max_length=2000, help_text="A finished sound file: a path of this site or any address.")
    avatar_id = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="The default profile's avatar when left out."
    )
    video_format = serializers.ChoiceField(("vertical", "horizontal", "square"), default="vertical")


class OrderedSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    video_id = serializers.CharField()


class StateSerializer(serializers.Serializer):
    success = serializers.BooleanField()
    status = serializers.ChoiceField(("pending", "waiting", "processing", "completed", "failed"))
    video_url = serializers.CharField(allow_null=True, help_text="Our copy, open for an hour; ask again for a new address.")
    error = serializers.CharField(allow_null=True, help_text="What went wrong and what to do.")
    error_code = serializers.CharField(allow_null=True)
    progress = serializers.IntegerField(help_text="Per cent.")


class Generate(ServiceView):
    @extend_schema(
        operation_id="heygen_generate", tags=["avatar"], request=OrderSerializer,
        responses={
            200: OrderedSerializer, **refused(),
            400: OpenApiResponse(DetailSerializer, "The address is no sound file that can be fetched, and why; a wrong field."),
            503: OpenApiResponse(DetailSerializer, "The provider is not there."),
        },
        examples=[
            OpenApiExample("A finished file", request_only=True, value={
                "audio_url": "https://files.example.com/speech.mp3", "avatar_id": "lk_5d81e0", "video_format": "vertical",
            }),
            OpenApiExample("Ordered", response_only=True, status_codes=["200"],
                           value={"success": True, "video_id": "5xXq8mJwZl0f3cVb1YtR9A"}),
            OpenApiExample("Not a file", response_only=True, status_codes=["400"], value={
                "detail": "This is the address of a text-to-speech service, not of a finished sound file. Make the speech first, "
                "then give the address of the file it answered with.",
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Make a video from a finished sound file; answers as soon as the file was downloaded and checked.

        The file is uploaded to the provider: it never has to reach this site or the file's own. Without a HeyGen key the local
        presenter makes the video. Also at `/r/api/v1/avatar/heygen/generate`.
        """
        body = OrderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        kind = HEYGEN if registry.is_configured(HEYGEN) else LOCAL
        if kind != LOCAL and not may_spend(request):
            raise Problem(403, "may_not_spend", _("Nobody without credentials may spend money here: use an API token."))
        settings = _settings(kind, body.validated_data)
        try:
            registry.provider(kind).check_profile(for_provider(settings, kind))
        except ProviderError as error:
            raise Problem(400, "avatar_not_chosen", f"avatar_id: {error.person_text}") from None
        try:
            sound = sound_at(body.validated_data["audio_url"])
            by = request.user if request.user and request.user.is_authenticated else None
            generation = generate_from_sound(sound=sound, settings=settings, by=by, provider=kind)
        except SoundRefused as error:
            raise Problem(400, "sound_refused", str(error)) from None
        except ProviderError as error:
            raise Problem(503, "unavailable", str(error.person_text), headers={"Retry-After": "5"}) from None
        return Response({"success": True, "video_id": generation.public_id})


class Status(ServiceView):
    @extend_schema(
        operation_id="heygen_status", tags=["avatar"],
        responses={200: StateSerializer, **refused(), 404: OpenApiResponse(DetailSerializer, "There is no such video.")},
        examples=[
            OpenApiExample("Done", response_only=True, status_codes=["200"], value={
                "success": True, "status": "completed", "error": None, "error_code": None, "progress": 100,
                "video_url": "https://hr.example.com/videos/5xXq8mJwZl0f3cVb1YtR9A~1u9~c2lnbmVk.mp4",
            }),
            OpenApiExample("Refused there", response_only=True, status_codes=["200"], value={
                "success": True, "status": "failed", "video_url": None, "error_code": "no_credit", "progress": 0,
                "error": "The provider's balance is used up. Top it up, then try again.",
            }),
        ],
    )  # fmt: skip
    def get(self, request: Request, video_id: str) -> Response:
        """How a video stands. Also at `/r/api/v1/avatar/heygen/status/<video_id>`."""
        rows = AvatarGeneration.objects.defer("timeline", "settings", "text")
        generation = rows.filter(public_id=video_id).first() if "\0" not in video_id else None
        if generation is None:
            raise Problem(404, "not_found", _("There is no such video."))
        return Response(_told(request, generation))


def _settings(kind: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The default profile with what this order changes. Raises Problem for an avatar HeyGen does not list."""
    settings = default_snapshot() | {"style": "recorded", "aspect": wanted["video_format"], "captions": False}
    avatar = wanted["avatar_id"].strip()
    if kind != HEYGEN or not avatar:
        return settings
    if catalogue.is_offered(HEYGEN, CatalogueItem.Kind.CHARACTER, avatar) is False:
        raise Problem(400, "unknown_avatar", _("avatar_id: HeyGen does not list this avatar."))
    return settings | {"recorded_avatar": avatar, "characters": {HEYGEN: {"recorded": avatar}}}


def _told(request: Request, generation: AvatarGeneration) -> dict[str, Any]:
    status = WORDS[State(generation.state)]
    done, failed = status == "completed", status == "failed"
    url = request.build_absolute_uri(prefix_of(request.path) + public_video_path(generation)) if done else None
    words = generation.error_message or (_("It was cancelled.") if generation.state == State.CANCELLED else "")
    return {
        "success": True, "status": status, "video_url": url, "error": (words or _("It failed.")) if failed else None,
        "error_code": generation.error_code or None if failed else None, "progress": generation.progress,
    }  # fmt: skip

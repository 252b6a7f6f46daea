"""The avatar service about itself (docs/contracts/compat_api.md §1): how it stands, what it offers, its settings."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.refusals import ServiceView, refused
from avatars.api.service_serializers import (
    ChangedProfileSerializer,
    CharactersSerializer,
    LanguagesSerializer,
    ProfileSerializer,
    ProfileWishSerializer,
    ServiceStandingSerializer,
    StandingSerializer,
    VoicesSerializer,
    WrongProfileSerializer,
)
from avatars.services import offers, old_names, service_status
from avatars.services.order_advice import LANGUAGE_NAMES
from avatars.services.profiles import default_snapshot
from interview_site.own_address import site_address

TAGS = ["avatar"]
COUNTRIES = {"ru": "ru", "by": "ru", "kk": "kk", "kz": "kk", "en": "en", "us": "en", "gb": "en"}
_STANDING = {
    "service": "A2E", "status": "available", "base_url": "https://video.a2e.ai", "api_key_configured": True,
    "api_accessible": True,
    "available_voices_count": 6, "available_voices": 6, "default_avatar_id": "72c3d4e5f60718293a4b5c6d",
    "default_voice_id": "66d3f6a704d077b1432fb7d3", "streaming_available": True, "alice_available": True,
    "supported_languages": ["ru-RU", "en-US"], "video_quality": "720p",
}  # fmt: skip
_VOICE = {
    "id": "ru-female-1", "name": "Female voice 1", "gender": "female", "lang": "ru-RU", "tts_rate": 1.0, "engine": "espeak",
}  # fmt: skip
_PROFILE = {
    "voice_id": "66d3f6a704d077b1432fb7d3", "avatar_id": "72c3d4e5f60718293a4b5c6d", "resolution": 720, "speech_rate": 1.0,
    "language": "ru-RU", "quality": "standard", "provider": "a2e", "speech_engine": "a2e", "style": "recorded",
    "aspect": "square", "captions": False, "background": "#3718d4", "emotion": "",
}  # fmt: skip


def answer(value: Any) -> OpenApiExample:
    return OpenApiExample("Answer", response_only=True, status_codes=["200"], value=value)


class A2EStatus(ServiceView):
    @extend_schema(
        operation_id="avatar_a2e_status", tags=TAGS, responses={200: StandingSerializer, **refused()},
        examples=[answer(_STANDING)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """How A2E stands: `unavailable` without a key, `error` with the reason when it cannot be reached. Also under `/r`."""
        return Response(service_status.a2e_status())


class Status(ServiceView):
    @extend_schema(
        operation_id="avatar_status", tags=TAGS, responses={200: ServiceStandingSerializer, **refused()},
        examples=[answer(_STANDING | {
            "service_type": "a2e", "last_generation": "2026-11-21T09:30:00Z", "total_generations": 214, "errors_count": 3,
        })],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """How the service stands that makes the default profile's videos, with real counts. Also under `/r`."""
        return Response(service_status.service_status())


class Voices(ServiceView):
    @extend_schema(
        operation_id="avatar_voices", tags=TAGS, responses={200: VoicesSerializer, **refused()},
        parameters=[
            OpenApiParameter("country", str, description="ru, en or kk; the default profile's language when left out."),
            OpenApiParameter("region", str, description="Given back."),
        ],
        examples=[answer({
            "voices": [_VOICE | {"id": "66d3f6a704d077b1432fb7d3", "name": "Anna", "engine": "a2e"}, _VOICE],
            "count": 2, "country": "ru", "region": "RU",
        })],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The voices that `tts` and `generate` take: A2E's and your clones there, then every other engine's. Also under `/r`."""
        country = request.query_params.get("country", "")[:20].lower() or str(default_snapshot()["language"])
        language = COUNTRIES.get(country, country[:2])
        region = request.query_params.get("region", "")[:20] or offers.LOCALES.get(language, country)[-2:].upper()
        listed = [
            {
                "id": voice.id, "name": voice.label, "gender": voice.gender, "tts_rate": 1.0, "engine": voice.engine,
                "lang": offers.LOCALES.get(voice.language, voice.language),
            }
            for voice in offers.voices(language)
        ]  # fmt: skip
        return Response({"voices": listed, "count": len(listed), "country": country, "region": region})


class Characters(ServiceView):
    @extend_schema(
        operation_id="avatar_characters", tags=TAGS, responses={200: CharactersSerializer, **refused()},
        examples=[answer({
            "characters": [{
                "id": "aliya", "name": "Aliya", "type": "public", "is_public": True, "provider": "local",
                "preview_url": "https://hr.example.com/static/presenters/aliya/portrait.webp",
            }], "count": 1,
        })],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The avatars that can be filmed: public ones, your own, and the presenters drawn here. Also under `/r`."""
        listed = [
            {
                "id": character.id, "name": character.name, "type": "public" if character.is_public else "custom",
                "preview_url": _address(character.picture_url), "is_public": character.is_public,
                "provider": character.provider,
            }
            for character in offers.characters()
        ]  # fmt: skip
        return Response({"characters": listed, "count": len(listed)})


class Languages(ServiceView):
    @extend_schema(
        operation_id="avatar_languages", tags=TAGS, responses={200: LanguagesSerializer, **refused()},
        examples=[answer({"languages": [{"code": "ru-RU", "name": "Русский", "voices_count": 10}], "count": 1})],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """The languages with a voice, and how many there are. Also under `/r`."""
        listed = [
            {"code": offers.LOCALES[code], "name": LANGUAGE_NAMES[code], "voices_count": count}
            for code, count in offers.languages().items()
            if count and code in offers.LOCALES
        ]
        return Response({"languages": listed, "count": len(listed)})


class Profile(ServiceView):
    @property
    def permission(self) -> str:  # type: ignore[override]
        return f"avatars.{'change' if self.request.method == 'PUT' else 'view'}_avatarsettings"

    @extend_schema(
        operation_id="avatar_settings", tags=TAGS, responses={200: ProfileSerializer, **refused()}, examples=[answer(_PROFILE)]
    )
    def get(self, request: Request) -> Response:
        """The default profile. Ids are those that are really used now. Also under `/r`."""
        return Response(old_names.shown(default_snapshot()))

    @extend_schema(
        operation_id="avatar_change_settings", tags=TAGS, request=ProfileWishSerializer,
        responses={
            200: ChangedProfileSerializer, **refused(),
            400: OpenApiResponse(WrongProfileSerializer, "Some fields are wrong; nothing was saved."),
        },
        examples=[
            OpenApiExample("Speed", request_only=True, value={"voice_id": "66d3f6a704d077b1432fb7d3", "speech_rate": 1.5}),
            answer({"success": True, "message": "Saved.", "settings": _PROFILE | {"speech_rate": 1.5}}),
            OpenApiExample("Too quick", response_only=True, status_codes=["400"], value={
                "detail": "speech_rate: Ensure this value is less than or equal to 2.0.",
                "errors": {"speech_rate": ["Ensure this value is less than or equal to 2.0."]},
            }),
        ],
    )  # fmt: skip
    def put(self, request: Request) -> Response:
        """Change the default profile. Positions without one of their own use it from the next invitation on. Also under `/r`."""
        body = ProfileWishSerializer(data=request.data)
        if not body.is_valid():
            return self._wrong({str(field): [str(text) for text in texts] for field, texts in body.errors.items()})
        try:
            by = request.user if request.user and request.user.is_authenticated else None
            settings = old_names.change_default(body.validated_data, by=by)
        except old_names.WrongWish as error:
            return self._wrong({error.field: [str(error.text)]})
        return Response({"success": True, "message": _("Saved."), "settings": old_names.shown(settings)})

    def _wrong(self, errors: dict[str, list[str]]) -> Response:
        field, texts = next(iter(errors.items()))
        where = "" if field == "non_field_errors" else f"{field}: "
        return Response({"detail": where + texts[0], "errors": errors}, status=400)


def _address(url: str) -> str | None:
    """An address for whoever reads the answer elsewhere; None for no picture."""
    if not url:
        return None
    return url if url.startswith(("https://", "http://")) else site_address(url)

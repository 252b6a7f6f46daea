"""The avatar service at work (docs/contracts/compat_api.md §1): a text as speech, a text as video, how a video stands."""

from collections.abc import Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as site
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.refusals import REFUSALS, DetailSerializer, ServiceView, as_problem, may_cost, refused
from avatars.api.service_serializers import (
    OrderedVideoSerializer,
    SpokenSerializer,
    TaskSerializer,
    TaskStateSerializer,
    TtsSerializer,
    VideoOrderSerializer,
    VideoSerializer,
)
from avatars.api.waiting import generation_when
from avatars.models import AvatarGeneration
from avatars.services import generations, offers, old_names, speech
from avatars.services.profiles import default_snapshot
from avatars.views import public_speech_urls
from avatars.views_video import public_video_path
from interview_site.api.compat import prefix_of
from interview_site.api.problems import Problem

TAGS = ["avatar"]
State = AvatarGeneration.State
WORDS = {
    State.QUEUED: "init", State.SPEAKING: "pending", State.SUBMITTED: "pending", State.PROCESSING: "pending",
    State.UNKNOWN: "pending", State.SUCCEEDED: "success", State.FAILED: "failed", State.CANCELLED: "failed",
    State.BLOCKED: "error",
}  # fmt: skip
FALLBACK = "fallback_video"
_TASK = "5xXq8mJwZl0f3cVb1YtR9A"
_FILM = f"https://hr.example.com/videos/{_TASK}~1u9~c2lnbmVk.mp4"
_TEXT = "Здравствуйте! Расскажите о себе."
_REMEDY = "The provider's balance is used up. Top it up, then try again."
_WRONG = {
    "s400": "A field is wrong, or nothing in the text can be spoken.", "s413": "The text is too long.",
    "s503": "The voice or the provider is not available: see Retry-After.",
}  # fmt: skip


def word_of(generation: AvatarGeneration) -> str:
    """The state in the contract's words: `copy` while we fetch the finished file."""
    if generation.state in (State.SUBMITTED, State.PROCESSING) and generation.progress == 100:
        return "copy"
    return WORDS[State(generation.state)]


def error_of(generation: AvatarGeneration) -> str | None:
    """What went wrong and what to do; None while nothing did."""
    if word_of(generation) not in ("failed", "error"):
        return None
    usual = _("It was cancelled.") if generation.state == State.CANCELLED else _("It failed.")
    return generation.error_message or usual


def video_address(request: Request | HttpRequest, generation: AvatarGeneration) -> str:
    """Where the finished video is, for an hour, under the prefix the caller came by."""
    return request.build_absolute_uri(prefix_of(request.path) + public_video_path(generation))


class Tts(ServiceView):
    @extend_schema(
        operation_id="avatar_tts", tags=TAGS, request=TtsSerializer, responses={200: SpokenSerializer, **refused(**_WRONG)},
        examples=[
            OpenApiExample("A sentence", request_only=True, value={"text": _TEXT, "voice_id": "ru-female-1", "speech_rate": 1.0}),
            OpenApiExample("Spoken", response_only=True, status_codes=["200"], value={
                "audio_url": "https://hr.example.com/speech/Zk3~1u9~c2lnbmVk.wav", "text": _TEXT, "voice_id": "ru-female-1",
                "speech_rate": 1.0, "duration": 2.4,
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Say a text with any engine of this site. The address of the file works in `heygen/generate`, too. Also under `/r`."""
        body = TtsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        text = body.validated_data["text"]
        try:
            settings = old_names.can_speak(old_names.applied(default_snapshot(), body.validated_data))
            may_cost(request, settings)
            # Another voice than the asked one would be a failure dressed as success.
            made = speech.for_settings(settings, text, str(settings["language"]), fall_back=False)
        except REFUSALS as error:
            raise as_problem(error) from None
        address = request.build_absolute_uri(prefix_of(request.path) + public_speech_urls(made)[0])
        return Response({
            "audio_url": address, "text": text, "voice_id": offers.voice_id(made.engine, made.voice), "speech_rate": made.speed,
            "duration": made.duration_ms / 1000,
        })  # fmt: skip


class OrderVideo(ServiceView):
    """The order of the three calls that make a video; those that wait are async and begin with it."""

    def post(self, request: Request) -> Response:
        body = VideoOrderSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        generation = self.ordered(request, body.validated_data)
        response = Response(
            {
                "success": True, "task_id": generation.public_id, "status": word_of(generation),
                "session_id": body.validated_data.get("session_id"), "text": body.validated_data["text"],
            }, status=202,
        )  # fmt: skip
        response.ordered = generation.public_id  # for the calls that wait for it
        return response

    def ordered(self, request: Request, wishes: Mapping[str, Any]) -> AvatarGeneration:
        """The video of this text: the one there is, or a new order; one that failed is tried again. Raises Problem."""
        try:
            settings = old_names.applied(default_snapshot(), wishes)
            may_cost(request, settings, generations.chosen_provider(settings))
            by = request.user if request.user and request.user.is_authenticated else None
            return generations.generate(text=wishes["text"], settings=settings, by=by, retry_failed=True)
        except REFUSALS as error:
            raise as_problem(error) from None


class GenerateVideo(OrderVideo):
    @extend_schema(
        operation_id="avatar_generate_video", tags=TAGS, request=VideoOrderSerializer,
        responses={202: OrderedVideoSerializer, **refused(**_WRONG)},
        examples=[
            OpenApiExample("A text", request_only=True, value={"text": _TEXT, "session_id": "s-1", "resolution": 720}),
            OpenApiExample("Ordered", response_only=True, status_codes=["202"], value={
                "success": True, "task_id": _TASK, "status": "init", "session_id": "s-1", "text": _TEXT,
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Order a video and answer at once; ask `video-status` how it stands. Also under `/r`."""
        return super().post(request)


def _waits(name: str, words: str, **extra: str) -> Any:
    """Describes a call that waits; its work begins in `OrderVideo`."""
    return extend_schema_view(
        post=extend_schema(
            operation_id=name, tags=TAGS, request=VideoOrderSerializer, description=words,
            responses={
                200: VideoSerializer,
                202: OpenApiResponse(OrderedVideoSerializer, "Not ready in time: ask `video-status`."),
                **refused(**_WRONG), 502: OpenApiResponse(DetailSerializer, "The video could not be made, and what to do."),
            },
            examples=[
                OpenApiExample("A text", request_only=True, value={
                    "text": _TEXT, "session_id": "s-1", "avatar_id": "aliya", "resolution": 720,
                }),
                OpenApiExample("Made", response_only=True, status_codes=["200"], value={
                    "success": True, "video_url": _FILM, "session_id": "s-1", "text": _TEXT, "task_id": _TASK, **extra,
                }),
                OpenApiExample("Not ready in time", response_only=True, status_codes=["202"], value={
                    "success": True, "task_id": _TASK, "status": "pending", "session_id": "s-1", "text": _TEXT, **extra,
                }),
                OpenApiExample("Failed", response_only=True, status_codes=["502"], value={
                    "success": False, "detail": _REMEDY, "error": _REMEDY, "error_code": "no_credit", "task_id": _TASK,
                    "session_id": "s-1", "text": _TEXT, **extra,
                }),
            ],
        )
    )  # fmt: skip


@_waits("avatar_generate", "Make a video and wait for it, up to API_GENERATE_WAIT_S seconds; 202 after that. Also under `/r`.")
class GenerateAndWait(OrderVideo):
    mode = ""


@_waits(
    "avatar_fallback_video", "As `generate`, for pages whose live avatar is not available. Also under `/r`.", mode=FALLBACK
)
class FallbackAndWait(OrderVideo):
    mode = FALLBACK


def waiting(view: type[GenerateAndWait] | type[FallbackAndWait]) -> Any:
    """The address of a call that waits. No thread and no connection of the database is held meanwhile."""
    order = view.as_view()

    @csrf_exempt
    async def call(request: HttpRequest) -> HttpResponseBase:
        answer = await sync_to_async(order)(request)
        public_id = getattr(answer, "ordered", "")
        if not public_id:
            return answer
        generation = await generation_when(public_id, wait_s=float(site.API_GENERATE_WAIT_S))
        told = answer.data | ({"mode": view.mode} if view.mode else {})
        return _told(request, told, generation)

    call.cls, call.initkwargs = view, {}  # type: ignore[attr-defined]  # what the generator of the document looks at
    return call


def _told(request: HttpRequest, told: dict[str, Any], generation: AvatarGeneration | None) -> JsonResponse:
    headers = {"Cache-Control": "no-store"}
    if generation is None:
        return JsonResponse({"detail": _("There is no such video.")}, status=404, headers=headers)
    word = word_of(generation)
    if word == "success":
        told = {name: value for name, value in told.items() if name != "status"}
        return JsonResponse(told | {"video_url": video_address(request, generation)}, headers=headers)
    if word in ("failed", "error"):
        words = error_of(generation)
        failed = {"success": False, "detail": words, "error": words, "error_code": generation.error_code or None, "status": word}
        return JsonResponse(told | failed, status=502, headers=headers)
    return JsonResponse(told | {"status": word}, status=202, headers=headers)


class VideoStatus(ServiceView):
    @extend_schema(
        operation_id="avatar_video_status", tags=TAGS, request=TaskSerializer,
        responses={200: TaskStateSerializer, **refused(s400="task_id is missing.", s404="There is no such video.")},
        examples=[
            OpenApiExample("A task", request_only=True, value={"task_id": _TASK}),
            OpenApiExample("Done", response_only=True, status_codes=["200"], value={
                "task_id": _TASK, "status": "success", "progress": 100, "result_url": _FILM, "error": None, "error_code": None,
                "created_at": "2026-11-21T09:30:00Z", "completed_at": "2026-11-21T09:31:10Z",
            }),
            OpenApiExample("Needs a person", response_only=True, status_codes=["200"], value={
                "task_id": _TASK, "status": "error", "progress": 0, "result_url": None, "error": _REMEDY,
                "error_code": "no_credit", "created_at": "2026-11-21T09:30:00Z", "completed_at": None,
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """How a video stands. `error` needs a person, who finds it in the admin. Also under `/r`."""
        body = TaskSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        rows = AvatarGeneration.objects.defer("timeline", "settings", "text")
        generation = rows.filter(public_id=body.validated_data["task_id"]).first()
        if generation is None:
            raise Problem(404, "not_found", _("There is no such video."))
        word = word_of(generation)
        return Response({
            "task_id": generation.public_id, "status": word, "progress": generation.progress,
            "result_url": video_address(request, generation) if word == "success" else None,
            "error": error_of(generation), "error_code": generation.error_code or None if error_of(generation) else None,
            "created_at": generation.created_at, "completed_at": generation.finished_at,
        })  # fmt: skip

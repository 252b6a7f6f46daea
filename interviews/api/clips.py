"""/api/v1/positions/{id}/clips: the recorded clips of a position, and ordering what is missing or failed."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.views_video import public_video_path
from interview_site.api.idempotency import once
from interview_site.api.schema import IDEMPOTENCY_KEY
from interview_site.api.serializers import Strict
from interviews.api.base import conflict, found
from interviews.api.positions import READ, WRITE, PositionView
from interviews.models import Language
from interviews.services import clip_rows, clips
from interviews.services.clip_rows import ClipRow, Standing
from interviews.services.versions import NothingToAsk

_CLIP = {
    "id": 31, "language": "en", "name": "question:6f2c1a34-9f0e-4a57-8f2e-0c9f7d9d3a10", "text": "Tell me about yourself.",
    "state": "ready", "progress": 100, "task_id": "5xXq8mJwZl0f3cVb1YtR9A", "duration": 3.2,
    "video_url": "https://hr.example.com/videos/5xXq8mJwZl0f3cVb1YtR9A~1u9~c2lnbmVk.mp4", "error_code": None, "remedy": None,
}  # fmt: skip
_FAILED = _CLIP | {
    "id": 32, "name": "farewell", "text": "Thank you for your time.", "state": "failed", "progress": 0, "duration": None,
    "video_url": None, "error_code": "no_credit", "remedy": "The provider's balance is used up. Top it up, then try again.",
}  # fmt: skip
EXAMPLE = {
    "position": 7, "wanted": True, "version": 3,
    "languages": [{"language": "en", "ready": 7, "failed": 1, "total": 9, "complete": False}], "clips": [_CLIP, _FAILED],
}  # fmt: skip


STATES = [standing.value for standing in Standing]


class ClipsOrder(Strict):
    """What to order; an empty body orders what is missing in every language of the position."""

    retry_failed = serializers.BooleanField(default=False, help_text="Also order anew what failed, which may cost again.")
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class ClipsProgress(Strict):
    language = serializers.ChoiceField(choices=Language.choices)
    ready = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="They need a person, or `retry_failed`.")
    total = serializers.IntegerField()
    complete = serializers.BooleanField()


class ClipSerializer(Strict):
    id = serializers.IntegerField()
    language = serializers.ChoiceField(choices=Language.choices)
    name = serializers.CharField(help_text="greeting, question:<uuid>, bridge:<n>, last_question:<n>, invite_questions, farewell")
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES, help_text="shown: nothing in it can be said, so it is only shown.")
    progress = serializers.IntegerField(help_text="Per cent.")
    task_id = serializers.CharField(allow_null=True, help_text="The video's id at /api/v1/avatar/generations.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds.")
    video_url = serializers.CharField(allow_null=True, help_text="Open for an hour to whoever holds the address.")
    error_code = serializers.CharField(allow_null=True)
    remedy = serializers.CharField(allow_null=True, help_text="What went wrong and what to do.")


@extend_schema_serializer(examples=[OpenApiExample("One failed", value=EXAMPLE, response_only=True)])
class ClipsSerializer(Strict):
    """The clips an invitation sent now would use."""

    position = serializers.IntegerField()
    wanted = serializers.BooleanField(help_text="The position's avatar profile speaks by recorded clips.")
    version = serializers.IntegerField(allow_null=True, help_text="null: the draft has changed since clips were ordered.")
    languages = ClipsProgress(many=True)
    clips = ClipSerializer(many=True)


class PositionClips(PositionView):
    needs = {"GET": READ, "POST": WRITE}

    @extend_schema(operation_id="positions_clips", responses=ClipsSerializer, tags=["positions"])
    def get(self, request: Request, pk: int) -> Response:
        """How far the position's clips are, and each of them."""
        return self._told(request, pk)

    @extend_schema(
        operation_id="positions_prepare_clips", parameters=[IDEMPOTENCY_KEY], request=ClipsOrder,
        responses={202: ClipsSerializer}, tags=["positions"],
        examples=[
            OpenApiExample("Try again", value={"retry_failed": True}, request_only=True),
            OpenApiExample("One failed", value=EXAMPLE, response_only=True, status_codes=["202"]),
        ],
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        """Freeze the present draft and order its clips; what is there or ordered is left alone. 409 when none can be made."""
        given = self.read(ClipsOrder)
        position = found(self.visible(), pk=pk)
        if not clips.wants_clips(position):
            raise conflict(_("The avatar profile of this position speaks without recorded clips."), code="no_clips_wanted")

        def run(before: dict[str, Any], keep: Any) -> tuple[int, dict[str, Any]]:
            if not before:
                try:
                    clips.prepare_position(
                        position, language=given.get("language", ""), by=request.user, again=given["retry_failed"]
                    )
                except NothingToAsk:
                    raise conflict(_("This position has no questions yet. Add at least one."), code="no_questions") from None
                keep({"ordered": True})
            return 202, {"ordered": True}

        return once(request, run, lambda status, kept: self._told(request, pk, status))

    def _told(self, request: Request, pk: int, status: int = 200) -> Response:
        position = found(self.visible().select_related("avatar"), pk=pk)
        overview = clip_rows.overview(position)
        languages = [
            {
                "language": part.language, "ready": part.ready, "failed": part.failed, "total": part.total,
                "complete": part.is_ordered and part.is_complete,
            }
            for part in overview.progress
        ]  # fmt: skip
        body = {
            "position": position.pk, "wanted": overview.wanted, "version": overview.version.number if overview.version else None,
            "languages": languages, "clips": [_clip(request, row) for row in overview.rows],
        }  # fmt: skip
        return Response(body, status)


def _clip(request: Request, row: ClipRow) -> dict[str, Any]:
    video = row.clip.generation
    ready = row.standing == Standing.READY
    return {
        "id": row.clip.pk, "language": row.clip.language, "name": row.clip.name, "text": row.clip.text,
        "state": row.standing.value, "progress": row.progress, "task_id": video.public_id if video else None,
        "duration": video.duration_ms / 1000 if ready and video.duration_ms else None,
        "video_url": request.build_absolute_uri(public_video_path(video)) if ready else None,
        "error_code": row.error_code or None, "remedy": row.remedy or None,
    }  # fmt: skip

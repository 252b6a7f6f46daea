"""Many videos in one call, and how videos stand: /api/v1/avatar/generations, ours, with the manners of the rest of /api/v1."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.limits import count_made, refuse_after_many
from avatars.api.refusals import REFUSALS, may_cost
from avatars.api.service_serializers import LANGUAGES, WORDS, Resolution, Wish, rate
from avatars.api.speaking import error_of, video_address, word_of
from avatars.models import AvatarGeneration
from avatars.providers import remedies
from avatars.services import generations, old_names
from avatars.services.old_names import WrongWish
from avatars.services.profiles import default_snapshot
from avatars.speech.text import MAX_CHARACTERS, NothingToSay, TextTooLong
from interview_site.api.compat import CompatView
from interview_site.api.idempotency import once
from interview_site.api.pagination import NewestFirst
from interview_site.api.problems import Problem
from interview_site.api.schema import IDEMPOTENCY_KEY
from interview_site.api.serializers import QuerySerializer, Strict, read_query
from interview_site.errors import ProviderError

MOST_TEXTS = 200
TAGS = ["avatar"]
State = AvatarGeneration.State
_ONE = {
    "task_id": "5xXq8mJwZl0f3cVb1YtR9A", "state": "succeeded", "status": "success", "progress": 100, "provider": "a2e",
    "language": "ru", "text": "Расскажите о себе.", "duration": 2.4, "cost": "4.0000", "error": None, "error_code": None,
    "result_url": "https://hr.example.com/videos/5xXq8mJwZl0f3cVb1YtR9A~1u9~c2lnbmVk.mp4",
    "created_at": "2026-11-21T09:30:00Z", "completed_at": "2026-11-21T09:31:10Z",
}  # fmt: skip


class BatchSerializer(Strict):
    """Texts with one look and voice; what is left out is as in the default profile."""

    texts = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False, allow_blank=True, max_length=100_000),
        min_length=1, max_length=MOST_TEXTS,
        help_text=f"Up to {MOST_TEXTS}; one that cannot be filmed is refused by itself.",
    )  # fmt: skip
    voice_id = Wish()
    avatar_id = Wish()
    resolution = Resolution(required=False, allow_null=True)
    speech_rate = rate()
    language = Wish(help_text="ru, en or kk.")

    def validate_language(self, word: str | None) -> str | None:
        if word and word.lower() not in LANGUAGES:
            raise serializers.ValidationError(_("Unknown language: choose ru, kk or en."), code="invalid_choice")
        return LANGUAGES[word.lower()] if word else None


class BatchRowSerializer(serializers.Serializer):
    index = serializers.IntegerField(help_text="The place in `texts`, from 0.")
    task_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField((*WORDS, "refused"))
    code = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)


class BatchAnswerSerializer(serializers.Serializer):
    ordered = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchRowSerializer(many=True)


class GenerationSerializer(serializers.Serializer):
    """A video as programs see it."""

    task_id = serializers.CharField(source="public_id")
    state = serializers.CharField(help_text="Our own word: queued, speaking, submitted, processing, succeeded, failed, …")
    status = serializers.SerializerMethodField(help_text="The contract's word.")
    progress = serializers.IntegerField(help_text="Per cent.")
    provider = serializers.CharField()
    language = serializers.CharField()
    text = serializers.CharField()
    duration = serializers.SerializerMethodField(help_text="Seconds.")
    cost = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True, help_text="As the provider told it.")
    error = serializers.SerializerMethodField(help_text="What went wrong and what to do.")
    error_code = serializers.SerializerMethodField()
    result_url = serializers.SerializerMethodField(help_text="Our copy, open for an hour; ask again for a new address.")
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(source="finished_at", allow_null=True)

    def get_status(self, generation: AvatarGeneration) -> str:
        return word_of(generation)

    def get_duration(self, generation: AvatarGeneration) -> float | None:
        return None if generation.duration_ms is None else generation.duration_ms / 1000

    def get_error(self, generation: AvatarGeneration) -> str | None:
        return error_of(generation)

    def get_error_code(self, generation: AvatarGeneration) -> str | None:
        return generation.error_code or None

    def get_result_url(self, generation: AvatarGeneration) -> str | None:
        return video_address(self.context["request"], generation) if generation.state == State.SUCCEEDED else None


class GenerationsQuery(QuerySerializer):
    state = serializers.ChoiceField(State.choices, required=False)
    provider = serializers.CharField(required=False, max_length=40)


class _Videos(CompatView):
    error_key = ""

    @property
    def permission(self) -> str:  # type: ignore[override]
        """Ordering many may cost much: whoever may change profiles may, as in the admin."""
        return f"avatars.{'change' if self.request.method == 'POST' else 'view'}_avatarsettings"

    def rows(self) -> Any:
        return AvatarGeneration.objects.defer("timeline", "settings")


class Generations(_Videos):
    @extend_schema(
        operation_id="generations_list", tags=TAGS, parameters=[GenerationsQuery], responses=GenerationSerializer(many=True),
        examples=[OpenApiExample("A video", response_only=True, value=_ONE)],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """Videos, newest first; `state` and `provider` narrow the list. Also under `/r`."""
        query = read_query(request, GenerationsQuery)
        rows = self.rows().filter(**{name: query[name] for name in ("state", "provider") if query.get(name)})
        pages = NewestFirst()
        shown = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(GenerationSerializer(shown, many=True, context={"request": request}).data)

    @extend_schema(
        operation_id="generations_create", tags=TAGS, parameters=[IDEMPOTENCY_KEY], request=BatchSerializer,
        responses=BatchAnswerSerializer,
        examples=[
            OpenApiExample("Three texts", request_only=True, value={
                "texts": ["Здравствуйте!", "Расскажите о себе.", "🙂"], "voice_id": "ru-female-1", "avatar_id": "aliya",
            }),
            OpenApiExample("Two ordered, one refused", response_only=True, status_codes=["200"], value={
                "ordered": 2, "refused": 1, "results": [
                    {"index": 0, "task_id": "5xXq8mJwZl0f3cVb1YtR9A", "status": "success", "code": None, "detail": None},
                    {"index": 1, "task_id": "mJwZl05xXq8f3cVb1YtR9A", "status": "init", "code": None, "detail": None},
                    {"index": 2, "task_id": None, "status": "refused", "code": "nothing_to_say",
                     "detail": "There is nothing to say in this text: only symbols, links or emoji."},
                ],
            }),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Order a video of each text: one that is there already is answered at once, one that failed is tried again.

        With an Idempotency-Key a call that broke off in the middle goes on where it stopped. Also under `/r`.
        """
        refuse_after_many(request)
        order = BatchSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        settings = self._settings(request, order.validated_data)
        texts = order.validated_data["texts"]
        by = request.user if request.user and request.user.is_authenticated else None

        def run(before: dict[str, Any], keep: Any) -> tuple[int, dict[str, Any]]:
            results = list(before.get("results", []))
            for text in texts[len(results) :]:
                # One transaction a row: the order and the note that it was made are stored together or not at all.
                with transaction.atomic():
                    results.append(_ordered(text, settings, by))
                    keep({"results": results})
            count_made(request, len(texts))
            return 200, {"results": results}

        return once(request, run, lambda status, kept: Response(_answer(kept["results"]), status))

    def _settings(self, request: Request, wishes: dict[str, Any]) -> dict[str, Any]:
        try:
            settings = old_names.applied(default_snapshot(), wishes)
        except WrongWish as error:
            wrong = {"pointer": f"/{error.field}", "code": "unknown_id", "detail": str(error.text)}
            raise Problem(400, "invalid", _("Some fields are not valid."), errors=[wrong]) from None
        may_cost(request, settings, generations.chosen_provider(settings))
        return settings


class OneGeneration(_Videos):
    @extend_schema(
        operation_id="generations_read", tags=TAGS, responses=GenerationSerializer,
        examples=[OpenApiExample("A video", response_only=True, value=_ONE)],
    )  # fmt: skip
    def get(self, request: Request, public_id: str) -> Response:
        """How one video stands. Also under `/r`."""
        generation = self.rows().filter(public_id=public_id).first() if "\0" not in public_id else None
        if generation is None:
            raise Problem(404, "not_found", _("There is no such video."))
        return Response(GenerationSerializer(generation, context={"request": request}).data)


def _ordered(text: str, settings: dict[str, Any], by: Any) -> dict[str, str]:
    """{"id"} of the row, or {"code"} why there is none."""
    try:
        if len(text) > MAX_CHARACTERS:
            raise TextTooLong
        return {"id": generations.generate(text=text, settings=settings, by=by, retry_failed=True).public_id}
    except REFUSALS as error:
        return {"code": _code(error)}


def _code(error: Exception) -> str:
    if isinstance(error, NothingToSay | TextTooLong):
        return "nothing_to_say" if isinstance(error, NothingToSay) else "too_long"
    assert isinstance(error, ProviderError)
    return remedies.code_of(error)


def _answer(results: Iterable[dict[str, str]]) -> dict[str, Any]:
    """The rows as they stand now, also when the call is repeated."""
    results = list(results)
    ids = [row["id"] for row in results if "id" in row]
    rows = AvatarGeneration.objects.filter(public_id__in=ids).defer("timeline", "settings", "text")
    found = {row.public_id: row for row in rows}
    told = []
    for index, row in enumerate(results):
        generation = found.get(row.get("id", ""))
        if generation is None:
            code = row.get("code", "gone")
            told.append({"index": index, "task_id": None, "status": "refused", "code": code, "detail": remedies.remedy(code)})
            continue
        words = error_of(generation)
        code = generation.error_code or None if words else None
        told.append(
            {"index": index, "task_id": generation.public_id, "status": word_of(generation), "code": code, "detail": words}
        )
    ordered = sum(row["task_id"] is not None for row in told)
    return {"ordered": ordered, "refused": len(told) - ordered, "results": told}

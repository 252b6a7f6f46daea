"""Edges of the chunk API: who asks, what is asked, one service, the contract's answer (compat_api.md section 3)."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings as site
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from avatars.api.limits import count_made, refuse_after_many
from avatars.api.serializers import (
    ChunkOrderSerializer,
    ChunksSerializer,
    CleanupSerializer,
    ErrorSerializer,
    WholeTextSerializer,
)
from avatars.api.waiting import chunk_when
from avatars.models import VideoChunk
from avatars.services import chunk_cleanup, chunks
from avatars.services.portraits import current_portrait
from avatars.services.speech import NothingToSay, TextTooLong
from interview_site.api.compat import CompatView, may_spend, prefix_of
from interview_site.api.problems import Problem
from interview_site.errors import ProviderError
from interview_site.media import ranged_response

log = logging.getLogger(__name__)
# A finished chunk never changes, and its address is gone in an hour.
_CACHE = "private, max-age=3600, immutable"
_READ = 256 * 1024
_WRONG = {
    code: OpenApiResponse(ErrorSerializer, words)
    for code, words in {
        400: "The text is missing, empty or cannot be spoken; an unknown language; a wrong size.",
        401: "No credentials, or a token that is not valid.",
        403: "The scope is missing, or the origin is not listed.",
        413: "The text is longer than 10,000 characters.",
        429: "Too many calls or chunks a minute: see Retry-After.",
        503: "The voice is not available, or too many chunks are waiting: see Retry-After.",
    }.items()
}


def chunk_urls(chunk: VideoChunk, prefix: str) -> dict[str, str]:
    """Paths of its files under the prefix the caller came by."""
    return {f"{kind}_url": f"{prefix}/api/chunk/{kind}/{chunk.public_id}" for kind in ("video", "audio")}


class _Making(CompatView):
    permission = "avatars.view_avatarsettings"

    def settings_for(self, request: Request, look: Mapping[str, object]) -> dict[str, object]:
        return chunks.profile_for_chunks(may_spend=may_spend(request)) | look

    def ordered(self, request: Request, order: Callable[[], Any]) -> Any:
        """Run `order`, its refusals as the contract's statuses."""
        try:
            return order()
        except NothingToSay:
            raise Problem(400, "nothing_to_say", _("There is nothing in the text that can be spoken.")) from None
        except TextTooLong:
            raise Problem(413, "too_large", _("The text is too long to be spoken.")) from None
        except chunks.TooMuchWaiting:
            raise _unavailable(_("Too many chunks are waiting. Try again in a moment."), 10) from None
        except ProviderError as error:
            raise _unavailable(_("The voice is not available. Try again in a moment."), error.retry_after_s or 5) from None
        except OSError as error:  # no process could be started, or the storage is full
            log.error("chunks could not be ordered", extra={"fault": type(error).__name__})
            raise _unavailable(_("The voice is not available. Try again in a moment."), 5) from None


def _unavailable(words: str, retry_s: float) -> Problem:
    return Problem(503, "unavailable", words, headers={"Retry-After": str(max(1, round(retry_s)))})


class StreamChunks(_Making):
    @extend_schema(
        operation_id="stream_chunks",
        tags=["chunks"],
        request=ChunkOrderSerializer,
        responses={200: ChunksSerializer, **_WRONG},
        examples=[
            OpenApiExample(
                "A greeting", request_only=True,
                value={"text": "Здравствуйте! Меня зовут Алия. Расскажите о себе.", "language": "ru", "chunk_size": 15},
            ),
            OpenApiExample(
                "One chunk", response_only=True, status_codes=["200"],
                value={
                    "success": True, "total_chunks": 1, "language": "ru",
                    "chunks": [{
                        "index": 0, "text": "Здравствуйте! Меня зовут Алия. Расскажите о себе.",
                        "video_url": "/api/chunk/video/20251028_123456_000000_0_5d0f6a0e6f3b4a51b2c38c7a1e9d4f60",
                        "audio_url": "/api/chunk/audio/20251028_123456_000000_0_5d0f6a0e6f3b4a51b2c38c7a1e9d4f60",
                        "duration": 3.92,
                    }],
                },
            ),
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Split a text and make a video of each chunk; answers at once, the chunks become fetchable one by one.

        A GET on a chunk in the making waits for it, up to 30 seconds. The files live for an hour. Also at
        `/r/api/stream_chunks`; then the addresses in the answer carry the prefix.
        """
        refuse_after_many(request)
        order = ChunkOrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        body, settings = order.validated_data, self.settings_for(request, order.look())
        made = self.ordered(
            request,
            lambda: chunks.order_chunks(
                text=body["text"], language=body["language"], size=body["chunk_size"], settings=settings
            ),
        )
        count_made(request, len(made))
        prefix = prefix_of(request.path)
        answer = [
            {"index": chunk.index, "text": chunk.text, **chunk_urls(chunk, prefix), "duration": chunk.duration_ms / 1000}
            for chunk in made
        ]
        return Response({"success": True, "total_chunks": len(made), "language": body["language"], "chunks": answer})


class OrderWhole(_Making):
    def post(self, request: Request) -> Response:
        """Order one video for the whole text; `generate` below waits for it."""
        refuse_after_many(request)
        order = WholeTextSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        body, settings = order.validated_data, self.settings_for(request, order.look())
        chunk = self.ordered(
            request, lambda: chunks.order_whole(text=body["text"], language=body["language"], settings=settings)
        )
        count_made(request, 1 + len(body["text"]) // 100)
        urls = chunk_urls(chunk, prefix_of(request.path))
        response = Response({"success": True, "status": "processing", **urls}, status=202)
        response.ordered = chunk.public_id  # for `generate`, which waits for it
        return response


_order_whole = OrderWhole.as_view()


@csrf_exempt
async def generate(request: HttpRequest) -> HttpResponseBase:
    """POST /api/generate: the order by the view above, then the file as soon as it is there."""
    answer = await sync_to_async(_order_whole)(request)
    public_id = getattr(answer, "ordered", "")
    if not public_id:
        return answer
    chunk = await chunk_when(public_id, lambda chunk: bool(chunk.video), wait_s=float(site.API_GENERATE_WAIT_S))
    if chunk is None or chunk.state == VideoChunk.State.FAILED:
        return _refusal(503, _("The video could not be made. Try again."), retry_s=5)
    if not chunk.video:
        return answer
    return await _whole_file(chunk)


class Cleanup(CompatView):
    permission = "avatars.view_avatarsettings"

    @extend_schema(
        operation_id="cleanup", tags=["chunks"], request=None,
        responses={200: CleanupSerializer, 401: _WRONG[401], 403: _WRONG[403]},
        examples=[OpenApiExample("Two files", response_only=True, value={"success": True, "deleted": 2})],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Delete chunk files older than an hour; the same runs by itself. Also at `/r/api/cleanup`."""
        return Response({"success": True, "deleted": chunk_cleanup.delete_old_chunks()})


@csrf_exempt
async def chunk_video(request: HttpRequest, chunk_id: str) -> HttpResponseBase:
    """GET, HEAD /api/chunk/video/<id>: open to whoever holds the id, for an hour."""
    return await _chunk_file(request, chunk_id, lambda chunk: chunk.video, "video/mp4")


@csrf_exempt
async def chunk_audio(request: HttpRequest, chunk_id: str) -> HttpResponseBase:
    """GET, HEAD /api/chunk/audio/<id>; the sound is there before the picture."""
    return await _chunk_file(request, chunk_id, lambda chunk: chunk.audio, "audio/wav")


@csrf_exempt
async def avatar_picture(request: HttpRequest) -> HttpResponseBase:
    """GET, HEAD /api/avatar: the portrait of the default profile's presenter."""
    if refused := _only_reading(request):
        return refused
    try:
        portrait = await sync_to_async(current_portrait)()
        return await ranged_response(request, portrait, content_type="image/webp", cache_control="public, max-age=300")
    except (Http404, OSError):
        return _refusal(404, _("There is no picture of the avatar."))


async def _chunk_file(
    request: HttpRequest, chunk_id: str, file: Callable[[VideoChunk], Any], content_type: str
) -> HttpResponseBase:
    if refused := _only_reading(request):
        return refused
    chunk = await chunk_when(chunk_id, lambda chunk: bool(file(chunk)))
    if chunk is None:
        return _refusal(404, _("There is no such chunk: it is unknown, or its hour is over."))
    if not file(chunk):
        if chunk.is_finished:
            return _refusal(404, _("This chunk could not be made."))
        return _refusal(503, _("This chunk is still being made. Ask again."), retry_s=2)
    try:
        return await ranged_response(request, file(chunk), content_type=content_type, cache_control=_CACHE)
    except Http404:
        return _refusal(404, _("There is no such chunk: it is unknown, or its hour is over."))


async def _whole_file(chunk: VideoChunk) -> HttpResponseBase:
    """The file as the answer to a POST, read piece by piece in threads."""
    try:
        stored = await asyncio.to_thread(chunk.video.open, "rb")
    except OSError:
        return _refusal(503, _("The video could not be made. Try again."), retry_s=5)

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while piece := await asyncio.to_thread(stored.read, _READ):
                yield piece
        finally:
            stored.close()

    headers = {
        "Content-Length": str(stored.size), "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
        "Content-Disposition": 'inline; filename="avatar.mp4"',
    }  # fmt: skip
    return StreamingHttpResponse(pieces(), content_type="video/mp4", headers=headers)


def _only_reading(request: HttpRequest) -> HttpResponse | None:
    if request.method in ("GET", "HEAD"):
        return None
    answer = _refusal(405, _("Only GET and HEAD are answered here."))
    answer["Allow"] = "GET, HEAD"
    return answer


def _refusal(status: int, words: str, *, retry_s: int = 0) -> JsonResponse:
    answer = JsonResponse({"success": False, "error": words}, status=status, headers={"Cache-Control": "no-store"})
    if retry_s:
        answer["Retry-After"] = str(retry_s)
    return answer

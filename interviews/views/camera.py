"""The candidate's camera comes in pieces by HTTP, numbered like sound (threats 19–27); HR watch it (threats 60, 79)."""

import json
import re
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST, require_safe

from interview_site.api.throttles import count
from interview_site.media import ranged_response
from interviews.access import staff_interview
from interviews.call import gate
from interviews.call.threads import StorageUnavailable, in_store
from interviews.models import Interview
from interviews.services import audit
from interviews.services import camera as camera_service
from interviews.views.sound import RETRY_S, answer_status, private, refused
from transcription.services import camera as takes
from transcription.services.takes import TakeRefused

MOST_A_MINUTE = 120
MOST_NUMBER = 2**31 - 1
TYPES = {"webm": "video/webm", "mp4": "video/mp4"}
_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)
_STATUS = {"corrupt": 400, "unknown_format": 415, "unknown_take": 404, "too_long": 413, "too_many_takes": 403, "erased": 403}


class _BadMessage(Exception):
    pass


@require_POST
async def camera(request: HttpRequest, public_id: str) -> JsonResponse:
    """JSON `{type: take, device, key}` → `{take, next}`; `{type: finish, take, chunks, sha256}` → `{complete, next, reason}`.

    Bytes with `?take=&seq=&sha256=`: one piece → `{take, next}`, cumulative; 409 with `code` gap, conflict or ended and `next`.
    """
    try:
        interview = await in_store(gate.admitted, public_id, request.COOKIES)
        requests, wait_s = count(f"camera:{interview.pk}")
        if requests > MOST_A_MINUTE:
            return refused(429, "too_fast", retry_s=max(1, wait_s))
        if int(request.headers.get("Content-Length") or 0) > takes.MOST_CHUNK_BYTES:
            return refused(413, "too_big")
        if not await in_store(camera_service.may_record, interview):
            return refused(403, "no_camera")
        if len(request.body) > takes.MOST_CHUNK_BYTES:  # of a body that did not tell its length
            return refused(413, "too_big")
        is_json = request.content_type == "application/json"
        return await in_store(_obey, interview, _message(request.body) if is_json else None, request)
    except RequestDataTooBig:
        return refused(413, "too_big")
    except gate.Refused as error:
        return refused(answer_status(error.code), error.code.name.lower())
    except _BadMessage:
        return refused(400, "bad_message")
    except TakeRefused as error:
        return refused(_STATUS[error.code], error.code)
    except StorageUnavailable:
        return refused(503, "storage", retry_s=RETRY_S)


def _obey(interview: Interview, message: dict[str, Any] | None, request: HttpRequest) -> JsonResponse:
    key = interview.recording_key
    if message is None:
        given = request.GET
        stored = takes.store(key, _number(given.get("take")), _number(given.get("seq")), request.body, _hex(given.get("sha256")))
    elif message.get("type") == "take":
        device, start = (_word(message.get(name)) for name in ("device", "key"))
        stored = takes.start(key, device, key=start, language=interview.language)
    elif message.get("type") == "finish":
        numbers = [_number(message.get(name)) for name in ("take", "chunks")]
        done = takes.finish(key, *numbers, _hex(message.get("sha256")))
        return private(JsonResponse(vars(done)))
    else:
        raise _BadMessage
    told = {"take": stored.take, "next": stored.next}
    if stored.problem:
        return private(JsonResponse({**told, "code": stored.problem}, status=409))
    return private(JsonResponse(told))


def _message(body: bytes) -> dict[str, Any]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise _BadMessage from None
    if not isinstance(message, dict):
        raise _BadMessage
    return message


def _number(value: object) -> int:
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MOST_NUMBER):
        raise _BadMessage
    return int(text)


def _word(value: object) -> str:
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise _BadMessage
    return value


def _hex(value: object) -> str:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise _BadMessage
    return value


@require_safe
async def watch(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """One part of the camera recording for staff who may see the interview, by byte ranges."""
    path = await sync_to_async(_watched)(request, pk, number)
    form = path.suffix[1:]
    return await ranged_response(
        request,
        path,
        content_type=TYPES[form],
        filename=f"interview-{pk}-camera-{number}.{form}",
        cache_control="private, no-store",
    )


def _watched(request: HttpRequest, pk: int, number: int) -> Any:
    """Raises Http404 for strangers, other people's interviews, erased ones and parts not made yet alike."""
    interview = staff_interview(request.user, pk) if request.user.is_staff and request.user.is_active else None
    path = None if interview is None or interview.erased_at else takes.made_file(interview.recording_key, number)
    if path is None:
        raise Http404
    # A player asks for many ranges; the first of them is the act of watching (threats 79).
    if request.headers.get("Range", "bytes=0-").startswith("bytes=0-") and request.method == "GET":
        audit.record("watch", interview, actor=request.user, note=f"camera {number}")
    return path

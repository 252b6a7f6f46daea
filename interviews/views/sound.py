"""The microphone's sound by HTTP, for networks that let no socket through (threats 31)."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from interview_site.api.throttles import count
from interviews import payloads
from interviews.call import gate
from interviews.call.threads import StorageUnavailable, in_store
from interviews.services import sound_by_http
from transcription.recorder import CloseSocket

MOST_BYTES = 256 * 1024
MOST_A_MINUTE = 120
RETRY_S = 2
_STATUS = {gate.Close.SESSION: 404, gate.Close.FORBIDDEN: 403, gate.Close.TOO_FAST: 429, gate.Close.TOO_BIG: 413}


@require_POST
async def sound(request: HttpRequest, public_id: str) -> JsonResponse:
    """JSON: a message, `take` or `finish`. Bytes: frames one behind the other. Answers `{"messages": […]}` as a socket would."""
    try:
        interview = await in_store(gate.admitted, public_id, request.COOKIES)
    except gate.Refused as error:
        return refused(_STATUS[error.code], error.code.name.lower())
    except StorageUnavailable:
        return refused(503, "storage", retry_s=RETRY_S)
    requests, wait_s = count(f"sound:{interview.pk}")
    if requests > MOST_A_MINUTE:
        return refused(429, "too_fast", retry_s=max(1, wait_s))
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return refused(413, "too_big")
    is_json = request.content_type == "application/json"
    try:
        if len(request.body) > MOST_BYTES:  # of a body that did not tell its length
            return refused(413, "too_big")
        given = {"text": request.body.decode("utf-8", "replace")} if is_json else {"frames": request.body}
        messages = await sound_by_http.taken(interview, **given)
    except RequestDataTooBig:
        return refused(413, "too_big")
    except sound_by_http.NoVoice:
        return refused(403, "no_voice")
    except payloads.BadMessage as bad:
        return refused(400, bad.code)
    except CloseSocket as closing:
        return refused(_STATUS.get(closing.close_code, 429), closing.code, retry_s=RETRY_S)
    except StorageUnavailable:
        return refused(503, "storage", retry_s=RETRY_S)
    return private(JsonResponse({"messages": messages}))


def answer_status(code: gate.Close) -> int:
    """The HTTP status of a socket's close code."""
    return _STATUS[code]


def refused(status: int, code: str, *, retry_s: int = 0) -> JsonResponse:
    response = JsonResponse({"code": code, "retry_s": retry_s}, status=status)
    if retry_s:
        response["Retry-After"] = str(retry_s)
    return private(response)


def private(response: JsonResponse) -> JsonResponse:
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response

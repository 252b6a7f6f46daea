"""Messages of providers that a video is done: a bell and nothing more, the provider is asked (threats 57).

HeyGen (docs/contracts/heygen.md §6) signs the raw body with the endpoint's secret; its timestamp is not signed, so a message
sent again is only kept from ringing twice. It wants an answer in ten seconds and probes an address by OPTIONS.
"""

import hashlib
import hmac
import json
import logging
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from avatars.services.generation_polling import ring_bell

log = logging.getLogger(__name__)
MAX_BODY_BYTES = 256 * 1024
CLOCK_TOLERANCE_S = 300
SEEN_FOR_S = 25 * 3600  # they try for a day
EVENTS = ("avatar_video.success", "avatar_video.fail")


@csrf_exempt
def heygen(request: HttpRequest) -> HttpResponse:
    """POST /webhooks/heygen. 404 while no secret is set; 401 for a wrong signature; else 200, whatever the message says."""
    if not settings.HEYGEN_WEBHOOK_SECRET:
        return HttpResponse(status=404)
    if request.method == "OPTIONS":
        return HttpResponse(status=200, headers={"Allow": "OPTIONS, POST"})
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    if not _is_signed(request, body):
        log.warning("a webhook without a valid signature", extra={"provider": "heygen"})
        return HttpResponse(status=401)
    try:
        _ring(request.headers.get("Heygen-Event-Id", ""), body)
    except DatabaseError as error:
        log.error("a webhook could not be noted", extra={"provider": "heygen", "fault": type(error).__name__})
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes | None:
    """The raw body; None when it is larger than any of theirs."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length[:12]) > MAX_BODY_BYTES:
        return None
    body = request.read(MAX_BODY_BYTES + 1)
    return None if len(body) > MAX_BODY_BYTES else body


def _is_signed(request: HttpRequest, body: bytes) -> bool:
    """The signature is lowercase hex of HMAC-SHA256 over the raw body; `Signature` is its older header."""
    stamp = request.headers.get("Heygen-Timestamp", "")
    if stamp and not (stamp.isascii() and stamp.isdigit() and abs(time.time() - int(stamp[:12])) <= CLOCK_TOLERANCE_S):
        return False
    right = hmac.new(settings.HEYGEN_WEBHOOK_SECRET.encode(), body, hashlib.sha256).hexdigest().encode()
    given = [request.headers.get(name, "").encode() for name in ("Heygen-Signature", "Signature")]
    # Each is compared: a wrong one beside the right one changes nothing, and nothing is learnt from the time it took.
    return any([hmac.compare_digest(right, signature) for signature in given])


def _ring(event_id: str, body: bytes) -> None:
    try:
        message: Any = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict) or message.get("event_type") not in EVENTS:
        return
    seen = "heygen-event:" + hashlib.sha256(event_id.encode() or body).hexdigest()
    if _cached(lambda: cache.get(seen)):
        return
    data = message.get("event_data")
    data = data if isinstance(data, dict) else {}
    known = ring_bell("heygen", _word(data, "video_id"), _public_id(_word(data, "callback_id")))
    _cached(lambda: cache.set(seen, 1, SEEN_FOR_S))
    log.info("webhook", extra={"provider": "heygen", "event": message["event_type"], "known": known})


def _public_id(reference: str) -> str:
    """The row's id in our reference `gen-<id>-<submission>`; "" for anything else."""
    head, _dash, _submission = reference.rpartition("-")
    return head.removeprefix("gen-") if head.startswith("gen-") else ""


def _word(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    # PostgreSQL refuses NUL in a parameter.
    return value[:200].replace("\0", "") if isinstance(value, str) else ""


def _cached(call: Any) -> Any:
    """Without a cache a message may ring twice, which is harmless."""
    try:
        return call()
    except Exception as error:  # any backend, any fault
        log.warning("webhook without a cache", extra={"fault": type(error).__name__})
        return None

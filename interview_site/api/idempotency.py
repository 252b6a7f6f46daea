"""`Idempotency-Key`: a creating call may be repeated without creating twice (threats 37).

The row is claimed first; a second call with the same key meets it: 409 with Retry-After while the first is running, 422 for
another body, else the same answer for 24 hours. The lock of a call whose process died runs out; the call that takes over
finds in `body` what was already done. 409, 429 and 503 are not kept: the caller is meant to try again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from interview_site.api.problems import Problem
from interview_site.api.records import IdempotencyRecord
from interview_site.api.throttles import caller_of

KEPT = timedelta(hours=24)
LOCK = timedelta(minutes=2)
SWEPT_AT_ONCE = 500
NOT_KEPT = (409, 429, 503)
HEADER = "Idempotency-Key"

# What a call does: takes what an earlier try left behind and a function that keeps progress in the same transaction;
# gives the HTTP status and what is kept of the answer (ids and codes only).
Run = Callable[[dict[str, Any], Callable[[dict[str, Any]], None]], tuple[int, dict[str, Any]]]


def once(request: Request, run: Run, answer: Callable[[int, dict[str, Any]], Response]) -> Response:
    """Run `run` at most once for this caller and key; `answer` makes the response from what was kept.

    Without the header it simply runs. Raises Problem 400, 409, 422.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return answer(*run({}, lambda progress: None))
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable():
        raise Problem(400, "idempotency_key", _("The Idempotency-Key must be 1 to 255 printable ASCII characters."))
    record = _claim(request, key)
    if record.state == IdempotencyRecord.State.DONE:
        response = answer(record.status, record.body)
        response["Idempotent-Replayed"] = "true"
        return response
    try:
        status, kept = run(record.body, lambda progress: _keep_progress(record, progress))
    except Exception:
        _release(record)
        raise
    if status in NOT_KEPT:
        _release(record)
    else:
        _mine(record).update(state=IdempotencyRecord.State.DONE, status=status, body=kept)
    return answer(status, kept)


def sweep() -> int:
    """Delete what is older than 24 hours, a batch at a time; returns how many."""
    old = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - KEPT).order_by("created_at")
    return IdempotencyRecord.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE])).delete()[0]


def _claim(request: Request, key: str) -> IdempotencyRecord:
    caller, call = caller_of(request), f"{request.method} {request.path}"[:200]
    canonical = json.dumps([call, request.data], sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    sweep()
    now = timezone.now()
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(
                caller=caller, key=key, call=call, request_digest=digest, locked_until=now + LOCK
            )
    except IntegrityError:
        pass
    record = IdempotencyRecord.objects.filter(caller=caller, key=key).first()
    if record is None:  # swept or released between the two looks
        raise _running(1)
    if record.request_digest != digest:
        raise Problem(422, "idempotency_key_reused", _("This Idempotency-Key was used for another request."))
    if record.state == IdempotencyRecord.State.DONE:
        return record
    if record.locked_until > now:
        raise _running(max(1, int((record.locked_until - now).total_seconds())))
    taken = _mine(record).filter(state=IdempotencyRecord.State.RUNNING).update(locked_until=now + LOCK, run=record.run + 1)
    if not taken:
        raise _running(1)
    record.refresh_from_db()
    return record


def _mine(record: IdempotencyRecord) -> Any:
    return IdempotencyRecord.objects.filter(pk=record.pk, run=record.run)


def _keep_progress(record: IdempotencyRecord, progress: dict[str, Any]) -> None:
    """Inside the transaction of one step: also prolongs the lock. Raises Problem 409 when another try has taken over."""
    if not _mine(record).update(body=progress, locked_until=timezone.now() + LOCK):
        raise _running(1)
    record.body = progress


def _release(record: IdempotencyRecord) -> None:
    """Nothing to keep: let the caller try again at once. What was done in part stays, for the next try to go on from."""
    if record.body:
        _mine(record).update(locked_until=timezone.now())
    else:
        _mine(record).delete()


def _running(wait_s: int) -> Problem:
    return Problem(
        409, "still_running", _("The first request with this key is still running."), headers={"Retry-After": str(wait_s)}
    )

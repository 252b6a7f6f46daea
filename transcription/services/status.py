"""How recognition stands, for a status block and the health page: plain data, a handful of queries, no call to any service."""

from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from transcription.engines.registry import named_engines
from transcription.models import RecogniserHealth, SoundFile, SpeechSegment

State = SpeechSegment.State


def status() -> dict[str, Any]:
    """::

        {"in_use": name or "",
         "engines": [{"name", "label", "model", "is_local", "state", "reason", "last_success_at", "last_error_at", "last_error"}],
         "waiting": rows, "waiting_s": age of the oldest, "without_engine": rows, "failed": rows, "files_waiting", "files_failed"}

    An engine's `state`: `ready`, `paused` (its breaker is open) or `missing` (`reason` says what to do).
    """
    health = {row.provider: row for row in RecogniserHealth.objects.all()}
    engines = []
    for engine in named_engines():
        row, reason = health.get(engine.name), engine.missing()
        engines.append({
            "name": engine.name, "label": engine.label, "model": engine.model, "is_local": engine.capabilities.is_local,
            "state": "missing" if reason else "paused" if row and row.is_open else "ready", "reason": reason,
            "last_success_at": row.last_success_at if row else None, "last_error_at": row.last_error_at if row else None,
            "last_error": row.last_error if row else "",
        })  # fmt: skip
    counts = SpeechSegment.objects.aggregate(
        waiting=Count("pk", filter=Q(due_at__isnull=False)),
        oldest=Min("created_at", filter=Q(due_at__isnull=False, state__in=(State.QUEUED, State.RUNNING))),
        without_engine=Count("pk", filter=Q(state=State.QUEUED, due_at__isnull=True)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
    )
    files = SoundFile.objects.aggregate(
        waiting=Count("pk", filter=Q(due_at__isnull=False)), failed=Count("pk", filter=Q(state=SoundFile.State.FAILED))
    )
    oldest = counts.pop("oldest")
    return {
        "in_use": next((engine["name"] for engine in engines if engine["state"] == "ready"), ""),
        "engines": engines,
        **counts,
        "waiting_s": round((timezone.now() - oldest).total_seconds()) if oldest else 0,
        "files_waiting": files["waiting"],
        "files_failed": files["failed"],
    }

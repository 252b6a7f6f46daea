"""Running a row of model work: claim, steps with progress, and the three ends of every fault (design §2, threats 3, 5, 70)."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from interview_site.due import MAX_CRASHES, backoff_s
from interview_site.errors import ProviderError
from interview_site.llm import Completion
from interview_site.rings import ring
from interviews.models.authoring import ModelWork, Work

log = logging.getLogger(__name__)
LEASE_S = 260  # longer than the longest question to a model
MOST_ATTEMPTS = 4


class Superseded(Exception):
    """The row was asked for again, or is gone: what this worker made is not wanted any more."""


class NoUse(Exception):
    """Nothing usable came, and repeating by itself would not help; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def perform(row_model: type[ModelWork], pk: int, work: Callable[[Any], None]) -> None:
    """One run of `work(row)` if the row is due and free. Safe to run twice and to be killed anywhere."""
    held = row_model.objects.filter(pk=pk).values_list("lease_until", flat=True).first()
    if not row_model.claim(pk, lease_s=LEASE_S):
        return
    row = row_model.objects.get(pk=pk)
    if held is not None and row.attempts > MAX_CRASHES:  # its worker died that often
        end(row, Work.FAILED, error_code="crashed")
        return
    try:
        save(row, state=Work.RUNNING)
        work(row)
    except Superseded:
        log.info("model work superseded", extra={"row": f"{row._meta.model_name}-{pk}"})
    except NoUse as error:
        end(row, Work.FAILED, error_code=error.code)
    except ProviderError as error:
        _faulty(row, error)


def progress(row: ModelWork, step: str, percent: int, answer: Completion | None = None) -> None:
    """Say how far it is, keep the lease, and count what the last answer cost. Raises Superseded."""
    spent: dict[str, Any] = {}
    if answer is not None:
        spent = {"tokens": row.tokens + answer.usage.tokens, "cost": row.cost + answer.cost, "model": answer.model[:200]}
    save(row, step=step, progress=percent, lease_until=timezone.now() + timedelta(seconds=LEASE_S), **spent)


def hand_on(row: ModelWork, task: str, step: str, percent: int, answer: Completion | None = None, **fields: Any) -> None:
    """Keep what this run made and let the next run do the next step. Raises Superseded."""
    progress(row, step, percent, answer)
    save(row, due_at=timezone.now(), lease_until=None, attempts=0, **fields)
    ring(task, row.pk)


def save(row: ModelWork, **fields: Any) -> None:
    """Write while this run is the one wanted. Raises Superseded."""
    for name, value in fields.items():
        setattr(row, name, value)
    if type(row)._base_manager.filter(pk=row.pk, run=row.run, due_at__isnull=False).update(**fields) != 1:
        raise Superseded


def end(row: ModelWork, state: str, **fields: Any) -> None:
    """ready or failed: nothing is due any more. What a redo could not better stays ready as it was, with the error beside it."""
    if getattr(row, "redo", None):
        state = Work.READY
    ended = {"due_at": None, "lease_until": None, "finished_at": timezone.now(), "step": "", "redo": {}}
    if not hasattr(row, "redo"):
        del ended["redo"]
    if state == Work.READY:
        ended |= {"progress": 100, "error_code": "", "last_error": ""}
    try:
        save(row, state=state, **{**ended, **fields})
    except Superseded:
        return
    log.info("model work", extra={"row": f"{row._meta.model_name}-{row.pk}", "outcome": str(state), "tokens": row.tokens})


def ask_again(row: ModelWork, **fields: Any) -> None:
    """Queue it (anew); a worker still busy with the older run loses its right to write."""
    asked = {
        "state": Work.QUEUED, "run": row.run + 1, "attempts": 0, "progress": 0, "step": "", "error_code": "", "last_error": "",
        "due_at": timezone.now(), "lease_until": None, "finished_at": None, **fields,
    }  # fmt: skip
    for name, value in asked.items():
        setattr(row, name, value)
    row.save(update_fields=list(asked))


def _faulty(row: ModelWork, error: ProviderError) -> None:
    code = error.code if error.code in ("budget", "not_configured", "refused", "invalid_response") else str(error.category)
    is_last = row.attempts >= MOST_ATTEMPTS and error.code != "breaker_open"
    if error.permanent or is_last:
        end(row, Work.FAILED, error_code=code, last_error=error.log_text[:500])
        return
    wait_s = max(error.retry_after_s or 0.0, backoff_s(row.attempts))
    # Waiting for a model that rests is no attempt.
    attempts = max(row.attempts - 1, 0) if error.code == "breaker_open" else row.attempts
    try:
        save(
            row, state=Work.QUEUED, attempts=attempts, error_code=code, last_error=error.log_text[:500], lease_until=None,
            due_at=timezone.now() + timedelta(seconds=wait_s),
        )  # fmt: skip
    except Superseded:
        return

"""The relay and the heartbeat: what beat rings."""

import logging

from celery import shared_task
from django.db import DatabaseError

from interview_site import due
from interview_site.rings import ring

log = logging.getLogger(__name__)


@shared_task(name="interview_site.tasks.relay", ignore_result=True)
def relay() -> int:
    """Ring every due row that nobody holds; returns how many were rung.

    A table that is not there yet (new code beside an old database, threats 73) holds up its own kind of work only.
    """
    rung = 0
    for kind in due.KINDS:
        try:
            waiting = list(kind.model.objects.due().order_by("due_at").values_list("pk", flat=True)[:200])
        except DatabaseError as error:
            log.error("relay left out a kind of work", extra={"task": kind.task, "fault": type(error).__name__})
            continue
        for pk in waiting:
            ring(kind.task, pk, queue_name=kind.queue)
        rung += len(waiting)
    return rung


@shared_task(name="interview_site.tasks.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """A worker took a tick of beat: beat, broker and worker work together (interview_site.heartbeats)."""
    from interview_site.models import Heartbeat

    Heartbeat.beat("tick")


@shared_task(name="interview_site.tasks.forget_model_usage", ignore_result=True)
def forget_model_usage() -> None:
    """Nightly: rows of requests to models that are over their days."""
    from interview_site.llm.pruning import forget_old_usage

    forget_old_usage()


@shared_task(name="interview_site.tasks.run_status_check", ignore_result=True)
def run_status_check(pk: int) -> None:
    """One step of one check of the status page."""
    from interview_site import status_checks

    status_checks.run(pk)

"""The relay and the heartbeat: what beat rings."""

from celery import shared_task

from interview_site import due
from interview_site.rings import ring


@shared_task(name="interview_site.tasks.relay", ignore_result=True)
def relay() -> int:
    """Ring every due row that nobody holds; returns how many were rung."""
    rung = 0
    for kind in due.KINDS:
        for pk in kind.model.objects.due().order_by("due_at").values_list("pk", flat=True)[:200]:
            ring(kind.task, pk, queue_name=kind.queue)
            rung += 1
    return rung


@shared_task(name="interview_site.tasks.heartbeat", ignore_result=True)
def heartbeat() -> None:
    """A worker took a tick of beat: beat, broker and worker work together (interview_site.heartbeats)."""
    from interview_site.models import Heartbeat

    Heartbeat.beat("tick")

"""The Celery application: tasks take a row's id; the beat schedule is code (design §2, embedded.md)."""

import logging
import logging.config
import os
import time
import warnings
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
# JSON only (below), so that the reason of this warning is gone; containers run as their own user (Dockerfile).
warnings.filterwarnings("ignore", message=r"\s*You're running the worker with superuser", append=False)

app = Celery("interview_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["interview_site", "avatars", "transcription", "interviews"])

# A tick that was not taken before the next one is due is worth nothing: it expires.
app.conf.beat_schedule = {
    "relay": {"task": "interview_site.tasks.relay", "schedule": 2.0, "options": {"expires": 2, "queue": "default"}},
    "heartbeat": {"task": "interview_site.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
    "fill-texts": {"task": "interviews.tasks.fill_texts", "schedule": 10.0, "options": {"expires": 10, "queue": "recording"}},
    "retention": {"task": "interviews.tasks.apply_retention", "schedule": crontab("30", "2"), "options": {"expires": 3600}},
    "usage": {"task": "interview_site.tasks.forget_model_usage", "schedule": crontab("15", "3"), "options": {"expires": 3600}},
    "orphans": {"task": "transcription.tasks.report_orphans", "schedule": crontab("30", "3"), "options": {"expires": 3600}},
    "old-chunks": {"task": "avatars.tasks.delete_old_chunks", "schedule": 120.0, "options": {"expires": 120}},
    "unused-speech": {"task": "avatars.tasks.delete_unused_speech", "schedule": crontab("0", "3"), "options": {"expires": 3600}},
    "poll-videos": {"task": "avatars.tasks.poll_videos", "schedule": 5.0, "options": {"expires": 5}},
    "tend-takes": {"task": "transcription.tasks.tend", "schedule": 30.0, "options": {"expires": 30, "queue": "recording"}},
    "sweep-live": {"task": "avatars.tasks.sweep_live_sessions", "schedule": 10.0, "options": {"expires": 10, "queue": "live"}},
    "list-live": {"task": "avatars.tasks.reconcile_live_sessions", "schedule": crontab("0", "4"), "options": {"expires": 3600}},
    "forget-chats": {"task": "interviews.tasks.forget_chats", "schedule": 60.0, "options": {"expires": 60}},
    "sweep-interviews": {"task": "interviews.tasks.sweep_interviews", "schedule": 300.0, "options": {"expires": 300}},
}
TICKS = {entry["task"] for entry in app.conf.beat_schedule.values()}
log = logging.getLogger(__name__)


@signals.setup_logging.connect
def _our_log_lines(**kwargs: Any) -> None:
    """Worker and beat write the same lines as the web part (settings.LOGGING)."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@signals.celeryd_init.connect
@signals.beat_init.connect
def _refuse_unsafe_start(**kwargs: Any) -> None:
    import django

    from interview_site.checks import refuse_unsafe_start

    django.setup()
    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise SystemExit(f"A setting is wrong: {error}") from error


@signals.task_prerun.connect
def _task_begins(task: Any = None, **kwargs: Any) -> None:
    task.request.began = time.monotonic()


@signals.task_postrun.connect
def _one_line_a_task(task: Any = None, args: Any = (), state: str = "", **kwargs: Any) -> None:
    """ids only; the ticks of beat are no news unless they fail."""
    if task.name in TICKS and state == "SUCCESS":
        return
    took_ms = round((time.monotonic() - getattr(task.request, "began", time.monotonic())) * 1000)
    ids = ",".join(str(arg) for arg in (args or ())[:3])
    log.info("task", extra={"task": task.name, "ids": ids, "outcome": str(state).lower(), "ms": took_ms})


@signals.worker_ready.connect
def _worker_is_there(sender: Any = None, **kwargs: Any) -> None:
    from interview_site import heartbeats

    heartbeats.keep_beating(f"worker.{str(getattr(sender, 'hostname', '')).partition('@')[0] or 'all'}")


@signals.after_task_publish.connect(sender="interview_site.tasks.heartbeat")
def _beat_sent_a_tick(**kwargs: Any) -> None:
    """Only beat publishes this task: a tick that reached the broker is beat's own heartbeat."""
    from interview_site import heartbeats

    heartbeats.beat_quietly("beat")

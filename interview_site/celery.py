"""The Celery application: tasks take a row's id; the beat schedule is code (design §2, embedded.md)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")

app = Celery("interview_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["interview_site", "avatars", "transcription", "interviews"])

# A tick that was not taken before the next one is due is worth nothing: it expires.
app.conf.beat_schedule = {
    "relay": {"task": "interview_site.tasks.relay", "schedule": 2.0, "options": {"expires": 2, "queue": "default"}},
    "heartbeat": {"task": "interview_site.tasks.heartbeat", "schedule": 10.0, "options": {"expires": 10}},
}

"""Our own figures at /metrics (issue "3", item 7)."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from interview_site.models import Heartbeat
from interviews.models import OutgoingMail
from interviews.tests.builders import make_interview

pytestmark = pytest.mark.django_db


def scraped(client) -> str:
    client.force_login(get_user_model().objects.create_superuser("alice"))
    return client.get("/metrics").content.decode()


def test_due_letters_and_how_long_they_wait_are_shown(client):
    OutgoingMail.objects.create(kind="invitation", subject="x", body="x", due_at=timezone.now() - timedelta(seconds=90))
    text = scraped(client)
    assert 'site_due_rows{kind="interviews.outgoingmail"} 1.0' in text
    waited = text.split('site_due_oldest_seconds{kind="interviews.outgoingmail"} ')[1].split("\n")[0]
    assert float(waited) >= 90


def test_silent_parts_and_calls_under_way_are_shown(client):
    Heartbeat.objects.create(part="beat", at=timezone.now() - timedelta(seconds=200))
    make_interview(state="in_progress")
    text = scraped(client)
    assert 'site_part_silent_seconds{part="beat"} 20' in text
    assert 'site_count{what="interviews_in_progress"} 1.0' in text

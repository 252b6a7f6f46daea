"""The banner of the admin when background work is stopped (threats 45, 72)."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from interview_site.models import Heartbeat

pytestmark = pytest.mark.django_db
BANNER = "Background work is stopped"


@pytest.fixture
def alice(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    client.force_login(get_user_model().objects.create_superuser("alice"))
    return client


def seen(**ages_s: int) -> None:
    for part, age_s in ages_s.items():
        Heartbeat.objects.create(part=part.replace("__", "."), at=timezone.now() - timedelta(seconds=age_s))


def test_staff_are_told_that_the_worker_is_gone_and_since_when(alice):
    seen(web=1, beat=1, tick=600, worker__all=600)
    page = alice.get(reverse("admin:index")).content.decode()
    assert BANNER in page
    assert "tick, worker.all" in page


def test_nothing_is_said_while_every_part_is_alive(alice):
    seen(web=1, beat=1, tick=5, worker__all=5)
    assert BANNER not in alice.get(reverse("admin:index")).content.decode()


def test_a_stranger_at_the_login_page_is_told_nothing(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    seen(tick=600)
    assert BANNER not in client.get(reverse("admin:login")).content.decode()

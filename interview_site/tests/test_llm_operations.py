"""Language models as operators meet them: start-up checks, the list of requests."""

import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as settings_of_site
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interview_site.celery import TICKS
from interview_site.llm.checks import models_are_right
from interview_site.llm.records import ModelMonth, ModelUsage
from interview_site.tasks import forget_model_usage

GOOD = {"base_url": "https://api.example/v1", "api_key": "k", "model": "m", "is_local": False}


def ids(settings: Any, **changed: Any) -> list[str]:
    settings.LLM = GOOD
    for name, value in changed.items():
        setattr(settings, name, value)
    return [message.id for message in models_are_right()]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"LLM": {**GOOD, "base_url": "", "model": ""}}, []),
        ({"LLM": {**GOOD, "base_url": "api.example"}}, ["site.E012"]),
        ({"LLM": {**GOOD, "model": ""}}, ["site.W003"]),
        ({"LLM_OWN": {"evaluation": {"base_url": "ftp://x", "model": "n"}}}, ["site.E012"]),
        ({"LLM_PROFILES": []}, ["site.E013"]),
        ({"LLM_PROFILES": {"m": {"structure": "prompt"}}}, ["site.E013"]),
        ({"LLM_PROFILES": {"m": {"token_field": "tokens", "temperature": "no"}}}, ["site.E013", "site.E013"]),
        ({"LLM_PRICES": {"m": {"input": -1}}}, ["site.E014"]),
        ({"LLM_PRICES": {"m": 0.5}}, ["site.E014"]),
        ({"LLM_PRICES": {"m": {"input": "NaN"}}}, ["site.E014"]),
        ({"LLM_MONTHLY_BUDGET": 5.0}, ["site.W004"]),
        ({"LLM_MONTHLY_BUDGET": 5.0, "LLM_PRICES": {"*": {"input": 1, "output": 2}}}, []),
    ],
)
def test_each_mistake_is_named(settings: Any, changed: dict[str, Any], expected: list[str]) -> None:
    assert ids(settings, **changed) == expected


@pytest.mark.django_db
def test_whoever_pays_sees_the_requests_and_the_month(client: Client, settings: Any) -> None:
    settings.LLM_MONTHLY_BUDGET = 20.0
    ModelMonth.objects.create(month=timezone.now().date().replace(day=1), tokens=12345, cost=Decimal("1.5"))
    row = ModelUsage.objects.create(purpose="dialogue", subject="abc", model="m", cost=Decimal("0.0004"), state="done")
    client.force_login(get_user_model().objects.create_superuser("alice"))

    shown = client.get(reverse("admin:interview_site_modelusage_changelist")).content.decode()

    assert "12 345 tokens" in shown and "1.50 of 20 USD" in shown and "0.0004 USD" in shown
    assert client.post(reverse("admin:interview_site_modelusage_delete", args=[row.pk])).status_code == 403


def test_the_stub_prints_its_settings_and_ends_with_ctrl_c() -> None:
    command = [sys.executable, "manage.py", "model_stub", "--port", "0"]
    with subprocess.Popen(command, cwd=settings_of_site.BASE_DIR, stdout=subprocess.PIPE, text=True) as stub:
        try:
            printed = [stub.stdout.readline() for _line in range(4)]
            stub.send_signal(signal.SIGINT)
            assert stub.wait(timeout=20) == 0
        finally:
            stub.kill()

    assert any(line.startswith("LLM_BASE_URL=http://127.0.0.1:") for line in printed)


def test_requests_are_forgotten_after_their_days_and_the_months_totals_stay(settings: Any, db: None) -> None:
    settings.LLM_USAGE_DAYS = 60
    now = timezone.now()
    for days in (61, 400, 59, 0):
        made = ModelUsage.objects.create(purpose="dialogue", subject=f"{days} days", model="m", state="done", input_tokens=5)
        ModelUsage.objects.filter(pk=made.pk).update(at=now - timedelta(days=days))
    ModelMonth.objects.create(month=(now - timedelta(days=400)).date().replace(day=1), tokens=5)

    forget_model_usage()
    forget_model_usage()

    assert sorted(ModelUsage.objects.values_list("subject", flat=True)) == ["0 days", "59 days"]
    assert ModelMonth.objects.get().tokens == 5
    assert "interview_site.tasks.forget_model_usage" in TICKS

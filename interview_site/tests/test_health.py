"""Liveness, readiness, the compatible health answer, metrics and the error pages (threats 72, design §7)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import AsyncClient, Client, RequestFactory
from django.utils import timezone

from interview_site import heartbeats, views
from interview_site.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_alive_needs_nothing(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.json()["status"] == "ok"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db(transaction=True)
async def test_ready_means_that_database_and_broker_answer(async_client: AsyncClient) -> None:
    answer = await async_client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "database": True, "broker": True})


@pytest.mark.django_db(transaction=True)
async def test_a_broker_that_does_not_answer_is_503(async_client: AsyncClient, settings: Any) -> None:
    settings.REDIS_URL = "redis://:password@127.0.0.1:1/0"
    answer = await async_client.get("/readyz")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"status": "unavailable", "database": True, "broker": False}


def test_production_without_a_broker_is_not_ready(settings: Any) -> None:
    settings.REDIS_URL, settings.EMBEDDED = "", False
    assert not views.health.broker_answers()


@pytest.mark.django_db(transaction=True)
async def test_health_keeps_the_compatible_fields_and_names_late_parts(
    async_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heartbeats, "_STARTED", heartbeats.time.monotonic() - 3600)
    await Heartbeat.objects.acreate(part="web", at=timezone.now())
    await Heartbeat.objects.acreate(part="beat", at=timezone.now() - timedelta(minutes=10))
    body = (await async_client.get("/api/health")).json()
    assert body["status"] == "ready"
    assert {"models_loaded", "avatar_loaded", "device"} <= set(body)
    assert set(body["degraded"]) == {"beat", "tick", "worker"}
    assert body["parts"]["web"]["late"] is False


def test_facts_come_from_the_apps_and_a_broken_one_is_false(monkeypatch: pytest.MonkeyPatch) -> None:
    assert views.health.facts() == {"models_loaded": True, "avatar_loaded": True}
    monkeypatch.setitem(views.health._FACTS, "models_loaded", [lambda: True, lambda: 1 / 0 > 0])
    assert views.health.facts()["models_loaded"] is False


def test_a_worker_seen_today_is_listed_and_one_of_last_week_is_not() -> None:
    now = timezone.now()
    Heartbeat.objects.create(part="worker.live", at=now - timedelta(minutes=5))
    Heartbeat.objects.create(part="worker.old", at=now - timedelta(days=7))
    parts = {each.part: each.late for each in heartbeats.parts(now)}
    assert parts["worker.live"] is True
    assert "worker.old" not in parts
    assert "worker" not in parts


def test_a_part_that_is_still_coming_up_is_not_called_late() -> None:
    assert not any(each.late for each in heartbeats.parts(up_s=5))
    assert all(each.late for each in heartbeats.parts(up_s=3600))


def test_metrics_are_for_staff_and_for_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "m" * 40
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer " + "m" * 40}).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 404
    client.force_login(get_user_model().objects.create_user("charlie"))
    assert client.get("/metrics").status_code == 404
    client.force_login(get_user_model().objects.create_user("alice", is_staff=True))
    assert b"django_http_requests" in client.get("/metrics").content


def test_an_empty_metrics_token_opens_nothing(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_a_missing_page_is_kind_and_quotes_the_request(client: Client) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in answer.content.decode()


def test_a_missing_api_address_answers_problem_json(client: Client) -> None:
    answer = client.get("/api/nothing-here")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_form_without_its_token_gets_words_not_a_debug_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/i18n/set", {"language": "ru"})
    assert answer.status_code == 403
    assert b"no longer valid" in answer.content


def test_the_500_page_needs_no_database(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = views.server_error(RequestFactory().get("/x"))
    assert (answer.status_code, b"Nothing you have already said" in answer.content) == (500, True)


def test_a_database_that_is_away_is_503_with_a_time() -> None:
    try:
        raise OperationalError("database is locked")
    except OperationalError:
        answer = views.server_error(RequestFactory().get("/x"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")

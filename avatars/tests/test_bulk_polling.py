"""Asking after thousands of videos: one call for a hundred, only due rows, nothing that grows with the total (design §10)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.provider_stub import media as stub_media
from avatars.provider_stub.faults import heygen_error
from avatars.provider_stub.heygen import Job
from avatars.services.generation_polling import poll_due
from avatars.services.generation_states import State
from avatars.tests.heygen_fixtures import PROFILE, HeyGen

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db


def waiting(heygen: HeyGen, count: int, *, due: bool, ending: str = "stuck", first: int = 0) -> list[str]:
    """Rows of videos that HeyGen is making."""
    now = timezone.now()
    ids = [f"vd_{number}" for number in range(first, first + count)]
    sound = stub_media.said("Раз, два, три.")
    for key in ids:
        heygen.stub.jobs[key] = Job(key, {"aspect_ratio": "1:1"}, sound, ending=ending)
    AvatarGeneration.objects.bulk_create(
        AvatarGeneration(
            fingerprint=key, text=key, language="ru", settings=PROFILE, provider="heygen", provider_id=key, state=State.SUBMITTED,
            due_at=now if due else now + timedelta(hours=1), deadline_at=now + timedelta(hours=2),
        )
        for key in ids
    )  # fmt: skip
    return ids


def test_one_call_asks_after_a_hundred(heygen: HeyGen) -> None:
    waiting(heygen, 250, due=True)
    assert poll_due() == 250
    assert [len(call.query["video_ids"].split(",")) for call in heygen.server.ledger] == [100, 100, 50]
    assert not AvatarGeneration.objects.awaiting_result().due().exists() and poll_due() == 0
    assert set(AvatarGeneration.objects.values_list("polls", "lease_until")) == {(1, None)}


def test_no_query_grows_with_the_number_of_videos_that_wait(heygen: HeyGen) -> None:
    ids = waiting(heygen, 100, due=True)

    def queries_of_a_round() -> int:
        AvatarGeneration.objects.filter(provider_id__in=ids).update(due_at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert poll_due() == 100
        return len(asked)

    queries_of_a_round()  # they begin to be made
    queries_of_a_round()
    few = queries_of_a_round()
    waiting(heygen, 2_000, due=False, first=1_000)
    assert queries_of_a_round() == few < 250 and len(heygen.server.ledger) == 4


@pytest.mark.usefixtures("media")
def test_the_round_finds_its_rows_by_the_index(heygen: HeyGen) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the plan is SQLite's")
    theirs = AvatarGeneration.objects.awaiting_result()
    assert "generation_due" in theirs.due().order_by("due_at").explain()
    assert "generation_at_provider" in theirs.exclude(provider_id="").filter(provider="heygen", provider_id="vd_1").explain()


@pytest.mark.django_db(transaction=True)
def test_what_has_ended_is_asked_alone_and_fetched(heygen: HeyGen) -> None:
    waiting(heygen, 3, due=True)
    waiting(heygen, 2, due=True, ending="completed", first=10)
    waiting(heygen, 1, due=True, ending="content_policy_violation", first=20)
    heygen.stub.jobs["vd_2"].deleted = True
    heygen.stub.finish()
    assert poll_due() == 6
    found = dict(AvatarGeneration.objects.values_list("provider_id", "state"))
    assert {key for key, state in found.items() if state == State.SUCCEEDED} == {"vd_10", "vd_11"}
    codes = dict(AvatarGeneration.objects.filter(state=State.FAILED).values_list("provider_id", "error_code"))
    assert codes == {"vd_2": "gone", "vd_20": "content_refused"}
    asked = {call.path for call in heygen.server.calls("GET /v3/videos/vd_*")}
    assert asked == {f"/v3/videos/vd_{number}" for number in (2, 10, 11, 20)}


FAULTS = [heygen_error(503, "internal_error"), heygen_error(429, "rate_limit_exceeded", Retry_After="50")]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_bulk_call_puts_all_of_them_off(heygen: HeyGen, fault: Any) -> None:
    waiting(heygen, 20, due=True)
    heygen.server.break_next("GET /v3/videos/statuses", fault)
    assert poll_due() == 20 and len(heygen.server.ledger) == 1
    rows = AvatarGeneration.objects.all()
    assert all(row.state == State.SUBMITTED and row.due_at > timezone.now() and row.last_error for row in rows)


@pytest.mark.django_db(transaction=True)
def test_where_nobody_answers_for_many_each_is_asked_alone(heygen: HeyGen) -> None:
    waiting(heygen, 4, due=True)
    heygen.server.break_next("GET /v3/videos/statuses", heygen_error(404, "resource_not_found"))
    assert poll_due() == 4 and len(heygen.server.calls("GET /v3/videos/vd_*")) == 4
    assert set(AvatarGeneration.objects.values_list("state", "polls")) == {(State.SUBMITTED, 1)}

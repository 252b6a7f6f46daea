"""Every fault of a recorded video ends in done, tried again at a time, or a person; nothing is paid twice (threats 3, 49–52)."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.providers import registry
from avatars.providers.base import Capabilities, ProviderSpeech, VideoJob, VideoState, VideoStatus
from avatars.providers.fake import FakeProvider
from avatars.services.generation_polling import poll_due
from avatars.services.generation_states import State
from avatars.services.generation_work import MOST_ATTEMPTS
from avatars.tests.generation_builders import due_now, lose_lease, mp4, order, passages, polled, worked
from interview_site.due import MAX_CRASHES
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
LONG_AGO = timezone.now() - timedelta(hours=1)


def fault(category: Category, **fields: Any) -> ProviderError:
    return ProviderError("scripted", category=category, provider="fake", **fields)


# --- The order --------------------------------------------------------------------------------------------------------


def test_a_provider_that_asks_to_slow_down_is_obeyed(fake: FakeProvider) -> None:
    fake.on_create.append(fault(Category.RATE_LIMIT, retry_after_s=120.0))
    generation = worked(order())
    assert generation.state == State.SPEAKING and generation.submitting_at is None and generation.lease_until is None
    assert generation.due_at > timezone.now() + timedelta(seconds=110)
    assert worked(due_now(generation)).state == State.SUBMITTED


@pytest.mark.parametrize("category", [Category.AUTHENTICATION, Category.QUOTA])
def test_a_refused_key_or_an_empty_balance_needs_a_person(fake: FakeProvider, category: Category) -> None:
    fake.on_create.append(fault(category))
    generation = worked(order())
    assert (generation.state, generation.error_code, generation.due_at) == (State.BLOCKED, str(category), None)


def test_a_provider_that_keeps_failing_needs_a_person_in_the_end(fake: FakeProvider) -> None:
    fake.capabilities = Capabilities(recorded_video=True, own_audio=True, create_is_idempotent=True)
    fake.on_create = [fault(Category.SERVER)] * MOST_ATTEMPTS
    generation = order()
    for _attempt in range(MOST_ATTEMPTS):
        worked(due_now(generation))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "server")


@pytest.mark.parametrize("category", [Category.CONNECTIVITY, Category.SERVER])
def test_a_lost_answer_is_looked_up_and_never_paid_twice(fake: FakeProvider, category: Category) -> None:
    fake.takes_before_failing = True
    fake.on_create.append(fault(category))
    generation = worked(order())
    assert generation.state == State.UNKNOWN and fake.orders
    assert polled(generation).state == State.PROCESSING and generation.provider_id == "fake-1"
    assert polled(generation).state == State.SUCCEEDED
    assert [what for what, _key in fake.asked].count("create") == 1


def test_an_order_the_provider_never_had_is_sent_again(fake: FakeProvider) -> None:
    fake.on_create.append(fault(Category.CONNECTIVITY))
    generation = worked(order())
    # It should give the provider's list a minute before it believes in "none".
    assert polled(generation).state == State.UNKNOWN and generation.due_at > timezone.now()
    assert polled(generation, submitting_at=LONG_AGO).state == State.SPEAKING
    assert worked(due_now(generation)).state == State.SUBMITTED and len(fake.orders) == 1


def test_a_lost_answer_of_a_provider_that_cannot_be_asked_needs_a_person(fake: FakeProvider) -> None:
    fake.capabilities = Capabilities(recorded_video=True, own_audio=True)
    fake.on_create.append(fault(Category.CONNECTIVITY))
    generation = polled(worked(order()))
    assert (generation.state, generation.error_code, generation.due_at) == (State.BLOCKED, "answer_lost", None)


def test_an_idempotent_order_is_repeated_under_the_same_reference(fake: FakeProvider) -> None:
    fake.capabilities = Capabilities(recorded_video=True, own_audio=True, create_is_idempotent=True)
    fake.on_create.append(fault(Category.CONNECTIVITY))
    generation = worked(order())
    assert generation.state == State.SPEAKING
    assert worked(due_now(generation)).state == State.SUBMITTED
    assert [key for what, key in fake.asked if what == "create"] == [generation.reference] * 2


def test_a_provider_that_speaks_itself_keeps_its_own_word_for_the_sound(fake: FakeProvider) -> None:
    seen: list[VideoJob] = []

    class Speaking(FakeProvider):
        def _create_video(self, job: VideoJob, progress: Any) -> VideoState:
            seen.append(job)
            return super()._create_video(job, progress)

    fake.__class__ = Speaking
    fake.capabilities = Capabilities(recorded_video=True, speech=True, create_is_idempotent=True)
    fake.on_create.append(fault(Category.SERVER))
    generation = worked(due_now(worked(order())))
    assert generation.state == State.SUBMITTED and isinstance(fake._speak(seen[0]), ProviderSpeech)
    assert seen[1].provider_audio == f"fake:{generation.reference}" and seen[1].audio is None
    assert [what for what, _key in fake.asked[:-1]].count("speak") == 1


def test_a_provider_whose_key_was_taken_away_needs_a_person(fake: FakeProvider) -> None:
    before, after = order("Раз"), worked(order("Два"))
    registry._instances.pop("fake")
    assert worked(before).error_code == polled(after).error_code == "not_configured"
    assert before.state == after.state == State.BLOCKED


# --- The result -------------------------------------------------------------------------------------------------------


def test_a_failed_status_read_is_no_failed_video(fake: FakeProvider) -> None:
    fake.on_state.append(fault(Category.SERVER, retry_after_s=50.0))
    generation = polled(worked(order()))
    assert generation.state == State.SUBMITTED and generation.due_at > timezone.now() + timedelta(seconds=40)


def test_a_refused_content_is_final_and_says_why(fake: FakeProvider) -> None:
    fake.on_state.append(VideoState(VideoStatus.FAILED, error=fault(Category.INVALID_REQUEST)))
    generation = polled(worked(order()))
    assert generation.state == State.FAILED and generation.last_error == "scripted" and generation.error_message


@pytest.mark.parametrize(
    "video",
    [b"", b'{"error": "expired"}' * 100, b"\0\0\0\x18ftypisom" + b"\0" * 5_000, mp4()[:3_000], mp4(sound=False), mp4(40.0)],
    ids=["empty", "error page", "no video", "cut", "mute", "far too long"],
)
def test_what_is_no_proper_video_is_never_stored(fake: FakeProvider, media: Path, video: bytes) -> None:
    fake.video = video
    generation = polled(worked(order()))
    assert (generation.state, generation.error_code, generation.video.name) == (State.SUBMITTED, "bad_media", "")
    assert not list(media.rglob("*.mp4")) and generation.due_at
    fake.video = mp4()
    assert polled(generation).state == State.SUCCEEDED and not generation.error_code


def test_a_late_success_is_kept(fake: FakeProvider) -> None:
    generation = worked(order())
    fake.on_state = [VideoState(VideoStatus.PROCESSING)] * 2
    polled(generation, deadline_at=timezone.now() - timedelta(seconds=1))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "deadline")
    # It should be asked hourly from then on, and not by the worker that makes videos.
    assert generation.due_at > timezone.now() + timedelta(minutes=50)
    polled(generation)
    assert generation.state == State.BLOCKED and generation.due_at > timezone.now() + timedelta(minutes=50)
    assert polled(generation).state == State.SUCCEEDED and not generation.error_code


def test_after_a_day_nobody_asks_any_more(fake: FakeProvider) -> None:
    fake.on_state = [VideoState(VideoStatus.PROCESSING)] * 2
    generation = polled(worked(order()), deadline_at=timezone.now() - timedelta(hours=24))
    polled(generation)
    assert generation.state == State.BLOCKED and generation.due_at is None


def test_a_failure_after_the_deadline_ends_the_asking(fake: FakeProvider) -> None:
    fake.on_state = [VideoState(VideoStatus.PROCESSING), VideoState(VideoStatus.FAILED)]
    generation = polled(polled(worked(order()), deadline_at=LONG_AGO))
    assert generation.state == State.BLOCKED and generation.due_at is None


# --- Killed workers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.QUEUED, State.SPEAKING])
def test_a_row_whose_worker_was_killed_goes_on(state: str) -> None:
    generation = worked(lose_lease(order(), state=state))
    assert generation.state == State.SUBMITTED and generation.crashes == 1


def test_a_worker_killed_while_the_order_was_sent_leaves_a_doubt_not_a_second_order(fake: FakeProvider) -> None:
    generation = worked(lose_lease(order(), state=State.SPEAKING, submitting_at=LONG_AGO))
    assert generation.state == State.UNKNOWN and not fake.orders


@pytest.mark.parametrize("state", [State.SUBMITTED, State.PROCESSING, State.UNKNOWN])
def test_a_poll_that_was_killed_is_made_again(fake: FakeProvider, state: str) -> None:
    generation = worked(order())
    lose_lease(generation, state=state)
    poll_due()
    generation.refresh_from_db()
    if state == State.UNKNOWN:
        generation = polled(generation)
    assert generation.state == State.SUCCEEDED


def test_a_row_that_kills_its_workers_needs_a_person() -> None:
    generation = order()
    for _crash in range(MAX_CRASHES):
        worked(lose_lease(generation, state=State.QUEUED))
        AvatarGeneration.objects.filter(pk=generation.pk).exclude(state=State.BLOCKED).update(state=State.QUEUED)
    generation.refresh_from_db()
    assert (generation.state, generation.error_code) == (State.BLOCKED, "crashed")


def test_a_row_held_by_a_living_worker_is_left_alone() -> None:
    generation = due_now(order(), lease_until=timezone.now() + timedelta(seconds=30))
    assert worked(generation).state == State.QUEUED and passages(generation) == ["queued"]


_WORKER = """
import os, sys, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[2]
settings.MEDIA_ROOT = sys.argv[3]
from avatars.services.generation_work import work
work(int(sys.argv[1]))
print("done", flush=True)
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="the other process opens the SQLite file of this test")
def test_a_killed_renderer_leaves_a_row_that_the_next_one_finishes(media: Path) -> None:
    text = "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали. " * 6
    generation = order(text, style="local")
    name = str(connection.settings_dict["NAME"])
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "interview_site.settings"}
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(generation.pk), name, str(media)],
        env=environ,
        cwd=site.BASE_DIR,
        stdout=subprocess.PIPE,
    )
    until = time.monotonic() + 60
    while generation.state != State.PROCESSING and worker.poll() is None and time.monotonic() < until:
        generation.refresh_from_db()
    worker.send_signal(signal.SIGKILL)
    assert b"done" not in worker.communicate()[0]
    generation.refresh_from_db()
    assert generation.state == State.PROCESSING and generation.lease_until
    assert worked(lose_lease(generation)).state == State.SUCCEEDED
    assert generation.crashes == 1 and not list(media.rglob("*.part"))

"""Every fault of A2E at every step ends in done, tried again at a time, or a person; no film is paid twice (threats 3, 49–52).

Counted at the stand-in: its ledger says what a real account would have been charged for.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import connection, connections
from django.utils import timezone

from avatars.models import AvatarGeneration, ProviderHealth
from avatars.provider_stub import faults
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services.generation_polling import poll_due
from avatars.services.generation_states import State
from avatars.services.generation_work import work
from avatars.services.generations import cancel, generate, retry
from avatars.tests.generation_builders import PROFILE, due_now, lose_lease, polled, worked
from avatars.tests.test_generations_faults import _WORKER
from interview_site import stub_faults

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db
A2E = {**PROFILE, "providers": ["a2e"]}
LONG_AGO = timezone.now() - timedelta(hours=1)
STEPS = {
    "speak": "POST /api/v1/video/send_tts",
    "create": "POST /api/v1/video/generate",
    "poll": "POST /api/v1/video/awsResult",
    "fetch": "GET /files/video/{name}",
    "choose": "GET /api/v1/anchor/character_list",
}
PASSING = ["slow", "status:500", "status:502", "busy", "page", "garbage", "cut", "redirect", "lost", "dropped", "hosts_busy"]
FOR_A_PERSON = ["no_coins", "bad_token"]


def order(text: str = "Здравствуйте!", **profile: Any) -> AvatarGeneration:
    return generate(text=text, settings={**A2E, **profile})


def driven(generation: AvatarGeneration, rounds: int = 8) -> AvatarGeneration:
    """Whatever the relay and the beat would do in the coming hour; after each round the row must be in good hands."""
    for _round in range(rounds):
        generation.refresh_from_db()
        if generation.state in AvatarGeneration.OURS:
            generation = worked(due_now(generation))
        elif generation.state in AvatarGeneration.THEIRS and generation.due_at:
            generation = polled(generation, **({"submitting_at": LONG_AGO} if generation.state == State.UNKNOWN else {}))
        generation.refresh_from_db()
        in_good_hands = generation.is_finished or generation.state == State.BLOCKED or generation.due_at is not None
        assert in_good_hands and generation.lease_until is None, (generation.state, generation.last_error)
    return generation


def impatient(fault: str, step: str) -> str:
    """A slow answer is one beyond our patience; the film itself is only late."""
    if fault != "slow":
        return fault
    if step == "fetch":
        return "slow:0.2"
    provider = registry.provider("a2e")
    object.__setattr__(provider.configuration, "short_s", 0.4)  # type: ignore[attr-defined]
    object.__setattr__(provider.configuration, "long_s", 0.4)  # type: ignore[attr-defined]
    return "slow:20"


# --- The matrix -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", [*PASSING, "error", "wrong_media", *FOR_A_PERSON])
def test_a_fault_at_a_step_is_survived_without_a_second_film(a2e: A2EStub, step: str, fault: str) -> None:
    word = impatient(fault, step)
    a2e.server.break_next(STEPS[step], faults.named("a2e", word))
    generation = driven(order())
    assert len(a2e.paid_videos) <= 1
    if generation.state == State.SUCCEEDED:
        assert a2e.paid_videos == [generation.reference] and generation.video.name
    else:
        # It should say what a person is to do, and only a fault that repeating cannot help may end so.
        assert generation.state in (State.FAILED, State.BLOCKED) and generation.error_message
        assert fault in ("error", *FOR_A_PERSON) and step != "poll"


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", ["status:500", "busy", "page", "lost", "error"])
def test_a_fault_that_stays_never_makes_a_second_film(a2e: A2EStub, step: str, fault: str) -> None:
    a2e.server.break_next(STEPS[step], faults.named("a2e", fault), times=-1)
    generation = driven(order(), rounds=6)
    # An order that is taken while its answers are lost is found in the list: the only way to a film.
    found = step == "create" and fault in ("page", "lost")
    assert (generation.state == State.SUCCEEDED) is found and len(a2e.paid_videos) <= 1
    a2e.server.heal()
    ProviderHealth.objects.update(paused_until=LONG_AGO)  # the breaker's minute has passed
    # It should come to a good end by itself or by one person's order, and be paid once unless a person ordered again.
    if generation.state in (State.FAILED, State.BLOCKED):
        assert retry(generation)
    generation = driven(generation, rounds=12)
    assert generation.state in (State.SUCCEEDED, State.BLOCKED), generation.last_error
    assert len(a2e.paid_videos) == len(set(a2e.paid_videos)) <= generation.submission


@pytest.mark.parametrize(("step", "most"), [("speak", 2), ("create", 1), ("poll", 1), ("fetch", 1)])
def test_a_lost_answer_costs_at_most_one_more_sentence_and_never_a_film(a2e: A2EStub, step: str, most: int) -> None:
    a2e.server.break_next(STEPS[step], stub_faults.lost())
    assert driven(order()).state == State.SUCCEEDED
    assert [what for what, _key in a2e.paid].count("tts") == most and len(a2e.paid_videos) == 1


def test_a_lost_answer_that_cannot_be_looked_up_needs_a_person(a2e: A2EStub) -> None:
    a2e.titles_in_list = False
    a2e.server.break_next(STEPS["create"], stub_faults.lost())
    generation = driven(order())
    assert (generation.state, generation.error_code, generation.due_at) == (State.BLOCKED, "answer_lost", None)
    assert len(a2e.server.calls(STEPS["create"])) == 1


# --- How a film may end -----------------------------------------------------------------------------------------------


def test_a_film_that_failed_there_is_failed_here_with_its_remedy(a2e: A2EStub) -> None:
    a2e.ends("fail")
    generation = driven(order())
    assert (generation.state, generation.error_code) == (State.FAILED, "given_up") and "rendering failed" in generation.last_error
    # It should be ordered again by a person only.
    assert len(a2e.paid_videos) == 1 and retry(generation) and driven(generation).state == State.SUCCEEDED
    assert len(a2e.paid_videos) == 2


@pytest.mark.parametrize("ending", ["stuck", "empty"])
def test_a_film_that_never_comes_needs_a_person_after_its_deadline(a2e: A2EStub, ending: str) -> None:
    a2e.ends(ending)
    generation = driven(order())
    assert generation.state == State.PROCESSING and generation.due_at
    generation = polled(generation, deadline_at=timezone.now() - timedelta(seconds=1))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "deadline") and generation.due_at
    # It should be kept when it comes late.
    next(iter(a2e.jobs.values())).ending = "success"
    assert polled(generation).state == State.SUCCEEDED and len(a2e.paid_videos) == 1


def test_an_address_that_ran_out_is_signed_anew(a2e: A2EStub) -> None:
    a2e.server.break_next(STEPS["fetch"], lambda call, work: (a2e.expire_links(), work())[1])
    generation = polled(polled(worked(order())))
    assert (generation.state, generation.error_code) == (State.SUBMITTED, "link_expired") and generation.due_at
    assert generation.error_message and polled(generation).state == State.SUCCEEDED and len(a2e.paid_videos) == 1
    # It says nothing about the key.
    assert ProviderHealth.objects.get(provider="a2e").last_category != "authentication"


def test_our_sound_that_cannot_be_fetched_is_explained(a2e: A2EStub, settings: Any) -> None:
    settings.A2E_OWN_SOUND, settings.PUBLIC_BASE_URL = "always", a2e.server.url
    registry._instances.pop("a2e", None)
    generation = driven(order())
    assert (generation.state, generation.error_code) == (State.FAILED, "source_unreachable") and generation.error_message


def test_a_cancelled_order_is_stopped_there(a2e: A2EStub) -> None:
    generation = worked(order())
    assert cancel(generation)
    generation.refresh_from_db()
    assert generation.state == State.CANCELLED and a2e.jobs[generation.provider_id].deleted


# --- Many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_thousand_equal_requests_are_one_paid_film(a2e: A2EStub) -> None:
    def ask(_number: int) -> int:
        try:
            return order().pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(ask, range(1000)))
    assert len(keys) == 1
    generation = driven(AvatarGeneration.objects.get())
    assert generation.state == State.SUCCEEDED and len(a2e.paid_videos) == 1
    assert [what for what, _key in a2e.paid].count("tts") == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_take_the_same_row_at_once_order_once(a2e: A2EStub) -> None:
    a2e.server.break_next(STEPS["create"], stub_faults.slow(0.3))
    generation = order()
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        work(generation.pk)
        connections.close_all()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(a2e.paid_videos) == 1 and driven(generation).state == State.SUCCEEDED


def test_more_orders_than_the_account_takes_at_once_wait_their_turn(a2e: A2EStub) -> None:
    rows = [worked(order(f"Вопрос номер {number}.")) for number in range(3)]
    assert [row.state for row in rows] == [State.SUBMITTED, State.SUBMITTED, State.SPEAKING] and rows[2].due_at
    assert all(driven(row).state == State.SUCCEEDED for row in rows)


# --- Killed workers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.QUEUED, State.SPEAKING, State.SUBMITTED, State.PROCESSING, State.UNKNOWN])
def test_a_row_that_lost_its_worker_in_any_state_is_finished_by_the_next(a2e: A2EStub, state: str) -> None:
    generation = order()
    if state in AvatarGeneration.THEIRS:
        generation = worked(generation)
        lost = {"provider_id": "", "submitting_at": LONG_AGO} if state == State.UNKNOWN else {}
        lose_lease(generation, state=state, **lost)
        poll_due()
    else:
        worked(lose_lease(generation, state=state))
    assert driven(generation).state == State.SUCCEEDED and len(a2e.paid_videos) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(bool(os.environ.get("TEST_DATABASE_URL")), reason="the other process opens the SQLite file of this test")
def test_a_worker_killed_while_its_order_was_under_way_pays_no_second_film(a2e: A2EStub) -> None:
    a2e.server.break_next(STEPS["create"], stub_faults.slow(60))
    generation = order()
    environ = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "interview_site.settings", "A2E_API_KEY": a2e.token,
        "A2E_BASE_URL": a2e.server.url, "OUTBOUND_ALLOWED_CIDRS": "127.0.0.1/32",
    }  # fmt: skip
    name, media = str(connection.settings_dict["NAME"]), str(Path(site.MEDIA_ROOT))
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(generation.pk), name, media], env=environ, cwd=site.BASE_DIR, stdout=subprocess.PIPE
    )
    until = time.monotonic() + 60
    while not a2e.paid_videos and worker.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    assert b"done" not in worker.communicate()[0] and len(a2e.paid_videos) == 1
    generation.refresh_from_db()
    assert generation.state == State.SPEAKING and generation.submitting_at and not generation.provider_id
    assert worked(lose_lease(generation)).state == State.UNKNOWN
    generation = driven(generation)
    assert generation.state == State.SUCCEEDED and generation.crashes == 1 and a2e.paid_videos == [generation.reference]

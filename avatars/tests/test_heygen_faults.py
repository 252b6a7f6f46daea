"""Each way HeyGen can be broken, at each step: done in the end, tried at a time, or a person; nothing is paid twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from avatars.models import AvatarGeneration
from avatars.provider_stub.faults import heygen_error
from avatars.providers import remedies
from avatars.services.generation_states import State
from avatars.services.generations import retry
from avatars.tests.generation_builders import due_now, lose_lease, polled, worked
from avatars.tests.heygen_fixtures import HeyGen, order
from interview_site import stub_faults
from interview_site.stub_server import Fault

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db
UPLOAD, CREATE, ASK, FETCH = "POST /v3/assets", "POST /v3/videos", "GET /v3/videos/{id}", "GET /files/{name}"
STEPS = {"upload": UPLOAD, "create": CREATE, "ask": ASK, "fetch": FETCH}
PASSING: dict[str, Fault] = {
    "slow": stub_faults.slow(1.0),
    "silent": stub_faults.silent(1.0),
    "502": stub_faults.status(502),
    "500 in their words": heygen_error(500, "internal_error"),
    "429": heygen_error(429, "rate_limit_exceeded", Retry_After="20"),
    "429 without words": stub_faults.busy(None),
    "409": heygen_error(409, "request_in_progress"),
    "200 with an error": heygen_error(200, "internal_error"),
    "garbage": stub_faults.garbage(),
    "page": stub_faults.page(),
    "cut": stub_faults.cut(),
    "lost": stub_faults.lost(),
    "dropped": stub_faults.dropped(),
}
FILE_FAULTS: dict[str, Fault] = {
    "expired link": stub_faults.status(403), "gone": stub_faults.status(404), "wrong media": stub_faults.wrong_media(),
    "redirect": stub_faults.redirect(),
}  # fmt: skip


def driven(heygen: HeyGen, generation: AvatarGeneration) -> AvatarGeneration:
    """Worker and poller until nothing moves by itself any more."""
    for _round in range(8):
        if generation.state in AvatarGeneration.OURS:
            worked(due_now(generation))
        elif generation.state in (State.SUBMITTED, State.PROCESSING, State.UNKNOWN):
            heygen.stub.finish()
            polled(generation)
        else:
            break
    return generation


@pytest.mark.parametrize("fault", PASSING)
@pytest.mark.parametrize("step", STEPS)
def test_a_passing_fault_ends_in_one_paid_video(heygen: HeyGen, step: str, fault: str) -> None:
    if fault in ("slow", "silent"):
        heygen.hurry()
        if step == "fetch":
            heygen.stub.plain = True
    heygen.server.break_next(STEPS[step], PASSING[fault])
    generation = driven(heygen, order())
    assert generation.state == State.SUCCEEDED, generation.last_error
    assert heygen.stub.paid == [generation.reference] and len(heygen.stub.jobs) == 1


@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_what_is_no_video_at_its_address_is_fetched_again(heygen: HeyGen, fault: str) -> None:
    heygen.server.break_next(FETCH, FILE_FAULTS[fault], times=2)
    generation = driven(heygen, order())
    assert generation.state == State.SUCCEEDED and len(heygen.server.calls("GET /files/*")) == 3
    # It should have asked for a fresh address each time.
    assert len(heygen.server.calls("GET /v3/videos/vd_*")) >= 3


def test_a_fault_leaves_a_time_and_is_counted(heygen: HeyGen) -> None:
    heygen.server.break_next(CREATE, heygen_error(429, "rate_limit_exceeded", Retry_After="120"))
    generation = worked(order())
    assert generation.state == State.SPEAKING and generation.submitting_at is None
    assert generation.due_at > timezone.now() + timedelta(seconds=110)


@pytest.mark.parametrize(
    ("status", "code", "remedy"),
    [
        (402, "insufficient_credit", remedies.NO_CREDIT), (401, "unauthorized", "authentication"),
        (403, "forbidden", remedies.NOT_ALLOWED), (402, "plan_upgrade_required", remedies.PLAN_TOO_SMALL),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", ["upload", "create"])
def test_an_empty_wallet_or_a_bad_key_waits_for_a_person(
    heygen: HeyGen, step: str, status: int, code: str, remedy: str
) -> None:
    heygen.server.break_next(STEPS[step], heygen_error(status, code))
    generation = driven(heygen, order())
    assert (generation.state, generation.error_code, generation.due_at) == (State.BLOCKED, remedy, None)
    assert not heygen.stub.paid and retry(generation)
    assert driven(heygen, generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


@pytest.mark.parametrize(
    ("code", "remedy"),
    [("download_failed", remedies.SOURCE_UNREACHABLE), ("content_policy_violation", remedies.CONTENT_REFUSED),
     ("avatar_consent_required", remedies.CONSENT_MISSING)],
)  # fmt: skip
def test_a_refused_order_is_final_and_says_what_to_do(heygen: HeyGen, code: str, remedy: str) -> None:
    heygen.server.break_next(CREATE, heygen_error(400, code))
    generation = driven(heygen, order())
    assert (generation.state, generation.error_code) == (State.FAILED, remedy) and not heygen.stub.paid


@pytest.mark.parametrize(("code", "remedy"), [("HTTP_DOWNLOAD_FAILED", remedies.SOURCE_UNREACHABLE), ("odd", remedies.GIVEN_UP)])
def test_a_failed_video_is_ordered_anew_under_a_new_key(heygen: HeyGen, code: str, remedy: str) -> None:
    heygen.stub.ends(code)
    generation = driven(heygen, order())
    assert (generation.state, generation.error_code) == (State.FAILED, remedy)
    assert retry(generation) and driven(heygen, generation).state == State.SUCCEEDED
    # It should not be given the old failure by the old key.
    assert len(set(heygen.stub.paid)) == 2


def test_a_video_that_never_ends_needs_a_person_and_a_late_one_is_kept(heygen: HeyGen) -> None:
    heygen.stub.ends("stuck")
    generation = worked(order())
    polled(generation, deadline_at=timezone.now() - timedelta(seconds=1))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "deadline")
    heygen.stub.jobs[generation.provider_id].ending = "completed"
    heygen.stub.finish()
    assert polled(generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


def test_a_finished_video_without_an_address_goes_on(heygen: HeyGen) -> None:
    heygen.stub.ends("late")
    generation = worked(order())
    heygen.stub.finish()
    assert polled(generation).state == State.PROCESSING


# --- The order in doubt -----------------------------------------------------------------------------------------------


def lost(heygen: HeyGen) -> AvatarGeneration:
    heygen.server.break_next(CREATE, stub_faults.lost())
    generation = worked(order())
    assert generation.state == State.SPEAKING and generation.submitting_at and len(heygen.stub.paid) == 1
    return generation


def test_a_lost_answer_is_asked_for_again_under_the_same_key(heygen: HeyGen) -> None:
    generation = driven(heygen, lost(heygen))
    keys = [call.headers["idempotency-key"] for call in heygen.server.calls(CREATE)]
    assert keys == [generation.reference] * 2 and len(heygen.stub.paid) == 1 and generation.state == State.SUCCEEDED


def test_a_key_refused_while_in_doubt_does_not_end_the_doubt(heygen: HeyGen) -> None:
    generation = lost(heygen)
    heygen.server.break_next(CREATE, heygen_error(401, "unauthorized"))
    assert worked(due_now(generation)).state == State.BLOCKED
    reference = generation.reference
    assert retry(generation) and generation.reference == reference
    assert driven(heygen, generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


def a_day_later(heygen: HeyGen, generation: AvatarGeneration, **fields: Any) -> AvatarGeneration:
    heygen.stub.forget_keys()
    return due_now(generation, submitting_at=timezone.now() - timedelta(hours=25), **fields)


def test_after_a_day_a_doubtful_order_is_found_by_its_title(heygen: HeyGen) -> None:
    generation = worked(a_day_later(heygen, lost(heygen)))
    assert generation.state == State.UNKNOWN
    assert driven(heygen, generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


def test_after_a_day_an_order_that_was_never_taken_is_sent(heygen: HeyGen) -> None:
    heygen.server.break_next(CREATE, stub_faults.dropped())
    generation = worked(a_day_later(heygen, worked(order())))
    assert generation.state == State.UNKNOWN and not heygen.stub.paid
    assert driven(heygen, generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


def test_a_list_that_shows_no_titles_needs_a_person(heygen: HeyGen) -> None:
    heygen.stub.lists_titles = False
    generation = driven(heygen, worked(a_day_later(heygen, lost(heygen))))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "answer_lost") and len(heygen.stub.paid) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.SPEAKING, State.SUBMITTED, State.PROCESSING, State.UNKNOWN])
@pytest.mark.parametrize("sent", [False, True])
def test_a_worker_killed_at_any_state_costs_nothing_more(heygen: HeyGen, state: str, sent: bool) -> None:
    generation = order()
    if sent or state not in AvatarGeneration.OURS:
        worked(generation)
    in_doubt = {"submitting_at": timezone.now(), "provider_id": ""} if state == State.SPEAKING and sent else {}
    if state == State.QUEUED and sent:
        pytest.skip("a queued row was never sent")
    lose_lease(generation, state=state, **in_doubt)
    assert driven(heygen, generation).state == State.SUCCEEDED and len(heygen.stub.paid) == 1


def test_the_retired_paths_repeat_nothing_and_ask_a_person(old_heygen: HeyGen) -> None:
    old_heygen.server.break_next("POST /v2/video/generate", stub_faults.lost())
    generation = polled(worked(order()))
    assert (generation.state, generation.error_code) == (State.BLOCKED, "answer_lost") and len(old_heygen.stub.paid) == 1


def test_a_fault_before_the_order_leaves_no_doubt_with_the_retired_paths_either(old_heygen: HeyGen) -> None:
    old_heygen.server.break_next("POST /v1/asset", stub_faults.lost())
    generation = worked(order())
    assert generation.state == State.SPEAKING and generation.submitting_at is None and not old_heygen.stub.paid
    assert worked(due_now(generation)).state == State.SUBMITTED and len(old_heygen.stub.paid) == 1


def test_a_thousand_equal_wishes_are_one_paid_video(heygen: HeyGen) -> None:
    rows = {order().pk for _wish in range(1_000)}
    generation = AvatarGeneration.objects.get()
    driven(heygen, generation)
    assert rows == {generation.pk} == {order().pk} and len(heygen.stub.paid) == len(heygen.bodies()) == 1


def test_more_than_heygen_makes_at_once_wait_here(heygen: HeyGen, settings: Any) -> None:
    settings.HEYGEN_MAX_CONCURRENT = 1
    first, second = worked(order("Раз, два.")), worked(order("Три, четыре."))
    assert (first.state, second.state, len(heygen.bodies())) == (State.SUBMITTED, State.SPEAKING, 1)
    assert second.due_at > timezone.now() and second.attempts == 0 and not second.submitting_at
    driven(heygen, first)
    assert driven(heygen, second).state == State.SUCCEEDED and len(heygen.stub.paid) == 2

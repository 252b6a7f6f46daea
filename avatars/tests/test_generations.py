"""Recorded videos: one job per fingerprint, states that move one way, our own copy, a person's verbs."""

import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from avatars.models import AvatarGeneration, RenderedHere, SentAway
from avatars.providers.base import Capabilities, VideoState, VideoStatus
from avatars.providers.fake import FakeProvider
from avatars.services.generation_polling import poll_due
from avatars.services.generation_states import State, move
from avatars.services.generations import CannotBeCancelled, NothingToSay, TextTooLong, cancel, generate, generate_all, retry
from avatars.tests.generation_builders import PROFILE, due_now, mp4, order, passages, polled, worked
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]


def fault(category: Category, **fields: object) -> ProviderError:
    return ProviderError("scripted", category=category, provider="fake", **fields)  # type: ignore[arg-type]


def test_a_video_goes_from_the_wish_to_our_own_copy(fake: FakeProvider) -> None:
    generation = worked(order())
    assert (generation.state, generation.provider_id) == (State.SUBMITTED, "fake-1")
    fake.on_state.append(VideoState(VideoStatus.PROCESSING, progress=40))
    assert (polled(generation).state, generation.progress) == (State.PROCESSING, 40)
    polled(generation)
    assert (generation.state, generation.progress, generation.cost) == (State.SUCCEEDED, 100, Decimal("1"))
    assert passages(generation) == ["queued", "speaking", "submitted", "processing", "succeeded"]
    with default_storage.open(generation.video.name) as file:
        assert file.read().startswith(mp4())  # and then says that it is synthetic
    with default_storage.open(generation.audio.name) as file:
        assert file.read(4) == b"RIFF"
    assert generation.duration_ms == 2_000 and generation.due_at is None and generation.finished_at


def test_the_same_wish_is_one_job_for_ever(fake: FakeProvider) -> None:
    first = worked(order())
    assert order("  Здравствуйте! ").pk == first.pk == order(persona="friendly", name="other").pk
    polled(first)
    assert order().state == State.SUCCEEDED and [what for what, _key in fake.asked].count("create") == 1


@pytest.mark.parametrize("other", [{"voice": "ru-male-1"}, {"recorded_avatar": "boris"}, {"speed": 1.2}, {"resolution": 1080}])
def test_what_looks_or_sounds_different_is_another_job(other: dict[str, object]) -> None:
    assert order().pk != order(**other).pk


def test_a_profile_without_a_provider_is_made_by_our_own_renderer() -> None:
    assert order(providers=["nobody", "heygen"]).provider == "local"
    assert order(style="local").renders_here


@pytest.mark.parametrize(("text", "fault_type"), [("🙂", NothingToSay), ("", NothingToSay), ("а" * 5_001, TextTooLong)])
def test_what_cannot_be_said_is_no_job(text: str, fault_type: type[Exception]) -> None:
    with pytest.raises(fault_type):
        order(text)
    assert not AvatarGeneration.objects.exists()


def test_a_poisoned_text_is_stored_clean() -> None:
    assert "\0" not in order("Привет\0\ud800 мир").text


def test_a_batch_gives_a_row_for_each_text_and_leaves_the_mute_ones_out() -> None:
    made = generate_all(["Раз", "🙂", "Два", "Раз"], settings=PROFILE)
    assert [row.text for row in made] == ["Раз", "Два", "Раз"] and made[0].pk == made[2].pk


def test_a_settled_row_never_moves_back() -> None:
    generation = order()
    move(generation, State.CANCELLED)
    for state in set(State) - {State.QUEUED}:
        assert not move(generation, state)


def test_the_database_refuses_a_success_without_our_copy() -> None:
    generation = order()
    with pytest.raises(IntegrityError), transaction.atomic():
        AvatarGeneration.objects.filter(pk=generation.pk).update(state=State.SUCCEEDED)


# --- A person's verbs --------------------------------------------------------------------------------------------------


def test_a_person_cancels_and_orders_again() -> None:
    generation = order()
    assert cancel(generation) and generation.state == State.CANCELLED and not cancel(generation)
    assert order().pk == generation.pk and order().state == State.QUEUED
    generation.refresh_from_db()
    assert generation.submission == 2


def test_a_running_order_is_stopped_at_the_provider(fake: FakeProvider) -> None:
    generation = worked(order())
    assert cancel(generation) and ("cancel", "fake-1") in fake.asked


def test_an_order_that_cannot_be_stopped_says_so(fake: FakeProvider) -> None:
    fake.capabilities = Capabilities(recorded_video=True, own_audio=True)
    generation = worked(order())
    with pytest.raises(CannotBeCancelled):
        cancel(generation)
    assert generation.state == State.SUBMITTED


def test_a_failed_video_is_tried_again_by_hand_only(fake: FakeProvider) -> None:
    fake.on_create.append(fault(Category.INVALID_REQUEST))
    generation = worked(order())
    assert (generation.state, generation.error_code) == (State.FAILED, "invalid_request") and generation.error_message
    assert order().state == State.FAILED
    first_reference = generation.reference
    assert retry(generation) and generation.reference != first_reference
    assert worked(generation).state == State.SUBMITTED and not generation.error_code


def test_a_finished_video_is_not_tried_again() -> None:
    generation = polled(worked(order()))
    assert not retry(generation) and generation.state == State.SUCCEEDED


def test_a_copy_that_is_gone_is_made_anew() -> None:
    generation = polled(worked(order()))
    default_storage.delete(generation.video.name)
    assert order().state == State.QUEUED
    assert polled(worked(generation)).state == State.SUCCEEDED


# --- Whose turn it is ---------------------------------------------------------------------------------------------------


def test_the_relay_sees_each_row_under_its_own_queue() -> None:
    away, here = due_now(order()), due_now(order(style="local"))
    assert list(SentAway.objects.due()) == [away] and list(RenderedHere.objects.due()) == [here]
    worked(away)
    due_now(away)
    assert not SentAway.objects.due() and list(AvatarGeneration.objects.awaiting_result()) == [away]


def test_a_poll_touches_only_what_is_due(django_assert_num_queries: object) -> None:
    for number in range(20):
        worked(order(f"Вопрос {number}"))
    AvatarGeneration.objects.update(due_at=timezone.now() + timedelta(hours=1))
    with django_assert_num_queries(3):  # savepoint, select, release
        assert poll_due() == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_one_row(fake: FakeProvider) -> None:
    barrier, found = threading.Barrier(4), []

    def ask() -> None:
        try:
            barrier.wait()
            found.append(generate(text="Один раз", settings=PROFILE).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4 and len(set(found)) == 1 and AvatarGeneration.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_polls_at_once_ask_after_each_video_once(fake: FakeProvider) -> None:
    for number in range(10):
        due_now(worked(order(f"Вопрос {number}")))
    before = len(fake.asked)

    def poll() -> None:
        poll_due()
        connection.close()

    threads = [threading.Thread(target=poll) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = [key for what, key in fake.asked[before:] if what == "state"]
    assert sorted(asked) == sorted(set(asked)) and len(asked) == 10
    assert AvatarGeneration.objects.filter(state=State.SUCCEEDED).count() == 10


def test_files_of_a_lost_race_are_removed(media: Path, fake: FakeProvider) -> None:
    generation = worked(order())
    stored = set(media.rglob("*.mp4"))

    class CancelledMeanwhile(FakeProvider):
        def _fetch_video(self, state: VideoState, path: Path) -> None:
            path.write_bytes(mp4())
            AvatarGeneration.objects.filter(pk=generation.pk).update(state=State.CANCELLED)

    fake.__class__ = CancelledMeanwhile
    assert polled(generation).state == State.CANCELLED and set(media.rglob("*.mp4")) == stored

"""The registry of providers, the shared breaker, our own renderer as a provider."""

import wave
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import av
import pytest
from django.utils import timezone

from avatars.models import ProviderHealth
from avatars.providers import registry
from avatars.providers.base import AvatarProvider, Balance, OwnAudio, Polling, VideoJob, VideoState, VideoStatus
from avatars.providers.breaker import FAILURES, SharedBreaker, note_balance
from avatars.providers.fake import FakeProvider
from avatars.providers.local import LocalProvider, look_of
from avatars.services.speech import speak
from avatars.tests.generation_builders import mp4
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = pytest.mark.django_db


def fault(category: Category = Category.CONNECTIVITY) -> ProviderError:
    return ProviderError("scripted", category=category, provider="fake")


@pytest.fixture
def job(media: Path, tmp_path: Path) -> VideoJob:
    speech = speak(text="Мама, привет! Как дела?", language="ru")
    audio = OwnAudio(Path(speech.audio.path), speech.duration_ms, speech.timeline)
    return VideoJob("gen-1", speech.text, "ru", {"aspect": "square"}, audio, video_path=tmp_path / "video.mp4")


# --- The registry (what all promise: test_provider_contract.py) ------------------------------------------------------


def test_what_a_provider_does_not_do_is_a_refusal_in_our_words(job: VideoJob) -> None:
    for call in (
        lambda p: p.speak(job),
        lambda p: p.create_video(job),
        lambda p: p.video_state("x"),
        lambda p: p.find_video("x"),
    ):
        with pytest.raises(ProviderError) as caught:
            call(AvatarProvider())
        assert caught.value.permanent


def test_a_provider_nobody_configured_is_not_there() -> None:
    assert registry.configured_kinds() == ("local",)
    for kind in ("fake", "heygen", "", "local\0"):
        with pytest.raises(registry.NotConfigured):
            registry.provider(kind)


def test_polling_slows_down_and_ends() -> None:
    polling = Polling(first_s=10, every_s=5, slowest_s=30, deadline_s=100, deadline_per_clip_s=3)
    waits = [polling.wait_s(polls) for polls in range(30)]
    assert waits[0] == 10 and waits[1] == 5 and waits[1:] == sorted(waits[1:]) and max(waits) == 30
    assert polling.deadline_for(20.0) == 160


# --- Our own renderer -------------------------------------------------------------------------------------------------


def test_our_own_provider_makes_a_real_clip_of_our_sound(job: VideoJob) -> None:
    told: list[int] = []
    answer = LocalProvider().create_video(job, told.append)
    assert answer.status == VideoStatus.SUCCEEDED and told == sorted(told) and told[-1] >= 90
    assert job.audio and job.video_path
    with av.open(str(job.video_path)) as clip:
        picture, sound = clip.streams.video[0], clip.streams.audio[0]
        assert (picture.codec_context.name, picture.width, picture.height) == ("h264", 720, 720)
        frames = sum(1 for _frame in clip.decode(picture))
        assert sound.codec_context.name == "aac"
    assert abs(frames * 40 - job.audio.duration_ms) <= max(80, job.audio.duration_ms * 0.02)


@pytest.mark.parametrize(
    ("aspect", "size"), [("vertical", (720, 1280)), ("horizontal", (1280, 720)), (None, (720, 720)), ({}, (720, 720))]
)
def test_the_profile_decides_the_shape(aspect: object, size: tuple[int, int]) -> None:
    look = look_of({"aspect": aspect, "presenter": "../../etc", "background": 7})
    assert (look.width, look.height, look.presenter) == (*size, "aliya")


def test_our_own_provider_stops_when_its_caller_says_so(job: VideoJob) -> None:
    class Enough(Exception):
        pass

    def enough(percent: int) -> None:
        if percent > 20:
            raise Enough

    with pytest.raises(Enough):
        LocalProvider().create_video(job, enough)


def test_our_own_provider_refuses_a_sound_without_end(job: VideoJob, tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 100, 0, "NONE", ""))
        file.writeframes(bytes(2 * 100 * 1_300))
    with pytest.raises(ProviderError) as caught:
        LocalProvider().create_video(VideoJob("r", "t", "ru", {}, OwnAudio(path, 0, {}), video_path=tmp_path / "v.mp4"))
    assert caught.value.permanent


# --- The breaker ------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded() -> FakeProvider:
    return FakeProvider(breaker=SharedBreaker(), video=mp4())


def fail_times(provider: FakeProvider, count: int, category: Category = Category.CONNECTIVITY) -> None:
    provider.on_state += [fault(category)] * count
    for _call in range(count):
        with pytest.raises(ProviderError):
            provider.video_state("x")


def test_five_faults_in_a_row_pause_a_provider(guarded: FakeProvider) -> None:
    fail_times(guarded, FAILURES)
    asked = len(guarded.asked)
    with pytest.raises(ProviderError) as caught:
        guarded.video_state("x")
    assert caught.value.code == "breaker_open" and 0 < (caught.value.retry_after_s or 0) <= 60
    # It should not have been called, and other processes should see the same.
    assert len(guarded.asked) == asked
    with pytest.raises(ProviderError):
        SharedBreaker().before("fake")


def test_a_success_between_faults_starts_the_count_again(guarded: FakeProvider) -> None:
    fail_times(guarded, FAILURES - 1)
    guarded.video_state("x")
    fail_times(guarded, FAILURES - 1)
    assert guarded.video_state("x").status == VideoStatus.SUCCEEDED


def test_after_a_minute_exactly_one_probe_goes_through(guarded: FakeProvider) -> None:
    fail_times(guarded, FAILURES)
    ProviderHealth.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    breaker = SharedBreaker()
    breaker.before("fake")
    with pytest.raises(ProviderError):
        breaker.before("fake")
    breaker.succeeded("fake")
    assert guarded.video_state("x") and not ProviderHealth.objects.get().is_open


def test_a_failed_probe_pauses_again(guarded: FakeProvider) -> None:
    fail_times(guarded, FAILURES)
    ProviderHealth.objects.update(paused_until=timezone.now() - timedelta(seconds=1))
    fail_times(guarded, 1)
    assert ProviderHealth.objects.get().wait_s > 50


def test_a_refused_request_is_no_sign_of_bad_health_but_is_shown(guarded: FakeProvider) -> None:
    fail_times(guarded, FAILURES + 1, Category.AUTHENTICATION)
    health = ProviderHealth.objects.get()
    assert not health.is_open and health.last_category == "authentication" and health.last_error == "scripted"
    assert guarded.video_state("x")


def test_the_balance_is_kept(guarded: FakeProvider) -> None:
    note_balance("fake", guarded.balance() or Balance(Decimal(0), ""))
    assert (ProviderHealth.objects.get().balance, ProviderHealth.objects.get().balance_unit) == (Decimal("100"), "coins")


def test_an_order_that_meets_the_open_breaker_waits_without_counting(fake: FakeProvider) -> None:
    from avatars.tests.generation_builders import order, worked

    fake.breaker = SharedBreaker()
    fail_times(fake, FAILURES)
    generation = worked(order())
    assert (generation.state, generation.attempts, generation.submitting_at) == ("speaking", 0, None)
    assert generation.due_at > timezone.now() + timedelta(seconds=30) and not fake.orders


def test_a_state_the_script_gives_is_passed_on(guarded: FakeProvider) -> None:
    guarded.on_state.append(VideoState(VideoStatus.PROCESSING, "x", 30))
    assert guarded.video_state("x").progress == 30

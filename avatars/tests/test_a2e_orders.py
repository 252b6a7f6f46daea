"""A2E's orders over real HTTP: what a state means, how an order is found again, what a fault costs (docs/contracts/a2e.md)."""

import logging
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avatars.provider_stub import faults as stub_faults_of
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry, remedies
from avatars.providers.a2e import faults
from avatars.providers.a2e.provider import A2EProvider
from avatars.providers.base import CannotTell, VideoStatus
from avatars.tests.a2e_helpers import GENERATE, job, made
from interview_site import outbound, stub_faults
from interview_site.errors import Category, ProviderError
from interview_site.stub_server import Reply

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db


# --- States -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "result", "status"),
    [
        ("init", "", VideoStatus.ACCEPTED),
        ("start", "", VideoStatus.ACCEPTED),
        ("pending", "", VideoStatus.ACCEPTED),
        ("process", "", VideoStatus.PROCESSING),
        ("copy", "", VideoStatus.PROCESSING),
        ("success", "https://x.example/v.mp4", VideoStatus.SUCCEEDED),
        ("success", "", VideoStatus.PROCESSING),
        ("success", "javascript:x", VideoStatus.PROCESSING),
        ("fail", "", VideoStatus.FAILED),
        ("failed", "", VideoStatus.FAILED),
        ("error", "", VideoStatus.FAILED),
        ("canceled", "", VideoStatus.FAILED),
        ("brand-new-word", "", VideoStatus.PROCESSING),
    ],
)
def test_every_word_of_a_state_is_known_or_goes_on(
    provider: A2EProvider, a2e: A2EStub, word: str, result: str, status: str
) -> None:
    row = {"_id": "x", "status": word, "process": "40", "result": result, "msg": "no"}
    a2e.server.break_next("*", stub_faults.instead(Reply({"code": 0, "data": [{"_id": "other", "status": "fail"}, row]})))
    assert provider.video_state("x").status == status


def test_a_video_that_is_not_known_yet_is_waited_for(provider: A2EProvider) -> None:
    assert provider.video_state("nobody").status == VideoStatus.ACCEPTED


@pytest.mark.parametrize(
    ("msg", "category", "code"),
    [
        ("failed to download audioSrc", Category.INVALID_REQUEST, remedies.SOURCE_UNREACHABLE),
        ("not enough coins", Category.QUOTA, remedies.NO_CREDIT),
        ("sensitive content", Category.INVALID_REQUEST, remedies.CONTENT_REFUSED),
        ("", Category.SERVER, remedies.GIVEN_UP),
    ],
)
def test_the_reason_of_a_failed_video_becomes_a_remedy(msg: str, category: Category, code: str) -> None:
    error = faults.of_failed_video(msg)
    assert (error.category, error.code, error.permanent) == (category, code, True) and remedies.remedy(code)


# --- Looking an order up ----------------------------------------------------------------------------------------------


def test_an_order_is_found_by_its_title_on_any_page(provider: A2EProvider, a2e: A2EStub) -> None:
    a2e.coins = 10_000
    wanted = made(provider, job())
    for number in range(60):
        made(provider, replace(job(), reference=f"other-{number}"))
    found = provider.find_video("gen-abc-1")
    assert found and found.provider_id == wanted
    assert provider.find_video("gen-none-1") is None


def test_a_list_without_titles_cannot_tell(provider: A2EProvider, a2e: A2EStub) -> None:
    assert provider.find_video("gen-abc-1") is None  # an empty list can
    made(provider, job())
    a2e.titles_in_list = False
    with pytest.raises(CannotTell):
        provider.find_video("gen-abc-1")


def test_a_very_long_list_is_read_as_far_back_as_an_order_may_be(provider: A2EProvider, a2e: A2EStub) -> None:
    def page(made_at: str) -> Any:
        rows = [{"_id": str(number), "title": "x", "status": "success", "createdAt": made_at} for number in range(50)]
        return stub_faults.instead(Reply({"code": 0, "data": {"total": 9_000, "data": rows}}))

    a2e.server.break_next("GET *awsList", page("2026-01-01T00:00:00.000Z"))
    assert provider.find_video("gen-abc-1") is None
    a2e.server.break_next("GET *awsList", page("not a time"), times=-1)
    with pytest.raises(CannotTell):
        provider.find_video("gen-abc-1")


def test_cancelling_forgives_what_is_gone(provider: A2EProvider, a2e: A2EStub) -> None:
    provider_id = made(provider, job())
    provider.cancel_video(provider_id)
    provider.cancel_video(provider_id)
    assert a2e.jobs[provider_id].deleted


# --- Faults and secrets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "category"),
    [
        ("error", Category.INVALID_REQUEST),
        ("no_coins", Category.QUOTA),
        ("bad_token", Category.AUTHENTICATION),
        ("hosts_busy", Category.RATE_LIMIT),
        ("busy", Category.RATE_LIMIT),
        ("status:502", Category.SERVER),
        ("page", Category.SERVER),
        ("garbage", Category.SERVER),
        ("cut", Category.CONNECTIVITY),
        ("lost", Category.CONNECTIVITY),
        ("redirect", Category.SERVER),
    ],
)
def test_every_fault_has_a_category_and_every_read_is_made_twice_at_most(
    provider: A2EProvider, a2e: A2EStub, fault: str, category: Category
) -> None:
    a2e.server.break_next("*", stub_faults_of.named("a2e", fault), times=-1)
    with pytest.raises(ProviderError) as caught:
        provider.balance()
    passing = category in (Category.SERVER, Category.CONNECTIVITY)
    assert caught.value.category == category and len(a2e.server.ledger) == (2 if passing else 1)


def test_what_costs_is_sent_once(provider: A2EProvider, a2e: A2EStub) -> None:
    spoken = provider.speak(job())
    for fault in ("lost", "status:502", "cut"):
        a2e.server.break_next(GENERATE, stub_faults.named(fault))
        with pytest.raises(ProviderError):
            provider.create_video(replace(job(), provider_audio=spoken.audio))
    assert len(a2e.server.calls(GENERATE)) == 3


def test_an_order_without_an_id_is_in_doubt(provider: A2EProvider, a2e: A2EStub) -> None:
    a2e.server.break_next(GENERATE, stub_faults.instead(Reply({"code": 0, "data": {}})))
    with pytest.raises(ProviderError) as caught:
        provider.create_video(replace(job(), provider_audio=a2e.url("/files/tts/x.wav")))
    assert caught.value.category == Category.SERVER and not caught.value.permanent


def test_the_trace_is_logged_and_neither_the_key_nor_the_words(
    provider: A2EProvider, a2e: A2EStub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    a2e.server.break_next(GENERATE, stub_faults_of.a2e_error(7, "no"))
    spoken = provider.speak(job("Тайное слово Кузькина"))
    with pytest.raises(ProviderError) as caught:
        provider.create_video(replace(job("Тайное слово Кузькина"), provider_audio=spoken.audio))
    traces = [record.__dict__["trace"] for record in caplog.records if hasattr(record, "trace")]
    assert stub_faults_of.TRACE in traces and all(traces) and caught.value.request_id == stub_faults_of.TRACE
    everything = " ".join(str(record.__dict__) for record in caplog.records)
    assert a2e.token not in everything and "Кузькина" not in everything


def test_one_base_is_asked_and_never_another(provider: A2EProvider, a2e: A2EStub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    a2e.server.break_next("*", stub_faults.status(503), times=-1)
    with pytest.raises(ProviderError):
        provider.balance()
    hosts = {record.__dict__["host"] for record in caplog.records if hasattr(record, "host")}
    assert hosts == {"127.0.0.1"}


def test_it_is_there_only_with_a_key(settings: Any) -> None:
    settings.A2E_API_KEY = ""
    assert not registry.is_configured("a2e")
    settings.A2E_API_KEY = "sk"
    assert registry.is_configured("a2e") and "a2e" in registry.LABELS


def test_the_stand_in_s_sound_is_a_real_wav(provider: A2EProvider, a2e: A2EStub, tmp_path: Path) -> None:
    outbound.download(provider.speak(job()).audio, tmp_path / "x.wav", max_bytes=outbound.MIB)
    with wave.open(str(tmp_path / "x.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2) and file.getnframes() > 5_000

"""Hearing the voices of a catalogue: a voice without a sample says one when it is asked to, once (docs/avatars.md)."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from avatars.models import AvatarSettings, CatalogueItem, Spending
from avatars.services import catalogue
from avatars.tests.heygen_fixtures import HeyGen
from interview_site import stub_faults

pytest_plugins = ["avatars.tests.heygen_fixtures"]
pytestmark = pytest.mark.django_db
SPEECH = "POST /v3/voices/speech"


@pytest.fixture
def alice(client: Client, heygen: HeyGen) -> Client:
    catalogue.read(heygen.provider)
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


def voices(client: Client) -> dict[str, dict[str, Any]]:
    address = reverse("admin:avatars_avatarsettings_catalogue", args=["heygen", "voice"])
    return {item["id"]: item for item in client.get(address).json()["items"]}


def hear(client: Client, voice: str, **fields: object) -> Any:
    wanted = {"speech_engine": "heygen", "voice": voice, "language": "kk", **fields}
    return client.post(reverse("admin:avatars_avatarsettings_hear"), wanted)


def test_a_voice_without_a_sample_can_be_heard(alice: Client) -> None:
    found = voices(alice)
    assert (found["vo_aigul"]["sample"], found["vo_aigul"]["speaks"]) == ("", True)
    assert found["vo_maria"]["sample"] and found["vo_maria"]["speaks"]


def test_it_says_the_sample_sentence_of_its_language_once_and_is_kept(alice: Client, heygen: HeyGen) -> None:
    audio = hear(alice, "vo_aigul", language="ru").json()["audio"]
    answer = alice.get(audio)
    assert answer["Content-Type"] == "audio/wav" and b"".join(answer)[:4] == b"RIFF" and int(answer["Content-Length"]) > 20_000
    assert hear(alice, "vo_aigul").json()["audio"] == audio
    [call] = heygen.server.calls(SPEECH)
    assert call.json()["language"] == "kk" and call.json()["text"].startswith("Сәлеметсіз")


def test_a_sample_of_the_provider_that_is_gone_is_said_instead(alice: Client, heygen: HeyGen) -> None:
    sample = voices(alice)["vo_maria"]["sample"]
    assert alice.get(sample).status_code == 404
    assert hear(alice, "vo_maria", language="ru").json()["audio"] == sample
    assert b"".join(alice.get(sample))[:4] == b"RIFF" and len(heygen.server.calls(SPEECH)) == 1


def test_saying_it_counts_on_the_profile_s_budget(alice: Client, heygen: HeyGen, settings: Any) -> None:
    settings.PROVIDER_PRICES = {"heygen": {"speech_1000": 10}}
    profile = AvatarSettings.objects.create(name="Poor", monthly_budget=Decimal("0.01"))
    refused = hear(alice, "vo_aigul", profile=profile.pk)
    assert refused.status_code == 503 and "budget" in refused.json()["text"] and not heygen.server.calls(SPEECH)
    AvatarSettings.objects.update(monthly_budget=Decimal(100))
    assert hear(alice, "vo_aigul", profile=profile.pk).status_code == 200
    assert Spending.objects.filter(provider="heygen", kind=Spending.Kind.SPEECH).count() == 1


def test_a_voice_their_engine_does_not_know_says_so_and_costs_nothing(alice: Client, heygen: HeyGen) -> None:
    answer = hear(alice, "vo_clone")
    assert answer.status_code == 503 and answer.json()["text"]
    assert not heygen.stub.paid and not CatalogueItem.objects.exclude(copy="").exists()


@pytest.mark.parametrize("fault", ["lost", "status:502", "garbage"])
def test_a_service_that_breaks_is_told_and_can_be_asked_again(alice: Client, heygen: HeyGen, fault: str) -> None:
    heygen.server.break_next(SPEECH, stub_faults.named(fault))
    assert hear(alice, "vo_aigul").status_code == 503
    assert hear(alice, "vo_aigul").status_code == 200


def test_what_is_no_sound_is_not_kept(alice: Client, heygen: HeyGen) -> None:
    heygen.server.break_next("GET /files/*", stub_faults.named("garbage"))
    assert hear(alice, "vo_aigul").status_code == 503
    assert not CatalogueItem.objects.exclude(copy="").exists()


def test_a_voice_that_is_not_in_the_catalogue_is_not_found(alice: Client) -> None:
    assert hear(alice, "vo_stranger").status_code == 404

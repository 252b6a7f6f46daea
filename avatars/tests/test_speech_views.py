"""The public address of a speech: whoever holds it may hear it, for an hour."""

from datetime import timedelta

import pytest
from django.core.signing import TimestampSigner
from django.test import AsyncClient
from django.utils import timezone

from avatars.models import Speech
from avatars.services.speech import speak
from avatars.views import public_speech_urls

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def speech(settings: object, tmp_path: object) -> Speech:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    return speak(text="Здравствуйте!", language="ru")


async def test_the_sound_is_served_whole_and_in_ranges(speech: Speech, async_client: AsyncClient) -> None:
    audio, _ = public_speech_urls(speech)
    whole = await async_client.get(audio)
    assert (whole.status_code, whole["Content-Type"], whole["X-Content-Type-Options"]) == (200, "audio/wav", "nosniff")
    part = await async_client.get(audio, headers={"Range": "bytes=0-3"})
    body = b"".join([chunk async for chunk in part.streaming_content])  # type: ignore[attr-defined]
    assert (part.status_code, body) == (206, b"RIFF")


async def test_the_timeline_is_json(speech: Speech, async_client: AsyncClient) -> None:
    _, timeline = public_speech_urls(speech)
    response = await async_client.get(timeline)
    assert response.json() == speech.timeline
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("ending", ["wav", "json"])
@pytest.mark.parametrize("signed", ["x", "a~b~c", "~", "%00~1~2", "ы" * 50, "a" * 3000])
async def test_a_wrong_address_is_not_found(signed: str, ending: str, async_client: AsyncClient) -> None:
    assert (await async_client.get(f"/speech/{signed}.{ending}")).status_code == 404


async def test_the_bare_id_opens_nothing(speech: Speech, async_client: AsyncClient) -> None:
    assert (await async_client.get(f"/speech/{speech.public_id}.wav")).status_code == 404


async def test_an_address_is_good_for_an_hour(speech: Speech, async_client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made = timezone.now() - timedelta(minutes=61)
    monkeypatch.setattr("django.core.signing.time.time", made.timestamp)
    audio, timeline = public_speech_urls(speech)
    monkeypatch.undo()
    for address in (audio, timeline):
        assert (await async_client.get(address)).status_code == 404


async def test_an_address_signed_for_something_else_is_not_found(speech: Speech, async_client: AsyncClient) -> None:
    foreign = TimestampSigner(salt="another", sep="~").sign(speech.public_id)
    assert (await async_client.get(f"/speech/{foreign}.wav")).status_code == 404


async def test_a_lost_file_or_row_is_not_found(speech: Speech, async_client: AsyncClient) -> None:
    audio, timeline = public_speech_urls(speech)
    await Speech.objects.filter(pk=speech.pk).aupdate(audio="speech/gone.wav")
    assert (await async_client.get(audio)).status_code == 404
    await speech.adelete()
    assert (await async_client.get(timeline)).status_code == 404


async def test_only_reading_is_allowed(speech: Speech, async_client: AsyncClient) -> None:
    for address in public_speech_urls(speech):
        assert (await async_client.post(address)).status_code == 405

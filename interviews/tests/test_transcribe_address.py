"""`/api/transcribe/ws` stands on the site with and without its prefix, and takes the default profile's language."""

import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings

from avatars.models import AvatarSettings
from interview_site.api import tokens
from interview_site.asgi import application
from interviews.tests.builders import make_alice
from interviews.tests.live_client import page_of
from transcription.engines import fake
from transcription.tests.line import TIMEOUT_S, YES

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("prefix", ["", "/r"])
async def test_a_page_of_ours_is_understood_in_the_default_profiles_language(settings, prefix: str) -> None:
    settings.STT_ENGINES, settings.API_ALLOW_ANONYMOUS, settings.EAR_DETECTOR = ["fake"], True, "silero"
    fake.SCRIPT.clear()
    fake.SCRIPT.append("Иә.")
    await AvatarSettings.objects.all().adelete()
    await AvatarSettings.objects.acreate(name="Aliya", language="kk", is_default=True)
    origin = [(b"origin", django_settings.SOCKET_ORIGINS[0].encode())]
    page = WebsocketCommunicator(application, f"{prefix}/api/transcribe/ws", headers=origin)
    await page.connect(timeout=TIMEOUT_S)
    await page.send_to(bytes_data=YES)
    await page.send_to(text_data="idle")
    heard = [json.loads(await page.receive_from(timeout=TIMEOUT_S)) for _ in range(3)]
    await page.disconnect()
    assert [message["type"] for message in heard] == ["speech_started", "speech_ended", "final"]
    assert (heard[-1]["text"], heard[-1]["language"]) == ("Иә.", "kk")


async def test_the_token_of_a_chat_page_also_listens(settings) -> None:
    settings.STT_ENGINES = ["fake"]
    fake.SCRIPT.clear()
    site = await sync_to_async(page_of)("alice")
    token = (await sync_to_async(site.post)("/api/streaming/token")).json()["token"]
    page = WebsocketCommunicator(application, f"/api/transcribe/ws?token={token}")
    assert (await page.connect(timeout=TIMEOUT_S))[0]
    await page.send_to(bytes_data=YES)
    await page.send_to(text_data="idle")
    kinds = [json.loads(await page.receive_from(timeout=TIMEOUT_S))["type"] for _ in range(3)]
    assert kinds == ["speech_started", "speech_ended", "final"]
    await page.disconnect()
    stranger = WebsocketCommunicator(application, "/api/transcribe/ws?token=invented")
    opened, code = await stranger.connect(timeout=TIMEOUT_S)
    assert (opened, code) == (False, 4401) or (await stranger.receive_output(timeout=TIMEOUT_S))["code"] == 4401


async def test_a_reviewer_who_may_call_nothing_of_the_avatar_does_not_listen_either(settings) -> None:
    settings.STT_ENGINES = ["fake"]
    user = await sync_to_async(make_alice)(username="rita", is_superuser=False)
    _token, secret = await sync_to_async(tokens.mint)(name="x", owner=user, scopes=["avatar"])
    line = WebsocketCommunicator(
        application, "/api/transcribe/ws", headers=[(b"authorization", f"Bearer {secret}".encode())]
    )
    opened, code = await line.connect(timeout=TIMEOUT_S)
    assert (opened, code) == (False, 4403) or (await line.receive_output(timeout=TIMEOUT_S))["code"] == 4403

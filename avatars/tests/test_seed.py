"""The names older configurations use become the default profile of an empty site, and of no other."""

from typing import Any

import pytest
from django.apps import apps

from avatars.models import AvatarSettings
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services import catalogue, old_names
from avatars.services.profiles import default_snapshot
from avatars.services.seed import seed_default_profile
from avatars.services.speech import for_settings

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db


def migrated() -> AvatarSettings | None:
    seed_default_profile(sender=apps.get_app_config("avatars"), using="default")
    return AvatarSettings.objects.filter(is_default=True).first()


@pytest.fixture
def old(settings: Any) -> Any:
    settings.AVATAR_ID, settings.VOICE_ID, settings.HEYGEN_SERVER_URL, settings.A2E_API_KEY = "", "", "", ""
    return settings


def test_an_old_heygen_configuration_films_with_heygen(old: Any) -> None:
    old.AVATAR_ID, old.VOICE_ID, old.HEYGEN_SERVER_URL = " lk_emma ", "vo_maria", "https://heygen.example.com"
    old.A2E_API_KEY = "both"
    profile = migrated()
    assert (profile.style, profile.providers, profile.recorded_avatar) == ("recorded", ["heygen"], "lk_emma")
    assert (profile.speech_engine, profile.voice) == ("heygen", "vo_maria")


def test_an_old_a2e_configuration_speaks_with_its_own_voice(a2e: A2EStub, old: Any) -> None:
    old.A2E_API_KEY = a2e.token
    catalogue.read(registry.provider("a2e"))
    voice = [row.item_id for row in catalogue.items("a2e", catalogue.Kind.VOICE).filter(language="ru")][-1]
    old.AVATAR_ID, old.VOICE_ID = "72c3d4e5f60718293a4b5c6d", voice
    profile = migrated()
    assert (profile.style, profile.providers, profile.recorded_avatar) == ("recorded", ["a2e"], "72c3d4e5f60718293a4b5c6d")
    assert old_names.shown(default_snapshot())["voice_id"] == voice
    for_settings(default_snapshot(), "Здравствуйте!", "ru", fall_back=False)
    [said] = a2e.server.calls("POST /api/v1/video/send_tts")
    assert said.json()["tts_id"] == voice


def test_a_voice_alone_leaves_the_picture_to_our_presenter(old: Any) -> None:
    old.VOICE_ID = "66d3f6a704d077b1432fb7d3"
    old.A2E_API_KEY = "both"
    profile = migrated()
    assert (profile.style, profile.providers, profile.speech_engine) == ("local", [], "a2e")


def test_a_site_with_profiles_keeps_them(old: Any) -> None:
    AvatarSettings.objects.create(name="Ours", is_default=True)
    old.AVATAR_ID = "lk_emma"
    assert migrated().name == "Ours" and AvatarSettings.objects.count() == 1


def test_without_old_names_nothing_is_made(old: Any) -> None:
    old.HEYGEN_SERVER_URL = "https://heygen.example.com"
    assert migrated() is None


def test_seeding_twice_makes_one_profile(old: Any) -> None:
    old.AVATAR_ID = "lk_emma"
    assert migrated().pk == migrated().pk and AvatarSettings.objects.count() == 1

"""The two visible steps in the admin: a speech to listen to, then a video from that very file."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from avatars.models import AvatarGeneration, AvatarSettings, Speech
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.generation_states import State
from avatars.services.profiles import save_profile
from avatars.services.speech import speak
from avatars.tests.generation_builders import worked
from avatars.tests.heygen_fixtures import HeyGen
from avatars.tests.test_sound_videos import samples

pytest_plugins = ["avatars.tests.heygen_fixtures", "avatars.tests.a2e_fixtures"]
pytestmark = pytest.mark.django_db
MAKE = "admin:avatars_speech_make_speech"
FILM = "admin:avatars_speech_film_speech"


@pytest.fixture
def profile(media: Any) -> AvatarSettings:
    return save_profile(AvatarSettings(name="HeyGen", style="recorded", providers=["heygen"], recorded_avatar="lk_emma"))


@pytest.fixture
def hr(media: Any) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("alice", "a@example.com", "x"))
    return client


def test_a_speech_is_made_heard_and_filmed(heygen: HeyGen, hr: Client, profile: AvatarSettings) -> None:
    made = hr.post(reverse(MAKE), {"profile": profile.pk, "engine": "espeak", "text": "Добрый день!"})
    speech = Speech.objects.get()
    assert made["Location"] == reverse(FILM, args=[speech.pk])
    page = hr.get(made["Location"]).content.decode()
    assert "<audio" in page and "Step 2 of 2" in page
    assert "Добрый день!" in hr.get(f"{reverse(MAKE)}?again={speech.pk}").content.decode()
    wanted = {"profile": profile.pk, "provider": "heygen"}
    asked = hr.post(reverse(FILM, args=[speech.pk]), wanted).content.decode()
    assert "HeyGen is paid: about" in asked and not AvatarGeneration.objects.exists()
    ordered = hr.post(reverse(FILM, args=[speech.pk]), {**wanted, "sure": "1"})
    generation = AvatarGeneration.objects.get()
    assert ordered["Location"] == reverse("admin:avatars_avatargeneration_change", args=[generation.pk])
    assert worked(generation).state == State.SUBMITTED and len(heygen.stub.paid) == 1
    with speech.audio.open("rb") as file:
        [(content, _kind)] = heygen.stub.assets.values()
        assert samples(io.BytesIO(content)) == samples(file)


def test_a_paid_voice_is_asked_twice_about_another_language(hr: Client, profile: AvatarSettings, a2e: A2EStub) -> None:
    catalogue.read(registry.provider("a2e"))
    values = {"profile": profile.pk, "engine": "a2e", "text": "Tell me about yourself, please, in some detail."}
    assert "looks like English" in hr.post(reverse(MAKE), values).content.decode() and a2e.paid == []
    assert hr.post(reverse(MAKE), {**values, "sure": "1"}).status_code == 302 and len(a2e.paid) == 1


def test_a_provider_without_an_avatar_of_its_own_is_refused_before_anything_is_ordered(heygen: HeyGen, hr: Client) -> None:
    other = save_profile(AvatarSettings(name="A2E", style="recorded", providers=["a2e"], recorded_avatar="72c3"))
    speech = speak(text="Добрый день!", language="ru")
    page = hr.post(reverse(FILM, args=[speech.pk]), {"profile": other.pk, "provider": "heygen"}).content.decode()
    assert "No avatar of this provider is chosen" in page and not AvatarGeneration.objects.exists()
    bare = save_profile(AvatarSettings(name="Bare", style="recorded", providers=["heygen"]))
    for name in ("order_test", "order_texts"):
        values = {"profile": bare.pk, "text": "Добрый день!", "sure": "1"}
        page = hr.post(reverse(f"admin:avatars_avatargeneration_{name}"), values).content.decode()
        assert "No avatar of this provider is chosen" in page
    tried = hr.post(reverse("admin:avatars_avatarsettings_start_test", args=[bare.pk]), {"text": "Добрый день!"})
    assert tried.status_code == 400 and "No avatar" in tried.json()["text"] and not AvatarGeneration.objects.exists()


def test_the_way_begins_at_the_videos(hr: Client) -> None:
    videos = reverse("admin:avatars_avatargeneration_changelist")
    link = reverse("admin:avatars_avatargeneration_speech_then_video")
    assert link in hr.get(videos).content.decode() and hr.get(link)["Location"] == reverse(MAKE)


def test_looking_changes_nothing_and_faults_stay_on_the_page(hr: Client, profile: AvatarSettings) -> None:
    assert hr.get(reverse(MAKE)).status_code == 200 and not Speech.objects.exists()
    silent = hr.post(reverse(MAKE), {"profile": profile.pk, "engine": "", "text": "🙂"})
    assert silent.status_code == 200 and "nothing to say" in silent.content.decode()
    speech = speak(text="Добрый день!", language="ru")
    speech.audio.delete(save=False)
    lost = hr.post(reverse(FILM, args=[speech.pk]), {"profile": profile.pk, "provider": ""})
    assert lost.status_code == 200 and "Make the speech again" in lost.content.decode()
    assert not AvatarGeneration.objects.exists()


def test_who_may_only_look_may_not_order(media: Any, profile: AvatarSettings) -> None:
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_speech"))
    client = Client()
    client.force_login(bob)
    speech = speak(text="Добрый день!", language="ru")
    assert client.get(reverse(MAKE)).status_code in (302, 403)
    assert client.post(reverse(FILM, args=[speech.pk]), {"profile": profile.pk}).status_code in (302, 403)
    assert not AvatarGeneration.objects.exists()

"""HR's side of the voices: profiles, one default, a sample, trying a voice."""

import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from avatars.engines import registry as engines
from avatars.engines.elevenlabs import ElevenLabsEngine
from avatars.models import AvatarSettings, BackgroundPicture, Speech
from avatars.services.profiles import DefaultIsNeeded, save_profile
from avatars.services.speech import speak

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


def profile(name: str = "Standard", **values: object) -> AvatarSettings:
    return save_profile(AvatarSettings(name=name, **values))


def form_values(**changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "name": "Evening", "style": "local", "language": "ru", "presenter": "timur", "background": "office", "captions": "on",
        "speech_engine": "espeak", "voice": "ru-male-1", "speed": "1.1", "persona": "Calm", "knowledge": "", "providers": "",
        "recorded_avatar": "", "live_avatar": "", "resolution": "720", "aspect": "square", "lip_sync": "fast", "emotion": "",
        "live_quality": "medium", "live_minutes_limit": "30", "monthly_budget": "",
    }  # fmt: skip
    return {**values, **changes}


def saved(client: Client, **changes: object) -> bool:
    response = client.post(reverse("admin:avatars_avatarsettings_add"), form_values(**changes))
    return response.status_code == 302


def change_url(row: AvatarSettings) -> str:
    return reverse("admin:avatars_avatarsettings_change", args=[row.pk])


# --- One default ---


def test_the_first_profile_is_the_default() -> None:
    assert profile().is_default


def test_a_new_default_takes_the_mark_from_the_old_one() -> None:
    old = profile()
    profile("New", is_default=True)
    old.refresh_from_db()
    assert not old.is_default
    assert AvatarSettings.objects.filter(is_default=True).count() == 1


def test_the_default_cannot_lose_its_mark() -> None:
    only = profile()
    only.is_default = False
    with pytest.raises(DefaultIsNeeded):
        save_profile(only)


def test_the_form_explains_that_one_default_is_needed(alice: Client) -> None:
    only = profile()
    response = alice.post(change_url(only), form_values(name="Standard"))
    assert response.status_code == 200 and "One profile must be the default" in response.content.decode()


def test_the_default_profile_cannot_be_deleted(alice: Client) -> None:
    default, other = profile(), profile("Other")
    assert alice.post(reverse("admin:avatars_avatarsettings_delete", args=[default.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [default.pk, other.pk], "post": "yes"}
    alice.post(reverse("admin:avatars_avatarsettings_changelist"), chosen)
    assert AvatarSettings.objects.filter(pk=default.pk).exists()


# --- The form ---


def test_a_profile_is_saved_with_its_history(alice: Client) -> None:
    assert saved(alice, providers="A2E, heygen,a2e")
    made = AvatarSettings.objects.get(name="Evening")
    assert made.providers == ["a2e", "heygen"] and made.voice == "ru-male-1" and made.history.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"speed": "0.4"}, {"speed": "2.1"}, {"speed": "nan"}, {"speed": "fast"}, {"voice": "nobody"}, {"presenter": "../x"},
        {"speech_engine": "fake"}, {"knowledge": "я" * 5001},
        {"providers": "<b>"}, {"name": ""}, {"language": "de"}, {"name": "a\0b"},
    ],
    ids=str,
)  # fmt: skip
def test_it_refuses_what_could_not_speak(alice: Client, changes: dict[str, object]) -> None:
    assert not saved(alice, **changes)
    assert not AvatarSettings.objects.exists()


def test_five_thousand_characters_of_knowledge_are_fine(alice: Client) -> None:
    assert saved(alice, knowledge="я" * 5000)


def test_a_stored_voice_that_is_gone_does_not_block_saving(alice: Client) -> None:
    row = profile(voice="eleven-rachel", speech_engine="elevenlabs")
    values = form_values(name="Standard", voice="eleven-rachel", speech_engine="elevenlabs", is_default="on")
    assert alice.post(change_url(row), values).status_code == 302


@pytest.mark.parametrize("name", ["changelist", "add"])
def test_the_pages_open(alice: Client, name: str) -> None:
    profile()
    assert alice.get(reverse(f"admin:avatars_avatarsettings_{name}")).status_code == 200


def test_the_form_shows_presenters_and_a_sample(alice: Client) -> None:
    page = alice.get(change_url(profile())).content.decode()
    assert "presenters/timur/portrait.webp" in page and "<audio" in page and "sample.wav" in page


# --- Listening ---


def test_the_sample_is_the_profiles_own_voice(alice: Client) -> None:
    row = profile(language="kk", presenter="timur")
    response = alice.get(reverse("admin:avatars_avatarsettings_sample", args=[row.pk]))
    assert response.status_code == 302 and response["Location"].startswith("/speech/")
    assert Speech.objects.get().voice == "kk-male-1"


def test_trying_a_voice_plays_the_text(alice: Client) -> None:
    address = reverse("admin:avatars_avatarsettings_try_voice", args=[profile().pk])
    assert alice.get(address).status_code == 200
    page = alice.post(address, {"text": "Проверка", "language": "ru", "voice": "ru-female-2", "speed": "1.2"}).content.decode()
    made = Speech.objects.get()
    assert (made.text, made.voice, made.speed) == ("Проверка", "ru-female-2", 1.2)
    assert "autoplay" in page and "/speech/" in page


@pytest.mark.parametrize(
    "changes", [{"text": "🎉"}, {"text": ""}, {"text": "я" * 501}, {"speed": "9"}, {"speed": "nan"},
     {"voice": "x"}, {"language": "xx"}, {"text": "9" * 500}]
)  # fmt: skip
def test_a_text_that_cannot_be_tried_is_explained(alice: Client, changes: dict[str, str]) -> None:
    address = reverse("admin:avatars_avatarsettings_try_voice", args=[profile().pk])
    response = alice.post(address, {"text": "Да", "language": "ru", "voice": "", "speed": "1.0", **changes})
    assert response.status_code == 200
    if changes != {"text": "9" * 500}:
        assert 'role="alert"' in response.content.decode() and not Speech.objects.exists()


def test_strangers_hear_nothing(client: Client) -> None:
    row = profile()
    client.force_login(User.objects.create_user("charlie", is_staff=True))
    for name in ("sample", "try_voice"):
        assert client.get(reverse(f"admin:avatars_avatarsettings_{name}", args=[row.pk])).status_code == 404
    assert client.get(change_url(row)).status_code in (302, 403)


def test_someone_who_may_only_look_sees_the_profile_without_a_form(client: Client) -> None:
    row = profile()
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_avatarsettings"))
    client.force_login(bob)
    assert client.get(change_url(row)).status_code == 200
    assert client.post(change_url(row), form_values()).status_code == 403


def test_speech_is_read_only(alice: Client) -> None:
    made = speak(text="Здравствуйте", language="ru")
    assert alice.get(reverse("admin:avatars_speech_changelist")).status_code == 200
    page = alice.get(reverse("admin:avatars_speech_change", args=[made.pk]))
    assert page.status_code == 200 and "<audio" in page.content.decode()
    assert alice.get(reverse("admin:avatars_speech_add")).status_code == 403
    assert alice.post(reverse("admin:avatars_speech_delete", args=[made.pk]), {"post": "yes"}).status_code == 403


# --- Looks ---


def wall(kind: str = "PNG") -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "#335577").save(file, format=kind)
    return SimpleUploadedFile("wall.png", file.getvalue(), "image/png")


def test_a_colour_behind_and_for_the_clothes_is_frozen_into_versions(alice: Client) -> None:
    assert saved(alice, background="colour", background_colour="#AABBCC", clothes="#7a2e3a")
    snapshot = AvatarSettings.objects.get().snapshot()
    assert (snapshot["background"], snapshot["clothes"]) == ("#aabbcc", "#7a2e3a")


def test_an_uploaded_picture_becomes_the_background(alice: Client) -> None:
    assert saved(alice, background_upload=wall())
    made = AvatarSettings.objects.get()
    assert made.background == BackgroundPicture.objects.get().name
    # Saving again keeps it.
    assert alice.post(change_url(made), form_values(background=made.background, is_default="on")).status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"background": "colour"}, {"background": "colour", "background_colour": "red"}, {"background": "upload"},
        {"clothes": "#12345"}, {"clothes": "url(x)"}, {"background": "picture:x"}, {"background": "/etc/passwd"},
    ],
    ids=str,
)  # fmt: skip
def test_a_look_that_cannot_be_drawn_is_a_field_error(alice: Client, changes: dict[str, object]) -> None:
    assert not saved(alice, **changes)
    assert not AvatarSettings.objects.exists()


def test_what_is_no_picture_is_a_field_error_and_kept_nowhere(alice: Client) -> None:
    assert not saved(alice, background_upload=SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png"))
    assert not saved(alice, name="", background_upload=wall())
    assert not BackgroundPicture.objects.exists()


def test_the_living_preview_speaks_with_settings_that_are_not_saved(alice: Client) -> None:
    assert "data-avatar-preview" in alice.get(reverse("admin:avatars_avatarsettings_add")).content.decode()
    wanted = {"language": "en", "voice": "", "speed": "1.2", "presenter": "timur", "speech_engine": "nobody"}
    answer = alice.post(reverse("admin:avatars_avatarsettings_speak"), wanted)
    assert answer.status_code == 200 and answer.json()["timeline"].startswith("/speech/")
    assert Speech.objects.get().voice == "en-male-1"
    assert alice.get(reverse("admin:avatars_avatarsettings_speak")).status_code == 405


def test_a_speed_the_voice_cannot_speak_at_is_told_and_kept(
    alice: Client, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ELEVENLABS_API_KEY, settings.ELEVENLABS_VOICES = "k", ["Maria:female:m1"]  # type: ignore[attr-defined]
    monkeypatch.setitem(engines._instances, "elevenlabs", ElevenLabsEngine())
    address = reverse("admin:avatars_avatarsettings_add")
    page = alice.post(address, form_values(speech_engine="elevenlabs", voice="", speed="1.8"), follow=True).content.decode()
    assert "speaks at speeds from 0.7 to 1.2" in page and AvatarSettings.objects.get(name="Evening").speed == 1.8
    page = alice.post(address, form_values(name="Other", speech_engine="elevenlabs", voice="", speed="1.2"), follow=True)
    assert "speaks at speeds" not in page.content.decode()

"""HR choose live avatars that surely speak the profile's language; the status page tries a live room for real."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from avatars.admin.status import blocks
from avatars.models import AvatarSettings, CatalogueItem, LiveSession
from avatars.provider_stub import faults
from avatars.provider_stub.liveavatar import OLEG, VERA, VOICE
from avatars.providers import registry
from avatars.services import catalogue, live_languages
from avatars.services.live_sessions import LiveRefused
from avatars.services.live_trial import try_live
from avatars.services.profiles import save_profile
from avatars.tests.live_builders import opened
from avatars.tests.live_stand_ins import ALICE, Live, soon
from avatars.tests.test_avatar_admin import form_values
from interview_site.status import Asked

pytest_plugins = ["avatars.tests.live_provider_fixtures"]
pytestmark = pytest.mark.django_db
ELEVENLABS = {"ELEVENLABS_API_KEY": "a key", "ELEVENLABS_VOICES": ["Maria:female:v0ice1d"]}


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


@pytest.fixture
def profile() -> AvatarSettings:
    return save_profile(AvatarSettings(name="Live", style="live", providers=["a2e", "liveavatar"], language="en"))


def read(*kinds: str) -> None:
    for kind in kinds:
        catalogue.read(registry.provider(kind))


def offered(client: Client, kind: str, language: str, engine: str = "espeak") -> list[str]:
    url = reverse("admin:avatars_avatarsettings_catalogue", args=[kind, "character"])
    answer = client.get(url, {"use": "live", "language": language, "speech_engine": engine}).json()
    return [item["name"] for item in answer["items"]]


def changed(client: Client, profile: AvatarSettings, **values: Any) -> str:
    """Save the form as it stands, but for these values; the page that comes then."""
    profile.refresh_from_db()
    stored = {f"characters-{kind}-{use}": item_id for kind, ids in profile.characters.items() for use, item_id in ids.items()}
    base = form_values(
        name=profile.name, style=profile.style, is_default="on", language=profile.language, voice="", providers=profile.providers,
        **stored,
    )  # fmt: skip
    url = reverse("admin:avatars_avatarsettings_change", args=[profile.pk])
    page: str = client.post(url, base | values, follow=True).content.decode()
    profile.refresh_from_db()
    return page


# --- Which speak what -------------------------------------------------------------------------------------------------


def test_the_catalogue_keeps_which_avatars_are_live_and_what_they_speak(live_a2e: Live, liveavatar: Live) -> None:
    read("a2e", "liveavatar")
    rows = CatalogueItem.objects.filter(live=True).values_list("provider", "name", "language", "recorded")
    assert set(rows) == {
        ("a2e", "Alice", "en", False), ("a2e", "Victor", "en", False), ("liveavatar", "HR lead", "ru,en", False),
        ("liveavatar", "Vera", "ru,en", False), ("liveavatar", "Oleg", "ru,en", False),
    }  # fmt: skip
    assert CatalogueItem.objects.filter(provider="a2e", kind="character", live=False).count() == 3


@pytest.mark.parametrize(
    ("kind", "avatar", "language", "confirmed"),
    [("a2e", ALICE, "en", True), ("a2e", ALICE, "ru", False), ("liveavatar", VERA, "ru", True), ("liveavatar", VERA, "kk", False),
     ("liveavatar", "", "ru", True), ("liveavatar", "nobody", "ru", False)],
)  # fmt: skip
def test_an_avatar_is_confirmed_by_the_catalogue(
    live_a2e: Live, liveavatar: Live, kind: str, avatar: str, language: str, confirmed: bool
) -> None:
    read("a2e", "liveavatar")
    assert live_languages.is_confirmed(kind, avatar, language, our_sound=False) is confirmed


def test_our_own_sound_speaks_every_language_of_ours(live_a2e: Live, liveavatar: Live, settings: Any) -> None:
    for name, value in ELEVENLABS.items():
        setattr(settings, name, value)
    assert live_languages.own_sound("liveavatar", {"speech_engine": "elevenlabs"})
    assert not live_languages.own_sound("liveavatar", {"speech_engine": "espeak"})
    assert not live_languages.own_sound("a2e", {"speech_engine": "elevenlabs"})
    assert live_languages.is_confirmed("liveavatar", VERA, "kk", our_sound=True)


def test_an_avatar_not_known_to_speak_the_language_gets_no_room(live_a2e: Live, liveavatar: Live) -> None:
    read("a2e", "liveavatar")
    for live, language in ((live_a2e, "ru"), (liveavatar, "kk")):
        with pytest.raises(LiveRefused) as refused:
            opened(provider=live.kind, avatar_id=live.avatar, language=language)
        assert refused.value.code == "language" and live.paid() == 0


# --- The form ---------------------------------------------------------------------------------------------------------


def test_the_picker_offers_live_avatars_that_speak_the_profile_s_language(
    alice: Client, live_a2e: Live, liveavatar: Live, settings: Any
) -> None:
    read("a2e", "liveavatar")
    assert offered(alice, "a2e", "en") == ["Alice", "Victor"] and offered(alice, "a2e", "ru") == []
    assert offered(alice, "liveavatar", "ru") == ["HR lead", "Vera", "Oleg"] and offered(alice, "liveavatar", "kk") == []
    for name, value in ELEVENLABS.items():
        setattr(settings, name, value)
    # It should offer all of them where our own sound is used.
    assert offered(alice, "liveavatar", "kk", "elevenlabs") == ["HR lead", "Vera", "Oleg"]


def test_the_form_takes_live_avatars_of_each_provider(
    alice: Client, profile: AvatarSettings, live_a2e: Live, liveavatar: Live
) -> None:
    read("a2e", "liveavatar")
    changed(alice, profile, **{"characters-a2e-live": ALICE, "characters-liveavatar-live": OLEG, "live_quality": "high"})
    assert profile.characters == {"a2e": {"live": ALICE}, "liveavatar": {"live": OLEG}}
    assert (profile.live_avatar, profile.live_quality) == (ALICE, "high")
    page = changed(alice, profile, live_quality="enormous")
    assert profile.live_quality == "high" and "enormous" in page


def test_the_form_refuses_a_live_avatar_that_does_not_speak_the_language(
    alice: Client, profile: AvatarSettings, live_a2e: Live, liveavatar: Live
) -> None:
    read("a2e", "liveavatar")
    page = changed(alice, profile, **{"characters-a2e-live": ALICE, "language": "ru"})
    assert "is not known to speak Русский" in page and not profile.characters
    # It should refuse an avatar that is for recorded videos only.
    recorded = CatalogueItem.objects.get(provider="a2e", name="Emma").item_id
    assert "is not known to speak English" in changed(alice, profile, **{"characters-a2e-live": recorded})
    assert not profile.characters
    # It should warn, and save, when the language changes under an avatar that is stored.
    changed(alice, profile, **{"characters-a2e-live": ALICE})
    page = changed(alice, profile, language="ru")
    assert "is not known to speak Русский" in page and profile.language == "ru" and profile.live_avatar == ALICE


def test_liveavatar_s_own_voices_can_be_chosen(alice: Client, profile: AvatarSettings, liveavatar: Live) -> None:
    read("liveavatar")
    changed(alice, profile, speech_engine="liveavatar", voice=VOICE)
    assert (profile.speech_engine, profile.voice) == ("liveavatar", VOICE)
    session = opened(provider="liveavatar", avatar_id=VERA, settings=profile.snapshot())
    assert not session.own_sound
    persona = liveavatar.server.calls("POST /v1/sessions/token")[0].json()["avatar_persona"]
    assert persona == {"language": "en", "voice_id": VOICE}


# --- The status page --------------------------------------------------------------------------------------------------


def block(kind: str) -> Any:
    return next(found for found in blocks() if found.key == f"provider-{kind}")


def test_a_provider_s_block_tells_how_its_live_rooms_do(live_a2e: Live, liveavatar: Live, profile: AvatarSettings) -> None:
    read("a2e", "liveavatar")
    opened(provider="liveavatar", avatar_id=VERA)
    facts = {str(name): str(value) for name, value in block("liveavatar").facts}
    assert facts["Live avatars"] == "3" and facts["Live rooms open now"] == "1" and "1 held" in facts["Live in the last day"]
    assert [check.name for check in block("a2e").checks if check.costs] == ["speech", "video", "live"]
    assert "live" in [check.name for check in block("liveavatar").checks]
    AvatarSettings.objects.update(language="kk")
    assert any("not known to speak" in str(note) for note in block("a2e").notes)


def test_the_live_test_opens_speaks_closes_and_tells_the_times(live_a2e: Live, profile: AvatarSettings) -> None:
    check = next(check for check in block("a2e").checks if check.name == "live")
    done = check.run(Asked({}))
    assert done.good and "room opened in" in str(done.text) and "closed in" in str(done.text)
    assert len(live_a2e.rooms.all()[0].heard) == 1 and not live_a2e.rooms.running()
    assert LiveSession.objects.get().purpose == "test"


def test_the_live_test_tries_whatever_stands_first_in_the_catalogue(liveavatar: Live, profile: AvatarSettings) -> None:
    read("liveavatar")
    done = try_live("liveavatar")
    assert done.good and "English" in str(done.text) and liveavatar.paid() == 1 and not liveavatar.rooms.running()
    # It should not claim that an avatar spoke where only the room's page can let it.
    assert "nothing was heard" in str(done.text) and liveavatar.rooms.all()[0].heard == []


def test_the_live_test_is_heard_with_our_own_sound(liveavatar: Live, profile: AvatarSettings, settings: Any) -> None:
    for name, value in ELEVENLABS.items():
        setattr(settings, name, value)
    settings.ELEVENLABS_BASE_URL = "http://127.0.0.1:1"
    AvatarSettings.objects.update(speech_engine="elevenlabs")  # away: the built-in voice says it, still as our own sound
    done = try_live("liveavatar")
    assert done.good and "nothing was heard" not in str(done.text)
    assert soon(lambda: len(liveavatar.rooms.all()[0].heard) == 1)


@pytest.mark.parametrize(
    ("line", "word", "told"),
    [("agora-token", "no_coins", "used up"), ("agora-token", "hosts_busy", "busy"),
     ("speak", "error", "did not accept"), ("leave", "status:500", "tried again by itself")],
)  # fmt: skip
def test_the_live_test_tells_what_failed_and_never_leaves_a_room(
    live_a2e: Live, profile: AvatarSettings, line: str, word: str, told: str
) -> None:
    live_a2e.server.break_next(f"POST /api/v1/streaming-avatar/{line}", faults.named("a2e", word), times=2)
    done = try_live("a2e")
    assert not done.good and told in str(done.text)
    assert not live_a2e.rooms.running() or LiveSession.objects.get().due_at


# --- Settings ---------------------------------------------------------------------------------------------------------


def test_a_key_of_heygen_and_a_wrong_language_are_refused_at_the_start(settings: Any) -> None:
    settings.LIVEAVATAR_API_KEY = settings.HEYGEN_API_KEY = "the same"
    settings.A2E_LIVE_LANGUAGES = ["en", "fr"]
    found = {fault.id: fault.msg for fault in run_checks() if str(fault.id).startswith("avatars.")}
    assert "LIVEAVATAR_API_KEY" in found["avatars.E009"] and "'fr'" in found["avatars.E008"]

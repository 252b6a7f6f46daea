"""HR choose avatars and voices from what providers really have, see copies of ours only, and try a profile on its page."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from avatars.engines import registry as engines
from avatars.models import AvatarGeneration, AvatarSettings, CatalogueItem, CatalogueList, Speech
from avatars.providers import registry
from avatars.providers.base import Character, Origin, Voice
from avatars.providers.fake import FakeProvider
from avatars.services import catalogue
from avatars.services.generation_states import State
from avatars.services.profiles import save_profile
from avatars.speech.sound import wav_bytes
from avatars.tests.generation_builders import polled, worked
from avatars.tests.test_avatar_admin import form_values
from interview_site.errors import Category, ProviderError

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def provider(fake: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> FakeProvider:
    """A provider somewhere else, as HR see one."""
    monkeypatch.setitem(registry.LABELS, "fake", "Fake")
    return fake


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("alice", "alice@example.com", "secret"))
    return client


@pytest.fixture
def standard() -> AvatarSettings:
    return save_profile(
        AvatarSettings(name="Standard", style="recorded", providers=["fake"], recorded_avatar="anna", speed=1.1, resolution=720)
    )


@pytest.fixture
def files(settings: Any) -> Iterator[str]:
    """A host of pictures and sounds on loopback; the last part of the path says what it gives."""
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "#335577").save(picture, format="PNG")
    bodies = {
        "face.png": picture.getvalue(),
        "voice.wav": wav_bytes(b"\0\1" * 16_000, 16_000),
        "page.png": b"<html>sign in</html>",
    }

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = bodies.get(self.path.rpartition("/")[2])
            self.send_response(200 if body else 404)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.OUTBOUND_ALLOWED_CIDRS = ["127.0.0.1/32"]
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def read(provider: FakeProvider) -> None:
    catalogue.read(provider)


def listed(client: Client, what: str = "character", kind: str = "fake", **query: str) -> dict[str, Any]:
    answer = client.get(reverse("admin:avatars_avatarsettings_catalogue", args=[kind, what]), query)
    assert answer.status_code == 200
    return answer.json()


def change(client: Client, profile: AvatarSettings, **values: object) -> Any:
    base = form_values(
        name=profile.name, style=profile.style, is_default="on", **{"providers": ["fake"], "characters-fake-recorded": "anna"}
    )
    url = reverse("admin:avatars_avatarsettings_change", args=[profile.pk])
    return client.post(url, {**base, **values}, follow=True)


# --- The catalogue ---


def test_the_accounts_own_avatars_stand_first_and_are_counted(alice: Client, provider: FakeProvider) -> None:
    provider._characters = lambda: (Character("a", "Anna"), Character("m", "Mine", origin=Origin.OWN))  # type: ignore[method-assign]
    read(provider)
    found = listed(alice)
    assert [item["id"] for item in found["items"]] == ["m", "a"] and found["counts"] == {"own": 1, "public": 1}
    assert [item["id"] for item in listed(alice, origin="public")["items"]] == ["a"]
    assert [item["id"] for item in listed(alice, q="mIn")["items"]] == ["m"]


def test_a_long_list_comes_in_pages(alice: Client, provider: FakeProvider) -> None:
    provider._characters = lambda: tuple(Character(f"c{n}", f"C {n}") for n in range(130))  # type: ignore[method-assign]
    read(provider)
    pages = [listed(alice, page=str(page)) for page in (1, 2, 3)]
    assert [len(page["items"]) for page in pages] == [60, 60, 10] and [page["more"] for page in pages] == [True, True, False]
    assert listed(alice, page="²")["items"] == pages[0]["items"]


def test_voices_of_another_language_are_left_out_and_those_of_many_stay(alice: Client, provider: FakeProvider) -> None:
    provider._voices = lambda: (Voice("1", "A", "Russian"), Voice("2", "B", "en-US"), Voice("3", "C", "Multilingual"))  # type: ignore[method-assign]
    read(provider)
    assert [item["id"] for item in listed(alice, "voice", language="ru")["items"]] == ["1", "3"]


def test_the_voices_of_an_engine_of_ours_are_there_too(alice: Client) -> None:
    found = listed(alice, "voice", "espeak", language="kk")
    assert found["items"] and all(item["speaks"] and item["language"] == "kk" for item in found["items"])


def test_a_provider_that_is_down_shows_the_last_list_with_its_age(alice: Client, provider: FakeProvider) -> None:
    read(provider)

    def down() -> tuple[Character, ...]:
        raise ProviderError("away", category=Category.CONNECTIVITY)

    provider._characters = down  # type: ignore[method-assign]
    CatalogueList.objects.update(fetched_at=timezone.now() - timedelta(hours=3))
    alice.post(reverse("admin:avatars_avatarsettings_refresh", args=["fake"]))
    catalogue.refresh_due(CatalogueList.objects.get().pk)
    found = listed(alice)
    assert len(found["items"]) == 2 and "3" in found["state"]["text"] and "last known" in found["state"]["fault"]


@pytest.mark.parametrize(("kind", "what"), [("nobody", "character"), ("fake", "secrets"), ("espeak", "character")])
def test_what_is_no_catalogue_is_not_found(alice: Client, kind: str, what: str) -> None:
    assert alice.get(reverse("admin:avatars_avatarsettings_catalogue", args=[kind, what])).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_list(
    alice: Client, provider: FakeProvider, django_assert_max_num_queries: Any
) -> None:
    provider._characters = lambda: tuple(Character(f"c{n}", f"C {n}") for n in range(300))  # type: ignore[method-assign]
    read(provider)
    with django_assert_max_num_queries(6):
        listed(alice)


# --- Copies ---


def copy(client: Client, **fields: str) -> Any:
    row = CatalogueItem.objects.create(provider="fake", item_id="x", **{"kind": "character", **fields})
    return client.get(reverse("admin:avatars_avatarsettings_copy", args=[row.pk]))


def test_a_picture_is_copied_small_and_encoded_anew(alice: Client, files: str) -> None:
    answer = copy(alice, picture_url=f"{files}/face.png")
    picture = Image.open(io.BytesIO(b"".join(answer)))
    assert answer["Content-Type"] == "image/webp" and picture.size == (320, 240)
    kept = CatalogueItem.objects.get().copy.name
    alice.get(reverse("admin:avatars_avatarsettings_copy", args=[CatalogueItem.objects.get().pk]))
    assert CatalogueItem.objects.get().copy.name == kept


def test_a_voices_sample_plays_from_here(alice: Client, files: str) -> None:
    answer = copy(alice, kind="voice", sample_url=f"{files}/voice.wav")
    assert answer["Content-Type"] == "audio/wav" and b"".join(answer)[:4] == b"RIFF"


@pytest.mark.parametrize("fields", [
    {"picture_url": "{}/page.png"}, {"picture_url": "{}/gone.png"}, {"kind": "voice", "sample_url": "{}/face.png"},
    {"picture_url": "http://10.0.0.1/face.png"}, {"picture_url": "http://169.254.169.254/"}, {},
])  # fmt: skip
def test_what_is_not_a_picture_or_not_to_be_asked_is_simply_not_there(alice: Client, files: str, fields: dict[str, str]) -> None:
    assert copy(alice, **{name: value.format(files) for name, value in fields.items()}).status_code == 404
    assert not CatalogueItem.objects.get().copy


# --- Choosing ---


def test_the_form_shows_the_order_and_an_avatar_for_each_provider(alice: Client, standard: AvatarSettings) -> None:
    page = alice.get(reverse("admin:avatars_avatarsettings_change", args=[standard.pk])).content.decode()
    assert 'name="characters-fake-recorded" value="anna"' in page and "data-order" in page and "avatar_profile.js" in page


def test_an_avatar_the_provider_does_not_have_is_refused_with_words(
    alice: Client, standard: AvatarSettings, provider: FakeProvider
) -> None:
    read(provider)
    page = change(alice, standard, **{"characters-fake-recorded": "nobody"}).content.decode()
    assert "does not offer “nobody”" in page
    standard.refresh_from_db()
    assert standard.recorded_avatar == "anna"
    change(alice, standard, **{"characters-fake-recorded": "boris"})
    standard.refresh_from_db()
    assert (standard.recorded_avatar, standard.characters) == ("boris", {"fake": {"recorded": "boris"}})


def test_a_catalogue_that_cannot_be_read_warns_and_does_not_block(alice: Client, standard: AvatarSettings) -> None:
    page = change(alice, standard, **{"characters-fake-recorded": "brand-new"}).content.decode()
    standard.refresh_from_db()
    assert standard.recorded_avatar == "brand-new" and "could not be checked" in page
    assert CatalogueList.objects.get(provider="fake").due_at is not None


def test_a_stored_avatar_that_is_gone_does_not_block_saving(
    alice: Client, standard: AvatarSettings, provider: FakeProvider
) -> None:
    provider._characters = lambda: (Character("zoe", "Zoe"),)  # type: ignore[method-assign]
    read(provider)
    change(alice, standard, persona="Warm")
    standard.refresh_from_db()
    assert (standard.persona, standard.recorded_avatar) == ("Warm", "anna")


def test_a_provider_that_speaks_itself_lends_its_voices(
    alice: Client, standard: AvatarSettings, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(engines._CLASSES, "fake")  # the engine of that name would speak for it
    read(provider)
    assert "does not offer “v9”" in change(alice, standard, speech_engine="fake", voice="v9").content.decode()
    change(alice, standard, speech_engine="fake", voice="v1")
    standard.refresh_from_db()
    assert (standard.speech_engine, standard.voice) == ("fake", "v1")


def test_the_order_is_the_order_of_the_page(alice: Client, standard: AvatarSettings) -> None:
    change(alice, standard, providers=["heygen", "fake"])
    standard.refresh_from_db()
    assert standard.providers == ["heygen", "fake"]


def test_a_voice_is_heard_as_it_is_and_not_as_another(alice: Client) -> None:
    hear = reverse("admin:avatars_avatarsettings_hear")
    answer = alice.post(hear, {"speech_engine": "espeak", "voice": "kk-male-1", "language": "kk"})
    assert answer.json()["audio"].startswith("/speech/") and Speech.objects.get().voice == "kk-male-1"
    assert alice.post(hear, {"speech_engine": "nobody", "voice": "x", "language": "ru"}).status_code == 503


# --- Trying, resetting ---


def test_a_test_shows_the_speech_then_the_video(alice: Client, standard: AvatarSettings) -> None:
    url = reverse("admin:avatars_avatarsettings_start_test", args=[standard.pk])
    asked = alice.post(url, {"text": "Здравствуйте! Расскажите о себе."}).json()
    assert any("paid" in line for line in asked["sure"]) and not AvatarGeneration.objects.exists()
    first = alice.post(url, {"text": "Здравствуйте! Расскажите о себе.", "sure": "1"}).json()
    generation = worked(AvatarGeneration.objects.get())
    look = reverse("admin:avatars_avatarsettings_test", args=[standard.pk, first["video"]])
    assert alice.get(look).json()["sound"] and not alice.get(look).json()["done"]
    polled(generation)
    done = alice.get(look).json()
    assert done["good"] and done["done"] and done["film"]


def test_another_language_and_the_budget_are_told_before_paying(alice: Client, standard: AvatarSettings) -> None:
    AvatarSettings.objects.filter(pk=standard.pk).update(monthly_budget=Decimal("0.01"))
    url = reverse("admin:avatars_avatarsettings_start_test", args=[standard.pk])
    lines = " ".join(alice.post(url, {"text": "Hello! Please tell me about your work."}).json()["sure"])
    assert "English" in lines and "budget" in lines


def test_what_is_free_asks_nothing(alice: Client, standard: AvatarSettings) -> None:
    AvatarSettings.objects.filter(pk=standard.pk).update(style="local")
    url = reverse("admin:avatars_avatarsettings_start_test", args=[standard.pk])
    assert alice.post(url, {"text": "Здравствуйте!"}).json()["step"] == State.QUEUED
    assert alice.post(url, {"text": "🙂"}).status_code == 400


def test_a_profile_goes_back_to_the_usual_values_and_its_history_knows_it(alice: Client, standard: AvatarSettings) -> None:
    AvatarSettings.objects.filter(pk=standard.pk).update(monthly_budget=5)
    url = reverse("admin:avatars_avatarsettings_reset", args=[standard.pk])
    assert alice.get(url).status_code == 200
    alice.post(url)
    standard.refresh_from_db()
    assert (standard.name, standard.speed, standard.providers, standard.recorded_avatar) == ("Standard", 1.0, [], "")
    assert standard.monthly_budget == 5 and standard.is_default and standard.history.first().prev_record.speed == 1.1


def test_who_may_only_look_starts_and_resets_nothing(client: Client, standard: AvatarSettings) -> None:
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="view_avatarsettings"))
    client.force_login(bob)
    for name in ("start_test", "reset"):
        assert client.post(reverse(f"admin:avatars_avatarsettings_{name}", args=[standard.pk]), {"text": "Да"}).status_code == 404
    assert client.post(reverse("admin:avatars_avatarsettings_hear"), {}).status_code == 404
    client.force_login(User.objects.create_user("charlie", is_staff=True))
    assert client.get(reverse("admin:avatars_avatarsettings_catalogue", args=["fake", "character"])).status_code == 404

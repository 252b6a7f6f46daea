"""The avatar service call by call: its state table, what it refuses and how, who may spend, what is saved."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from avatars.engines import registry as engines
from avatars.models import AvatarGeneration, AvatarSettings, CatalogueItem, CatalogueList, ProviderHealth, Speech
from avatars.provider_stub.a2e import A2EStub
from avatars.providers import registry
from avatars.services import catalogue
from avatars.services.generation_states import State
from avatars.tests.chunk_helpers import api_client, make_staff, make_token
from avatars.tests.generation_builders import polled, worked
from interview_site import stub_faults as faults

pytest_plugins = ["avatars.tests.a2e_fixtures", "avatars.tests.generation_fixtures"]
pytestmark = pytest.mark.django_db
AT = "/api/v1/avatar/"
READS = ("a2e-status", "status", "voices", "characters", "languages", "settings")
WRITES = ("tts", "generate-video", "generate", "fallback/generate-video", "video-status")


@pytest.fixture
def client(media: Any) -> Client:
    return api_client()


@pytest.fixture
def admin(media: Any) -> Client:
    """A token whose owner may change profiles."""
    secret = make_token()
    User.objects.get().user_permissions.add(Permission.objects.get(codename="change_avatarsettings"))
    return api_client(secret)


def send(client: Client, path: str, method: str = "post", **body: Any) -> Any:
    return getattr(client, method)(AT + path, body, content_type="application/json")


def put(client: Client, **body: Any) -> Any:
    return send(client, "settings", "put", **body)


# --- The state table --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "progress", "word"),
    [
        ("queued", 0, "init"), ("speaking", 0, "pending"), ("submitted", 0, "pending"), ("processing", 40, "pending"),
        ("processing", 100, "copy"), ("submitted", 100, "copy"), ("succeeded", 100, "success"), ("failed", 0, "failed"),
        ("cancelled", 0, "failed"), ("unknown", 0, "pending"), ("blocked", 0, "error"),
    ],
)  # fmt: skip
def test_each_state_has_the_contracts_word(client: Client, state: str, progress: int, word: str) -> None:
    task_id = send(client, "generate-video", text="Добрый день!").json()["task_id"]
    ended = timezone.now() if state in ("succeeded", "failed", "cancelled") else None
    AvatarGeneration.objects.update(
        state=state, progress=progress, video="generations/x.mp4", finished_at=ended,
        error_code="no_credit" if state in ("failed", "blocked") else "",
    )  # fmt: skip
    told = send(client, "video-status", task_id=task_id).json()
    assert (told["task_id"], told["status"], told["progress"]) == (task_id, word, progress) and told["created_at"]
    assert bool(told["result_url"]) == (word == "success") and bool(told["completed_at"]) == bool(ended)
    assert bool(told["error"]) == (word in ("failed", "error"))
    if word == "error":
        assert "Top it up" in told["error"] and told["error_code"] == "no_credit"


def test_while_we_fetch_the_finished_file_it_says_copy(client: Client, a2e: A2EStub) -> None:
    avatar = catalogue.read(_a2e()) and catalogue.items("a2e", catalogue.Kind.CHARACTER)[0].item_id
    task_id = send(client, "generate-video", text="Добрый день!", avatar_id=avatar).json()["task_id"]
    generation = worked(AvatarGeneration.objects.get())
    a2e.jobs[generation.provider_id].step = 99
    a2e.server.break_next("GET /files/video/*", faults.status(500))
    polled(generation)
    assert generation.state != State.SUCCEEDED
    assert send(client, "video-status", task_id=task_id).json()["status"] == "copy"
    polled(generation)
    assert send(client, "video-status", task_id=task_id).json()["status"] == "success"


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["tts", "generate", "generate-video", "fallback/generate-video"])
@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 400, "text"), ({"text": None}, 400, "text"), ({"text": "  "}, 400, "text"), ({"text": ["a"]}, 400, "text"),
        ({"text": "🙂"}, 400, "spoken"), ({"text": "а" * 10_001}, 413, "longer"),
        ({"text": "Да", "voice_id": {"a": 1}}, 400, "voice_id"),
    ],
)  # fmt: skip
def test_wrong_bodies_are_refused_in_the_contracts_shape(client: Client, call: str, body: Any, status: int, word: str) -> None:
    answer = send(client, call, **body)
    assert answer.status_code == status and set(answer.json()) == {"detail"} and word in answer.json()["detail"]
    assert not AvatarGeneration.objects.exists() and not Speech.objects.exists()


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("tts", {"speech_rate": 0.4}), ("tts", {"speech_rate": 2.5}), ("tts", {"speech_rate": "quick"}),
        ("generate-video", {"resolution": 480}), ("generate-video", {"resolution": True}), ("generate", {"session_id": [1]}),
    ],
)  # fmt: skip
def test_values_outside_their_range_are_refused(client: Client, call: str, body: Any) -> None:
    answer = send(client, call, text="Да.", **body)
    assert answer.status_code == 400 and next(iter(body)) in answer.json()["detail"]


def test_an_unknown_task_is_not_found(client: Client) -> None:
    assert send(client, "video-status", task_id="nobody").status_code == 404
    assert send(client, "video-status").json()["detail"].startswith("task_id")


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_nobody_is_let_in_without_credentials_or_scope(media: Any, prefix: str) -> None:
    stranger, narrow = Client(), api_client(make_token(scopes=("positions:read",)))
    for path in READS:
        assert stranger.get(prefix + AT + path).status_code == 401
        assert narrow.get(prefix + AT + path).status_code == 403
    for path in WRITES:
        answer = stranger.post(prefix + AT + path, {"text": "Да"}, content_type="application/json")
        assert answer.status_code == 401 and set(answer.json()) == {"detail"}
    assert stranger.put(prefix + AT + "settings", {}, content_type="application/json").status_code == 401
    assert stranger.get(prefix + AT + "healthz").json()["status"] == "ok"


@pytest.mark.parametrize("call", ["tts", "generate-video", "generate", "fallback/generate-video"])
def test_a_staff_session_must_show_where_the_call_comes_from(media: Any, call: str) -> None:
    staff = Client(enforce_csrf_checks=True, raise_request_exception=False)
    staff.force_login(make_staff())
    answer = send(staff, call, text="Да.")
    assert answer.status_code == 403 and "CSRF" in answer.json()["detail"] and not AvatarGeneration.objects.exists()
    assert staff.get(AT + call).status_code == 405


def test_a_reader_may_not_change_the_settings(client: Client) -> None:
    assert put(client, speech_rate=1.5).status_code == 403
    assert client.post(AT + "settings", {}, content_type="application/json").status_code == 405


# --- Money ------------------------------------------------------------------------------------------------------------


def test_nobody_without_credentials_spends_money_unless_the_operator_says_so(a2e: A2EStub, settings: Any, media: Any) -> None:
    settings.API_ALLOW_ANONYMOUS = True
    anybody = Client()
    voice, avatar = _a2e_ids()
    for path, body in (("tts", {"voice_id": voice}), ("generate-video", {"avatar_id": avatar})):
        answer = send(anybody, path, text="Да.", **body)
        assert answer.status_code == 403 and "token" in answer.json()["detail"]
    assert send(anybody, "tts", text="Да.").status_code == 200  # the built-in voice costs nothing
    assert not a2e.paid and not AvatarGeneration.objects.exists()
    settings.API_ANONYMOUS_MAY_SPEND = True
    assert send(anybody, "tts", text="Да.", voice_id=voice).json()["voice_id"] == voice and len(a2e.paid) == 1


def test_a_page_of_an_unlisted_origin_is_refused(settings: Any, media: Any) -> None:
    settings.API_ALLOW_ANONYMOUS, settings.CORS_ALLOWED_ORIGINS = True, ["https://chat.example.com"]
    assert Client().get(AT + "voices", headers={"Origin": "https://evil.example"}).status_code == 403
    answer = Client().get(AT + "voices", headers={"Origin": "https://chat.example.com"})
    assert answer.status_code == 200 and answer["Access-Control-Allow-Origin"] == "https://chat.example.com"


def test_a_used_up_budget_is_told(a2e: A2EStub, client: Client) -> None:
    voice, _avatar = _a2e_ids()
    AvatarSettings.objects.create(name="Poor", is_default=True, monthly_budget=0)
    answer = send(client, "tts", text="Да.", voice_id=voice)
    assert answer.status_code == 503 and "budget" in answer.json()["detail"] and not a2e.paid


def test_a_refused_key_is_told_by_status_and_by_speech(a2e: A2EStub, client: Client, settings: Any) -> None:
    voice, _avatar = _a2e_ids()
    a2e.token = "another"
    told = client.get(AT + "a2e-status").json()
    assert told["status"] == "available"  # it answered a moment ago; a minute later it is asked again
    ProviderHealth.objects.update(last_success_at=timezone.now() - timedelta(minutes=2))
    told = client.get(AT + "a2e-status").json()
    assert (told["status"], told["api_accessible"], told["api_key_configured"]) == ("error", False, True) and told["error"]
    answer = send(client, "tts", text="Да.", voice_id=voice)
    assert answer.status_code == 503 and not Speech.objects.exists()


# --- Ids --------------------------------------------------------------------------------------------------------------


def test_an_id_that_a2e_does_not_list_is_refused_before_anything_is_paid(a2e: A2EStub, client: Client) -> None:
    _a2e_ids()
    assert "voice" in send(client, "tts", text="Да.", voice_id="66d3f6a704d077b1432fb7d3").json()["detail"]
    answer = send(client, "generate-video", text="Да.", avatar_id="68af59a86eeedd0042ca7e27")
    assert answer.status_code == 400 and "avatar_id" in answer.json()["detail"] and not a2e.paid


def test_a_live_avatar_films_nothing(a2e: A2EStub, client: Client) -> None:
    _a2e_ids()
    CatalogueItem.objects.create(provider="a2e", kind="character", item_id="alice", name="Alice", live=True, recorded=False)
    assert "avatar_id" in send(client, "generate-video", text="Да.", avatar_id="alice").json()["detail"]
    assert "alice" not in {one["id"] for one in client.get(AT + "characters").json()["characters"]}


def test_a_clone_of_ours_at_a2e_speaks_by_its_listed_id(a2e: A2EStub, client: Client) -> None:
    listed = client.get(AT + "voices?country=kk&region=KZ").json()["voices"]
    clone = next(one for one in listed if one["id"].startswith("clone:"))
    spoken = send(client, "tts", text="Сәлеметсіз бе!", voice_id=clone["id"]).json()
    assert spoken["voice_id"] == clone["id"] and a2e.paid


def test_a_voice_of_another_engine_is_named_with_it(admin: Client, settings: Any) -> None:
    settings.TTS_BASE_URL, settings.TTS_MODEL, settings.TTS_VOICES = "http://127.0.0.1:9/v1", "m", ["Nova:female:nova"]
    engines._instances.pop("openai", None)
    try:
        listed = {one["id"]: one for one in admin.get(AT + "voices?country=ru").json()["voices"]}
        assert listed["openai:ru-nova"]["name"] == "Nova" and listed["openai:ru-nova"]["engine"] == "openai"
        assert put(admin, voice_id="openai:ru-nova").json()["settings"]["voice_id"] == "openai:ru-nova"
        profile = AvatarSettings.objects.get()
        assert (profile.speech_engine, profile.voice, profile.language) == ("openai", "ru-nova", "ru")
        # The engine is away: another voice would be a failure dressed as success.
        answer = send(admin, "tts", text="Добрый день!")
        assert answer.status_code == 503 and answer["Retry-After"] and not Speech.objects.exists()
    finally:
        engines._instances.pop("openai", None)


def test_a_profile_whose_engine_is_gone_speaks_with_the_built_in_voice(client: Client) -> None:
    AvatarSettings.objects.create(name="Old", is_default=True, speech_engine="a2e", voice="ru-66d3f6a704d077b1432fb7d3")
    assert send(client, "tts", text="Добрый день!").json()["voice_id"] == "ru-female-1"


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_what_was_spoken_becomes_a_video_by_the_second_call(media: Any, prefix: str) -> None:
    """The whole way of section 4: speech with any engine, then a video of that very file."""
    site = Client(headers={"Authorization": f"Bearer {make_token()}", "Host": "localhost:8000"})
    body = {"text": "Добрый день!", "voice_id": "ru-male-1"}
    spoken = site.post(f"{prefix}{AT}tts", body, content_type="application/json").json()
    assert spoken["audio_url"].startswith(f"http://localhost:8000{prefix}/speech/")
    order = {"audio_url": spoken["audio_url"], "avatar_id": "", "video_format": "square"}
    made = site.post(f"{prefix}{AT}heygen/generate", order, content_type="application/json")
    assert made.status_code == 200, made.json()
    assert AvatarGeneration.objects.get().public_id == made.json()["video_id"] and Speech.objects.count() == 1


def test_a_country_without_a_voice_has_an_empty_list(client: Client) -> None:
    assert client.get(AT + "voices?country=de&region=DE").json() == {"voices": [], "count": 0, "country": "de", "region": "DE"}


def test_an_avatar_is_taken_on_trust_while_the_list_cannot_be_read(a2e: A2EStub, client: Client) -> None:
    _a2e_ids()
    CatalogueList.objects.update(error_category="connectivity")
    assert send(client, "generate-video", text="Да.", avatar_id="new-avatar").status_code == 202
    assert AvatarGeneration.objects.get().settings["recorded_avatar"] == "new-avatar"


# --- Settings ---------------------------------------------------------------------------------------------------------


def test_settings_are_the_default_profiles(a2e: A2EStub, admin: Client) -> None:
    voice, avatar = _a2e_ids()
    answer = put(admin, voice_id=voice, avatar_id=avatar, resolution="1080p", speech_rate=1.5, language="ru-RU", quality="high")
    assert answer.status_code == 200 and answer.json()["success"] is True
    told = admin.get(AT + "settings").json()
    assert told == answer.json()["settings"]
    expected = {
        "voice_id": voice, "avatar_id": avatar, "resolution": 1080, "speech_rate": 1.5, "language": "ru-RU", "quality": "high",
    }  # fmt: skip
    assert expected.items() <= told.items()
    profile = AvatarSettings.objects.get()
    assert profile.is_default and (profile.style, profile.providers, profile.recorded_avatar) == ("recorded", ["a2e"], avatar)
    assert (profile.speech_engine, profile.voice, profile.lip_sync) == ("a2e", f"ru-{voice}", "best")
    assert profile.history.first().history_user == User.objects.get()
    # Back to a presenter of ours: what was chosen at A2E is kept for the day it is wanted again.
    assert put(admin, avatar_id="timur", voice_id="ru-male-1").json()["settings"]["provider"] == "local"
    profile.refresh_from_db()
    assert (profile.style, profile.presenter, profile.characters) == ("local", "timur", {"a2e": {"recorded": avatar}})


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"voice_id": "nobody"}, "voice_id"), ({"avatar_id": "nobody"}, "avatar_id"), ({"resolution": 480}, "resolution"),
        ({"speech_rate": 9}, "speech_rate"), ({"language": "de"}, "language"), ({"quality": "superb"}, "quality"),
        ({"aspect": "round"}, "aspect"), ({"speech_rate": 1.5, "voice_id": "nobody"}, "voice_id"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named_and_nothing_is_saved(admin: Client, body: Any, field: str) -> None:
    before = AvatarSettings.objects.create(name="Ours", is_default=True).snapshot()
    answer = put(admin, **body)
    assert answer.status_code == 400 and field in answer.json()["errors"] and answer.json()["detail"].startswith(field)
    assert AvatarSettings.objects.get().snapshot() == before


def test_empty_and_unknown_settings_change_nothing(admin: Client) -> None:
    before = AvatarSettings.objects.create(name="Ours", is_default=True, speed=1.3).snapshot()
    assert put(admin, voice_id="", avatar_id=None, captions=None, colour="red").status_code == 200
    assert AvatarSettings.objects.get().snapshot() == before


# --- Within -----------------------------------------------------------------------------------------------------------


def _a2e() -> Any:
    return registry.provider("a2e")


def _a2e_ids() -> tuple[str, str]:
    """A Russian voice and an avatar of A2E's list, as a worker has read it."""
    catalogue.read(_a2e())
    voice = CatalogueItem.objects.filter(provider="a2e", kind="voice", language="ru").first()
    avatar = CatalogueItem.objects.filter(provider="a2e", kind="character").first()
    return voice.item_id, avatar.item_id

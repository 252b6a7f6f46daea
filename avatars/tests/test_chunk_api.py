"""The chunk API as clients see it (docs/contracts/compat_api.md section 3)."""

import io
import json
import re
import wave

import av
import pytest
from django.test import Client

from avatars.engines.espeak_process import EspeakProcess
from avatars.engines.registry import speech_engine
from avatars.models import AvatarSettings, Speech, VideoChunk
from avatars.tests.chunk_helpers import TEXT, api_client, make_staff, make_token, post, work_until_done
from interview_site.errors import Category, ProviderError

pytestmark = pytest.mark.django_db(transaction=True)
FOREIGN = "https://chat.example.com"


@pytest.fixture
def client():
    return api_client()


@pytest.fixture
def spoken_by_fake():
    """The default profile speaks with the scripted voice."""
    AvatarSettings.objects.create(name="Fake", is_default=True, speech_engine="fake", voice="ru-fake")
    engine = speech_engine("fake")
    yield engine
    engine.failures.clear()


def read(response) -> bytes:
    async def whole() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    from asgiref.sync import async_to_sync

    if not response.streaming:
        return response.content
    return async_to_sync(whole)() if response.is_async else b"".join(response.streaming_content)


def test_a_text_becomes_chunks_with_the_fields_of_the_contract(client):
    answer = post(client, text=TEXT, language="ru", chunk_size=15)
    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"success", "total_chunks", "language", "chunks"}
    assert body["success"] is True and body["language"] == "ru"
    assert body["total_chunks"] == len(body["chunks"]) >= 2
    for index, chunk in enumerate(body["chunks"]):
        assert set(chunk) == {"index", "text", "video_url", "audio_url", "duration"}
        assert chunk["index"] == index
        assert re.fullmatch(r"/api/chunk/video/\d{8}_\d{6}_\d{6}_\d+_[0-9a-f]{32}", chunk["video_url"])
        assert chunk["video_url"].replace("video", "audio") == chunk["audio_url"]
        assert 1 < chunk["duration"] < 20
    assert "".join(chunk["text"] for chunk in body["chunks"]) == TEXT


def test_the_files_are_what_was_promised(client):
    chunks = post(client, text=TEXT, chunk_size=8).json()["chunks"]
    work_until_done()
    stranger = Client()
    for chunk in chunks:
        video, audio = stranger.get(chunk["video_url"]), stranger.get(chunk["audio_url"])
        assert (video.status_code, video["Content-Type"]) == (200, "video/mp4")
        assert (audio.status_code, audio["Content-Type"]) == (200, "audio/wav")
        with av.open(io.BytesIO(read(video))) as container:
            assert container.duration / 1e6 == pytest.approx(chunk["duration"], rel=0.02)
            assert (container.streams.video[0].width, container.streams.video[0].height) == (480, 480)
        with wave.open(io.BytesIO(read(audio))) as sound:
            assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16_000, 1, 2)
            assert sound.getnframes() / 16_000 == pytest.approx(chunk["duration"], rel=0.02)


def test_the_first_chunk_is_made_alone_and_first(client):
    post(client, text=TEXT, chunk_size=5)
    assert [chunk.index for chunk in VideoChunk.objects.due()] == [0]
    assert work_until_done()[:3] == [0, 1, 2]
    assert not VideoChunk.objects.exclude(state="ready").exists()


def test_byte_ranges_and_head_are_answered(client):
    url = post(client, text="Здравствуйте!").json()["chunks"][0]["video_url"]
    work_until_done()
    part = client.get(url, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(read(part))) == (206, 100)
    assert part["Content-Range"].startswith("bytes 0-99/")
    head = client.head(url)
    assert (head.status_code, head["Accept-Ranges"], head.content) == (200, "bytes", b"")
    assert int(head["Content-Length"]) > 1000


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_addresses_carry_the_prefix_they_were_asked_under(client, prefix):
    chunk = post(client, f"{prefix}/api/stream_chunks", text="Добрый день.").json()["chunks"][0]
    assert chunk["video_url"].startswith(f"{prefix}/api/chunk/video/")
    work_until_done()
    assert client.get(chunk["video_url"]).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 400, "text"),
        ({"text": None}, 400, "text"),
        ({"text": ""}, 400, "text"),
        ({"text": " \n\t "}, 400, "text"),
        ({"text": ["a"]}, 400, "text"),
        ({"text": "🙂🙂"}, 400, "spoken"),
        ({"text": "Да", "language": "de"}, 400, "ru, kk or en"),
        ({"text": "Да", "language": 5}, 400, "ru, kk or en"),
        ({"text": "Да", "chunk_size": 0}, 400, "chunk_size"),
        ({"text": "Да", "chunk_size": 101}, 400, "chunk_size"),
        ({"text": "Да", "chunk_size": "many"}, 400, "chunk_size"),
        ({"text": "Да", "size": "9x9"}, 400, "size"),
        ({"text": "а" * 10_001}, 413, "10000"),
    ],
)
def test_wrong_input_is_refused_in_the_shape_of_the_contract(client, body, status, word):
    answer = post(client, **body)
    assert answer.status_code == status
    assert answer.json()["success"] is False and set(answer.json()) == {"success", "error"}
    assert word in answer.json()["error"]
    assert not VideoChunk.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'"text"', b'{"text": "\\u0000"}', b'{"text": NaN}', b"\xff", b'{"text": "\\ud800"}']
)
def test_broken_bodies_are_refused(client, raw):
    answer = client.post("/api/stream_chunks", raw, content_type="application/json")
    assert answer.status_code == 400 and answer.json()["success"] is False


def test_unknown_fields_are_ignored(client):
    assert post(client, text="Да.", voice="x", nothing=1).status_code == 200


def test_get_is_not_allowed_where_something_is_made(client):
    for path in ("/api/stream_chunks", "/api/generate", "/api/cleanup"):
        answer = client.get(path)
        assert answer.status_code == 405 and answer.json()["success"] is False


@pytest.mark.parametrize("command", ["/nonexistent", "/bin/false"])
def test_without_a_voice_it_answers_503(client, spoken_by_fake, command):
    # The built-in voice is asked after a broken one: only when both cannot, nothing can be made.
    spoken_by_fake.failures += [ProviderError("down", category=Category.QUOTA)]
    espeak = speech_engine("espeak")
    usual, espeak.process = espeak.process, EspeakProcess([command])
    try:
        answer = post(client, text="Совсем новый текст про тишину.")
    finally:
        espeak.process.close()
        espeak.process = usual
    assert answer.status_code == 503 and answer.json()["success"] is False and answer["Retry-After"]


@pytest.mark.parametrize(
    "name", ["x", "20251028_123456_000000_0_" + "0" * 32, "..%2F..%2Fetc%2Fpasswd", "a%00b", "20251028_123456_000000_0"]
)
@pytest.mark.parametrize("kind", ["video", "audio"])
def test_an_unknown_chunk_is_a_404_in_json(name, kind):
    answer = Client(raise_request_exception=False).get(f"/api/chunk/{kind}/{name}")
    assert answer.status_code == 404
    assert "error" in answer.json() or answer.json()["status"] == 404


def test_files_are_only_read(client):
    url = post(client, text="Да.").json()["chunks"][0]["video_url"]
    for answer in (client.post(url), client.delete(url), client.put(url), client.post("/api/avatar")):
        assert (answer.status_code, answer["Allow"], answer.json()["success"]) == (405, "GET, HEAD", False)


def test_a_failed_chunk_says_so(client):
    url = post(client, text="Да.").json()["chunks"][0]["video_url"]
    VideoChunk.objects.update(state="failed", due_at=None)
    answer = client.get(url)
    assert answer.status_code == 404 and answer.json()["success"] is False


def test_a_lost_file_is_a_404(client):
    url = post(client, text="Да.").json()["chunks"][0]["video_url"]
    work_until_done()
    chunk = VideoChunk.objects.get()
    chunk.video.storage.delete(chunk.video.name)
    assert client.get(url).status_code == 404


def test_one_video_for_the_whole_text(client, monkeypatch, settings):
    from avatars.api import waiting

    made = waiting.find_chunk

    def worked(public_id):
        work_until_done()
        return made(public_id)

    monkeypatch.setattr(waiting, "find_chunk", worked)
    answer = post(client, "/api/generate", text=TEXT, language="ru")
    assert (answer.status_code, answer["Content-Type"]) == (200, "video/mp4")
    data = read(answer)
    assert int(answer["Content-Length"]) == len(data)
    with av.open(io.BytesIO(data)) as container:
        assert container.duration / 1e6 > 12
    monkeypatch.setattr(waiting, "find_chunk", made)
    settings.API_GENERATE_WAIT_S = 0
    late = post(client, "/api/generate", text=TEXT + " Ещё.")
    assert late.status_code == 202 and late.json()["video_url"].startswith("/api/chunk/video/")
    assert post(client, "/api/generate", text="").status_code == 400


def test_cleanup_deletes_what_is_older_than_an_hour_and_nothing_else(client):
    post(client, text="Старый.")
    post(client, text="Новый.")
    work_until_done()
    old, new = VideoChunk.objects.order_by("pk")
    VideoChunk.objects.filter(pk=old.pk).update(expires_at=old.created_at)
    assert client.get(f"/api/chunk/video/{old.public_id}").status_code == 404  # at once, not when the sweep comes
    answer = client.post("/api/cleanup")
    assert answer.json() == {"success": True, "deleted": 2}
    assert not old.video.storage.exists(old.video.name) and new.video.storage.exists(new.video.name)
    assert list(VideoChunk.objects.values_list("pk", flat=True)) == [new.pk]
    assert client.post("/api/cleanup").json()["deleted"] == 0


def test_the_picture_of_the_current_avatar_is_open_to_anybody(client):
    AvatarSettings.objects.create(name="Timur", is_default=True, presenter="timur")
    answer = Client().get("/api/avatar")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    from avatars.presenter.format import load_presenter

    assert read(answer) == load_presenter("timur").portrait_path.read_bytes()
    AvatarSettings.objects.update(presenter="gone")
    assert Client().get("/r/api/avatar").status_code == 200


def test_health_answers_under_the_prefix_too():
    answer = Client().get("/r/api/health").json()
    assert {"status", "models_loaded", "avatar_loaded", "device"} <= set(answer)


# --- Who may call ----------------------------------------------------------------------------------------------------


def test_a_stranger_is_refused():
    for path in ("/api/stream_chunks", "/api/generate", "/api/cleanup"):
        answer = post(Client(), path, text="Да.")
        assert answer.status_code == 401 and answer.json()["success"] is False


def test_a_token_needs_the_scope_and_its_owner_the_permission():
    assert post(api_client(scopes=("positions:read",)), text="Да.").status_code == 403
    assert post(api_client(username="charlie", permitted=False), text="Да.").status_code == 403
    assert post(Client(headers={"Authorization": "Bearer ivt_wrong"}), text="Да.").status_code == 401


def test_a_staff_session_needs_the_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_staff())
    assert post(browser, text="Да.").status_code == 403
    browser.get("/admin/")
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post(
        "/api/stream_chunks", {"text": "Да."}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert answer.status_code == 200


def test_anybody_may_call_when_the_operator_says_so_but_not_from_an_unlisted_page(settings):
    settings.API_ALLOW_ANONYMOUS, settings.CORS_ALLOWED_ORIGINS = True, [FOREIGN]
    stranger = Client(enforce_csrf_checks=True)
    assert post(stranger, text="Да.").status_code == 200
    call = {"data": {"text": "Да."}, "content_type": "application/json"}
    assert stranger.post("/api/stream_chunks", **call, headers={"Origin": FOREIGN}).status_code == 200
    assert stranger.post("/api/stream_chunks", **call, headers={"Origin": "https://evil.example"}).status_code == 403
    settings.EMBEDDED = False
    assert post(stranger, text="Да.").status_code == 401


def test_anybody_does_not_spend_money(settings, monkeypatch, spoken_by_fake):
    from dataclasses import replace

    settings.API_ALLOW_ANONYMOUS = True
    monkeypatch.setattr(spoken_by_fake, "capabilities", replace(spoken_by_fake.capabilities, costs_money=True))
    asked = len(spoken_by_fake.requests)
    assert post(Client(), text="Бесплатно и без входа.").status_code == 200
    assert len(spoken_by_fake.requests) == asked and Speech.objects.get().engine == "espeak"
    settings.API_ANONYMOUS_MAY_SPEND = True
    assert post(Client(), text="За деньги и без входа.").status_code == 200
    assert len(spoken_by_fake.requests) == asked + 1


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_listed_origins_get_cors_and_others_none(settings, prefix):
    settings.CORS_ALLOWED_ORIGINS = [FOREIGN]
    for path in ("/api/avatar", "/api/health", "/api/chunk/video/x", "/api/stream_chunks"):
        asked = {"Access-Control-Request-Method": "POST"}
        allowed = Client().options(prefix + path, headers={"Origin": FOREIGN, **asked})
        assert allowed["Access-Control-Allow-Origin"] == FOREIGN
        refused = Client().options(prefix + path, headers={"Origin": "https://evil.example", **asked})
        assert not refused.has_header("Access-Control-Allow-Origin")


def test_too_many_chunks_a_minute_are_refused(settings, client):
    from django.core.cache import cache

    cache.clear()
    settings.API_CHUNKS_PER_MINUTE = 2
    assert post(client, text=TEXT, chunk_size=5).status_code == 200
    answer = post(client, text="Да.")
    assert answer.status_code == 429 and int(answer["Retry-After"]) >= 1 and answer.json()["success"] is False


def test_too_many_waiting_chunks_are_refused(monkeypatch, client):
    from avatars.services import chunks

    monkeypatch.setattr(chunks, "MAX_WAITING", 1)
    assert post(client, text=TEXT, chunk_size=5).status_code == 503


def test_the_schema_shows_every_call_with_an_example(client):
    from drf_spectacular.generators import SchemaGenerator

    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    for path in ("stream_chunks", "generate", "cleanup", "avatar", "health", "chunk/video/{id}", "chunk/audio/{id}"):
        assert f"/api/{path}" in paths
    assert "example" in json.dumps(paths["/api/stream_chunks"])
    assert not [path for path in paths if path.startswith("/r/")]


def test_tokens_are_made_with_the_scope():
    assert make_token(("avatar",)).startswith("ivt_")

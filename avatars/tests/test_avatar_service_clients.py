"""The avatar service as its older clients use it: plain HTTP, written from their documents, with no knowledge of us."""

import io
import threading
import time
import wave
from collections.abc import Iterator
from typing import Any

import av
import pytest
import requests
from django.db import connection

from avatars.models import AvatarGeneration, AvatarSettings
from avatars.provider_stub.a2e import A2EStub
from avatars.services import catalogue
from avatars.services.generation_polling import poll_due
from avatars.services.generation_work import work
from avatars.tests.chunk_helpers import make_token

pytest_plugins = ["avatars.tests.a2e_fixtures"]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The test's own server is synchronous; ours is not.
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]


class OldClient:
    """What a web page or a script of theirs does; `prefix` is that of the proxy it comes by."""

    def __init__(self, base_url: str, prefix: str = "", headers: dict[str, str] | None = None) -> None:
        self.at = f"{base_url}{prefix}/api/v1/avatar/"
        self.headers = headers or {}

    def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = requests.get(self.at + path, params=query, headers=self.headers, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, path: str, body: dict[str, Any], method: str = "POST", status: int = 200) -> dict[str, Any]:
        answer = requests.request(method, self.at + path, json=body, headers=self.headers, timeout=30)
        assert answer.status_code == status, answer.text
        return answer.json()

    def video(self, url: str) -> float:
        """Seconds of the film at this address, fetched without any header, as a <video> does."""
        answer = requests.get(url, timeout=20)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "video/mp4")
        with av.open(io.BytesIO(answer.content)) as film:
            return film.duration / 1e6


@pytest.fixture
def worker(settings: Any, tmp_path: Any) -> Iterator[None]:
    """What workers and the beat do, in a thread of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    over = threading.Event()

    def run() -> None:
        while not over.wait(0.05):
            for pk in AvatarGeneration.objects.due().being_made().values_list("pk", flat=True):
                work(pk)
            AvatarGeneration.objects.awaiting_result().update(due_at="2020-01-01T00:00Z")
            poll_due()
        connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    over.set()
    thread.join(timeout=20)


@pytest.mark.parametrize("prefix", ["", "/r"])
def test_a_page_of_the_old_kind_works_without_any_key(live_server: Any, settings: Any, worker: None, prefix: str) -> None:
    settings.API_ALLOW_ANONYMOUS = True
    page = OldClient(live_server.url, prefix)
    told = page.get("a2e-status")
    assert (told["status"], told["api_key_configured"], told["available_voices_count"]) == ("unavailable", False, 0)
    assert page.get("status")["status"] == "available" and page.get("healthz")["status"] == "ok"

    # It chooses from the lists it is shown.
    voices = page.get("voices", country="ru", region="RU")
    assert voices["count"] == len(voices["voices"]) > 0 and (voices["country"], voices["region"]) == ("ru", "RU")
    voice = next(one for one in voices["voices"] if one["gender"] == "male")
    assert set(voice) >= {"id", "name", "gender", "lang", "tts_rate"} and voice["lang"] == "ru-RU"
    character = page.get("characters")["characters"][-1]
    assert set(character) >= {"id", "name", "type", "preview_url", "is_public"}
    assert {one["code"] for one in page.get("languages")["languages"]} == {"ru-RU", "en-US", "kk-KZ"}

    # It saves its settings and finds them again.
    saved = page.send("settings", {"voice_id": voice["id"], "speech_rate": 1.5, "resolution": 1080}, "PUT")
    assert saved["success"] is True and saved["settings"] == page.get("settings")
    assert {"voice_id": voice["id"], "speech_rate": 1.5, "resolution": 1080}.items() <= saved["settings"].items()

    # It listens.
    spoken = page.send("tts", {"text": "Здравствуйте! Меня зовут Алия.", "voice_id": voice["id"], "speech_rate": 1.0})
    assert spoken["voice_id"] == voice["id"] and spoken["audio_url"].startswith(live_server.url + prefix)
    with wave.open(io.BytesIO(requests.get(spoken["audio_url"], timeout=20).content)) as sound:
        assert 1 < sound.getnframes() / sound.getframerate() < 5

    # It makes a video, with the ids of its own old configuration, which nobody here has.
    made = page.send(
        "generate",
        {"text": "Расскажите о себе.", "session_id": "s-42", "voice_id": "66d3f6a704d077b1432fb7d3",
         "avatar_id": "68af59a86eeedd0042ca7e27", "resolution": 720, "unknown_field": [1]},
    )  # fmt: skip
    assert made["success"] is True and (made["session_id"], made["text"]) == ("s-42", "Расскажите о себе.")
    assert made["video_url"].startswith(live_server.url + prefix) and 0.5 < page.video(made["video_url"]) < 5
    again = page.send("fallback/generate-video", {"text": "Спасибо!", "session_id": 42})
    assert again["mode"] == "fallback_video" and again["session_id"] == 42 and page.video(again["video_url"]) > 0.3


def test_a_script_of_the_old_kind_films_with_a2e_and_polls(live_server: Any, a2e: A2EStub, worker: None) -> None:
    token = {"Authorization": f"Bearer {make_token()}"}
    script = OldClient(live_server.url, headers=token)
    told = script.get("a2e-status")
    assert (told["service"], told["status"]) == ("A2E", "available") and told["api_accessible"] and told["api_key_configured"]
    assert told["available_voices"] == told["available_voices_count"] > 0 and "ru-RU" in told["supported_languages"]

    voices = script.get("voices", country="ru", region="RU")["voices"]
    assert a2e.voice_id("ru", voices[0]["name"]) == voices[0]["id"]
    avatar = next(one for one in script.get("characters")["characters"] if not one["is_public"] and one["provider"] == "a2e")
    order = {"text": "Добрый день!", "voice_id": voices[0]["id"], "avatar_id": avatar["id"], "resolution": 1080}
    ordered = script.send("generate-video", order, status=202)
    assert ordered["success"] is True and ordered["status"] in ("init", "pending")

    seen = {ordered["status"]}
    for _attempt in range(400):
        state = script.send("video-status", {"task_id": ordered["task_id"]})
        assert set(state) >= {"task_id", "status", "progress", "result_url", "error", "created_at", "completed_at"}
        seen.add(state["status"])
        if state["status"] in ("success", "failed", "error"):
            break
        time.sleep(0.05)
    assert state["status"] == "success" and state["progress"] == 100 and state["completed_at"], seen
    assert script.video(state["result_url"]) > 0.5

    # Its voice, avatar and resolution reached A2E, and the same order again is not paid again.
    [said] = [call.json() for call in a2e.server.calls("POST /api/v1/video/send_tts")]
    [filmed] = [call.json() for call in a2e.server.calls("POST /api/v1/video/generate")]
    assert said["tts_id"] == voices[0]["id"] and (filmed["anchor_id"], filmed["resolution"]) == (avatar["id"], 1080)
    assert script.send("generate", order)["task_id"] == ordered["task_id"] and len(a2e.paid_videos) == 1
    counted = script.get("status")
    assert counted["total_generations"] == 1 and counted["errors_count"] == 0 and counted["last_generation"]


def test_a_failure_at_a2e_is_told_with_its_remedy_and_never_as_success(live_server: Any, a2e: A2EStub, worker: None) -> None:
    AvatarSettings.objects.create(name="A2E", is_default=True, style="recorded", providers=["a2e"], speech_engine="a2e")
    script = OldClient(live_server.url, headers={"Authorization": f"Bearer {make_token()}"})
    avatar = next(one for one in script.get("characters")["characters"] if one["provider"] == "a2e")
    a2e.ends("fail", "success")
    order = {"text": "Расскажите о проекте.", "avatar_id": avatar["id"]}
    failed = script.send("generate", order, status=502)
    assert failed["success"] is False and failed["detail"] == failed["error"] and "video_url" not in failed
    assert script.send("video-status", {"task_id": failed["task_id"]})["status"] == "failed"
    assert catalogue.list_of("a2e").is_known
    # A person presses the button again: a new order, which works.
    assert script.send("generate", order)["success"] is True and len(a2e.paid_videos) == 2


def test_a_call_that_waits_gives_up_in_time(live_server: Any, settings: Any) -> None:
    settings.API_GENERATE_WAIT_S = 0
    script = OldClient(live_server.url, headers={"Authorization": f"Bearer {make_token()}"})
    told = script.send("generate", {"text": "Добрый день!", "session_id": "a"}, status=202)
    assert (told["success"], told["status"], told["session_id"]) == (True, "init", "a") and "video_url" not in told
    assert script.send("video-status", {"task_id": told["task_id"]})["status"] == "init"
    late = script.send("fallback/generate-video", {"text": "Добрый день!"}, status=202)
    assert (late["mode"], late["task_id"]) == ("fallback_video", told["task_id"])

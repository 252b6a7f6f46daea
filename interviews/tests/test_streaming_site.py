"""The clients of docs/contracts/compat_api.md section 2 against a running site: plain HTTP and WebSockets, nothing of ours."""

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from websockets.sync.client import ClientConnection, connect

from avatars.provider_stub.liveavatar import LiveAvatarStub
from interview_site.llm_stub import ModelStub, Reply
from interview_site.stub_server import StubServer
from interviews.tests.live_client import events_of
from interviews.tests.site_process import SiteProcess

TIMEOUT_S = 30
_MINT = (
    "from django.contrib.auth import get_user_model as u; from interview_site.api import tokens; "
    "[print('token=' + tokens.mint(name='x', owner=u().objects.create_superuser(name), scopes=['avatar'])[1]) "
    "for name in ('alice', 'bob')]"
)


class PageClient:
    """avatar.js and chat.js of document 001: toggle on, chat, task, toggle off."""

    def __init__(self, origin: str, secret: str) -> None:
        self.origin, self.http = origin, requests.Session()
        self.http.headers["Authorization"] = f"Bearer {secret}"
        self.token, self.session_id = "", ""

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> requests.Response:
        return self.http.post(self.origin + path, json=body, timeout=TIMEOUT_S, **options)

    def toggle_on(self, **order: Any) -> dict[str, Any]:
        self.token = self.post("/api/streaming/token").json()["token"]
        answer = self.post(f"/api/streaming/session?token={self.token}", order)
        assert answer.status_code == 200, answer.text
        joined = answer.json()
        self.session_id = joined["session_id"]
        assert self.post(f"/api/streaming/start?token={self.token}", {"session_id": self.session_id}).status_code == 200
        return joined

    def task(self, text: str, **more: str) -> dict[str, Any]:
        body = {"session_id": self.session_id, "text": text, "task_type": "repeat", "task_mode": "async", **more}
        return self.post(f"/api/streaming/task?token={self.token}", body).json()

    def toggle_off(self) -> int:
        return self.post(f"/api/streaming/stop?token={self.token}", {"session_id": self.session_id}).status_code


def heard(room: ClientConnection, count: int) -> list[dict[str, Any]]:
    """The next sentences of our own presenter's room."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        message = json.loads(room.recv(timeout=TIMEOUT_S))
        found += [message] if message["type"] == "say" else []
    return found


@pytest.fixture(scope="module")
def model() -> Iterator[ModelStub]:
    with ModelStub() as stub:
        yield stub


@pytest.fixture(scope="module")
def provider() -> Iterator[LiveAvatarStub]:
    with StubServer(stub := LiveAvatarStub(pace=0.01)):
        yield stub


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, model: ModelStub, provider: LiveAvatarStub) -> Iterator[SiteProcess]:
    environment = {
        "LLM_BASE_URL": model.base_url, "LLM_API_KEY": model.key, "LLM_MODEL": model.model,
        "LIVEAVATAR_API_KEY": provider.token, "LIVEAVATAR_API_BASE": provider.server.url,
        "OUTBOUND_ALLOWED_CIDRS": "127.0.0.1/32",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with SiteProcess(tmp_path_factory.mktemp("site")) as running:
            yield running


@pytest.fixture(scope="module")
def secrets(site: SiteProcess) -> list[str]:
    return re.findall(r"token=(\S+)", site.manage("shell", "-c", _MINT))


def test_a_page_talks_with_our_own_presenter(site: SiteProcess, secrets: list[str], model: ModelStub) -> None:
    page = PageClient(site.origin, secrets[0])
    joined = page.toggle_on(transport="local", language="en")
    assert joined["transport"] == "local"
    address = f"{joined['url']}?access_token={joined['access_token']}"
    with connect(address.replace("localhost", "127.0.0.1"), open_timeout=TIMEOUT_S) as room:
        assert json.loads(room.recv(timeout=TIMEOUT_S))["type"] == "hello"

        gate = threading.Event()
        model.queue(Reply("We open at nine. We close at six.", gate=gate))
        with page.post(
            "/api/chat", {"message": "When?", "session_id": page.session_id, "stream": True}, stream=True
        ) as answer:
            pieces = answer.iter_content(None)
            # It should be there, and be spoken, before the model has written its last word.
            assert events_of(next(pieces)) == [("message", {"index": 0, "text": "We open at nine."})]
            first = heard(room, 1)[0]
            assert first["text"] == "We open at nine." and not gate.is_set()
            gate.set()
            events = events_of(b"".join(pieces))
        assert events[-1][0] == "done" and events[-1][1]["spoken"] is True
        assert heard(room, 1)[0]["text"] == "We close at six."
        sound = requests.get(requests.compat.urljoin(site.origin, first["audio_url"]), timeout=TIMEOUT_S)
        assert sound.status_code == 200 and sound.content[:4] == b"RIFF"

        said = page.task("Good bye!", task_mode="sync")
        assert said["duration_ms"] > 0 and heard(room, 1)[0]["text"] == "Good bye!"
        assert page.toggle_off() == page.toggle_off() == 200
        while (message := json.loads(room.recv(timeout=TIMEOUT_S)))["type"] != "closed":
            pass
        assert message["reason"] == "closed"


def test_a_page_talks_through_liveavatar_with_our_own_sound(
    site: SiteProcess, secrets: list[str], model: ModelStub, provider: LiveAvatarStub
) -> None:
    model.queue("Yes. We are open.")
    page = PageClient(site.origin, secrets[0])
    joined = page.toggle_on(language="en")
    assert joined["transport"] == "livekit" and joined["url"].startswith("ws") and joined["access_token"]
    answer = page.post("/api/chat", {"message": "Are you open?", "session_id": page.session_id}).json()
    assert answer["response"] == "Yes. We are open." and answer["spoken"] is True
    assert page.task("Good bye!")["duration_ms"] > 0
    session = provider.running[0]
    assert session.mode == "LITE" and session.room is not None and len(session.room.sayings) == 3
    assert page.toggle_off() == 200
    assert provider.running == []


def test_two_pages_at_once_never_hear_each_other(site: SiteProcess, secrets: list[str], model: ModelStub) -> None:
    """Marked sentences: each room hears its own marks, all of them, in order."""
    model.otherwise(lambda asked: f"You said {re.findall('mark [a-z]+ [0-9]', asked.last)[0]}.")
    pages = {name: PageClient(site.origin, secret) for name, secret in zip(("ann", "ben"), secrets, strict=True)}
    wanted = [f"You said mark {{}} {number}." for number in range(4)]

    def talk(name: str, found: dict[str, list[str]]) -> None:
        page = pages[name]
        joined = page.toggle_on(transport="local", language="en")
        address = f"{joined['url']}?access_token={joined['access_token']}".replace("localhost", "127.0.0.1")
        with connect(address, open_timeout=TIMEOUT_S) as room:
            for number in range(4):
                page.post("/api/chat", {"message": f"mark {name} {number}", "session_id": page.session_id})
            found[name] = [say["text"] for say in heard(room, 4)]
        page.toggle_off()

    found: dict[str, list[str]] = {}
    threads = [threading.Thread(target=talk, args=(name, found)) for name in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {name: [words.format(name) for words in wanted] for name in pages}

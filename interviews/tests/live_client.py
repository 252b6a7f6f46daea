"""A site with a live avatar, as its programs call it: the answers of the compatible API, nothing of what is behind."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from avatars.providers.fake_live import FakeLiveProvider
from avatars.tests.chunk_helpers import api_client, make_staff


@dataclass
class Page:
    """What a page of document 001 does: a token, a session, then everything with `?token=`."""

    client: Client
    token: str = ""
    session_id: str = ""

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(path, body, content_type="application/json")

    def streaming(self, call: str, **body: Any) -> Any:
        return self.post(f"/api/streaming/{call}?token={self.token}", **body)

    def toggle_on(self, **order: Any) -> Any:
        self.token = self.post("/api/streaming/token").json()["token"]
        answer = self.streaming("session", **order)
        assert answer.status_code == 200, answer.content
        self.session_id = answer.json()["session_id"]
        assert self.streaming("start", session_id=self.session_id).status_code == 200
        return answer.json()

    def chat(self, message: str, **more: Any) -> Any:
        return self.post("/api/chat", message=message, session_id=self.session_id, **more)

    def task(self, text: str, task_type: str = "repeat", task_mode: str = "async") -> Any:
        return self.streaming("task", session_id=self.session_id, text=text, task_type=task_type, task_mode=task_mode)

    def toggle_off(self) -> Any:
        return self.streaming("stop", session_id=self.session_id)


def page_of(username: str) -> Page:
    """A page whose site holds a token of this member of staff."""
    return Page(api_client(username=username))


def staff_page(username: str = "carol") -> Page:
    client = Client(raise_request_exception=False)
    client.force_login(make_staff(username))
    return Page(client)


def said(live: FakeLiveProvider, room: int = 1) -> list[str]:
    """What a room of the scripted provider heard, "■" where it was interrupted."""
    return [words for provider_id, words in live.said if provider_id == f"room-{room}"]


def events_of(raw: bytes) -> list[tuple[str, Any]]:
    """Server-sent events as (name, data)."""
    found = []
    for block in raw.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in lines:
            found.append((lines.get("event", "message"), json.loads(lines["data"])))
    return found

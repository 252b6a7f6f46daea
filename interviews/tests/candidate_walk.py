"""A candidate over real HTTP and a real socket: opens the link, agrees, types. For production tests and script/load."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests
from websockets.sync.client import ClientConnection, connect

TIMEOUT_S = 30
STEPS = ("welcome", "consent", "check", "start")


@dataclass
class Walk:
    """`base_url` is where HTTP goes now (another process of the same site may take over); `origin` is the site's own.

    `pages` and `turns` collect seconds: of each page, and from a typed answer to the first word after it.
    """

    base_url: str
    origin: str
    http: requests.Session = field(default_factory=requests.Session)
    public_id: str = ""
    device: str = field(default_factory=lambda: uuid4().hex)
    heard: int = -1
    seen: list[dict[str, Any]] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def open(self, link: str) -> None:
        """From the link in the letter to the answered call. Raises AssertionError when a page refuses."""
        self.public_id = re.search(r"/i/([^.]+)\.", link).group(1)
        self._timed("GET", "/i/" + link.split("/i/", 1)[1])
        for step in STEPS:
            form = {"csrfmiddlewaretoken": self.http.cookies.get("csrftoken", ""), "processing": "on", "recording": ""}
            self._timed("POST", f"/interview/{self.public_id}/{step}", data=form)

    def _timed(self, method: str, path: str, **kwargs: Any) -> None:
        began = time.monotonic()
        answer = self.http.request(method, self.base_url + path, timeout=TIMEOUT_S, **kwargs)
        self.pages.append(time.monotonic() - began)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code}"

    @contextmanager
    def socket(self) -> Iterator[ClientConnection]:
        """A socket at `base_url`, hello said."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)
        with connect(
            f"{self.base_url.replace('http', 'ws', 1)}/ws/interview/{self.public_id}/",
            origin=self.origin, additional_headers={"Cookie": cookies}, compression=None, open_timeout=TIMEOUT_S, proxy=None,
        ) as socket:  # fmt: skip
            socket.send(json.dumps({"type": "hello", "device": self.device, "last_sentence": self.heard}))
            yield socket

    def next(self, socket: ClientConnection) -> dict[str, Any]:
        """The next message; each sentence is heard to its end at once."""
        message = json.loads(socket.recv(timeout=TIMEOUT_S))
        self.seen.append(message)
        if message["type"] == "say":
            self.heard = message["sentence"]
            socket.send(json.dumps({"type": "spoken", "sentence": message["sentence"], "heard_ms": message["duration_ms"]}))
        return message

    def until(self, socket: ClientConnection, *kinds: str) -> dict[str, Any]:
        while (message := self.next(socket))["type"] not in kinds:
            pass
        return message

    def answer(self, socket: ClientConnection, *, most: int = 100) -> bool:
        """Answer up to `most` questions by typing; True when the interview is finished."""
        for _turn in range(most):
            floor = self.until(socket, "listening", "finished")
            if floor["type"] == "finished":
                return True
            self.say(socket, f"Answer {len(self.answers) + 1}." if floor["question"] else "No, thank you.", floor["question"])
        return False

    def say(self, socket: ClientConnection, text: str, question: str | None) -> None:
        """Type one answer and wait until it is stored."""
        began = time.monotonic()
        socket.send(json.dumps({"type": "typed", "id": uuid4().hex, "question": question, "text": text}))
        self.until(socket, "final")
        self.turns.append(time.monotonic() - began)
        self.answers.append(text)

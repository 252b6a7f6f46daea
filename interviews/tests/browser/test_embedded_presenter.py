"""<avatar-presenter> on a page of another site, as docs/embedding.md tells: the presenter, her voice, the break and the end."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from interviews.tests.browser.live_hand import HAND
from interviews.tests.browser.running_site import RunningSite, free_port
from interviews.tests.browser.tcp_proxy import Wire

# What the loudspeaker really plays, and every event of the element with the moment (ms since the epoch).
EARS = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (!(to instanceof AudioDestinationNode)) return connect.call(this, to, ...rest);
  const tap = this.context.createAnalyser();
  const samples = new Float32Array((tap.fftSize = 256));
  connect.call(tap, to);
  setInterval(() => {
    tap.getFloatTimeDomainData(samples);
    if (Math.hypot(...samples) / 16 < 0.004) return;
    if (!(Date.now() - window.loudAt < 500)) window.begunAt = Date.now();
    window.loudAt = Date.now();
  }, 4);
  return connect.call(this, tap, ...rest);
};
window.seen = [];
const KINDS = ["connected", "speaking", "sentence", "silent", "blocked", "idle", "reconnecting", "closed", "error"];
document.addEventListener("DOMContentLoaded", () => {
  const presenter = document.querySelector("avatar-presenter");
  for (const kind of KINDS) presenter.addEventListener(kind, ({ detail }) => {
    seen.push({ kind, at: Date.now(), ...detail });
    console.log(`presenter ${kind}`);
  });
});
"""
PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>Elsewhere</title>
<script src="{site}/static/dist/avatar-presenter.js" crossorigin></script>
<body style="margin:0">
<avatar-presenter autoconnect src="{url}" access-token="{access_token}" style="width:480px"></avatar-presenter>"""


class Hand:
    """The other end of the room: does as told and answers with when it began."""

    def __init__(self, site: RunningSite) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", HAND], cwd=settings.BASE_DIR, text=True,
            env=site._environ(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def __call__(self, command: str) -> dict[str, Any]:
        print(command, file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("hand "):
                return json.loads(line.removeprefix("hand "))
        raise AssertionError("the hand is gone")

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedding")


@pytest.fixture(scope="module")
def shop() -> str:
    """The origin of another site."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, shop: str) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("embed-site"), {"CORS_ALLOWED_ORIGINS": shop}).start()
    yield running
    running.stop()
    assert running.faults() == []


@pytest.fixture(scope="module")
def hand(site: RunningSite) -> Iterator[Hand]:
    one = Hand(site)
    yield one
    one.stop()


@pytest.fixture(scope="module", autouse=True)
def shop_is_open(site: RunningSite, hand: Hand, folder: Path, shop: str) -> Iterator[None]:
    """The server of the guide's example."""
    for name in ("server.py", "page.html"):
        (folder / name).write_text(example(name).replace("https://interviews.example.com", site.base_url), encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "server.py", shop.rpartition(":")[2]], cwd=folder, stderr=subprocess.DEVNULL,
        env={**os.environ, "AVATAR_API": site.base_url, "AVATAR_TOKEN": hand("mint")["token"]},
    )  # fmt: skip
    for _each in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(shop.rpartition(":")[2])), timeout=1):
            break
        time.sleep(0.1)
    yield
    server.terminate()
    server.wait(timeout=10)


def example(name: str, guide: str = "embedding.md") -> str:
    text = (settings.BASE_DIR / "docs" / guide).read_text(encoding="utf-8")
    return re.search(rf"<!-- example: {re.escape(name)} -->\n```\w+\n(.*?)```", text, re.DOTALL)[1]


def kinds(page: Page) -> list[str]:
    return [each["kind"] for each in page.evaluate("seen")]


def until(page: Page, condition: str) -> None:
    """Asked from outside: a page with a strict policy evaluates no strings by itself."""
    end = time.monotonic() + 20
    while not page.evaluate(f"Boolean({condition})"):
        assert time.monotonic() < end, f"{condition}: {page.evaluate('seen')}"
        page.wait_for_timeout(20)


def sentences(page: Page) -> list[str]:
    return [each["text"] for each in page.evaluate("seen") if each["kind"] == "sentence"]


def sees_her_move(page: Page) -> None:
    """Four different frames of the canvas; reading them would fail if anything came without CORS."""
    script = "() => document.querySelector('avatar-presenter').shadowRoot.querySelector('canvas').toDataURL('image/jpeg', 0.5)"
    frames, end = set(), time.monotonic() + 20
    while len(frames) < 4:
        assert time.monotonic() < end, f"{len(frames)} pictures in 20 seconds"
        frames.add(page.evaluate(script))
        page.wait_for_timeout(20)


def test_the_page_of_the_guide_opens_a_session_speaks_is_hushed_and_ends(shop: str, person: Callable[..., Page]) -> None:
    page = person("en")
    page.add_init_script(EARS)
    page.goto(f"{shop}/page.html")
    page.click("#start")
    until(page, "seen.some((each) => each.kind === 'connected')")
    page.click("#say button")
    until(page, "seen.some((each) => each.kind === 'silent') && window.loudAt")
    assert sentences(page) == ["Good morning!", "How can I help you?"]
    page.fill("[name=text]", "This sentence is rather long, and nobody wants to hear it to its end.")
    page.click("#say button")
    until(page, "seen.filter((each) => each.kind === 'sentence').length === 3")
    page.click("#hush")
    until(page, "seen.at(-1).kind === 'silent'")
    page.click("#end")
    until(page, "seen.at(-1).kind === 'closed'")
    assert page.evaluate("seen.at(-1).reason") == "closed" and "error" not in kinds(page)


def test_both_guides_show_the_same_example() -> None:
    for name in ("server.py", "page.html"):
        assert example(name) == example(name, "ru/embedding.md")


def test_she_speaks_on_a_foreign_page_is_interrupted_survives_a_break_and_ends(
    site: RunningSite, hand: Hand, folder: Path, shop: str, person: Callable[..., Page]
) -> None:
    wire = Wire(site.port)
    room = hand("open")
    through_the_wire = re.sub(r":\d+/", f":{wire.port}/", room["url"].replace("localhost", "127.0.0.1"))
    (folder / "own.html").write_text(PAGE.format(site=site.base_url, url=through_the_wire, access_token=room["access_token"]))
    page = person("en")
    page.add_init_script(EARS)
    page.goto(f"{shop}/own.html")
    until(page, "seen.some((each) => each.kind === 'connected')")

    hand("say Good morning, my name is Aliya. Tell me about your favourite project.")
    until(page, "seen.filter((each) => each.kind === 'sentence').length === 1 && window.loudAt")
    caption = page.locator("avatar-presenter .captions")
    assert caption.inner_text() == "Good morning, my name is Aliya."
    sees_her_move(page)
    until(page, "seen.some((each) => each.kind === 'silent')")
    assert sentences(page) == ["Good morning, my name is Aliya.", "Tell me about your favourite project."]

    page.wait_for_timeout(600)  # the loudspeaker must have been quiet to be heard anew
    said = hand("say This is a long sentence about nothing in particular that goes on for quite a while. There is more of it.")
    until(page, "seen.filter((each) => each.kind === 'sentence').length === 3")
    until(page, f"begunAt > {said['at']} && Date.now() - begunAt > 400 && Date.now() - loudAt < 100")
    print(f"\ntext -> the loudspeaker is heard: {page.evaluate('begunAt') - said['at']:.0f} ms")
    stopped = hand("interrupt")
    until(page, "Date.now() - loudAt > 300 && seen.at(-1).kind === 'silent'")
    quiet_ms = page.evaluate("loudAt") - stopped["at"]
    print(f"\nbarge-in confirmed -> the loudspeaker is silent: {quiet_ms:.0f} ms (bar 200)")
    assert len(sentences(page)) == 3  # the fourth was never begun

    hand("say One. Two. Three.")
    until(page, "seen.some((each) => each.text === 'One.')")
    wire.cut()
    until(page, "seen.some((each) => each.kind === 'reconnecting')")
    hand("say Four.")
    wire.mend()
    until(page, "seen.some((each) => each.text === 'Four.')")
    until(page, "seen.at(-1).kind === 'silent'")
    assert sentences(page)[3:] == ["One.", "Two.", "Three.", "Four."]

    hand("close")
    until(page, "seen.at(-1).kind === 'closed'")
    assert page.evaluate("seen.at(-1).reason") == "goodbye"
    assert page.locator("avatar-presenter .notice").inner_text() == "The conversation is over."
    assert "error" not in kinds(page)
    wire.close()


def test_on_a_strict_page_one_tap_gives_the_sound_and_a_second_tab_takes_the_room_over(
    site: RunningSite, hand: Hand, folder: Path, shop: str, launch: Callable[..., Browser], person: Callable[..., Page]
) -> None:
    room = hand("open")
    sources = f"{site.base_url} {site.base_url.replace('http', 'ws')}"
    policy = f"default-src 'none'; script-src {sources}; connect-src {sources}; img-src {sources}"
    words = PAGE.format(site=site.base_url, url=room["url"], access_token=room["access_token"])
    words = re.sub(r' style="[^"]*"', "", words)
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}"><meta name="viewport" content="width=device-width">'
    (folder / "strict.html").write_text(words.replace("<title>", head + "<title>"))
    page = person("en", phone=True, browser=launch("--autoplay-policy=document-user-activation-required"))
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))

    def hears(kind: str) -> None:
        """By what the page says of itself: to evaluate anything in it would count as a person's gesture."""
        for _each in range(400):
            if f"presenter {kind}" in told:
                return
            page.wait_for_timeout(50)
        raise AssertionError(f"no {kind}: {told}")

    page.add_init_script(EARS)
    page.goto(f"{shop}/strict.html")
    hears("connected")
    hand("say Can you hear me now?")
    hears("blocked")
    page.touchscreen.tap(195, 350)  # the button: the element is as wide as the phone, and a square
    hears("silent")
    assert page.evaluate("Boolean(window.loudAt)") and not page.locator("avatar-presenter button").is_visible()
    assert [kind for kind in kinds(page) if kind != "speaking"] == ["connected", "blocked", "sentence", "silent"]
    assert [each for each in told if "Security Policy" in each] == []

    second = page.context.new_page()
    second.add_init_script(EARS)
    second.goto(f"{shop}/strict.html")
    until(second, "seen.some((each) => each.kind === 'connected')")
    until(page, "seen.at(-1).reason === 'elsewhere'")
    assert page.locator("avatar-presenter .notice").inner_text() == "The conversation goes on in another window."
    hand("close")

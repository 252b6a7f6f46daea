"""One running site for the folder, one Chromium, and pages whose console must stay clean."""

import os
import shutil
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from interviews.tests.browser.running_site import RunningSite
from transcription.admin_status import SAMPLE
from transcription.tests.test_gate import silence, sound
from transcription.wav import pcm_in

expect.set_options(timeout=30_000)  # Playwright's five seconds are few for three browsers on two processors
QUIET_BEFORE, QUIET_AFTER = silence(1500), silence(6500)

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


# Without a graphics card each frame costs a processor: four a second, and no motion for its own sake, leave it to the tests.
SLOW_FRAMES = """
window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 250);
window.cancelAnimationFrame = clearTimeout;
"""


def chromium_path() -> str | None:
    """CHROMIUM_BIN, else a Chromium or Chrome of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM_BIN") or next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "tests/browser" not in str(item.path))  # the longest first: the others fill the gaps
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=2))  # minutes of real time on a busy machine; told in the summary
            if "launch" in getattr(item, "fixturenames", ()) and chromium_path() is None:
                item.add_marker(pytest.mark.skip(reason="LEFT OUT: no Chromium on this machine"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path_factory.mktemp("site")).start()
    running.hurry()
    yield running
    running.stop()
    assert running.faults() == []


@pytest.fixture(scope="module")  # an open Playwright keeps an event loop running: other tests of the process must not meet it
def launch() -> Iterator[Callable[..., Browser]]:
    """launch(*more_flags) → a headless Chromium; all are closed at the end."""
    with sync_playwright() as playwright:
        browsers: list[Browser] = []

        def start(*flags: str) -> Browser:
            own = {flag.partition("=")[0] for flag in flags}
            usual = [flag for flag in CHROMIUM_FLAGS if flag.partition("=")[0] not in own]
            browser = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=[*usual, *flags])
            browsers.append(browser)
            return browser

        yield start
        for browser in browsers:
            browser.close()


@pytest.fixture(scope="module")
def chromium(launch: Callable[..., Browser]) -> Browser:
    return launch()


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """person(language, phone=False) → a page of a browser of their own; script errors fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def arrive(language: str = "en", *, phone: bool = False, browser: Browser = chromium) -> Page:
        context = browser.new_context(
            locale={"ru": "ru-RU", "en": "en-US", "kk": "kk-KZ"}[language],
            viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 800},
            device_scale_factor=2 if phone else 1, is_mobile=phone, has_touch=phone, permissions=["microphone"],
            reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        context.add_init_script(SLOW_FRAMES)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real sentence of four seconds: the detector knows speech from a buzz. Chromium plays the file again and again."""
    path = tmp_path_factory.mktemp("voice") / "bob.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound(QUIET_BEFORE) + pcm_in(SAMPLE.read_bytes()) + sound(QUIET_AFTER))
    return path


@pytest.fixture
def talker(launch: Callable[..., Browser], spoken: Path) -> Browser:
    return launch(f"--use-file-for-fake-audio-capture={spoken}")

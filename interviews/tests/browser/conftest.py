"""One running site for the folder, one Chromium, and pages whose console must stay clean."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from interviews.tests.browser.running_site import RunningSite

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


def chromium_path() -> str | None:
    """CHROMIUM_BIN, else a Chromium or Chrome of this machine."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM_BIN") or next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
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
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), headless=True, args=[*CHROMIUM_FLAGS, *flags]
            )
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
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    yield arrive
    for context in contexts:
        context.close()
    assert faults == []

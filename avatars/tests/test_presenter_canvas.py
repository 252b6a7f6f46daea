"""The presenter in a real browser: it draws, speaks and stops when told."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api")

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM_BIN") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGE = '<!doctype html><title>presenter</title><body style="margin:0"><canvas style="width:100vw;height:100vh;display:block">'
LOAD = """async (name) => {
  const {Presenter} = await import("/static/dist/presenter.js");
  const presenter = new Presenter(document.querySelector("canvas"),
    {baseUrl: `/static/presenters/${name}/`, background: "#c0d0e0", reducedMotion: true, seed: 3});
  await presenter.load();
  window.presenter = presenter;
  window.drawn = 0;
  const draw = presenter.stage.draw.bind(presenter.stage);
  presenter.stage.draw = (pose) => { window.drawn += 1; draw(pose); };
}"""
SPEAK = """(name) => presenter.speak(
  {timeline: {duration_ms: 60000, visemes: [[0, name]], words: []}, clock: () => 30000})"""
FRAMES = "(n) => { const wanted = window.drawn + n; window.until = () => window.drawn >= wanted; }"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(REPOSITORY)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator["sync_api.Browser"]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[("aliya", 390, 844), ("timur", 1280, 720)], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: "sync_api.Browser", address: str) -> Iterator["sync_api.Page"]:
    name, width, height = request.param
    page = browser.new_page(viewport={"width": width, "height": height})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/presenter-test", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{address}/presenter-test")
    page.evaluate(LOAD, name)
    yield page
    page.close()
    assert errors == []


def after_frames(page: "sync_api.Page", count: int = 5) -> None:
    page.evaluate(FRAMES, count)
    page.wait_for_function("() => window.until()")


def picture(page: "sync_api.Page") -> list[int]:
    """The canvas' middle column, red values from top to bottom."""
    after_frames(page)
    return page.evaluate("""() => {
      const c = document.querySelector("canvas");
      const {data} = c.getContext("2d").getImageData(c.width / 2, 0, 1, c.height);
      return Array.from({length: c.height}, (_, y) => data[y * 4]);
    }""")


def test_it_draws_a_person_before_a_background(page: "sync_api.Page") -> None:
    column = picture(page)
    assert column[0] == 0xC0
    assert len(set(column)) > 30


def test_its_mouth_opens_on_a_vowel_and_shuts_when_hushed(page: "sync_api.Page") -> None:
    page.evaluate(SPEAK, "A")
    spoken = picture(page)
    page.evaluate("presenter.hush()")
    shut = picture(page)
    # It should be darker inside the mouth than skin and lips ever are.
    lower_face = slice(len(shut) * 45 // 100, len(shut) * 70 // 100)
    assert min(spoken[lower_face]) < 90 < min(shut[lower_face])


def test_painting_only_the_lips_leaves_no_trace(page: "sync_api.Page") -> None:
    differing = page.evaluate("""() => {
      const {stage, performer} = presenter;
      const pose = {...performer.pose(performance.now()), turnX: 0.43, turnY: 0.31};
      const pixels = () => stage.head.getContext("2d").getImageData(0, 0, stage.head.width, stage.head.height).data;
      for (const mouth of ["A", "MBP", "O", "smile"]) stage.composeHead({...pose, mouth});
      const partial = pixels();
      stage.shown = {mouth: null, rest: null};
      stage.composeHead({...pose, mouth: "smile"});
      return pixels().reduce((count, value, place) => count + (value !== partial[place]), 0);
    }""")
    assert differing == 0


def test_it_takes_another_background_and_colour_while_it_runs(page: "sync_api.Page") -> None:
    page.evaluate("async () => { presenter.setClothes('#803040'); await presenter.setBackground('#102030'); }")
    assert picture(page)[0] == 0x10


def test_a_background_that_cannot_be_had_leaves_the_picture_whole(page: "sync_api.Page") -> None:
    page.evaluate("() => presenter.setBackground('/no/such/picture.png')")
    assert picture(page)[0] == 0xC0


def test_it_fills_a_window_that_changes_its_shape(page: "sync_api.Page") -> None:
    page.set_viewport_size({"width": 500, "height": 500})
    page.wait_for_function("() => document.querySelector('canvas').height === 500")
    assert len(picture(page)) == 500


def test_it_draws_nothing_out_of_sight_or_after_its_end(page: "sync_api.Page") -> None:
    page.evaluate("() => { document.querySelector('canvas').style.marginTop = '5000px'; }")
    page.wait_for_function("() => presenter.inView === false && presenter.frame === null")
    page.evaluate("() => { document.querySelector('canvas').style.marginTop = '0'; }")
    after_frames(page)
    page.evaluate("() => { presenter.destroy(); presenter.destroy(); }")
    assert page.evaluate("() => presenter.frame") is None


def test_it_says_so_when_its_art_is_not_there(page: "sync_api.Page") -> None:
    failed = page.evaluate("""async () => {
      const {Presenter} = await import("/static/dist/presenter.js");
      const presenter = new Presenter(document.createElement("canvas"), {baseUrl: "/static/presenters/nobody"});
      return presenter.load().catch((error) => error.message);
    }""")
    assert "404" in failed

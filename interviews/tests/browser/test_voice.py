"""Bob speaks: Chromium with a WAV as microphone answers three questions, and HR hear what was said (issue "2").

A server killed in mid-answer is part of the same call: nothing the page called saved may be missing.
"""

import io
import re
import sqlite3
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.browser.tcp_proxy import Wire
from transcription.tests.test_gate import silence, sound, voice

SPOKEN = (silence(1500), voice(2500), silence(300), voice(1500), silence(6500))  # Chromium plays it again and again


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("voice") / "bob.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(sound(*SPOKEN))
    return path


@pytest.fixture
def talker(launch: Callable[..., Browser], spoken: Path) -> Browser:
    return launch(f"--use-file-for-fake-audio-capture={spoken}")


def reach_the_call(page: Page, link: str) -> None:
    """With consent to recording, and a look at the microphone on the way."""
    page.goto(link)
    page.locator("form.go button[type=submit]").click()
    for consent in ("processing", "recording", "ai_analysis"):
        page.check(f"[name={consent}]")
    page.locator("form.consents button[type=submit]").click()
    page.wait_for_url("**/check")
    page.locator("[data-mic-test]").click()
    expect(page.locator('[data-mic-word="heard"]')).to_be_visible(timeout=30_000)
    page.locator("form.go button[type=submit]").click()
    page.wait_for_url("**/call")


def invite(alice: Page, site: RunningSite) -> str:
    people.sign_in(alice, site)
    people.create_position(alice, site, title="Engineer with a voice", language="en")
    return people.invite(alice, name="Bob Smith", email="bob@example.org")


def likeness(answer: np.ndarray, source: np.ndarray) -> float:
    """Highest correlation of the answer's loudness, in windows of 20 ms, with the source played round and round."""

    def loudness(samples: np.ndarray) -> np.ndarray:
        windows = samples[: len(samples) // 320 * 320].reshape(-1, 320).astype(float)
        return np.sqrt((windows**2).mean(axis=1))

    heard, around = loudness(answer), np.tile(loudness(source), 3)
    best = 0.0
    for at in range(len(around) - len(heard)):
        best = max(best, float(np.corrcoef(heard, around[at : at + len(heard)])[0, 1]))
    return best


def test_hr_hear_the_answers_bob_spoke_though_the_server_was_killed(
    site: RunningSite, person: Callable[..., Page], talker: Browser, spoken: Path
) -> None:
    alice = person("en")
    link = invite(alice, site)
    bob = person("en", browser=talker)
    reach_the_call(bob, link)
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    expect(bob.locator("main.call")).to_have_attribute("data-voice", "on")
    expect(bob.locator("[data-own-mic]")).to_have_attribute("data-on", "true", timeout=20_000)
    site.kill_web()
    expect(bob.locator("main.call")).to_have_attribute("data-phase", "finished", timeout=240_000)
    bob.wait_for_url("**/receipt", timeout=60_000)

    alice.goto(f"{site.base_url}/admin/interviews/interview/")
    alice.get_by_role("link", name="Bob Smith").first.click()
    players = alice.locator("[data-player]:not([data-whole]) audio")
    assert players.count() >= 3
    with wave.open(str(spoken)) as file:
        source = np.frombuffer(file.readframes(10**8), "<i2")
    for number in range(3):
        address = players.nth(number).get_attribute("src")
        answer = alice.request.get(f"{site.base_url}{address}")
        assert answer.headers["content-type"] == "audio/wav"
        with wave.open(io.BytesIO(answer.body())) as file:
            heard = np.frombuffer(file.readframes(10**8), "<i2")
        assert 1.2 < len(heard) / 16_000 < 9.0  # the floor may be given in the middle of what Chromium plays again and again
        assert likeness(heard, source) > 0.8
    address = alice.locator("[data-whole] audio").get_attribute("src")
    whole = alice.request.get(f"{site.base_url}{address}", headers={"Range": "bytes=0-99"})
    assert whole.status == 206
    assert int(re.sub(".*/", "", whole.headers["content-range"])) > 32_000 * 12


def test_a_refused_microphone_is_told_and_typing_goes_on(
    site: RunningSite, person: Callable[..., Page], launch: Callable[..., Browser]
) -> None:
    alice = person("en")
    link = invite(alice, site)
    denying = launch("--deny-permission-prompts")
    context = denying.new_context(locale="en-US")
    bob = context.new_page()
    bob.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
    )
    bob.goto(link)
    bob.locator("form.go button[type=submit]").click()
    for consent in ("processing", "recording", "ai_analysis"):
        bob.check(f"[name={consent}]")
    bob.locator("form.consents button[type=submit]").click()
    bob.wait_for_url("**/check")
    bob.locator("[data-mic-test]").click()
    expect(bob.locator('[data-microphone] [data-mic-word="denied"]')).to_be_visible()
    bob.locator("form.go button[type=submit]").click()
    bob.wait_for_url("**/call")
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    expect(bob.locator('[data-own-mic] [data-mic-word="denied"]')).to_be_visible()
    people.type_answer(bob, "I type instead.")
    context.close()


@pytest.fixture
def wired(tmp_path: Path) -> Iterator[tuple[RunningSite, Wire]]:
    """A site that is reached through a wire."""
    running = RunningSite(tmp_path)
    wire = Wire(running.port)
    running.environ["PUBLIC_BASE_URL"] = f"http://localhost:{wire.port}"
    running.start()
    yield running, wire
    running.stop()
    wire.close()


def rows(site: RunningSite, question: str) -> list[tuple]:
    with sqlite3.connect(site.var_dir / "db.sqlite3") as database:
        return database.execute(question).fetchall()


def test_half_a_minute_without_network_and_a_killed_tab_lose_nothing(
    wired: tuple[RunningSite, Wire], person: Callable[..., Page], talker: Browser
) -> None:
    site, wire = wired
    alice = person("en")
    link = invite(alice, site)
    bob = person("en", browser=talker)
    reach_the_call(bob, link)
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    expect(bob.locator("[data-own-mic]")).to_have_attribute("data-on", "true", timeout=20_000)
    wire.cut()
    expect(bob.locator('[data-mic-word="waiting"]')).to_have_count(1)
    bob.wait_for_timeout(30_000)
    wire.mend()
    people.wait_for_the_floor(bob)
    again = bob.context.new_page()
    bob.close()  # no farewell: as if the tab had been killed
    again.goto(link)
    again.goto(again.url.replace("/welcome", "/call"))
    take_over = again.locator("[data-act=take-over]")
    expect(take_over.or_(again.locator('main.call[data-phase="listening"]')).first).to_be_visible(timeout=60_000)
    if take_over.is_visible():
        take_over.click()
    expect(again.locator("main.call")).to_have_attribute("data-phase", "finished", timeout=240_000)
    again.wait_for_url("**/receipt", timeout=60_000)
    takes = rows(site, "select state, bytes, next_seq, expected_frames from transcription_take order by number")
    assert {state for state, *_ in takes} == {"complete"}
    assert sum(pcm for _, pcm, *_ in takes) > 32_000 * 40  # the half minute without network is among it

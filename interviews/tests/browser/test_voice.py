"""Bob speaks: Chromium with a WAV as microphone answers three questions, and HR hear what was said.

A server killed in mid-answer is part of the same call: nothing the page called saved may be missing.
"""

import io
import re
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.browser.talking import invite, reach_the_call


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
    whole = []
    for number in range(players.count()):
        address = players.nth(number).locator('source[type="audio/wav"]').get_attribute("src")
        answer = alice.request.get(f"{site.base_url}{address}")
        assert answer.headers["content-type"] == "audio/wav"
        with wave.open(io.BytesIO(answer.body())) as file:
            heard = np.frombuffer(file.readframes(10**8), "<i2")
        assert len(heard) / 16_000 < 9.0
        # Chromium plays it again and again: the floor may be given in the middle, and the tail spoken into the avatar is a part.
        if len(heard) / 16_000 > 1.2:
            whole.append(likeness(heard, source))
    assert len(whole) >= 2 and min(whole) > 0.8
    address = alice.locator('[data-whole] audio source[type="audio/wav"]').get_attribute("src")
    all_of_it = alice.request.get(f"{site.base_url}{address}", headers={"Range": "bytes=0-99"})
    assert all_of_it.status == 206
    assert int(re.sub(".*/", "", all_of_it.headers["content-range"])) > 32_000 * 12


def test_a_refused_microphone_is_told_and_typing_goes_on(
    site: RunningSite, person: Callable[..., Page], launch: Callable[..., Browser]
) -> None:
    alice = person("en")
    link = invite(alice, site)
    denying = launch("--deny-permission-prompts")
    context = denying.new_context(locale="en-US")
    bob = context.new_page()
    bob.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));")
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

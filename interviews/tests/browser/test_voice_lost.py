"""Bob speaks while his network is cut, his tab is killed, his sockets are blocked: nothing that was acknowledged is lost."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.browser.talking import invite_to_one_question, reach_the_call
from interviews.tests.browser.tcp_proxy import Wire

# A network that lets no socket through: none is ever opened, and those that are open are closed.
BLOCKED_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(url, ...more) {
    super(url, ...more);
    if (window.areBlocked) this.close();
    else window.sockets.push(this);
  }
};
"""


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
    link = invite_to_one_question(site)
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


def test_where_sockets_are_blocked_the_sound_goes_by_http_and_the_call_goes_on_when_they_are_not(
    site: RunningSite, person: Callable[..., Page], talker: Browser
) -> None:
    link = invite_to_one_question(site)
    bob = person("en", browser=talker)
    bob.add_init_script(BLOCKED_SOCKETS)
    reach_the_call(bob, link)
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    expect(bob.locator("[data-own-mic]")).to_have_attribute("data-on", "true", timeout=20_000)

    def is_saved(response: Response) -> bool:
        return response.url.endswith("/sound") and any(told["type"] == "saved" for told in response.json().get("messages", []))

    with bob.expect_response(is_saved, timeout=60_000) as saved:
        bob.evaluate("window.areBlocked = true; window.sockets.forEach((socket) => socket.close())")
    assert saved.value.ok
    expect(bob.locator("main.call")).to_have_attribute("data-phase", "reconnecting")
    bob.evaluate("window.areBlocked = false")
    expect(bob.locator("main.call")).to_have_attribute("data-phase", "finished", timeout=240_000)
    bob.wait_for_url("**/receipt", timeout=60_000)
    take = "from transcription.models import Take; print(Take.objects.order_by('-pk').first().state)"
    assert site.shell(take).strip() == "complete"

"""A call with a live avatar whose room is lost in mid-sentence, at a stand-in of the provider.

No registry has a LiveKit server to install, so the vendor's carrier is replaced by one for the stand-in's rooms
(stub_carrier.js): everything but that bundle is the product's own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from avatars.provider_stub import server
from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.browser.test_clips import transcript

CARRIER = (Path(__file__).parent / "stub_carrier.js").read_text()
QUESTIONS = ("What do you do? Tell me in a few words.", "Why do you want to work with us? Take your time.")
SET_UP = f"""
from avatars.models import AvatarSettings
from avatars.providers import registry
from avatars.services import catalogue
catalogue.read(registry.provider("liveavatar"))
from interviews.models import Position, Question
profile = AvatarSettings.objects.create(name="Live", style="live", providers=["liveavatar"], language="en")
position = Position.objects.create(
    title="Engineer", language="en", contact="Alice, alice@example.org", state="open", avatar=profile, farewell="Goodbye!",
)
for order, text in enumerate({QUESTIONS}):
    Question.objects.create(position=position, text=text, order=order)
print(position.pk)
"""
SESSIONS = """
from avatars.models import LiveSession
print([(row.state, row.reason) for row in LiveSession.objects.all()])
"""


@pytest.fixture
def stand_in() -> Iterator[tuple]:
    running = server.start("liveavatar")
    yield running
    running[0].close()


@pytest.fixture
def live_site(tmp_path: Path, stand_in: tuple) -> Iterator[RunningSite]:
    running = RunningSite(tmp_path, environ={**server.environment({"liveavatar": stand_in}), "LIVE_CONNECT_SOURCES": "ws://127.0.0.1:*"})
    running.start().hurry()
    yield running
    running.stop()


def test_a_live_avatar_asks_and_when_its_room_is_gone_the_presenter_goes_on(
    live_site: RunningSite, stand_in: tuple, person: Callable[..., Page]
) -> None:
    stub = stand_in[0]
    pk = live_site.shell(SET_UP)
    page = person("en")
    scripts = []
    page.on("request", lambda request: scripts.append(request.url) if request.resource_type == "script" else None)
    page.route("**/live_livekit*.js", lambda route: route.fulfill(body=CARRIER, content_type="text/javascript"))
    people.reach_the_call(page, live_site.invite(pk=int(pk)), abroad=True)
    assert not [url for url in scripts if "live_" in url]
    people.answer_the_phone(page)
    expect(page.locator("main.call")).to_have_attribute("data-live", "connected", timeout=30_000)
    people.wait_for_the_floor(page)
    people.type_answer(page, "I build bridges.")

    expect(page.locator("main.call")).to_have_attribute("data-picture", "live")
    expect(page.locator("[data-live-stage] canvas")).to_be_visible()
    room = requests.get(f"{stub.url}/stub/rooms", timeout=5).json()[0]
    requests.post(f"{stub.url}/stub/rooms/{room['id']}/close", timeout=5)
    expect(page.locator("main.call")).to_have_attribute("data-picture", "presenter")
    people.wait_for_the_floor(page)
    people.type_answer(page, "I like what you do.")
    people.wait_for_the_floor(page)
    said = transcript(page)
    assert [text for text in said if text in QUESTIONS] == list(QUESTIONS)
    people.finish(page)
    assert live_site.shell(SESSIONS) == "[('closed', 'room_gone')]"
    assert not [one for one in requests.get(f"{stub.url}/stub/rooms", timeout=5).json() if one["open"]]

"""A whole interview by recorded clips: no silence between them, and clips that fail in the middle of the call."""

import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite

MARKS = (Path(__file__).parent / "clip_marks.js").read_text()
INTRO = "Welcome. I will ask you two questions. Please take your time."
QUESTIONS = ("Tell me about yourself. What do you do?", "Why do you want to work with us?")
# Our own renderer is the provider: real videos, made by the site's own workers, with the same presenter in them.
SET_UP = f"""
from avatars.models import AvatarSettings
from interviews.models import Position, Question
from interviews.services import clips
profile = AvatarSettings.objects.create(name="Filmed", style="recorded", providers=["local"], language="en", speed=2.0)
position = Position.objects.create(
    title="Engineer", language="en", contact="Alice, alice@example.org", state="open", avatar=profile,
    intro="{INTRO}", farewell="Thank you. Goodbye!",
)
for order, text in enumerate({QUESTIONS}):
    Question.objects.create(position=position, text=text, order=order)
clips.prepare_position(position)
print(position.pk)
"""
READY = """
from interviews.models import Position
from interviews.services import clips
version = Position.objects.get(pk={pk}).versions.first()
print(all(row.generation.state == "succeeded" for row in clips.rows_of(version)))
"""


@pytest.fixture(scope="module")
def filmed(site: RunningSite) -> int:
    """A position whose clips are all ready."""
    pk = int(site.shell(SET_UP))
    end = time.monotonic() + 180
    while site.shell(READY.format(pk=pk)) != "True":
        assert time.monotonic() < end, "the clips are not made"
        time.sleep(1)
    return pk


def transcript(page: Page) -> list[str]:
    """What the page shows of the interviewer, turn by turn."""
    return [text.strip() for text in page.locator("[data-transcript] li.avatar > span:last-child").all_inner_texts()]


def silences(page: Page) -> list[tuple[float, bool]]:
    """Where clip follows clip: ms from one's end to the next one's first moving picture, and whether that was fetched by then."""
    marks, played, found = page.evaluate("window.clipMarks"), 0, []
    for before, after in pairwise(marks):
        played += before["name"] == "playing"
        if (before["name"], after["name"]) == ("ended", "playing"):
            found.append((after["at"] - before["at"], before["fetched"] > played))
    return found


def assert_nobody_waited_for_a_clip(gaps: list[tuple[float, bool]]) -> None:
    """Greeting → first question, then bridge → second question. How long it took is told; docs/benchmarks.md has the figures."""
    print(f"\nsilence between clips, ms (bar 200): {[round(ms) for ms, _fetched in gaps]}")
    assert [fetched for _ms, fetched in gaps] == [True, True]


@pytest.fixture
def bob(site: RunningSite, filmed: int, person: Callable[..., Page]) -> Callable[..., Page]:
    """bob(phone=…, before=…) → Bob's page with the call answered; `before` is done to the page before it opens."""

    def answered(*, phone: bool = False, before: Callable[[Page], object] = lambda page: None) -> Page:
        page = person("en", phone=phone)
        page.add_init_script(MARKS)
        before(page)
        people.reach_the_call(page, site.invite(pk=filmed))
        people.answer_the_phone(page)
        return page

    return answered


def answer_both(page: Page) -> None:
    people.wait_for_the_floor(page)
    people.type_answer(page, "I build bridges.")
    people.wait_for_the_floor(page)
    people.type_answer(page, "I like what you do.")
    people.wait_for_the_floor(page)


def assert_nothing_lost_or_twice(page: Page) -> None:
    said = transcript(page)
    assert said[0].endswith(INTRO) and said[0].count("Bob Smith") == 1
    assert (said[1], said[3]) == QUESTIONS
    assert said[4].startswith("Those were all my questions") and len(said) == 5


@pytest.mark.parametrize("phone", [False, True])
def test_in_a_whole_interview_each_clip_is_there_before_the_one_before_it_ends(bob: Callable[..., Page], phone: bool) -> None:
    page = bob(phone=phone)
    answer_both(page)
    gaps = silences(page)
    assert_nothing_lost_or_twice(page)
    people.finish(page)
    assert_nobody_waited_for_a_clip(gaps)


def test_clips_that_cannot_be_fetched_any_more_are_said_by_the_presenter(bob: Callable[..., Page]) -> None:
    frames: list[tuple[float, dict]] = []

    def listen(page: Page) -> None:
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: frames.append((time.monotonic(), text))))

    page = bob(before=listen)
    people.wait_for_the_floor(page)
    page.context.route("**/clip/*.mp4", lambda route: route.abort())
    page.evaluate("window.clipMarks = []")
    page.reload()  # nothing is in memory any more
    answer_both(page)
    said = [(at, json.loads(text)) for at, text in frames if isinstance(text, str) and '"type": "say"' in text]
    fell = [at for at, message in said if message["rung"] == "clip"][-2:]
    helped = [at for at, message in said if message["rung"] == "local"]
    waits = [min(after for after in helped if after > at) - at for at in fell]
    print(f"\nfrom the clip to the presenter's sentence, s (bar 3): {[round(wait, 2) for wait in waits]}")
    assert_nothing_lost_or_twice(page)
    assert page.evaluate("window.clipMarks.filter((mark) => mark.name === 'playing').length") == 0
    people.finish(page)


def test_a_clip_that_breaks_while_it_plays_is_gone_on_with_at_its_sentence(bob: Callable[..., Page]) -> None:
    page = bob()
    expect(page.locator("[data-captions-text]")).to_contain_text("I will ask you two questions", timeout=30_000)
    page.evaluate("document.querySelector('[data-clip].front').src = 'blob:nothing'")
    expect(page.locator("main.call")).to_have_attribute("data-picture", "presenter")
    expect(page.locator("[data-toast]")).to_contain_text("drawn interviewer")
    answer_both(page)
    assert_nothing_lost_or_twice(page)
    people.finish(page)


def test_pausing_stops_a_clip_and_continuing_says_the_rest(bob: Callable[..., Page]) -> None:
    page = bob()
    expect(page.locator("main.call")).to_have_attribute("data-picture", "clip", timeout=30_000)
    page.locator("[data-act=pause]").click()
    expect(page.locator("main.call")).to_have_attribute("data-phase", "paused")
    page.wait_for_function("[...document.querySelectorAll('[data-clip]')].every((video) => video.paused)")
    page.locator("[data-act=resume]").locator("visible=true").first.click()
    answer_both(page)
    assert_nothing_lost_or_twice(page)


def test_another_face_stays_in_the_picture_between_clips(site: RunningSite, filmed: int, bob: Callable[..., Page]) -> None:
    site.shell("from avatars.models import AvatarGeneration as G; print(G.objects.update(renders_here=False))")
    try:
        page = bob()
        people.wait_for_the_floor(page)
        expect(page.locator("main.call")).to_have_attribute("data-picture", "clip")
        expect(page.locator("main.call")).to_have_attribute("data-clip-by", "own")
    finally:
        site.shell("from avatars.models import AvatarGeneration as G; print(G.objects.update(renders_here=True))")

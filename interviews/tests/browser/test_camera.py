"""Bob agrees to the camera: Chromium records its test picture, HR play it and jump in it."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from interviews.tests.browser import axe, people
from interviews.tests.browser.running_site import RunningSite

ONE_QUESTION = """
from avatars.models import AvatarSettings
from interviews import links
from interviews.models import Position, Question
from interviews.services import invitations
profile, _ = AvatarSettings.objects.get_or_create(name="Quick", defaults={"providers": ["local"], "language": "en", "speed": 2.0})
position = Position.objects.create(
    title="On camera", language="en", contact="Alice, alice@example.org", state="open", avatar=profile, camera_recording=True,
)
Question.objects.create(position=position, text="Why us?", order=0)
interview = invitations.invite(position=position, name="Bob Smith")
print(links.link(interview.public_id, interview.link_generation), interview.pk)
"""
TAKES = """
from interviews.models import Interview
from transcription.services.camera import takes_of
print([take.state for take in takes_of(Interview.objects.get(pk={pk}).recording_key)])
"""


@pytest.fixture
def bobs(launch: Callable[..., Browser]) -> Iterator[BrowserContext]:
    """A browser with two cameras."""
    browser = launch("--use-fake-device-for-media-stream=device-count=2")
    size = {"width": 360, "height": 740}
    context = browser.new_context(locale="en-US", permissions=["camera", "microphone"], viewport=size)
    context.set_default_timeout(60_000)
    yield context
    context.close()


def invited(site: RunningSite) -> tuple[str, str]:
    link, pk = site.shell(ONE_QUESTION).split()[-2:]
    return link, pk


def reach_the_check(page: Page, link: str) -> None:
    """With consent to the camera alone: answers are typed."""
    page.goto(link)
    page.locator("form.go button[type=submit]").click()
    page.check("[name=processing]")
    page.check("[name=camera]")
    page.locator("form.consents button[type=submit]").click()
    page.wait_for_url("**/check")


def until(page: Page, holds: str) -> None:
    """Until it holds for the preview. The page's policy forbids Playwright's own waiting function."""
    for _ in range(80):
        if page.locator("[data-camera-preview]").evaluate(holds):
            return
        page.wait_for_timeout(250)
    raise AssertionError(holds)


def go_on_to_the_call(page: Page) -> None:
    page.locator("form.go button[type=submit]").click()
    page.wait_for_url("**/call")
    people.answer_the_phone(page)
    people.wait_for_the_floor(page)


def test_bob_sees_himself_chooses_a_camera_and_may_go_on_without_it(site: RunningSite, bobs: BrowserContext) -> None:
    link, pk = invited(site)
    if axe.SOURCE.exists():
        bobs.add_init_script(path=axe.SOURCE)
    bob = bobs.new_page()
    reach_the_check(bob, link)
    expect(bob.locator("[data-microphone]")).to_have_count(0)  # its recording was not agreed to
    bob.locator("[data-camera-test]").click()
    expect(bob.locator('[data-camera-word="seen"]')).to_be_visible()
    until(bob, "video => video.videoWidth > 0")
    bob.locator("[data-camera-select]").select_option(index=1)
    until(bob, "video => video.srcObject?.getVideoTracks()[0].label === 'fake_device_1'")
    if axe.SOURCE.exists():
        assert axe.violations(bob) == []
    bob.locator("[data-camera-hide]").click()
    expect(bob.locator("[data-camera-preview]")).to_be_hidden()
    bob.locator("[data-camera-without]").click()
    expect(bob.locator('[data-camera-word="off"]')).to_be_visible()
    go_on_to_the_call(bob)
    chip = bob.locator("[data-own-camera]")
    expect(chip).to_contain_text("Your camera is off")
    chip.get_by_role("button").click()
    expect(chip).to_contain_text("Your camera is being recorded")
    box = chip.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    with bob.expect_response(re.compile(r"/camera\?take=1&seq=\d+&")) as first:
        pass
    assert first.value.ok
    chip.get_by_role("button").click()
    expect(chip).to_contain_text("Your camera is off")
    bob.reload()
    expect(chip).to_contain_text("Your camera is off", timeout=30_000)
    for _ in range(30):
        if (states := site.shell(TAKES.format(pk=pk)).strip()) == "['complete']":
            break
        time.sleep(0.5)
    assert states == "['complete']"


def test_a_camera_that_cannot_be_had_is_named_and_the_call_goes_on(site: RunningSite, bobs: BrowserContext) -> None:
    link, _pk = invited(site)
    bobs.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', window.fault ?? 'NotReadableError'));"
    )
    bob = bobs.new_page()
    reach_the_check(bob, link)
    for fault, word in (("NotAllowedError", "denied"), ("NotFoundError", "missing"), ("NotReadableError", "busy")):
        bob.evaluate("(fault) => { window.fault = fault; }", fault)
        bob.locator("[data-camera-test]").click()
        expect(bob.locator(f'[data-camera] [data-camera-word="{word}"]')).to_be_visible()
    go_on_to_the_call(bob)
    expect(bob.locator('[data-own-camera] [data-camera-word="busy"]')).to_be_visible()
    people.type_answer(bob, "I like what you do.")


def test_what_is_left_of_the_recording_is_sent_from_the_receipt(site: RunningSite, bobs: BrowserContext) -> None:
    link, pk = invited(site)
    bob = bobs.new_page()
    reach_the_check(bob, link)
    go_on_to_the_call(bob)
    with bob.expect_response(re.compile(r"/camera\?take=1&seq=\d+&")):
        pass
    bobs.route(re.compile(r"/interview/\w+/camera"), lambda route: route.abort())
    people.type_answer(bob, "I like what you do.")
    people.wait_for_the_floor(bob)
    bob.locator("[data-act=done]").click()
    bob.wait_for_url("**/receipt", timeout=60_000)
    rest = bob.locator("[data-camera-rest]")
    expect(rest.locator("[data-sending]")).to_be_visible()
    assert "complete" not in site.shell(TAKES.format(pk=pk))
    bobs.unroute_all()
    expect(rest.locator("[data-sent]")).to_be_visible(timeout=60_000)
    assert site.shell(TAKES.format(pk=pk)).strip() == "['complete']"


def test_a_recorded_camera_is_watched_on_the_review_page(site: RunningSite, launch: Callable[..., Browser]) -> None:
    browser = launch()
    alice = browser.new_page()
    people.sign_in(alice, site)
    people.create_position(alice, site, title="Engineer on camera", language="en")
    alice.evaluate("document.querySelector('[name=camera_recording]').checked = true")
    with alice.expect_navigation():
        alice.click("[name=_continue]")
    link = people.invite(alice, name="Bob", email="bob@example.org")

    bob = browser.new_context(locale="en-US", permissions=["camera", "microphone"]).new_page()
    bob.goto(link)
    bob.locator("form.go button[type=submit]").click()
    bob.check("[name=processing]")
    bob.check("[name=camera]")
    bob.locator("form.consents button[type=submit]").click()
    bob.wait_for_url("**/check")
    bob.locator("form.go button[type=submit]").click()
    bob.wait_for_url("**/call")
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    expect(bob.locator("[data-own-camera]")).to_be_visible()
    with bob.expect_response(re.compile(r"/camera\?take=1&seq=\d+&")) as stored:
        pass
    assert stored.value.status == 200
    with bob.expect_response(
        lambda answer: answer.url.endswith("/camera") and "finish" in (answer.request.post_data or "")
    ) as done:
        bob.locator("[data-act=pause]").click()
    assert done.value.json()["complete"] is True
    expect(bob.locator("[data-own-camera]")).to_be_hidden()

    alice.goto(f"{site.base_url}/admin/interviews/interview/")
    pk = re.search(r"/interview/(\d+)/", alice.locator("a[href*='/interviews/interview/']").evaluate_all(
        "links => links.map((link) => link.getAttribute('href')).find((href) => /interview\\/\\d+\\//.test(href))"
    ))[1]  # fmt: skip
    video = alice.locator("[data-camera] video")
    for _ in range(20):
        alice.goto(f"{site.base_url}/admin/interviews/interview/{pk}/review/")
        if video.count():
            break
        alice.wait_for_timeout(1000)
    alice.locator("[data-camera] summary").click()
    seen = video.evaluate(
        """async (video) => {
            video.muted = true;
            await video.play();
            video.currentTime = video.duration - 1;
            await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
            return { length: video.duration, at: video.currentTime, width: video.videoWidth };
        }"""
    )
    assert seen["length"] > 4 and seen["at"] > seen["length"] - 2 and seen["width"] > 0

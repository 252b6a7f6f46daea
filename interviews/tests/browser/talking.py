"""Bob with a microphone: a WAV in Chromium, with consent to recording."""

from playwright.sync_api import Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite

_ONE_QUESTION = """
from interviews import links
from interviews.models import Position, Question
from interviews.services import invitations
position = Position.objects.create(title="One question", language="en", contact="Alice, alice@example.org", state="open")
Question.objects.create(position=position, text="Tell me about your work.", order=0)
interview = invitations.invite(position=position, name="Bob Smith")
print(links.link(interview.public_id, interview.link_generation))
"""


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


def invite_to_one_question(site: RunningSite) -> str:
    """Without a word of HR's: for what needs one answer only."""
    return site.shell(_ONE_QUESTION)


def invite(alice: Page, site: RunningSite) -> str:
    people.sign_in(alice, site)
    people.create_position(alice, site, title="Engineer with a voice", language="en")
    return people.invite(alice, name="Bob Smith", email="bob@example.org")

"""The candidate's way by keyboard alone, and axe-core's eyes (WCAG 2.2 A and AA) on every step of it.

One interview for both: the avatar speaks in real time.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from interviews.services.demo_texts import DEMOS
from interviews.tests.browser import axe, people
from interviews.tests.browser.running_site import RunningSite

pytestmark = pytest.mark.skipif(
    not axe.SOURCE.exists(), reason="LEFT OUT: THE ACCESSIBILITY RUN, axe-core is not here (npm ci in frontend/)"
)


def press(page: Page, selector: str, key: str = "Enter") -> None:
    axe.tab_to(page, selector)
    page.keyboard.press(key)


def phase(page: Page, wanted: str) -> None:
    """Until the call is there; then axe looks."""
    expect(page.locator("main.call")).to_have_attribute("data-phase", wanted, timeout=60_000)
    assert axe.violations(page) == []


def sheet(page: Page, name: str) -> None:
    """Open a dialog by its button, let axe look, close it with Escape: the focus is back on the button."""
    press(page, f"[data-act={name}]")
    expect(page.locator(f"dialog[data-sheet={name}]")).to_be_visible()
    assert axe.violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(f"[data-act={name}]")).to_be_focused()


def through_the_forms(page: Page) -> None:
    """Welcome, consents (the first try with nothing ticked), check of the sound."""
    assert axe.violations(page) == []
    press(page, "form.go button[type=submit]")
    page.wait_for_url("**/consent")
    press(page, "form.consents button[type=submit]")
    page.locator("[role=alert]").wait_for()
    assert axe.violations(page) == []
    press(page, "[name=processing]", "Space")
    expect(page.locator("[name=processing]")).to_be_checked()
    press(page, "form.consents button[type=submit]")
    page.wait_for_url("**/check")
    press(page, "[data-play]", "Space")
    press(page, "details summary")
    assert axe.violations(page) == []
    press(page, "form.go button[type=submit]")
    page.wait_for_url("**/call")


def test_the_keyboard_alone_leads_to_the_receipt_and_axe_finds_nothing(site: RunningSite, person: Callable[..., Page]) -> None:
    page = person("en")
    page.context.add_init_script(path=axe.SOURCE)
    page.goto(site.base_url)
    assert axe.violations(page) == []
    page.goto(site.invite(title=DEMOS["en"].title))
    through_the_forms(page)

    phase(page, "ringing")
    sheet(page, "decline")
    press(page, "[data-act=answer]")
    phase(page, "speaking")
    sheet(page, "help")
    phase(page, "listening")
    sheet(page, "skip")
    press(page, "[data-act=pause]", "Space")
    phase(page, "paused")
    press(page, "[data-act=resume]")

    question = page.locator("[data-question-text]")
    while asked := question.text_content():
        expect(page.locator("[data-answer]")).to_be_focused(timeout=60_000)  # the field has the focus when the floor is given
        page.keyboard.type(people.ANSWERS["en"][0])
        page.keyboard.press("Control+Enter")
        expect(page.locator("[data-answer]")).to_have_value("")
        expect(question).not_to_have_text(asked, timeout=30_000)
    people.wait_for_the_floor(page)
    press(page, "[data-act=done]")
    page.wait_for_url("**/receipt", timeout=60_000)
    assert axe.violations(page) == []
    axe.tab_to(page, "main a, main button")

"""The studio in Chromium: our own presenter says what is typed, is interrupted, and its session ends."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite


def test_staff_hear_the_presenter_say_their_words_and_keep_the_texts(site: RunningSite, person: Callable[..., Page]) -> None:
    alice = person("en")
    people.sign_in(alice, site)
    alice.goto(f"{site.base_url}/studio/")
    studio = alice.locator("[data-studio]")
    expect(studio).to_have_attribute("data-state", "idle")
    expect(alice.locator("[value=talk]")).to_be_disabled()
    alice.locator("[name=language]").select_option("en")
    alice.locator("[data-connect]").click()
    expect(studio).to_have_attribute("data-state", "connected", timeout=30_000)
    words = "Good morning. This is a long sentence, so that there is time enough to interrupt it before it has come to its end."
    alice.locator("[name=text]").fill(words)
    alice.locator("[name=text]").press("Enter")
    expect(alice.locator("[data-texts] li.is-avatar")).to_contain_text("Good morning.")
    expect(alice.locator("[data-figures] dd")).to_be_visible(timeout=20_000)  # it was heard
    assert alice.evaluate("document.querySelector('avatar-presenter').isSpeaking")
    alice.locator("[data-hush]").click()
    alice.wait_for_function("!document.querySelector('avatar-presenter').isSpeaking", timeout=5_000)
    expect(alice.locator("[data-cost]")).to_contain_text("free of charge")
    alice.locator("[data-keep]").click()
    expect(alice.locator("[data-notice]")).to_contain_text("Kept")
    alice.locator("[data-stop]").click()
    expect(studio).to_have_attribute("data-state", "idle")
    alice.goto(f"{site.base_url}/admin/interviews/keptconversation/")
    alice.locator("#result_list tbody a").first.click()
    expect(alice.locator("body")).to_contain_text("This is a long sentence")

"""A killed server, a reloaded page and a second device: the same question again, no second greeting, nothing lost."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite


def said(page: Page) -> list[str]:
    """Every line of the conversation as the page shows it."""
    return page.locator("[data-transcript] li").all_inner_texts()


def test_the_server_is_killed_between_any_two_turns(site: RunningSite, person: Callable[..., Page]) -> None:
    alice, bob = person("en"), person("en")
    people.sign_in(alice, site)
    people.create_position(alice, site, title="Interrupted", language="en")
    people.reach_the_call(bob, people.invite(alice, name="Bob Smith", email="bob@example.org"))
    people.answer_the_phone(bob)
    people.wait_for_the_floor(bob)
    for answer in people.ANSWERS["en"]:
        site.kill_web()
        expect(bob.locator("main.call")).to_have_attribute("data-phase", "reconnecting", timeout=30_000)
        people.wait_for_the_floor(bob)
        people.type_answer(bob, answer)
    people.finish(bob)

    alice.goto(f"{site.base_url}/admin/interviews/interview/")
    alice.get_by_role("link", name="Bob Smith").first.click()
    transcript = alice.locator("[data-transcript]").inner_text()
    for answer in people.ANSWERS["en"]:
        assert transcript.count(answer) == 1
    alice.locator("summary", has_text="Opening").click()
    assert alice.locator("[data-transcript]").inner_text().count("Hello Bob Smith") == 1


def test_a_second_device_takes_over_after_asking_and_the_first_is_told(site: RunningSite, person: Callable[..., Page]) -> None:
    alice, laptop, phone = person("en"), person("en"), person("en", phone=True)
    people.sign_in(alice, site)
    people.create_position(alice, site, title="Two devices", language="en")
    link = people.invite(alice, name="Bob Smith", email="bob@example.org")
    people.reach_the_call(laptop, link)
    people.answer_the_phone(laptop)
    people.wait_for_the_floor(laptop)
    people.type_answer(laptop, "Written on the laptop.")
    people.wait_for_the_floor(laptop)

    phone.goto(link)
    expect(phone.locator("main.call")).to_have_attribute("data-phase", "elsewhere", timeout=30_000)
    phone.locator("[data-act=take-over]").click()
    people.wait_for_the_floor(phone)
    expect(laptop.locator("main.call")).to_have_attribute("data-phase", "elsewhere", timeout=30_000)
    people.type_answer(phone, "Written on the telephone.")

    laptop.reload()
    laptop.locator("[data-act=take-over]").click()
    people.wait_for_the_floor(laptop)
    assert any("Written on the telephone." in line for line in said(laptop))

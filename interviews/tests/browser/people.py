"""What Alice of HR and Bob the candidate do with a page, step by step. By names of fields, so that it reads in every language."""

import re

from playwright.sync_api import Page, expect

from interviews.tests.browser.running_site import RunningSite
from interviews.tests.builders import QUESTIONS

ANSWERS = {
    "ru": ["Я пять лет работаю в поддержке.", "Мы перевели архив за месяц.", "Мне близко то, что вы делаете."],
    "en": ["I have worked in support for five years.", "We moved the archive in a month.", "I like what you do."],
    "kk": ["Мен бес жыл қолдау қызметінде істедім.", "Біз мұрағатты бір айда көшірдік.", "Сіздің ісіңіз маған ұнайды."],
}


def sign_in(page: Page, site: RunningSite) -> None:
    page.goto(f"{site.base_url}/admin/")
    page.fill("[name=username]", site.admin[0])
    page.fill("[name=password]", site.admin[1])
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/")


def create_position(page: Page, site: RunningSite, *, title: str, language: str) -> None:
    """Three questions and a criterion, written in the admin's form; the position is then opened."""
    page.goto(f"{site.base_url}/admin/interviews/position/add/")
    page.fill("[name=title]", title)
    page.select_option("select[name=language]", language)
    page.fill("[name=contact]", "Alice, alice@example.org")
    page.locator("a[href='#questions']").click()
    for number, text in enumerate(QUESTIONS[language]):
        page.locator("#questions-group a.add-row").click()
        page.fill(f"[name=questions-{number}-text]", text)
    page.locator("a[href='#criteria']").click()
    page.locator("#criteria-group a.add-row").click()
    page.fill("[name=criteria-0-name]", "Clarity")
    page.click("[name=_continue]")
    page.wait_for_url(re.compile(r"/position/\d+/change/"))
    page.locator("form[action$='/open/'] button").click()
    expect(page.locator("a[href$='/invite/']").first).to_be_visible()


def invite(page: Page, *, name: str, email: str) -> str:
    """From the position's page; returns the candidate's link as HR see it."""
    page.locator("a[href$='/invite/']").first.click()
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.locator("form.hr-invite button.is-primary.is-wide, button.is-primary.is-wide").first.click()
    return page.locator(".hr-copy input").first.input_value()


def reach_the_call(page: Page, link: str, *, abroad: bool = False) -> None:
    """Link → welcome → consents (the first only, analysis, and `abroad` the transfer) → sound check → the incoming call."""
    page.goto(link)
    page.locator("form.go button[type=submit]").click()
    page.check("[name=processing]")
    page.check("[name=ai_analysis]")
    if abroad:
        page.check("[name=cross_border]")
    page.locator("form.consents button[type=submit]").click()
    page.wait_for_url("**/check")
    page.locator("form.go button[type=submit]").click()
    page.wait_for_url("**/call")
    expect(page.locator("main.call")).to_have_attribute("data-phase", "ringing")


def answer_the_phone(page: Page) -> None:
    page.locator("[data-act=answer]").click()


def wait_for_the_floor(page: Page) -> None:
    """Until the avatar has finished speaking and listens."""
    expect(page.locator("main.call")).to_have_attribute("data-phase", "listening", timeout=60_000)


def type_answer(page: Page, text: str) -> None:
    page.fill("[data-answer]", text)
    page.locator("[data-act=done]").click()
    expect(page.locator("[data-answer]")).to_have_value("")
    expect(page.locator("main.call")).to_have_attribute("data-phase", "speaking", timeout=30_000)


def finish(page: Page) -> None:
    """No questions of one's own; goodbye; the receipt."""
    wait_for_the_floor(page)
    page.locator("[data-act=done]").click()
    expect(page.locator("main.call")).to_have_attribute("data-phase", "finished", timeout=60_000)
    page.locator("[data-receipt]").click()
    page.wait_for_url("**/receipt")

"""The whole job in each language: HR creates a position and invites, the candidate talks, HR reviews and decides."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from interviews.tests.browser import people
from interviews.tests.browser.running_site import RunningSite
from interviews.tests.builders import QUESTIONS

NAMES = {"ru": "Болат Серіков", "en": "Bob Smith", "kk": "Айгүл Нұрланқызы"}


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_from_an_empty_position_to_a_decision(site: RunningSite, person: Callable[..., Page], language: str) -> None:
    alice = person(language)
    people.sign_in(alice, site)
    people.create_position(alice, site, title=f"Engineer {language}", language=language)
    link = people.invite(alice, name=NAMES[language], email="bob@example.org")

    bob = person(language, phone=language == "kk")
    people.reach_the_call(bob, link)
    people.answer_the_phone(bob)
    for number, answer in enumerate(people.ANSWERS[language]):
        people.wait_for_the_floor(bob)
        expect(bob.locator("[data-transcript]")).to_contain_text(QUESTIONS[language][number])
        people.type_answer(bob, answer)
    people.finish(bob)

    alice.goto(f"{site.base_url}/admin/interviews/interview/")
    alice.get_by_role("link", name=NAMES[language]).first.click()
    for question, answer in zip(QUESTIONS[language], people.ANSWERS[language], strict=True):
        expect(alice.locator("[data-transcript]")).to_contain_text(question)
        expect(alice.locator("[data-transcript]")).to_contain_text(answer)
    alice.locator("#decision input[name=outcome][value=advance]").check(force=True)
    alice.fill("#decision-reason", "Clear answers.")
    alice.check("#decision [name=confirmed]")
    alice.locator("#decision button.is-primary").click()
    expect(alice.locator("#decision .hr-history")).to_contain_text("Clear answers.")

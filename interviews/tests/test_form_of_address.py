"""A personal touch of the greeting: HR say how a candidate is addressed. It changes nothing that all candidates hear alike."""

import pytest

from interviews.conversation.names import spoken
from interviews.models import Interview, Turn
from interviews.services import conversation
from interviews.services.retention import erase_answers
from interviews.tests.api_client import program_of
from interviews.tests.builders import make_alice, make_interview

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("Иванова Айгуль Сериковна", "", "Айгуль Сериковна"),
        ("Иванова Айгуль Сериковна", "уважаемая Айгуль Сериковна", "уважаемая Айгуль Сериковна"),
        ("Әлиев Айдар", "Айдар мырза", "Айдар мырза"),
        ("Bob Brown", "Dr. Brown", "Dr Brown"),
        ("Bob Brown", "123 …", "Bob Brown"),
        ("Bob Brown", "very " * 20, "Bob Brown"),
    ],
)
def test_the_form_of_address_is_said_as_written_and_the_name_where_there_is_none(name, form, said):
    assert spoken(name, form) == said


def started(form: str) -> Interview:
    interview = make_interview(state=Interview.State.IN_PROGRESS)
    interview.candidate.form_of_address = form
    interview.candidate.save()
    conversation.join(interview.pk, "phone")
    return interview


def test_it_is_heard_in_the_greeting_only_and_everything_else_is_the_same_for_all():
    with_form, without = started("Dr Brown"), started("")
    first, second = (list(Turn.objects.filter(interview=one).order_by("number")) for one in (with_form, without))
    assert first[0].text.startswith("Hello Dr Brown, you are speaking with") and second[0].text.startswith("Hello Bob,")
    assert first[0].sentences[1:] == second[0].sentences[1:] and first[1].text == second[1].text
    assert first[0].question_uuid is None  # it belongs to no common question


def test_it_is_erased_with_the_greeting():
    interview = started("Dr Brown")
    erase_answers(interview, reason="test")
    assert not Turn.objects.filter(interview=interview, text__contains="Brown").exists()


def test_hr_write_it_in_the_admin_and_programs_by_api(client):
    alice = make_alice()
    candidate = make_interview().candidate
    client.force_login(alice)
    page = f"/admin/interviews/candidate/{candidate.pk}/change/"
    assert "How the avatar addresses this person" in client.get(page).content.decode()
    client.post(page, {"name": "Bob", "form_of_address": "Dr Brown", "email": "bob@example.org", "phone": "", "language": "en",
                       "time_zone": ""})  # fmt: skip
    candidate.refresh_from_db()
    assert candidate.form_of_address == "Dr Brown"
    program = program_of(alice)
    shown = program.call("GET", f"candidates/{candidate.pk}")
    assert shown.json()["form_of_address"] == "Dr Brown"
    changed = program.call("PATCH", f"candidates/{candidate.pk}", {"form_of_address": "Bob"}, if_match=shown.headers["ETag"])
    assert changed.status_code == 200 and changed.json()["form_of_address"] == "Bob"
    tag = changed.headers["ETag"]
    for wrong in ("x" * 61, "\u0007", None, ["Bob"]):
        refused = program.call("PATCH", f"candidates/{candidate.pk}", {"form_of_address": wrong}, if_match=tag)
        assert refused.status_code == 400 and refused.json()["errors"][0]["pointer"] == "/form_of_address"

"""Handling invitations, reading and deciding in the admin."""

import csv
import io

import pytest
from django.urls import reverse

from interviews.admin.base import neutral
from interviews.models import AuditEvent, Candidate, Decision, Interview, OutgoingMail, Review, Turn
from interviews.plan import from_json
from interviews.services.people_requests import KIND as PERSON_LETTER
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.test_admin_access import browser

pytestmark = pytest.mark.django_db


def page_of(interview, name="review"):
    return reverse(f"admin:interviews_interview_{name}", args=[interview.pk])


def completed(**fields):
    return make_interview(state=Interview.State.COMPLETED, **fields)


def marks_form(interview, mark="4", **fields):
    return {**{f"mark_{criterion.uuid}": mark for criterion in from_json(interview.version.plan).criteria}, **fields}


# --- One invitation --------------------------------------------------------------------------------------------------
def test_the_link_is_shown_after_a_post_only_and_that_is_noted():
    interview, client = make_interview(), browser(make_alice())
    assert "/i/" not in client.get(page_of(interview)).content.decode()
    assert client.get(page_of(interview, "link")).status_code == 405
    answer = client.post(page_of(interview, "link"))
    assert f"/i/{interview.public_id}." in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="show_link", target_id=interview.pk).count() == 1


def test_revoking_needs_a_reason_and_a_finished_interview_stays_as_it_is():
    interview, done, client = make_interview(), completed(), browser(make_alice())
    assert "why" in client.post(page_of(interview, "revoke"), follow=True).content.decode()
    client.post(page_of(interview, "revoke"), {"reason": "position filled"})
    interview.refresh_from_db()
    assert interview.state == "revoked"
    assert "is over" in client.post(page_of(done, "revoke"), {"reason": "x"}, follow=True).content.decode()


def test_chosen_invitations_are_sent_again_after_asking():
    interview, done, client = make_interview(), completed(), browser(make_alice())
    form = {"action": "resend_chosen", "_selected_action": [interview.pk, done.pk]}
    address = reverse("admin:interviews_interview_changelist")
    assert "Send again" in client.post(address, form).content.decode()
    assert not OutgoingMail.objects.exists()
    page = client.post(address, {**form, "confirmed": "1"}, follow=True).content.decode()
    assert "Done for 1 interview" in page
    assert "is over" in page
    assert OutgoingMail.objects.count() == 1


def test_revoking_many_asks_for_the_reason_until_it_is_there():
    interview, client = make_interview(), browser(make_alice())
    address = reverse("admin:interviews_interview_changelist")
    form = {"action": "revoke_chosen", "_selected_action": [interview.pk], "confirmed": "1"}
    assert "Reason" in client.post(address, form).content.decode()
    client.post(address, {**form, "reason": "filled"})
    interview.refresh_from_db()
    assert interview.state == "revoked"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3), ("?review=waiting", 2), ("?review=decided", 1), ("?review=person", 0), ("?kind=preview", 1), ("?kind=demo", 1),
        ("?state__exact=completed", 3), ("?position=x", 3), ("?position=999999", 0), ("?q=bob", 3), ("?q=%ED%A0%80", 0),
        ("?language__exact=kk", 0),
    ],
)  # fmt: skip
def test_the_list_is_filtered(query, found):
    position, alice = make_position(), make_alice()
    decided = completed(position=position)
    Decision.objects.create(interview=decided, reviewer=alice, outcome="hold", reason="x")
    completed(position=position)
    completed(position=position, kind=Interview.Kind.DEMO)
    completed(position=position, kind=Interview.Kind.PREVIEW)
    answer = browser(alice).get(reverse("admin:interviews_interview_changelist") + query, follow=True)
    assert answer.status_code == 200
    assert answer.context["cl"].result_count == found


def test_a_nul_in_the_search_is_refused_without_a_fault():
    assert browser(make_alice()).get(reverse("admin:interviews_interview_changelist") + "?q=%00").status_code in (200, 400)


# --- Reading ---------------------------------------------------------------------------------------------------------
def test_the_review_page_shows_what_was_said_as_plain_text_and_notes_the_visit():
    interview = completed()
    question = from_json(interview.version.plan).questions[0].uuid
    common = {"interview": interview, "question_uuid": question, "speaker": "candidate", "kind": "answer"}
    Turn.objects.create(**common, number=0, text="<script>alert(1)</script>", input="typed")
    Turn.objects.create(**common, number=1, text_state="pending", input="voice")
    page = browser(make_alice()).get(page_of(interview)).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "Not transcribed yet" in page
    assert AuditEvent.objects.filter(action="view", target_id=interview.pk).exists()


def test_accommodations_are_nowhere_on_the_page():
    interview = completed(accommodations={"more_time": True, "note": "dyslexia"})
    assert "dyslexia" not in browser(make_alice()).get(page_of(interview)).content.decode()


def test_a_wish_for_a_person_stands_out():
    interview = completed()
    Interview.objects.filter(pk=interview.pk).update(wants_person_at=interview.created_at)
    assert "prefers to talk to a person" in browser(make_alice()).get(page_of(interview)).content.decode()


# --- Marking and deciding --------------------------------------------------------------------------------------------
def test_marks_are_saved_and_shown_again():
    interview, client = completed(), browser(make_alice())
    client.post(page_of(interview, "marks"), marks_form(interview, comment="Good."))
    assert Review.objects.get().comment == "Good."
    assert "Good." in client.get(page_of(interview)).content.decode()


@pytest.mark.parametrize("mark", ["", "6", "0", "abc"])
def test_a_bad_mark_is_refused_and_what_was_written_is_kept(mark):
    interview = completed()
    answer = browser(make_alice()).post(page_of(interview, "marks"), marks_form(interview, mark, comment="My words."))
    assert answer.status_code == 422
    assert "My words." in answer.content.decode()
    assert not Review.objects.exists()


def test_the_marks_of_others_are_hidden_before_ones_own():
    interview = completed()
    browser(make_alice(username="dana")).post(page_of(interview, "marks"), marks_form(interview, "1", comment="Secret view."))
    client = browser(make_alice())
    assert "Secret view." not in client.get(page_of(interview)).content.decode()
    client.post(page_of(interview, "marks"), marks_form(interview))
    assert "Secret view." in client.get(page_of(interview)).content.decode()


DECISION = {"outcome": "reject", "reason": "No example given.", "confirmed": "on", "seen": "0"}


@pytest.mark.parametrize("missing", ["outcome", "reason", "confirmed", "seen"])
def test_a_decision_without_all_its_parts_is_refused(missing):
    interview = completed()
    answer = browser(make_alice()).post(page_of(interview, "decide"), {**DECISION, missing: ""})
    assert answer.status_code == 422
    assert not Decision.objects.exists()


def test_a_decision_then_its_letter():
    interview, client = completed(), browser(make_alice())
    client.post(page_of(interview, "decide"), DECISION)
    form = client.get(page_of(interview)).context["letter_form"]
    letter = {name: form[name].value() for name in ("kind", "subject", "body")}
    assert letter["body"].startswith("Hello Bob")
    for _ in range(2):  # a double click
        client.post(page_of(interview, "letter"), letter)
    assert OutgoingMail.objects.filter(kind="reject", to="bob@example.org").count() == 1


def test_a_letter_that_does_not_fit_the_decision_is_refused():
    interview, client = completed(), browser(make_alice())
    letter = {"kind": "advance", "subject": "Hi", "body": "Come."}
    assert client.post(page_of(interview, "letter"), letter).status_code == 422
    client.post(page_of(interview, "decide"), DECISION)
    assert client.post(page_of(interview, "letter"), letter).status_code == 422
    assert not OutgoingMail.objects.exists()


# --- Outbox, export --------------------------------------------------------------------------------------------------
def test_every_kind_of_letter_can_be_read():
    interview, client = make_interview(), browser(make_alice())
    for kind in ("invitation", "reminder", "advance", "reject", "completed", PERSON_LETTER):
        letter = OutgoingMail.objects.create(kind=kind, subject="S", body="B {link}", interview=interview, state="kept")
        assert client.get(reverse("admin:interviews_outgoingmail_change", args=[letter.pk])).status_code == 200


def test_an_export_holds_no_formula_and_is_noted():
    Candidate.objects.create(name='=HYPERLINK("http://evil")', email="a@example.org", phone="+7 701")
    answer = browser(make_alice()).post(reverse("admin:interviews_candidate_export"), {"format": "0", "resource": "0"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows[0]["name"].startswith("'=")
    assert rows[0]["phone"] == "'+7 701"
    assert AuditEvent.objects.get(action="export").note == "1 rows"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0"])
def test_a_cell_never_starts_like_a_formula(start):
    assert neutral(f"{start}1").startswith("'")


def test_interviews_are_exported_too():
    make_interview()
    answer = browser(make_alice()).post(reverse("admin:interviews_interview_export"), {"format": "0", "resource": "0"})
    assert "bob@example.org" in answer.content.decode()


def test_staff_who_preview_a_position_are_not_listed_as_candidates():
    alice, position = make_alice(), make_position()
    for _ in range(2):
        browser(alice).post(reverse("admin:interviews_position_preview", args=[position.pk]))
    assert Candidate.objects.count() == 1
    assert browser(alice).get(reverse("admin:interviews_candidate_changelist")).context["cl"].result_count == 0

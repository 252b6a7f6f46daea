"""Candidates' questions as the recruiter's tasks: on the first page and on the review page; and the list's proposals."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from interviews.models import AskedQuestion, AuditEvent, Evaluation, Interview, Turn
from interviews.tests.builders import make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db
State = AskedQuestion.State


@pytest.fixture
def alice(client):
    alice = make_alice()
    client.force_login(alice)
    return alice


def ask(text="May I work from home?", **fields):
    interview = make_interview(state=Interview.State.COMPLETED, **fields)
    turn = Turn.objects.create(interview=interview, number=7, speaker="candidate", kind="candidate_question", text=text)
    return AskedQuestion.objects.create(interview=interview, turn=turn)


def text(client, path):
    return client.get(path).content.decode()


def review(question):
    return f"/admin/interviews/interview/{question.interview_id}/review/"


def test_what_candidates_asked_stands_on_the_first_page_until_somebody_has_answered(client, alice):
    question = ask()
    told = ask("How long is the probation?")
    AskedQuestion.objects.filter(pk=told.pk).update(state=State.TOLD, fact="Three months.")
    ask("A preview's question?", kind=Interview.Kind.PREVIEW)

    first = text(client, "/admin/")
    assert "May I work from home?" in first and "probation" not in first and "preview" not in first
    assert "/admin/interviews/askedquestion/" in first

    page = text(client, review(question))
    assert "The candidate asked" in page and "Mark as answered" in page
    client.post(f"{review(question)}asked/{question.pk}/")
    client.post(f"{review(question)}asked/{question.pk}/")

    question.refresh_from_db()
    assert (question.state, question.answered_by) == (State.ANSWERED, alice)
    assert AuditEvent.objects.filter(action="answer_question", target_id=str(question.interview_id)).count() == 1
    assert "May I work from home?" not in text(client, "/admin/")
    assert "Mark as answered" not in text(client, review(question)) and "Three months." in text(client, review(told))


def test_a_question_is_answered_on_the_page_of_its_own_interview_only(client, alice):
    question, other = ask(), ask()
    assert client.post(f"{review(other)}asked/{question.pk}/").status_code == 404
    assert AskedQuestion.objects.filter(state=State.OPEN).count() == 2


def test_reviewers_read_what_was_asked_and_cannot_tick_it_off(client):
    charlie = make_alice(username="charlie", is_superuser=False)
    charlie.groups.add(Group.objects.get(name="Reviewer"))
    client.force_login(charlie)
    position = make_position()
    position.members.add(charlie)
    question = ask(position=position)
    assert "May I work from home?" not in text(client, "/admin/")
    assert "May I work from home?" in text(client, review(question)) and "Mark as answered" not in text(client, review(question))
    assert client.post(f"{review(question)}asked/{question.pk}/").status_code == 404


# --- Proposals in the list -------------------------------------------------------------------------------------------


def proposals(*states):
    interview = make_interview(state=Interview.State.COMPLETED)
    for state in states:
        Evaluation.objects.create(interview=interview, state=state)
    return interview


def test_the_list_shows_and_filters_the_state_of_the_latest_proposal(client, alice):
    ready = proposals("needs_person", "proposed")
    person = proposals("proposed", "needs_person")
    none = proposals()

    def listed(query):
        page = text(client, f"/admin/interviews/interview/?{query}")
        return {row for row in (ready, person, none) if f"/interview/{row.pk}/change/" in page}

    assert listed("") == {ready, person, none}
    assert listed("proposal=proposed") == {ready} and listed("proposal=needs_person") == {person}
    assert listed("proposal=none") == {none} and listed("proposal=odd") == {ready, person, none}
    assert "needs a person" in text(client, "/admin/interviews/interview/")


def test_the_list_asks_equally_often_however_many_proposals_there_are(client, alice):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/interviews/interview/")
        return len(asked)

    proposals("proposed")
    queries()
    first = queries()
    for _row in range(5):
        proposals("needs_person", "proposed")
    assert queries() == first

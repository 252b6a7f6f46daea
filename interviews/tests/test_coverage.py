"""What became of each question, on paper, over the API and among the recruiter's tasks; and what is erased of a model's words."""

import pytest
from django.test import Client
from django.urls import reverse

from interviews.conversation.coverage import coverage
from interviews.conversation.values import Pause, Resume, Typed
from interviews.models import AskedQuestion, Interview, Turn
from interviews.services import asked
from interviews.services.conversation import advance, join
from interviews.services.retention import erase_answers
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.play import Play, make_plan


def states(play: Play) -> list[str]:
    return [row.state for row in coverage(play.plan, play.turns)]


def test_answered_skipped_open_and_not_reached():
    play = Play(plan=make_plan(required=(True, False, True, True))).join()
    play.types("Answer")
    play.presses_skip()
    assert states(play) == ["answered", "skipped", "open", "not_reached"]
    assert [row.state for row in coverage(play.plan, play.turns, is_over=True)][2] == "unanswered"


def test_questions_left_out_for_time_are_named_so():
    play = Play(plan=make_plan(required=(True, False, False), time_budget_min=5)).join()
    play.send(Typed("t", "Answer"), after_s=400)
    assert states(play) == ["answered", "timed_out", "timed_out"]


def test_follow_ups_repeats_and_seconds_are_counted_without_pauses():
    play = Play(plan=make_plan(follow_ups=2), model=True).join()
    play.types("repeat please")
    play.types("We moved a database.")
    play.model_says("ask", "What was hard about moving it?")
    play.types("Indexes.")
    play.model_says()
    first = coverage(play.plan, play.turns)[0]
    assert (first.follow_ups, first.repeats, first.seconds) == (1, 1, 32)
    asked_at = play.turns[1].at
    assert coverage(play.plan, play.turns, pauses=[(asked_at, play.turns[2].at)])[0].seconds == 22


@pytest.mark.django_db
def test_the_api_and_the_review_page_show_it():
    alice = make_alice()
    interview = make_interview(state=Interview.State.IN_PROGRESS)
    join(interview.pk, "phone")
    for event in (Typed("a", "Answer"), Pause(), Resume()):
        advance(interview.pk, event, "phone")
    client = Client()
    client.force_login(alice)
    rows = client.get(f"/api/v1/interviews/{interview.public_id}/coverage").json()
    assert [row["state"] for row in rows] == ["answered", "open", "not_reached"]
    assert rows[2]["seconds"] is None and rows[0]["follow_ups"] == 0
    page = client.get(reverse("admin:interviews_interview_change", args=[interview.pk]), follow=True)
    assert "1 minute" in page.content.decode()


@pytest.mark.django_db
def test_a_strangers_coverage_is_not_found():
    interview = make_interview(state=Interview.State.IN_PROGRESS)
    client = Client()
    client.force_login(make_alice(is_superuser=False))
    assert client.get(f"/api/v1/interviews/{interview.public_id}/coverage").status_code in (403, 404)


@pytest.mark.django_db
def test_a_candidates_question_is_a_task_until_a_person_answered():
    alice = make_alice()
    interview = make_interview(position=make_position(questions=["Only one?"]), state=Interview.State.IN_PROGRESS)
    join(interview.pk, "phone")
    for text in ("Answer", "What is the salary?"):
        advance(interview.pk, Typed(text, text), "phone")
    client = Client()
    client.force_login(alice)
    address = reverse("admin:interviews_askedquestion_changelist")
    assert "What is the salary?" in client.get(address).content.decode()
    chosen = {"action": "mark_answered", "_selected_action": [AskedQuestion.objects.get().pk]}
    client.post(address, chosen, follow=True)
    question = AskedQuestion.objects.get()
    assert (question.state, question.answered_by) == ("answered", alice)
    assert asked.answer(AskedQuestion.objects.all(), by=alice) == 0


@pytest.mark.django_db
def test_what_a_model_took_from_an_answer_is_erased_with_it():
    interview = make_interview(state=Interview.State.COMPLETED)
    kinds = (("follow_up", "model · follow_up v1"), ("repeat", "model · rephrase v1"), ("question", ""))
    for number, (kind, source) in enumerate(kinds, 1):
        Turn.objects.create(
            interview=interview, number=number, speaker="avatar", kind=kind, text="You said Acme?", sentences=["You said Acme?"],
            source=source,
        )  # fmt: skip
    erase_answers(interview, reason="test")
    assert list(interview.turns.values_list("text", flat=True)) == ["", "", "You said Acme?"]

"""Marks, decisions, and what the review page is made of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from interviews.models import Decision, Interview, ReviewChange, Turn
from interviews.plan import from_json
from interviews.queries import dashboard, review_page
from interviews.services.decisions import DecidedMeanwhile, decide
from interviews.services.review import CannotReview, GivenMark, submit
from interviews.tests.builders import make_alice, make_interview, make_position
from transcription.models import Recording, Take

pytestmark = pytest.mark.django_db


def make_completed(**fields):
    return make_interview(state=Interview.State.COMPLETED, **fields)


def marks_for(interview, score=4):
    return {criterion.uuid: GivenMark(score) for criterion in from_json(interview.version.plan).criteria}


def say(interview, kind, *, question=None, speaker="avatar", text="words"):
    number = interview.turns.count()
    return Turn.objects.create(interview=interview, number=number, kind=kind, speaker=speaker, text=text, question_uuid=question)


def test_a_review_marks_every_criterion_and_not_enough_evidence_is_a_mark():
    interview = make_completed()
    review = submit(interview, reviewer=make_alice(), marks=marks_for(interview, None), comment="Too short.")
    assert [mark.score for mark in review.marks.all()] == [None]


def test_the_same_review_twice_changes_nothing():
    interview, alice = make_completed(), make_alice()
    submit(interview, reviewer=alice, marks=marks_for(interview))
    submit(interview, reviewer=alice, marks=marks_for(interview))
    assert interview.reviews.count() == 1
    assert not ReviewChange.objects.exists()


def test_changing_a_mark_needs_a_reason_and_keeps_the_old_one():
    interview, alice = make_completed(), make_alice()
    submit(interview, reviewer=alice, marks=marks_for(interview, 2))
    with pytest.raises(CannotReview):
        submit(interview, reviewer=alice, marks=marks_for(interview, 5))
    submit(interview, reviewer=alice, marks=marks_for(interview, 5), reason="Listened again.")
    assert list(ReviewChange.objects.get().marks.values()) == [[2, ""]]
    assert interview.reviews.get().marks.get().score == 5


@pytest.mark.parametrize("marks", [{}, {"nonsense": GivenMark(3)}])
def test_marks_that_do_not_fit_the_plan_are_refused(marks):
    with pytest.raises(CannotReview):
        submit(make_completed(), reviewer=make_alice(), marks=marks)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_mark_outside_one_to_five_is_refused(score):
    interview = make_completed()
    with pytest.raises(CannotReview):
        submit(interview, reviewer=make_alice(), marks=marks_for(interview, score))


@pytest.mark.parametrize("state", [Interview.State.INVITED, Interview.State.IN_PROGRESS, Interview.State.REVOKED])
def test_an_interview_that_is_not_over_is_neither_marked_nor_decided(state):
    interview, alice = make_interview(state=state), make_alice()
    with pytest.raises(CannotReview):
        submit(interview, reviewer=alice, marks=marks_for(interview))
    with pytest.raises(CannotReview):
        decide(interview, reviewer=alice, outcome="advance", reason="Good.", seen=0)


def test_a_decision_sent_twice_is_stored_once():
    interview, alice = make_completed(), make_alice()
    first = decide(interview, reviewer=alice, outcome="advance", reason="Good.", seen=0)
    assert decide(interview, reviewer=alice, outcome="advance", reason="Good.", seen=0) == first
    assert Decision.objects.count() == 1


def test_a_decision_made_on_an_old_page_is_refused():
    interview = make_completed()
    decide(interview, reviewer=make_alice(), outcome="advance", reason="Good.", seen=0)
    with pytest.raises(DecidedMeanwhile):
        decide(interview, reviewer=make_alice(username="dana"), outcome="reject", reason="No.", seen=0)


def test_a_decision_without_a_reason_is_refused():
    with pytest.raises(CannotReview):
        decide(make_completed(), reviewer=make_alice(), outcome="reject", reason="  ", seen=0)


def test_a_new_decision_leaves_the_old_one_in_the_history():
    interview, alice = make_completed(), make_alice()
    first = decide(interview, reviewer=alice, outcome="hold", reason="Ask the team.", seen=0)
    decide(interview, reviewer=alice, outcome="advance", reason="The team agrees.", seen=first.pk)
    assert [decision.outcome for decision in review_page(interview, alice).decisions] == ["advance", "hold"]


def test_every_turn_stands_under_its_question():
    interview = make_completed()
    first, second, third = (question.uuid for question in from_json(interview.version.plan).questions)
    say(interview, "greeting")
    say(interview, "question", question=first)
    say(interview, "answer", question=first, speaker="candidate")
    say(interview, "repeat")
    say(interview, "reply", question=first)  # a bridge closes its question
    say(interview, "question", question=second)
    say(interview, "skip", question=second, speaker="candidate")
    say(interview, "farewell")
    page = review_page(interview, make_alice())
    assert [len(block.lines) for block in (page.opening, *page.blocks, page.closing)] == [1, 4, 2, 0, 1]
    assert (page.blocks[0].is_answered, page.blocks[1].is_skipped, page.blocks[2].is_asked) == (True, True, False)


def test_other_reviewers_marks_are_hidden_until_ones_own_are_in():
    interview, alice, dana = make_completed(), make_alice(), make_alice(username="dana")
    submit(interview, reviewer=dana, marks=marks_for(interview))
    page = review_page(interview, alice)
    assert (page.others, page.others_count) == ([], 1)
    submit(interview, reviewer=alice, marks=marks_for(interview))
    assert [review.reviewer for review in review_page(interview, alice).others] == [dana]


def test_the_number_of_queries_does_not_grow_with_turns_and_reviews():
    interview, alice = make_completed(), make_alice()

    def count():
        fresh = Interview.objects.select_related("version__position", "candidate").get(pk=interview.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            review_page(fresh, alice)
        return len(queries)

    submit(interview, reviewer=alice, marks=marks_for(interview))
    before = count()
    for name in ("dana", "erik", "fay"):
        submit(interview, reviewer=make_alice(username=name), marks=marks_for(interview))
    for _ in range(20):
        say(interview, "answer", speaker="candidate")
    assert count() == before


def test_the_dashboard_counts_real_interviews_only():
    position, alice = make_position(), make_alice()
    make_completed(position=position)
    make_interview(position=position, kind=Interview.Kind.PREVIEW)
    make_interview(position=position)
    numbers = dashboard(alice)
    assert (numbers.funnel["invited"], numbers.funnel["completed"], numbers.waiting_count) == (2, 1, 1)
    assert (numbers.positions[0].invited, numbers.positions[0].to_review) == (2, 1)


def test_a_member_of_one_position_sees_the_numbers_of_that_position_only():
    make_completed()
    dana = make_alice(username="dana", is_superuser=False)
    own = make_position(title="Own")
    own.members.add(dana)
    make_completed(position=own)
    assert [position.title for position in dashboard(dana).positions] == ["Own"]
    assert dashboard(dana).waiting_count == 1


@pytest.mark.parametrize("agreed", [True, False])
def test_the_recording_is_offered_only_when_the_candidate_agreed_to_it(client, agreed):
    client.force_login(make_alice())
    interview = make_interview(state=Interview.State.COMPLETED, started_at=timezone.now())
    interview.consents.create(kind="recording", given=agreed, text_version="1", language="en")
    address = reverse("admin:interviews_interview_review", args=[interview.pk])
    without = client.get(address).content.decode()
    assert "data-whole" not in without and ("No sound was recorded" in without) is agreed
    recording = Recording.objects.create(owner_key=interview.recording_key)
    Take.objects.create(recording=recording, number=1, device="d", path="one.take")
    assert ("data-whole" in client.get(address).content.decode()) is agreed
